/**
 * What the author of a migration says of its class: `-- pgstrata: change minor because REASON`, `-- pgstrata: not breaking because REASON`, or `-- @schema-change: minor REASON`. Above a
 * statement it speaks for that statement; at the head of the file, with an empty line behind it, for the whole migration.
 */
import type { Script, Statement } from '../../model/statement.ts'
import type { BadOverride, Override } from './numbers.ts'

export type Overrides = {
  readonly ofMigration: readonly Override[]
  /** By the statement's position in its file. */
  readonly ofStatement: ReadonlyMap<number, readonly Override[]>
  readonly bad: readonly BadOverride[]
}

/** A comment that wants to be one. */
const wanted = /^\s*(?:pgstrata:\s*(?:change\b|(?:not\s+)?breaking\b)|@schema-change\b)/i
const shape =
  /^\s*(?:pgstrata:\s*(?:change\s+(?<change>major|minor|patch)|(?<breaking>(?:not\s+)?breaking))\s+because\s+(?<because>\S[\s\S]*?)|@schema-change:\s*(?<short>major|minor|patch)\s+(?<reason>\S[\s\S]*?))\s*$/i

type Found = { readonly text: string; readonly line: number; readonly statement?: Statement; readonly ofMigration: boolean }

const whyNot = (text: string): string => {
  if (/^\s*@/.test(text))
    return /^\s*@schema-change:\s*(?:major|minor|patch)\b/i.test(text) ? 'it gives no reason' : 'it is not written as @schema-change: major|minor|patch REASON'
  if (!/\bbecause\s[\s\S]*[\p{L}\p{N}]/iu.test(text)) return 'it gives no reason (because …)'
  return 'it is not written as change major|minor|patch because REASON, breaking because REASON or not breaking because REASON'
}

const read = ({ text, line, statement, ofMigration }: Found): Override | BadOverride => {
  if (!statement && !ofMigration) return { line, text, why: 'it stands above no statement' }
  const { change, breaking, because, short, reason = because } = shape.exec(text)?.groups ?? {}
  if (reason === undefined || !/[\p{L}\p{N}]/u.test(reason)) return { line, text, why: whyNot(text) }
  const says = (change ?? short ?? breaking ?? '').toLowerCase().replace(/\s+/, ' ')
  return { says: says as Override['says'], reason, line, of: ofMigration ? 'migration' : 'statement' }
}

const marks = /^[ \t]*--(?!>)([^\n]*)$|--(?!>)([^\n]*)$|\/\*([\s\S]*?)\*\//gm

const lineAt = (sql: string, offset: number): number => sql.slice(0, offset).split('\n').length

/** Every comment of the file that wants to be an override, and the statement that it stands above. Statements' own comments are known by their place; the others are looked for in the text. */
const foundIn = (sql: string, { statements }: Script): readonly Found[] => {
  if (!/schema-change|pgstrata:/i.test(sql)) return []
  const [first] = statements
  const above = new Map(statements.flatMap((statement) => statement.comments.map(({ start }) => [start.line, statement] as const)))
  return [...sql.matchAll(marks)].flatMap((match): readonly Found[] => {
    const text = (match[1] ?? match[2] ?? match[3] ?? '').trim()
    if (!wanted.test(text)) return []
    const offset = match.index + match[0].search(/--|\/\*/)
    const line = lineAt(sql, offset)
    const statement = above.get(line)
    const atHead = !first || (statement === first && /\n[ \t]*\r?\n/.test(sql.slice(offset, first.start.offset)))
    return [{ text, line, ...(statement ? { statement } : {}), ofMigration: atHead }]
  })
}

const isBad = (override: Override | BadOverride): override is BadOverride => 'why' in override

/** Of two that say the same sort of thing in one place, the second one is none. */
const sort = ({ says }: Override): string => (says.endsWith('breaking') ? 'breaking' : 'change')

export const overridesIn = (sql: string, script: Script): Overrides => {
  const ofMigration: Override[] = []
  const ofStatement = new Map<number, Override[]>()
  const bad: BadOverride[] = []
  for (const found of foundIn(sql, script)) {
    const override = read(found)
    if (isBad(override)) {
      bad.push(override)
      continue
    }
    const index = found.statement?.index ?? -1
    const place = override.of === 'migration' ? ofMigration : (ofStatement.get(index) ?? [])
    const twice = place.find((other) => sort(other) === sort(override))
    if (twice) bad.push({ line: found.line, text: found.text, why: `line ${twice.line} says it already` })
    else place.push(override)
    if (override.of === 'statement') ofStatement.set(index, place)
  }
  return { ofMigration, ofStatement, bad }
}
