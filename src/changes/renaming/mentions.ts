/** What a table names, so that only the parts that may name a renamed thing are looked through. */
import type { Attribute, Table } from '../../model/catalog.ts'
import { parseKey, qualified, quoteIdentifier, type RelationName, schemaOf } from '../../model/name.ts'
import { child, text } from '../../sql/tree.ts'
import { constraintIndexes } from '../names.ts'
import { referencesOfTable } from '../references.ts'
import type { Renaming } from './new-names.ts'

export const isSequenceDefault = (value: NonNullable<Attribute['default']>): value is { readonly sequence: RelationName } => typeof value.sequence === 'string'

export type TablePart = 'column' | 'constraint' | 'policy' | 'trigger' | 'rule' | 'table'

const everyPart: readonly TablePart[] = ['column', 'constraint', 'policy', 'trigger', 'rule', 'table']

type Mentioned = { readonly name: RelationName; readonly byPart: ReadonlyMap<TablePart, string>; readonly anywhere: string }

const mentioned = new WeakMap<Table, Mentioned>()

/** Texts inside expressions that may name a sequence: `nextval('"s"."n"')`; rare, so any table with one is looked through. */
const classTexts = (table: Table): readonly string[] =>
  table.columns.some(({ default: value }) => value !== undefined && !isSequenceDefault(value) && /nextval|regclass|currval/.test(JSON.stringify(value)))
    ? ['*']
    : []

/** What a table names, as texts to search in: by the part that names it, and where it may be any part. Remembered by the table's value. */
const mentionsOf = (name: RelationName, table: Table): Mentioned => {
  const known = mentioned.get(table)
  if (known && known.name === name) return known
  const byPart = new Map<TablePart, string>()
  for (const { from, to } of referencesOfTable(name, table)) {
    const part = parseKey(from).kind as TablePart
    byPart.set(part, `${byPart.get(part) ?? ''}\n${to}`)
  }
  const referenced = [...table.triggers.values()].flatMap(({ definition }) => {
    const range = child(child(definition, 'CreateTrigStmt') ?? definition, 'constrrel')
    return range ? [qualified(text(range, 'schemaname') ?? '', text(range, 'relname') ?? '')] : []
  })
  const collations = table.columns.flatMap(({ collation }) => (collation && collation.length > 1 ? [collation.map(quoteIdentifier).join('.')] : []))
  const sequences = table.columns.flatMap(({ identity }) => (identity ? [identity.sequence] : []))
  const own = [...constraintIndexes(table)].map((index) => qualified(schemaOf(name), index))
  const cluster = [table.clusterOn, typeof table.replicaIdentity === 'object' ? table.replicaIdentity.index : undefined].flatMap((index) =>
    index ? [qualified(schemaOf(name), index)] : [],
  )
  const found = { name, byPart, anywhere: [name, ...own, ...cluster, ...collations, ...sequences, ...referenced, ...classTexts(table)].join('\n') }
  mentioned.set(table, found)
  return found
}

/** The parts of a table that may name what is renamed. */
export const partsToFollow = (name: RelationName, table: Table, renaming: Renaming): readonly TablePart[] => {
  const { byPart, anywhere } = mentionsOf(name, table)
  if (renaming.mentions(anywhere) || anywhere.endsWith('*')) return everyPart
  return [...byPart].filter(([, texts]) => renaming.mentions(texts)).map(([part]) => part)
}
