/** The way back in two halves: what makes place for archived rows, and what holds for them once they are there. */
import { diff } from '../../../changes/diff.ts'
import { columnsIn } from '../../../changes/expressions.ts'
import { apply, applyAll } from '../../../changes/index.ts'
import { type SqlStep, sqlSteps } from '../../../changes/to-sql.ts'
import type { Catalog } from '../../../model/catalog.ts'
import type { Change, ChangeKind } from '../../../model/change.ts'
import { PostgresRefusal } from '../../../model/error.ts'
import type { RelationName } from '../../../model/name.ts'
import { inTransaction } from '../inverse.ts'
import type { Kept } from './kept.ts'

export type Phases = {
  /** Cuts what would refuse rows on their way. */
  readonly loosening: readonly Change[]
  readonly first: readonly Change[]
  /** The catalog in which rows come back: tables and columns have their old names and types. */
  readonly between: Catalog
  readonly second: readonly Change[]
}

/** What waits until the rows are there: conditions on them, and what fires for them or reads them. */
const waiting: ReadonlySet<ChangeKind> = new Set<ChangeKind>([
  'set-not-null',
  'add-constraint',
  'validate-constraint',
  'alter-constraint',
  'create-index',
  'attach-index',
  'create-trigger',
  'create-rule',
  'create-policy',
  'set-row-security',
  'set-replica-identity',
  'set-cluster-index',
  'set-comment',
  'create-view',
  'reorder-columns',
])

/** A new column is empty until its values come. */
const relaxed = (change: Change): Change =>
  change.kind === 'add-column' && change.attribute.default === undefined && !change.attribute.identity && !change.attribute.generated
    ? { ...change, attribute: { ...change.attribute, notNull: false } }
    : change

/** What moves in a table on the way back: rows, or values of these columns. */
type Moving = ReadonlyMap<RelationName, 'rows' | ReadonlySet<string>>

const movingIn = (kept: readonly Kept[]): Moving =>
  new Map(
    kept.flatMap(({ to, rows, columns }) => {
      const staying = columns.flatMap((column) => column.to?.name ?? [])
      return to === undefined || (!rows && staying.length === 0) ? [] : [[to, rows ? ('rows' as const) : new Set(staying)] as const]
    }),
  )

const moves = (moving: Moving, table: RelationName, columns: readonly string[]): boolean => {
  const known = moving.get(table)
  return known === 'rows' || (known !== undefined && columns.some((column) => known.has(column)))
}

/** Foreign keys that rows on their way could break: they come back table by table. */
const foreignKeys = (after: Catalog, moving: Moving): readonly Change[] =>
  [...after.tables].flatMap(([on, { constraints }]) =>
    [...constraints].flatMap(([name, constraint]): readonly Change[] =>
      constraint.type === 'foreign key' && (moves(moving, on, constraint.columns) || moves(moving, constraint.references, constraint.referenced))
        ? [{ kind: 'drop-constraint', on, name }]
        : [],
    ),
  )

/** Conditions on columns whose values are taken away for a while. */
const conditions = (after: Catalog, { to: on, columns }: Kept): readonly Change[] => {
  if (on === undefined) return []
  const emptied = columns.flatMap(({ to, emptied: is }) => (is && to ? [to] : []))
  const checks = [...(after.tables.get(on)?.constraints ?? [])].flatMap(([name, constraint]): readonly Change[] =>
    constraint.type === 'check' && emptied.some((column) => columnsIn(constraint.expression).has(column.name)) ? [{ kind: 'drop-constraint', on, name }] : [],
  )
  return [...checks, ...emptied.flatMap(({ name, notNull }): readonly Change[] => (notNull ? [{ kind: 'drop-not-null', on, column: name }] : []))]
}

/** Those changes that can be made one after the other, and the catalog behind them. */
const made = (changes: readonly Change[], from: Catalog): { readonly changes: readonly Change[]; readonly catalog: Catalog } => {
  const done: Change[] = []
  let catalog = from
  for (const change of changes) {
    try {
      catalog = apply(change, catalog)
      done.push(change)
    } catch (error) {
      // It needs what waits, or is done already: the second half sees to it.
      if (!(error instanceof PostgresRefusal)) throw error
    }
  }
  return { changes: done, catalog }
}

/** Splits an inverse. What the first half leaves undone is what the catalogs then still differ in. */
export const phasesOf = (
  inverse: readonly Change[],
  kept: readonly Kept[],
  { before, after }: { readonly before: Catalog; readonly after: Catalog },
): Phases => {
  const loosening = made([...foreignKeys(after, movingIn(kept)), ...kept.flatMap((each) => conditions(after, each))], after)
  const first = made(
    inverse.filter(({ kind }) => !waiting.has(kind)).map((change) => inTransaction(relaxed(change))),
    loosening.catalog,
  )
  return { loosening: loosening.changes, first: first.changes, between: first.catalog, second: diff(first.catalog, before) }
}

/** The statements of both halves. */
export const stepsOf = (
  { loosening, first, between, second }: Phases,
  after: Catalog,
): { readonly [K in 'loosening' | 'first' | 'second']: readonly SqlStep[] } => ({
  loosening: sqlSteps(loosening, after),
  first: sqlSteps(first, applyAll(loosening, after)),
  second: sqlSteps(second, between),
})
