/** GitHub Actions annotations: `::error file=…,line=…::message` (workflow commands). */
import type { Finding } from '../model/finding.ts'
import { defineRenderer } from './define.ts'
import { detailText } from './plain.ts'
import { clean, isSettled, worstFirst } from './text.ts'

/** GitHub shows ten annotations of each level for a step (and fifty for a job), and drops the rest without a word. */
const shownPerLevel = 10

const level = { error: 'error', warning: 'warning', note: 'notice' } as const

const escapeData = (text: string): string => clean(text).replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
const escapeProperty = (text: string): string => escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C')

const command = (name: string, properties: Readonly<Record<string, string | number | undefined>>, message: string): string => {
  const given = Object.entries(properties).filter((entry): entry is [string, string | number] => entry[1] !== undefined)
  const list = given.map(([key, value]) => `${key}=${escapeProperty(String(value))}`).join(',')
  return `::${name}${list ? ` ${list}` : ''}::${escapeData(message)}\n`
}

const annotation = (finding: Finding): string =>
  command(
    level[finding.severity],
    { file: finding.file, line: finding.line, endLine: finding.endLine, col: finding.column, title: finding.rule },
    [finding.message, ...(finding.help ? [finding.help] : []), ...detailText(finding)].join('\n'),
  )

export const github = defineRenderer({
  name: 'github',
  summary: 'Annotations for GitHub Actions, worst first; old and waived findings are left out.',
  render(report) {
    const live = worstFirst(report.findings.filter((finding) => !isSettled(finding)))
    const shown = (['error', 'warning', 'note'] as const).flatMap((severity) => live.filter((finding) => finding.severity === severity).slice(0, shownPerLevel))
    const more = live.length - shown.length
    const unknown = report.unknown.map(({ what, why, help }) => command('warning', { title: `unknown: ${what}` }, help ? `${why}\n${help}` : why))
    const rest =
      more > 0
        ? [`${more} more ${more === 1 ? 'finding' : 'findings'} (GitHub shows ${shownPerLevel} annotations of each level; --format markdown has all)\n`]
        : []
    return [...shown.map(annotation), ...unknown, ...rest].join('')
  },
})
