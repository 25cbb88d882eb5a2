/** A change that somebody thinks of, as the SQL that would make it: PostgreSQL's rules then judge it as if it stood in a migration. */
import { nearest } from '../../model/config-schema.ts'
import { ToolError } from '../../model/error.ts'
import { type QualifiedName, quoteIdentifier, type RelationName } from '../../model/name.ts'
import { typeNamed } from './target/enums.ts'
import { columnOfTable, relationNamed } from './target/relations.ts'
import type { Ground } from './target/target.ts'
import { wordsOf } from './words.ts'

/** `instead`: what PostgreSQL has no statement for. `or`: what is tried where PostgreSQL refuses the statement for what depends on it, or for a cast. */
export type Hypothetical = {
  readonly sql: string
  readonly or?: string
  readonly labels?: { readonly type: QualifiedName; readonly to: readonly string[] }
}

const name = `(?:"(?:[^"]|"")+"|[\\w$]+)`
const dotted = `${name}(?:\\.${name})*`
const value = `('(?:[^']|'')*')`

type Form = { readonly pattern: RegExp; readonly shown: string; readonly sql: (ground: Ground, found: readonly string[]) => Hypothetical }

type Column = { readonly on: RelationName; readonly column: string }

const columnIn = (ground: Ground, text: string): Column => {
  const { relation, column } = columnOfTable(ground, wordsOf(text))
  return { on: relation, column: quoteIdentifier(column) }
}

const tableIn = (ground: Ground, text: string): RelationName => relationNamed(ground, wordsOf(text))
const plain = (text: string): string => quoteIdentifier(wordsOf(text)[0] ?? '')

const alterColumn = (ground: Ground, text: string, action: string): Hypothetical => {
  const { on, column } = columnIn(ground, text)
  return { sql: `ALTER TABLE ${on} ALTER COLUMN ${column} ${action}` }
}

const addColumn = (ground: Ground, text: string, rest: string): Hypothetical => {
  const words = wordsOf(text)
  return { sql: `ALTER TABLE ${relationNamed(ground, words.slice(0, -1))} ADD COLUMN ${quoteIdentifier(words.at(-1) ?? '')} ${rest}` }
}

const changeType = (ground: Ground, text: string, type: string): Hypothetical => {
  const { on, column } = columnIn(ground, text)
  const sql = `ALTER TABLE ${on} ALTER COLUMN ${column} TYPE ${type}`
  return { sql, or: `${sql} USING ${column}::text::${type}` }
}

const dropped = (sql: string): Hypothetical => ({ sql, or: `${sql} CASCADE` })

const labelsOf = ({ facts, catalog }: Ground, type: QualifiedName): readonly string[] => {
  const found = catalog?.types.get(type)
  return found?.kind === 'enum' ? found.labels : (facts.enums.find(({ name: own }) => type.endsWith(`.${quoteIdentifier(own)}`))?.values ?? [])
}

const unquoted = (text: string): string => text.slice(1, -1).replaceAll("''", "'")

const removeValue = (ground: Ground, text: string, label: string): Hypothetical => {
  const type = typeNamed(ground, wordsOf(text))
  const labels = labelsOf(ground, type)
  const gone = unquoted(label)
  if (!labels.includes(gone))
    throw new ToolError('no-such-target', `${text} has no value ${label}.`, { help: `It has: ${labels.map((each) => `'${each}'`).join(', ')}.` })
  return { sql: '', labels: { type, to: labels.filter((each) => each !== gone) } }
}

const form = (pattern: string, shown: string, sql: Form['sql']): Form => ({ pattern: new RegExp(`^${pattern}$`, 'is'), shown, sql })

const forms: readonly Form[] = [
  form(`rename\\s+table\\s+(${dotted})\\s+to\\s+(${name})`, 'rename table t to u', (ground, [table = '', to = '']) => ({
    sql: `ALTER TABLE ${tableIn(ground, table)} RENAME TO ${plain(to)}`,
  })),
  form(`rename\\s+(${dotted})\\s+to\\s+(${name})`, 'rename t.a to b', (ground, [from = '', to = '']) => {
    const { on, column } = columnIn(ground, from)
    return { sql: `ALTER TABLE ${on} RENAME COLUMN ${column} TO ${plain(to)}` }
  }),
  form(`drop\\s+table\\s+(${dotted})`, 'drop table t', (ground, [table = '']) => dropped(`DROP TABLE ${tableIn(ground, table)}`)),
  form(`drop\\s+(${dotted})`, 'drop t.a', (ground, [text = '']) => {
    const { on, column } = columnIn(ground, text)
    return dropped(`ALTER TABLE ${on} DROP COLUMN ${column}`)
  }),
  form(`add\\s+(${dotted})\\s+(.+)`, 'add t.a type [not null] [default …]', (ground, [text = '', rest = '']) => addColumn(ground, text, rest)),
  form(`type\\s+(${dotted})\\s+to\\s+(.+)`, 'type t.a to bigint', (ground, [text = '', type = '']) => changeType(ground, text, type)),
  form(`not\\s+null\\s+(${dotted})`, 'not null t.a', (ground, [text = '']) => alterColumn(ground, text, 'SET NOT NULL')),
  form(`nullable\\s+(${dotted})`, 'nullable t.a', (ground, [text = '']) => alterColumn(ground, text, 'DROP NOT NULL')),
  form(`default\\s+(${dotted})\\s+drop`, 'default t.a drop', (ground, [text = '']) => alterColumn(ground, text, 'DROP DEFAULT')),
  form(`default\\s+(${dotted})\\s+set\\s+(.+)`, 'default t.a set …', (ground, [text = '', to = '']) => alterColumn(ground, text, `SET DEFAULT ${to}`)),
  form(`enum\\s+(${dotted})\\s+add\\s+${value}`, "enum t add 'x'", (ground, [type = '', label = '']) => ({
    sql: `ALTER TYPE ${typeNamed(ground, wordsOf(type))} ADD VALUE ${label}`,
  })),
  form(`enum\\s+(${dotted})\\s+rename\\s+${value}\\s+to\\s+${value}`, "enum t rename 'a' to 'b'", (ground, [type = '', from = '', to = '']) => ({
    sql: `ALTER TYPE ${typeNamed(ground, wordsOf(type))} RENAME VALUE ${from} TO ${to}`,
  })),
  form(`enum\\s+(${dotted})\\s+remove\\s+${value}`, "enum t remove 'a'", (ground, [type = '', label = '']) => removeValue(ground, type, label)),
]

const isSql = /^(alter|create|drop)\s+(table|type|view|materialized|index|unique|policy|schema|domain)\b/i

const verbOf = (text: string): string => /^\S*/.exec(text.trim())?.[0] ?? ''

/** The forms of the verb that was meant; of all where none is near. */
const notUnderstood = (text: string): ToolError => {
  const verb = nearest(
    verbOf(text),
    forms.map(({ shown }) => verbOf(shown)),
  )
  const meant = verb === undefined ? forms : forms.filter(({ shown }) => verbOf(shown) === verb)
  return new ToolError('invalid-change', `${JSON.stringify(text)} is no change that is understood.`, {
    help: `Write${meant.length > 1 ? ' one of' : ''}: ${meant.map(({ shown }) => shown).join(' | ')}; or a statement of SQL.`,
  })
}

/** The SQL of a change in words; SQL itself is taken as it is. Throws `invalid-change`, and what looking for names throws. */
export const hypothetical = (ground: Ground, text: string): Hypothetical => {
  const said = text.trim().replace(/;$/, '')
  const isTable = /^drop\s+table\b/i.test(said)
  if (isSql.test(said) && !isTable) return { sql: said }
  for (const { pattern, sql } of forms) {
    const found = pattern.exec(said)
    if (found) return sql(ground, found.slice(1))
  }
  throw notUnderstood(text)
}
