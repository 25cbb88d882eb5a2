/** What stands below a finding's message for people at a terminal: the code, the lock, the query to ask first, and what to run instead. */
import type { Finding, Remedy } from '../model/finding.ts'
import { lockText, precheckText, stepText, terminated } from './plain.ts'
import { hanging, type Terminal, widthOf, wrap } from './terminal.ts'

type Lines = readonly string[]

const margin = '    '

/** The statement with its line numbers. */
const frame = ({ source, line = 1 }: Finding, screen: Terminal): Lines => {
  if (source === undefined) return []
  const rows = source.split('\n')
  const digits = String(line + rows.length - 1).length
  return rows.flatMap((row, at) => {
    const number = row === '…' ? ' '.repeat(digits) : String(line + at).padStart(digits)
    const head = `${margin}${screen.paint(`${number} ${screen.glyphs.bar} `, 'muted')}`
    const room = screen.width - widthOf(head)
    const shown = screen.paint(row, 'plain')
    return [`${head}${widthOf(shown) <= room ? shown : `${wrap(shown, Math.max(8, room - 1))[0] ?? ''}${screen.glyphs.ellipsis}`}`]
  })
}

const sqlLines = (sql: readonly string[], screen: Terminal): Lines =>
  sql.flatMap((statement) =>
    terminated(statement)
      .split('\n')
      .map((line) => `${margin}    ${screen.paint(line, 'strong')}`),
  )

const remedyLines = (remedy: Remedy | undefined, screen: Terminal): Lines =>
  remedy === undefined
    ? []
    : [
        ...hanging(`${margin}${screen.paint(screen.glyphs.arrow, 'good')} `, screen.paint(remedy.title, 'good'), screen.width),
        ...remedy.steps.flatMap((step) => [...hanging(`${margin}  `, screen.paint(stepText(step), 'muted'), screen.width), ...sqlLines(step.sql, screen)]),
      ]

const precheckLines = (precheck: string | undefined, screen: Terminal): Lines =>
  precheck === undefined ? [] : [`${margin}${screen.paint(precheckText, 'muted')}`, ...sqlLines([precheck], screen)]

/** All of a finding's details. */
export const detailLines = (finding: Finding, screen: Terminal): Lines => [
  ...frame(finding, screen),
  ...(finding.lock ? hanging(margin, screen.paint(lockText(finding.lock), 'muted'), screen.width) : []),
  ...precheckLines(finding.precheck, screen),
  ...remedyLines(finding.remedy, screen),
]
