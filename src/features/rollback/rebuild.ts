/** Columns in their old order: those that must stand further behind are made anew there and filled from themselves, and what used them is made again. */
import { diff } from '../../changes/diff.ts'
import { equal } from '../../changes/equal.ts'
import { columnsIn } from '../../changes/expressions.ts'
import { childrenOf, sequencesOwnedBy } from '../../changes/found-by.ts'
import { apply } from '../../changes/index.ts'
import { chooseName } from '../../changes/names.ts'
import { printColumn } from '../../changes/print.ts'
import { replay } from '../../changes/replay.ts'
import { toSql } from '../../changes/to-sql.ts'
import type { Attribute, Catalog, Table } from '../../model/catalog.ts'
import { quoteIdentifier, type RelationName } from '../../model/name.ts'
import { quoteLiteral } from '../../sql/print.ts'
import { readScript } from '../../sql/script.ts'
import { firing, seeingAll } from './moving-rows.ts'

export type Rebuild = {
  /** Statements without semicolons, for the transaction that has brought everything else back. */
  readonly statements: readonly string[]
  /** Tables whose columns stay in another order, and why. */
  readonly left: readonly { readonly on: RelationName; readonly why: string }[]
}

const namesOf = ({ columns }: Table): readonly string[] => columns.map(({ name }) => name)

/** How many columns can stay: the longest beginning of the wanted order that stands in this order already. */
const staying = (wanted: readonly string[], stand: readonly string[]): number => {
  let last = -1
  const first = wanted.findIndex((name) => {
    const at = stand.indexOf(name)
    if (at < last) return true
    last = at
    return false
  })
  return first === -1 ? wanted.length : first
}

/** What PostgreSQL gives no way for, in words. */
const whyNot = (catalog: Catalog, on: RelationName, { kind, inherits, partitionOf, ofType }: Table): string | undefined => {
  if (kind === 'partitioned' || partitionOf || inherits.length > 0 || childrenOf(catalog, on).length > 0) return 'its columns are inherited'
  return ofType ? 'its columns are those of a type' : undefined
}

/** A column that takes values from the old one: what else it is comes when they are there. */
const bare = ({ name, type, collation, generated }: Attribute): Attribute => ({
  name,
  type,
  notNull: false,
  ...(collation ? { collation } : {}),
  ...(generated ? { generated } : {}),
})

type Moved = { readonly column: Attribute; readonly aside: string }

/** Where sequences stand that go with their columns. */
const positions = 'pgstrata_positions'

/** Numbers go on where they were: an identity's sequence is made anew with its column. */
const identities = (moved: readonly Moved[]): { readonly kept: readonly string[]; readonly set: readonly string[] } => {
  const sequences = moved.flatMap(({ column }) => column.identity?.sequence ?? [])
  const [first] = sequences
  if (first === undefined) return { kept: [], set: [] }
  const rows = sequences.map((name) => `SELECT ${quoteLiteral(name)} AS name, last_value, is_called FROM ${name}`)
  return {
    kept: [`CREATE TEMP TABLE ${positions} AS ${rows.join(' UNION ALL ')}`],
    set: [
      ...sequences.map((name) => `SELECT setval(${quoteLiteral(name)}, last_value, is_called) FROM ${positions} WHERE name = ${quoteLiteral(name)}`),
      `DROP TABLE ${positions}`,
    ],
  }
}

/** What makes the columns anew, up to where the old ones are gone. `fills` are no change of the catalog. */
const moving = (catalog: Catalog, on: RelationName, table: Table, columns: readonly Attribute[]) => {
  const taken = new Set([...namesOf(table), ...columns.map(({ name }) => name)])
  const moved = columns.map((column): Moved => ({ column, aside: chooseName(column.name, undefined, 'aside', (name) => taken.has(name)) }))
  const plain = moved.filter(({ column }) => !column.generated)
  const sets = plain.map(({ column, aside }) => `${quoteIdentifier(column.name)} = ${quoteIdentifier(aside)}`)
  const owned = sequencesOwnedBy(catalog, on).flatMap(([name, { ownedBy }]) =>
    ownedBy?.mode === 'auto' && columns.some((column) => column.name === ownedBy.column) ? [name] : [],
  )
  return {
    moved,
    before: [
      ...firing(table).map(([name]) => `ALTER TABLE ${on} DISABLE TRIGGER ${name}`),
      ...owned.map((name) => `ALTER SEQUENCE ${name} OWNED BY NONE`),
      ...moved.map(({ column, aside }) => `ALTER TABLE ${on} RENAME COLUMN ${quoteIdentifier(column.name)} TO ${quoteIdentifier(aside)}`),
      ...columns.map((column) => `ALTER TABLE ${on} ADD COLUMN ${printColumn(on, bare(column), catalog)}`),
    ],
    fills: sets.length === 0 ? [] : [`UPDATE ${on} SET ${sets.join(', ')}`],
    // Generated ones would go with what they are made from.
    after: [
      `ALTER TABLE ${on} ${[...moved.filter(({ column }) => column.generated), ...plain].map(({ aside }) => `DROP COLUMN ${quoteIdentifier(aside)} CASCADE`).join(', ')}`,
    ],
  }
}

/** A generated column that stands in front of what it is made from: only CREATE TABLE can make one. */
const tooEarly = (columns: readonly Attribute[]): string | undefined => {
  const early = columns.find(({ generated }, at) => {
    const made = generated ? columnsIn(generated.expression) : new Set<string>()
    return columns.slice(at).some(({ name }) => made.has(name))
  })
  return early && `${early.name} is generated from a column that stands behind it`
}

type One = { readonly statements: readonly string[]; readonly catalog: Catalog } | { readonly why: string }

/** One table, from the catalog in which its columns stand in another order to the same one with the wanted order. */
const rebuildTable = (catalog: Catalog, on: RelationName, wanted: readonly string[]): One => {
  const table = catalog.tables.get(on)
  const reason = table ? whyNot(catalog, on, table) : 'it is not there'
  if (!table || reason !== undefined) return { why: reason ?? '' }
  const goal = apply({ kind: 'reorder-columns', on, to: wanted }, catalog)
  for (let count = staying(wanted, namesOf(table)); ; ) {
    const columns = goal.tables.get(on)?.columns.slice(count) ?? []
    const early = tooEarly(columns)
    if (early !== undefined) return { why: early }
    const { moved, before, fills, after } = moving(catalog, on, table, columns)
    const { steps, catalog: reached } = replay([readScript([...before, ...after].join(';\n'))], catalog)
    const refused = steps.find((step) => step.refused)?.refused
    if (refused) return { why: refused.message }
    const left = reached.tables.get(on)
    const stand = left ? namesOf(left) : []
    // A generated column went with what it is made from: it is made anew too.
    const gone = wanted.findIndex((name) => !stand.includes(name))
    if (gone !== -1) {
      if (gone >= count) return { why: `${wanted[gone]} goes with what it is generated from` }
      count = gone
      continue
    }
    if (!equal(stand, wanted)) return { why: `the order would be ${stand.join(', ')}` }
    const { kept, set } = identities(moved)
    return {
      statements: [
        'SET CONSTRAINTS ALL IMMEDIATE',
        ...kept,
        ...before,
        ...seeingAll(reached, [on], fills),
        ...after,
        ...toSql(diff(reached, goal), reached),
        ...set,
      ],
      catalog: goal,
    }
  }
}

/** Brings the columns of these tables into the order that they have in `to`; `from` is the catalog as PostgreSQL has it, and differs in nothing else. */
export const rebuild = (tables: readonly RelationName[], from: Catalog, to: Catalog): Rebuild => {
  const statements: string[] = []
  const left: { readonly on: RelationName; readonly why: string }[] = []
  let catalog = from
  for (const on of tables) {
    const made = rebuildTable(catalog, on, to.tables.get(on)?.columns.map(({ name }) => name) ?? [])
    if ('why' in made) left.push({ on, why: made.why })
    else {
      statements.push(...made.statements)
      catalog = made.catalog
    }
  }
  return { statements, left }
}
