/** How a database stands to the folder: what became of each migration in it, and what that makes of the whole. */
import type { ReconciledMigration, Reconciliation } from '../../drizzle/ledger.ts'
import type { Ledger, LedgerRow } from '../../model/history.ts'

/**
 * What became of one migration in one database. The same words in both layouts; what differs is what Drizzle's migrator does with a hole.
 * `applied`: the ledger has its row, and the file is what was run. `applied-edited`: it has its row, and the file is another one by now.
 * `pending`: no row; the next deployment runs it.
 * `skipped`: no row, and none will come: 0.x runs what is newer than the newest row, and this one is older. 1.0 goes by names and skips none.
 * `out-of-order`: no row; the next deployment runs it behind one that comes after it in the folder. In 1.0 that is every hole; in 0.x one whose time is later than its place.
 * `blocked`: the next deployment would come to it and not through it, or not as far as to it.
 * `orphan`: a row, and no file of the folder explains it.
 * `baseline`: nothing was run for it here: a row from before the folder was squashed, one that `migrate --baseline` has taken as applied, or a first migration that `drizzle-kit pull` wrote as a comment.
 * `unknown`: not seen, seen too long ago, or not to be decided (its file is missing).
 */
export type CellState = 'applied' | 'applied-edited' | 'pending' | 'skipped' | 'orphan' | 'out-of-order' | 'blocked' | 'baseline' | 'unknown'

/**
 * `in-sync`: every migration is applied as the file has it, and no row is left over. `behind`: some are pending, nothing else. `ahead`: rows without a file, nothing pending.
 * `diverged`: something is skipped, edited, out of order, rolled back by half, begun and not to be gone on with, or would run twice, or there are rows without a file before pending ones. `drifted`: the catalog was looked at and is
 * not what the applied migrations make. `unknown`: at least one of these cannot be said. A missing file makes it unknown before all else; then diverged goes before drifted, drifted before ahead, ahead before behind; drift and what has begun, where they cannot be said, leave unknown what would be in sync.
 */
export type EnvironmentState = 'in-sync' | 'behind' | 'ahead' | 'diverged' | 'drifted' | 'unknown'

/** Whether the live catalog is what the applied migrations make. */
export type Drift =
  | { readonly state: 'not-looked-at' }
  | { readonly state: 'none' }
  | { readonly state: 'drifted'; readonly differences: number }
  | { readonly state: 'unknown'; readonly why: string }

/** Something that a run of ours has begun in a database, and that is not finished. */
export type Begun = {
  readonly migration: string
  readonly direction: 'migrate' | 'rollback'
  readonly statements: number
  /** Of the text that has begun; undefined where evidence does not say it. */
  readonly hash?: string
  /** Its text is kept in the database: it is gone on with whatever the files say by now. */
  readonly kept?: true
}

/** Something that has begun, and why no run of ours goes on with it. */
export type Stuck = { readonly migration: string; readonly why: string }

export type Cell = {
  /** A tag, or of a row without a file its name or hash. */
  readonly migration: string
  readonly state: CellState
  /** ISO, UTC; undefined where nobody has written it down. */
  readonly appliedAt: string | undefined
  /** Where our own ledger says it. */
  readonly appliedBy?: string
  /** A later migration that has run before this one: this one ran, or will run, after it. */
  readonly after?: string
  /** Of an unknown one: what it was when it was last seen. */
  readonly last?: CellState
  /** It is a row that stands for no migration of the folder, whatever it is called. */
  readonly isRow?: true
  /** Of such a row: the migration that has another one with this hash or name. */
  readonly secondFor?: string
}

export type Situation = {
  readonly state: EnvironmentState
  /** What it was when it was last seen, where that is too long ago. */
  readonly last?: EnvironmentState
  /** How many migrations of the folder are not applied. */
  readonly behind: number
  /** How many rows no file explains. */
  readonly ahead: number
  /** Migrations that are applied and that Drizzle's migrator would run again. */
  readonly again: readonly string[]
  /** What has begun and cannot be gone on with. */
  readonly stuck: readonly Stuck[]
  /** The folder's migrations in their order, then rows without a file. */
  readonly cells: readonly Cell[]
}

/** When a migration was applied, as far as it was written down: drizzle-orm 1.0 does, and our own ledger. `created_at` never says it: it is the time of the file. */
const appliedAt = ({ appliedAt: written }: LedgerRow): string | undefined => {
  const time = written === undefined ? Number.NaN : Date.parse(written)
  return Number.isNaN(time) ? undefined : new Date(time).toISOString()
}

const hasRow = ({ row }: ReconciledMigration): boolean => row !== undefined

/** Of an applied one: a later one whose row is older; of a hole: the last one that is applied. */
const afterOf = (migrations: readonly ReconciledMigration[], { migration, row }: ReconciledMigration): string | undefined =>
  migrations.findLast((other) => other.migration.index > migration.index && other.row !== undefined && (row === undefined || other.row.id < row.id))?.migration
    .tag

type Known = {
  /** Tags that the next deployment would not bring in. */
  readonly blocked: ReadonlySet<string>
  /** The first migration is the comment that `drizzle-kit pull` writes. */
  readonly pulled: boolean
  /** Undefined where that may not be read. */
  readonly begun: readonly Begun[] | undefined
}

const stateOf = (each: ReconciledMigration, after: string | undefined, { blocked, pulled }: Known): CellState => {
  const { migration, state, row } = each
  if (migration.hash === undefined) return 'unknown'
  if (state === 'applied') return row?.baseline || (pulled && migration.index === 0) ? 'baseline' : state
  if (state !== 'pending') return state
  if (blocked.has(migration.tag)) return 'blocked'
  return after === undefined ? 'pending' : 'out-of-order'
}

const migrationCells = ({ migrations }: Reconciliation, known: Known): readonly Cell[] =>
  migrations.map((each) => {
    const after = afterOf(migrations, each)
    return {
      migration: each.migration.tag,
      state: stateOf(each, after, known),
      appliedAt: each.row && appliedAt(each.row),
      ...(each.row?.appliedBy === undefined ? {} : { appliedBy: each.row.appliedBy }),
      ...(after === undefined ? {} : { after }),
    }
  })

/** The migration for which another row stands already. */
const twinOf = ({ migrations }: Reconciliation, { name, hash }: LedgerRow): string | undefined => {
  const applied = migrations.filter(hasRow)
  const twin = applied.find(({ migration }) => migration.tag === name) ?? applied.find(({ row }) => row?.hash === hash)
  return twin?.migration.tag
}

const rowCells = (reconciliation: Reconciliation): readonly Cell[] =>
  reconciliation.unknown.map((row) => {
    const second = twinOf(reconciliation, row)
    return {
      migration: row.name ?? row.hash,
      state: reconciliation.squashed.includes(row) ? 'baseline' : 'orphan',
      appliedAt: appliedAt(row),
      isRow: true,
      ...(second === undefined ? {} : { secondFor: second }),
    }
  })

/** Why nothing goes on with it; undefined where the same command does. */
const whyStuck = ({ migrations }: Reconciliation, { migration: tag, direction, hash, kept }: Begun): string | undefined => {
  const found = migrations.find(({ migration }) => migration.tag === tag)
  if (!found) return 'the folder has no such migration any more'
  if (direction === 'rollback' && !found.row) return 'its row is gone from the ledger'
  if (direction === 'migrate' && found.row) return 'the ledger has it as applied by now'
  if (direction === 'migrate' && found.state !== 'pending') return 'it is not pending any more'
  return kept || hash === undefined || hash === found.migration.hash ? undefined : 'its file has been changed since'
}

const stuckOf = (reconciliation: Reconciliation, begun: readonly Begun[] = []): readonly Stuck[] =>
  begun.flatMap((each) => {
    const why = whyStuck(reconciliation, each)
    return why === undefined ? [] : [{ migration: each.migration, why }]
  })

type Signs = Pick<Situation, 'cells' | 'again' | 'stuck'> & { readonly begun: readonly Begun[] | undefined; readonly drift: Drift }

const overall = ({ cells, again, stuck, begun, drift }: Signs): EnvironmentState => {
  const has = (...states: readonly CellState[]): boolean => cells.some(({ state }) => states.includes(state))
  const waits = has('pending', 'blocked')
  if (has('unknown')) return 'unknown'
  // A hole that is blocked is still a hole.
  const hole = cells.some(({ state, after }) => (state === 'blocked' || state === 'out-of-order') && after !== undefined)
  const halfBack = begun?.some(({ direction }) => direction === 'rollback')
  if (has('skipped', 'applied-edited') || hole || halfBack === true || stuck.length > 0 || again.length > 0 || (has('orphan') && waits)) return 'diverged'
  if (drift.state === 'drifted') return 'drifted'
  if (has('orphan')) return 'ahead'
  if (waits) return 'behind'
  return drift.state === 'unknown' || begun === undefined ? 'unknown' : 'in-sync'
}

/** What a ledger that was read says, and the catalog where it was looked at. */
export const situationOf = (reconciliation: Reconciliation, known: Known, drift: Drift): Situation => {
  const cells = [...migrationCells(reconciliation, known), ...rowCells(reconciliation)]
  const again = reconciliation.migrations.filter((each) => hasRow(each) && each.willRun).map(({ migration }) => migration.tag)
  const stuck = stuckOf(reconciliation, known.begun)
  return {
    state: overall({ cells, again, stuck, begun: known.begun, drift }),
    behind: reconciliation.migrations.filter((each) => !hasRow(each)).length,
    ahead: reconciliation.unknown.length - reconciliation.squashed.length,
    again,
    stuck,
    cells,
  }
}

/** A situation that was seen too long ago to count: all of it is unknown, and what it was is kept. */
export const aged = ({ state, cells, ...rest }: Situation): Situation => ({
  ...rest,
  state: 'unknown',
  last: state,
  cells: cells.map((cell) => ({ ...cell, state: 'unknown', last: cell.state })),
})

/** A database that nobody has seen. */
export const unseen = (tags: readonly string[]): Situation => ({
  state: 'unknown',
  behind: 0,
  ahead: 0,
  again: [],
  stuck: [],
  cells: tags.map((migration) => ({ migration, state: 'unknown', appliedAt: undefined })),
})

/** What two ledgers have to have in common to stand alike: not when something was applied. */
export const ledgerKey = ({ layout, rows }: Ledger): string =>
  JSON.stringify([layout, rows.map(({ id, hash, createdAt, name, baseline }) => [id, hash, createdAt, name, baseline])])
