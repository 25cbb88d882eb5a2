/** The pending migrations run on a copy of the environment's catalog, with invented rows, in an engine of ours: nothing of the environment is touched. */
import { catalogOf } from '../../changes/catalog-of.ts'
import { ledgerTable } from '../../drizzle/ledger.ts'
import { createLedgerSql } from '../../drizzle/ledger-write.ts'
import { copyOf } from '../../features/drift/load.ts'
import { runSegments } from '../../features/migrate/run.ts'
import { type Failure, markIn, type Outcome, type Running } from '../../features/migrate/running.ts'
import type { Segment } from '../../features/migrate/segments.ts'
import type { Engine } from '../../model/engine.ts'
import { PostgresRefusal, ToolError } from '../../model/error.ts'
import type { Unknown } from '../../model/finding.ts'
import type { History, Layout, Ledger } from '../../model/history.ts'
import { display } from '../../model/name.ts'
import { plural } from '../../model/numbers.ts'
import type { PrintedCatalog } from '../../model/printed.ts'
import type { Session } from '../../model/session.ts'
import type { World } from '../../model/world.ts'
import { seedRows } from '../../rows/index.ts'
import { quoteLiteral } from '../../sql/print.ts'
import { extensionsOf } from '../drift/sides.ts'
import { prepare } from './prepare.ts'
import type { Target } from './target.ts'

export type Rehearsal = { readonly outcome: Outcome; readonly unknown: readonly Unknown[]; readonly shown: string }

/** The ledger as the environment has it. */
const copyLedger = async (session: Session, { name, layout, rows }: Ledger): Promise<void> => {
  if (layout === 'absent') return
  for (const sql of createLedgerSql(name, layout)) await session.script(sql)
  for (const { id, hash, createdAt, name: tag } of rows) {
    const values = [String(id), quoteLiteral(hash), createdAt === undefined ? 'NULL' : String(createdAt)]
    const named = layout === 'folders' ? [tag === undefined ? 'NULL' : quoteLiteral(tag)] : []
    await session.script(
      `INSERT INTO ${ledgerTable(name)} (id, hash, created_at${layout === 'folders' ? ', name' : ''}) VALUES (${[...values, ...named].join(', ')})`,
    )
  }
  // Ids go on where the environment's do.
  await session.script(
    `SELECT setval(pg_get_serial_sequence(${quoteLiteral(ledgerTable(name))}, 'id'), greatest(1, (SELECT max(id) FROM ${ledgerTable(name)})))`,
  )
}

/** Rows for all tables that take some; how many tables have them. */
const seed = async (
  session: Session,
  catalog: ReturnType<typeof catalogOf>['catalog'],
): Promise<{ readonly tables: number; readonly empty: readonly string[] }> => {
  const { seeds, unseedable } = seedRows(catalog, 'all', { style: 'benign' })
  const empty = unseedable.map(({ table, why }) => `${display(table)}: ${why}`)
  await session.script('SET session_replication_role = replica')
  for (const { table, sql } of seeds) {
    try {
      await session.script(sql)
    } catch (error) {
      if (!(error instanceof PostgresRefusal)) throw error
      empty.push(`${display(table)}: ${error.message}`)
    }
  }
  await session.script('RESET session_replication_role')
  return { tables: new Set(seeds.map(({ table }) => table)).size, empty }
}

/** What is run on a copy. `named`: rows of the ledger that get names first. */
export type Rehearsed = { readonly ledger: Ledger; readonly segments: readonly Segment[]; readonly named?: Parameters<typeof prepare>[4] }

/** What the caller says of the run; the rest is the copy's. */
export type Directed = {
  /** `layout`: of the copied ledger's table. */
  readonly running: (layout: Layout) => Omit<Running, 'session' | 'watch' | 'ledger' | 'mark' | 'locksLedger' | 'pace' | 'signal'>
  /** What of invented rows has stopped it, in words; undefined where it was something else. It is then tried without any. */
  readonly stoppedBy?: (failure: Failure) => string | undefined
}

type Place = { readonly world: World; readonly history: History; readonly engine: Engine; readonly printed: PrintedCatalog }

const rowsText = (tables: number, inTheWay: string | undefined): string =>
  inTheWay === undefined
    ? `with invented rows in ${plural(tables, 'table')}`
    : `over empty tables, because invented rows were in the way (${inTheWay}): whether its own rows are, --dry-run=environment tells`

/** One run on one copy; over empty tables where invented rows have been in the way. */
const onCopy = async (place: Place, { ledger, segments, named }: Rehearsed, { running }: Directed, inTheWay?: string): Promise<Rehearsal> => {
  const { world, history, engine, printed } = place
  const { session, unloaded } = await copyOf(engine, printed)
  try {
    const { tables, empty } = inTheWay === undefined ? await seed(session, catalogOf(printed).catalog) : { tables: 0, empty: [] }
    await copyLedger(session, ledger)
    const layout = await prepare(session, history, ledger, segments, named)
    const copied = { session, watch: undefined, ledger: ledger.name, mark: markIn(ledger), locksLedger: true, pace: world, signal: world.signal }
    return {
      outcome: await runSegments({ ...running(layout), ...copied }, segments),
      unknown: unloaded.map(({ kind, identity, why }) => ({ what: `${kind} ${identity} in the copy`, why })),
      shown: [
        `on a copy of its catalog in the ${engine.name} PostgreSQL ${Math.floor(engine.version / 10_000)}, ${rowsText(tables, inTheWay)}`,
        ...(empty.length > 0 ? [`none in ${empty.join('; ')}`] : []),
        ...engine.caveats,
      ].join('; '),
    }
  } finally {
    await session[Symbol.asyncDispose]()
  }
}

/** Runs the segments on a copy. Throws `extension-missing` (exit 3) where no engine has what the environment has. */
export const rehearse = async (world: World, history: History, target: Target, rehearsed: Rehearsed, directed: Directed): Promise<Rehearsal> => {
  const printed = await world.printed(target.source)
  const engine = await world.engine({ extensions: extensionsOf(printed), profile: 'replay', genuine: true, major: Math.floor(printed.version / 10_000) })
  try {
    if (engine.missing.length > 0)
      throw new ToolError('extension-missing', `${target.name} has the extension ${engine.missing.join(', ')}, which the ${engine.name} PostgreSQL has not.`, {
        help: 'Give a server that has it: --engine postgres://….',
        exit: 3,
      })
    world.progress({ step: `copying ${target.name}`, done: 0, total: undefined })
    const place = { world, history, engine, printed }
    const first = await onCopy(place, rehearsed, directed)
    const inTheWay = first.outcome.failure && directed.stoppedBy?.(first.outcome.failure)
    return inTheWay === undefined ? first : await onCopy(place, rehearsed, directed, inTheWay)
  } finally {
    await engine[Symbol.asyncDispose]()
  }
}
