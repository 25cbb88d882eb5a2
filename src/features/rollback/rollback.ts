/** The rollback of one migration: its statements, what they cannot bring back, and what may stop them. */
import { byMigration, type Replay, type Step } from '../../changes/replay.ts'
import type { Catalog } from '../../model/catalog.ts'
import type { Change } from '../../model/change.ts'
import type { History, Migration } from '../../model/history.ts'
import { display } from '../../model/name.ts'
import { affectedTables } from './affected.ts'
import { fittingValues } from './fitting.ts'
import { type Guard, guardsIn } from './guards.ts'
import { type Inverse, inverseOf, type Made, madeBy } from './inverse.ts'
import { keepSince } from './keep-since.ts'
import { type Loss, lossesOf, lostSince } from './losses.ts'
import type { RowsPlan } from './rows.ts'
import { survivorsOf } from './survivors.ts'

export type Rollback = {
  readonly migration: Migration
  /** What the migration did. */
  readonly made: readonly Made[]
  readonly inverse: Inverse
  /** Of the rows from before the migration. */
  readonly loses: readonly Loss[]
  /** Of what was written since. */
  readonly since: readonly Loss[]
  /** Copies what goes of that before it does; nothing unless that was asked for. */
  readonly keeping: readonly string[]
  /** What was written since and stops the rollback. */
  readonly guards: readonly Guard[]
  /** The catalog before the migration. */
  readonly before: Catalog
  /** What it is tried over. */
  readonly rows: RowsPlan
}

/** A statement that changes rows may be refused for those that are there. */
const changedData = (changes: readonly Change[]): readonly Guard[] =>
  changes.flatMap((change) =>
    change.kind === 'change-data' ? change.relations.map((table) => ({ what: `${change.command} on ${display(table)} is refused`, table })) : [],
  )

/** The catalogs around a migration. `postgres`: the major that the rollback will run on; `rebuilds`: columns come back in their old order. */
export type Around = {
  readonly before: Catalog
  readonly after: Catalog
  readonly postgres: number
  readonly rebuilds: boolean
  /** Copies are kept of what was written since. */
  readonly keeps: boolean
  /** What an engine has seen renamed, where memory cannot follow the migration. */
  readonly renames?: readonly Change[]
}

const rowsPlanOf = (
  made: readonly Made[],
  inverse: Inverse,
  down: readonly Guard[],
  { before, after, postgres }: Pick<Around, 'before' | 'after' | 'postgres'>,
): RowsPlan => {
  const changes = made.map(({ change }) => change)
  const tables = { before: affectedTables(changes, before), after: affectedTables(inverse.changes, after) }
  return {
    before,
    after,
    tables,
    survivors: survivorsOf(inverse.changes, after, before, tables.after),
    guards: { up: [...guardsIn(changes, before, postgres), ...changedData(changes)], down },
    fitting: () => fittingValues(made, before),
    addsLabels: changes.some(({ kind }) => kind === 'add-enum-value'),
  }
}

/** The rollback of a migration that does these steps. */
export const rollbackOf = (migration: Migration, steps: readonly Step[], { before, after, postgres, rebuilds, keeps, renames = [] }: Around): Rollback => {
  const made = madeBy(steps)
  const inverse = inverseOf(steps, { before, after, rebuilds, renames })
  const guards = guardsIn(inverse.changes, after, postgres)
  const since = lostSince(inverse.changes, after)
  let rows: RowsPlan | undefined
  return {
    migration,
    made,
    inverse,
    loses: lossesOf(made),
    since,
    keeping: keeps ? keepSince(migration.tag, since, after) : [],
    guards,
    before,
    // A proof that is kept needs none.
    get rows() {
      rows ??= rowsPlanOf(made, inverse, guards, { before, after, postgres })
      return rows
    },
  }
}

/** The rollbacks of some migrations, by position. `start`: the catalog before the first one; `postgres`: the major that they will run on; `rebuilds`: columns come back in their old order; `keeps`: copies are kept of what was written since. */
export const rollbacksOf = (
  { migrations }: History,
  { steps, catalogs, renames }: Replay,
  chosen: readonly number[],
  {
    start,
    postgres,
    rebuilds = false,
    keeps = false,
  }: { readonly start: Catalog; readonly postgres: number; readonly rebuilds?: boolean; readonly keeps?: boolean },
): ReadonlyMap<number, Rollback> => {
  const grouped = byMigration(steps)
  return new Map(
    chosen.flatMap((at) => {
      const [migration, before, after] = [migrations[at], at === 0 ? start : catalogs[at - 1], catalogs[at]]
      // Of a file that is missing nobody knows what it did.
      if (!migration || migration.sql === undefined || !before || !after) return []
      return [[at, rollbackOf(migration, grouped.get(at) ?? [], { before, after, postgres, rebuilds, keeps, renames: renames?.get(at) ?? [] })] as const]
    }),
  )
}
