/** Rows that may stand in a statement's way: NULLs, values that are there twice, long texts, large numbers, keys that lead nowhere. */
import { PostgresRefusal } from '../../src/model/error.ts'
import { quoteIdentifier, type RelationName } from '../../src/model/name.ts'
import type { Row, Session } from '../../src/model/session.ts'

const columnsQuery = (relation: RelationName) =>
  `
  SELECT a.attname AS name, a.attnotnull AS required, a.atttypmod AS modifier, coalesce(b.typname, t.typname)::text AS type, t.typcategory::text AS category,
         pg_catalog.format_type(a.atttypid, a.atttypmod) AS full,
         ARRAY(SELECT e.enumlabel::text FROM pg_catalog.pg_enum e WHERE e.enumtypid = t.oid ORDER BY e.enumsortorder) AS labels,
         EXISTS (SELECT FROM pg_catalog.pg_index i WHERE i.indrelid = a.attrelid AND i.indisunique AND a.attnum = ANY (i.indkey)) AS key
    FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type t ON t.oid = a.atttypid LEFT JOIN pg_catalog.pg_type b ON b.oid = t.typbasetype
   WHERE a.attrelid = $1::regclass AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''`.replace('$1', `'${relation.replaceAll("'", "''")}'`)

/** How rows are filled. */
export type Manner = {
  /** NULL wherever it may be. */
  readonly sparse?: true
  /** The longest texts and the largest numbers there are. */
  readonly extreme?: true
  /** What stands in every text, or the label of every enum that has it; dates are then NULL where they may be. */
  readonly word?: string
  /** Which label enums have, from the first. */
  readonly label?: number
}

const labels = 10

/** Ways to fill a table, those that find most first. `sql`: words of the statement that rows are to stand in the way of, such as an index's condition. */
export const manners = (sql: string): readonly Manner[] => [
  { sparse: true },
  {},
  { extreme: true },
  ...[...new Set([...sql.matchAll(/'([\w -]+)'/g)].map((match) => match[1] ?? ''))].map((word) => ({ word })),
  ...Array.from({ length: labels }, (_, label) => ({ label: label + 1 })),
]

const textOf = (number: number, modifier: number, { extreme, word }: Manner): string => {
  const room = modifier > 4 ? modifier - 4 : 3000
  return (extreme ? `${number}${'x'.repeat(room)}` : (word ?? `v${number}`)).slice(0, room)
}

const largest: Readonly<Record<string, bigint>> = { int2: 32767n, int4: 2147483647n, int8: 9223372036854775807n, float4: 10n ** 38n, float8: 10n ** 300n }

/** The largest numeric without a fraction: its precision and scale stand in the modifier (`numeric_typmod_precision`). */
const largestNumeric = (modifier: number): bigint => {
  const [precision, scale] = modifier < 4 ? [1000, 0] : [(modifier - 4) >> 16, (modifier - 4) & 0x7ff]
  return 10n ** BigInt(Math.max(precision - scale, 0)) - 1n
}

const numberOf = (number: number, type: string, modifier: number, { extreme }: Manner): bigint =>
  extreme ? (type === 'numeric' ? largestNumeric(modifier) : (largest[type] ?? 1000n)) - BigInt(number) : BigInt(number)

/** A value of a type that shares its category (`U`) with others that have nothing in common with it. */
const userTypeText: Readonly<Record<string, (number: number) => string>> = {
  uuid: (number) => `00000000-0000-0000-0000-${String(number).padStart(12, '0')}`,
  bytea: (number) => `\\x${String(number).padStart(2, '0')}`,
  json: () => '{}',
  jsonb: () => '{}',
}

const labelOf = (known: readonly string[], { word, label = 0 }: Manner): string =>
  word !== undefined && known.includes(word) ? word : (known[Math.min(label, known.length - 1)] ?? '')

/** A value as SQL, or NULL where the type is not known here. */
const sqlValue = ({ type, category, modifier, labels: known, full, required }: Row, number: number, manner: Manner): string => {
  const cast = (text: string): string => `'${text.replaceAll("'", "''")}'::${String(full)}`
  switch (String(category)) {
    case 'N':
      return cast(String(numberOf(number, String(type), Number(modifier), manner)))
    case 'S':
      return cast(textOf(number, Number(modifier), manner))
    case 'B':
      return 'true'
    case 'D':
      return manner.word !== undefined && !required ? 'NULL' : cast('2024-05-01 10:00:00.123456')
    case 'E':
      return cast(labelOf((known as readonly string[]) ?? [], manner))
    case 'A':
      return cast('{}')
    case 'I':
      return cast('10.0.0.1')
    case 'T':
      return cast('1 day')
    default: {
      const text = userTypeText[String(type)]?.(number)
      return text === undefined ? 'NULL' : cast(text)
    }
  }
}

/** One INSERT of two rows that differ only where the table's own keys want it. */
const insert = (relation: RelationName, columns: readonly Row[], manner: Manner): string => {
  const row = (number: number): string =>
    columns.map((column) => (manner.sparse && !column.required ? 'NULL' : sqlValue(column, column.key ? number : 1, manner))).join(', ')
  const names = columns.map(({ name }) => quoteIdentifier(String(name))).join(', ')
  return `INSERT INTO ${relation} (${names}) OVERRIDING SYSTEM VALUE VALUES (${row(1)}), (${row(2)})`
}

/** Puts two rows into a table, in the session's open transaction, without its triggers and foreign keys. False when its checks do not let them in. */
export const fill = async (session: Session, relation: RelationName, manner: Manner): Promise<boolean> => {
  await session.script('SAVEPOINT rows')
  try {
    await session.script('SET LOCAL session_replication_role = replica')
    await session.script(insert(relation, await session.query(columnsQuery(relation)), manner))
    await session.script('SET LOCAL session_replication_role = DEFAULT')
    return true
  } catch (error) {
    if (!(error instanceof PostgresRefusal)) throw error
    await session.script('ROLLBACK TO SAVEPOINT rows')
    return false
  }
}
