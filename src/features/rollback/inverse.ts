/** The way back from a migration: the inverse of each of its changes, from the last to the first, without what another inverse does anyway. */
import { diff } from '../../changes/diff.ts'
import { equal } from '../../changes/equal.ts'
import { apply, applyAll, invert } from '../../changes/index.ts'
import type { Step } from '../../changes/replay.ts'
import { type SqlStep, sqlSteps } from '../../changes/to-sql.ts'
import type { Catalog } from '../../model/catalog.ts'
import type { Change } from '../../model/change.ts'
import type { RelationName } from '../../model/name.ts'
import { leads, pruned } from './prune.ts'
import { rebuild } from './rebuild.ts'

/** A change with the catalog that it was made in. */
export type Made = { readonly change: Change; readonly before: Catalog; readonly step: Step }

/** `why`: it was asked for, and PostgreSQL has no way. */
export type Reordered = { readonly on: RelationName; readonly why?: string }

export type Inverse = {
  readonly changes: readonly Change[]
  /** The same as statements, to be run in one transaction where the migration has run. */
  readonly steps: readonly SqlStep[]
  /** What is run behind that transaction: indexes that are made concurrently. */
  readonly afterwards: readonly SqlStep[]
  /** `statements`: each change undone. `difference`: the catalogs compared, where a statement is not followed in memory, after what is the same by another name has its old one. */
  readonly road: 'statements' | 'difference'
  /** Brings columns into their old order, in the same transaction; nothing unless that was asked for. */
  readonly rebuild: readonly string[]
  /** Tables whose columns come back in another order: no statement moves a column. */
  readonly reordered: readonly Reordered[]
}

/** What a migration did, change by change. */
export const madeBy = (steps: readonly Step[]): readonly Made[] =>
  steps.flatMap((step) => {
    // What a statement does that is not followed is answered for by the catalog behind it: between its changes nothing is known.
    const followed = step.changes.every(({ kind }) => kind !== 'opaque')
    let catalog = step.before
    return step.changes.map((change) => {
      const made = { change, before: catalog, step }
      if (followed) catalog = apply(change, catalog)
      return made
    })
  })

/** Undefined where a change of the catalog has no inverse. Changed rows are no change of the catalog. */
const undone = (made: readonly Made[]): readonly Change[] | undefined => {
  const found: Change[] = []
  for (const { change, before } of made.toReversed()) {
    const inverse = invert(change, before)
    if (!('irreversible' in inverse)) found.push(...inverse)
    else if (change.kind !== 'change-data') return undefined
  }
  return found
}

/** The catalog as PostgreSQL has it behind the changes: nothing runs where one only orders columns. */
const reachedBy = (changes: readonly Change[], from: Catalog): Catalog =>
  applyAll(
    changes.filter(({ kind }) => kind !== 'reorder-columns'),
    from,
  )

/** Tables whose columns stand otherwise than they should, and what puts them there. */
export const orderedBy = (changes: readonly Change[], from: Catalog, rebuilds: boolean): Pick<Inverse, 'rebuild' | 'reordered'> => {
  if (!changes.some(({ kind }) => kind === 'reorder-columns')) return { rebuild: [], reordered: [] }
  const [reached, to] = [reachedBy(changes, from), applyAll(changes, from)]
  const names = (catalog: Catalog, on: RelationName): readonly string[] | undefined => catalog.tables.get(on)?.columns.map(({ name }) => name)
  const tables = [...to.tables.keys()].filter((on) => !equal(names(reached, on), names(to, on)))
  if (!rebuilds) return { rebuild: [], reordered: tables.map((on) => ({ on })) }
  const { statements, left } = rebuild(tables, reached, to)
  return { rebuild: statements, reordered: left }
}

/** Nothing that is dropped inside of a transaction is dropped concurrently. */
export const inTransaction = (change: Change): Change =>
  (change.kind === 'drop-index' || change.kind === 'create-index') && change.concurrently ? { ...change, concurrently: false } : change

/** What runs in the transaction, and the indexes that can wait until it is over: writers then need not wait for them. */
const parted = (changes: readonly Change[], from: Catalog, to: Catalog): readonly [readonly Change[], readonly Change[]] => {
  const waits = (change: Change): boolean => change.kind === 'create-index' && change.concurrently
  const later = changes.filter(waits)
  const sooner = changes.filter((change) => !waits(change)).map(inTransaction)
  return later.length > 0 && leads([...sooner, ...later], from, to) ? [sooner, later] : [changes.map(inTransaction), []]
}

/** The catalogs compared, once everything that is still there has its old name. */
const compared = (after: Catalog, before: Catalog, renames: readonly Change[]): readonly Change[] => [...renames, ...diff(applyAll(renames, after), before)]

/** The inverse of a migration: `steps` are its own, `before` and `after` the catalogs around it; `rebuilds`: columns are to come back in their old order; `renames`:
 * what an engine has seen renamed where a statement is not followed in memory. */
export const inverseOf = (
  steps: readonly Step[],
  {
    before,
    after,
    rebuilds,
    renames = [],
  }: { readonly before: Catalog; readonly after: Catalog; readonly rebuilds: boolean; readonly renames?: readonly Change[] },
): Inverse => {
  const byStatement = undone(madeBy(steps))
  const followed = byStatement && leads(byStatement, after, before) ? byStatement : undefined
  const changes = followed ? pruned(followed, after, before) : compared(after, before, renames)
  const [inside, afterwards] = parted(changes, after, before)
  return {
    changes: [...inside, ...afterwards],
    steps: sqlSteps(inside, after),
    afterwards: afterwards.length === 0 ? [] : sqlSteps(afterwards, applyAll(inside, after)),
    road: followed ? 'statements' : 'difference',
    ...orderedBy(inside, after, rebuilds),
  }
}
