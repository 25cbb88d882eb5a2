/** Uses that a change breaks, as findings: one for each place in the code. */
import type { Assessed } from '../../features/impact/assess.ts'
import { isBreaking } from '../../features/impact/change/effect.ts'
import { isTest, type Reach, reachesTo } from '../../features/impact/reach.ts'
import type { CodeIndex } from '../../features/impact/search.ts'
import type { FoundUse } from '../../features/impact/sources.ts'
import type { Finding } from '../../model/finding.ts'
import { plural } from '../../model/numbers.ts'
import { below } from '../../model/path.ts'
import { reportedFinding } from '../../rules/report.ts'
import type { Judged } from './judge.ts'

const reachedText = (reaches: readonly Reach[]): string => {
  const names = [...new Set(reaches.map(({ entry }) => entry.name))]
  if (names.length === 0) return 'no entry was seen to reach it'
  const [first = '', second = '', ...others] = names
  return others.length > 0 ? `${first}, ${second} and ${others.length} more` : names.join(' and ')
}

/** Each entry has its best evidence alone: another place that it comes to is asked for by itself. */
const reaching = (index: CodeIndex, { breaks }: Assessed, uses: readonly FoundUse[]): readonly Reach[] => {
  const known = breaks.filter(({ use }) => uses.some(({ file, line }) => use.file === file && use.line === line))
  return known.length > 0 ? known : reachesTo(index, uses).filter((reach) => !isTest(reach))
}

const ofPlace = (
  index: CodeIndex,
  { title, migration, file: sqlFile }: Judged,
  assessed: Assessed,
  root: string,
  [use, ...others]: readonly [FoundUse, ...FoundUse[]],
): Finding => {
  const { effect } = assessed
  const isSure = [use, ...others].some(({ confidence }) => confidence !== 'possible')
  const by = sqlFile === undefined || !effect.statement ? JSON.stringify(title) : `${sqlFile}:${effect.statement.start.line}`
  return reportedFinding(
    'impact-breaks-code',
    `${by} ${effect.what}, and this ${use.what}: it ${effect.breakage === 'fails' && isSure ? 'is refused' : 'may be refused'} (${reachedText(reaching(index, assessed, [use, ...others]))}).`,
    { file: below(root, use.file), line: use.line, ...(migration === undefined ? {} : { migration }) },
    `${effect.what}/${use.file}/${index.facts.functions[use.at]?.name ?? ''}/${use.what}`,
    { help: `In a release before: ${effect.advice}.`, ...(isSure ? {} : { severity: 'note' }) },
  )
}

/** Uses by the place where they stand. */
const places = (uses: readonly FoundUse[]): readonly (readonly [FoundUse, ...FoundUse[]])[] => {
  const found = new Map<string, [FoundUse, ...FoundUse[]]>()
  for (const use of uses) {
    const known = found.get(`${use.file}:${use.line}`)
    if (known) known.push(use)
    else found.set(`${use.file}:${use.line}`, [use])
  }
  return [...found.values()]
}

const ofWholeRows = ({ migration, file, title }: Judged, { effect, uses, breaks }: Assessed): readonly Finding[] => {
  const implicit = uses.filter(({ via }) => via === 'implicit')
  const statements = places(implicit).length
  if (statements === 0) return []
  const entries = new Set(breaks.filter(({ via }) => via === 'implicit').map(({ entry }) => entry)).size
  return [
    reportedFinding(
      'impact-breaks-rows',
      `${file === undefined ? JSON.stringify(title) : title} ${effect.what}: ${plural(statements, 'statement')} of whole rows ${statements === 1 ? 'carries' : 'carry'} it along (${plural(entries, 'entry', 'entries')}).`,
      {
        ...(file === undefined ? {} : { file }),
        ...(effect.statement && file !== undefined ? { line: effect.statement.start.line } : {}),
        ...(migration === undefined ? {} : { migration }),
      },
      effect.what,
    ),
  ]
}

/** What only may get slower, or answer otherwise, is told and is no finding. */
export const findingsOf = (index: CodeIndex, judged: Judged, root: string): readonly Finding[] =>
  judged.assessment.effects
    .filter(({ effect }) => isBreaking(effect))
    .flatMap((assessed) => [
      ...places(assessed.uses.filter(({ via }) => via === 'explicit')).map((place) => ofPlace(index, judged, assessed, root, place)),
      ...ofWholeRows(judged, assessed),
    ])
