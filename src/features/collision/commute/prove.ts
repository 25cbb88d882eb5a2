/** Both orders of two histories, run in a real PostgreSQL. */
import { chunksOf, fitsTransaction, freshSql, runMigration } from '../../../drizzle/run.ts'
import type { Engine, PrintOptions } from '../../../model/engine.ts'
import { type PostgresRefusal, refusalOf } from '../../../model/error.ts'
import { differences, isColumnOrder, type PrintedCatalog, type PrintedDifference } from '../../../model/printed.ts'
import type { Session } from '../../../model/session.ts'
import type { Line, Side, Verdict } from './verdict.ts'

/** How one order went. */
export type OrderRun =
  | { readonly ran: true }
  | {
      readonly ran: false
      readonly side: Side
      readonly tag: string
      readonly position: number
      readonly message: string
      readonly sqlstate: string
      readonly detail?: string
    }

export type CommutationProof = {
  readonly verdict: Extract<Verdict, 'commutes' | 'conflicts'>
  readonly landedFirst: OrderRun
  readonly mineFirst: OrderRun
  /** What the second order leaves otherwise than the first; columns in another order are none. */
  readonly differences: readonly PrintedDifference[]
}

type Placed = Line & { readonly side: Side; readonly position: number }
type Run = { readonly run: OrderRun; readonly printed?: PrintedCatalog }

const placed = (side: Side, lines: readonly Line[]): readonly Placed[] => lines.map((line, position) => ({ ...line, side, position }))

/** Roles are the whole server's: an order that makes or drops some is taken back. */
const roleNodes: ReadonlySet<string> = new Set(['CreateRoleStmt', 'DropRoleStmt', 'AlterRoleStmt', 'GrantRoleStmt', 'DropOwnedStmt', 'ReassignOwnedStmt'])
const changesRoles = ({ script }: Line): boolean =>
  script.statements.some(({ node, tree, text }) => roleNodes.has(node) || tree.renameType === 'OBJECT_ROLE' || (node === 'DoStmt' && /\brole\b/i.test(text)))

const failed = ({ side, tag, position }: Placed, { message, sqlstate, detail }: PostgresRefusal): Run => ({
  run: { ran: false, side, tag, position, message, sqlstate, ...(detail === undefined ? {} : { detail }) },
})

const runEach = async (lines: readonly Placed[], run: (line: Placed) => Promise<unknown>): Promise<Run | undefined> => {
  for (const line of lines) {
    const refusal = await refusalOf(() => run(line))
    if (refusal) return failed(line, refusal)
  }
  return undefined
}

/** All of it in one transaction that is taken back. */
const runAside = async (engine: Engine, session: Session, lines: readonly Placed[], options: PrintOptions): Promise<Run> => {
  await session.script('BEGIN')
  try {
    const failure = await runEach(lines, ({ script }) => session.script([...chunksOf(engine, script), ...freshSql].join('\n;\n')))
    return failure ?? { run: { ran: true }, printed: await engine.print(session, { ...options, inTransaction: true }) }
  } finally {
    await session.script('ROLLBACK')
  }
}

const runForGood = async (engine: Engine, session: Session, lines: readonly Placed[], options: PrintOptions): Promise<Run> => {
  const failure = await runEach(lines, ({ script }) => runMigration(engine, session, script))
  return failure ?? { run: { ran: true }, printed: await engine.print(session, options) }
}

/** Rows leave traces behind a rollback (sequences go on), and a label can be used only when it is committed. */
const tracing: ReadonlySet<string> = new Set([
  'AlterEnumStmt',
  'InsertStmt',
  'UpdateStmt',
  'DeleteStmt',
  'MergeStmt',
  'SelectStmt',
  'CopyStmt',
  'CallStmt',
  'DoStmt',
  'ExecuteStmt',
])

/** True where both sides can be run in the database itself and taken back; else copies of it are needed, and nobody may be connected to it. */
export const canBeTakenBack = (...sides: readonly (readonly Line[])[]): boolean =>
  sides.flat().every(({ script }) => fitsTransaction(script) && script.statements.every(({ node }) => !tracing.has(node)))

const runOrder = async (engine: Engine, base: string, lines: readonly Placed[], options: PrintOptions): Promise<Run> => {
  const database = await engine.createDatabase(base)
  try {
    await using session = await engine.session(database)
    const aside = lines.some(changesRoles) && lines.every(({ script }) => fitsTransaction(script))
    return await (aside ? runAside : runForGood)(engine, session, lines, options)
  } finally {
    await engine.dropDatabase(database)
  }
}

export type ProveOptions = PrintOptions & {
  /** A session of `base` that is open already; for sides that can be taken back. */
  readonly session?: Session
}

type Orders = readonly [readonly Placed[], readonly Placed[]]
type Runs = readonly [Run, Run]

/** Both in the database itself, each taken back: a third of the time of two copies. */
const runHere = async (engine: Engine, session: Session, [first, second]: Orders, options: PrintOptions): Promise<Runs> => [
  await runAside(engine, session, first, options),
  await runAside(engine, session, second, options),
]

const runInSession = async (engine: Engine, base: string, orders: Orders, { session, ...options }: ProveOptions): Promise<Runs> => {
  if (session) return runHere(engine, session, orders, options)
  await using own = await engine.session(base)
  return await runHere(engine, own, orders, options)
}

const runInCopies = async (engine: Engine, base: string, [first, second]: Orders, options: PrintOptions): Promise<Runs> => {
  const run = (lines: readonly Placed[]): Promise<Run> => runOrder(engine, base, lines, options)
  // Two transactions that make one role wait for each other.
  return first.some(changesRoles) ? [await run(first), await run(second)] : Promise.all([run(first), run(second)])
}

/**
 * Runs both orders over the database `base`, which stays as it is, each migration as in a session of its own, and compares what they leave. Its rows are there: where rows decide, they do.
 * Where copies of it are needed (`canBeTakenBack` says no), nobody may be connected to `base`.
 */
export const proveCommutation = async (
  engine: Engine,
  base: string,
  landed: readonly Line[],
  mine: readonly Line[],
  options: ProveOptions = {},
): Promise<CommutationProof> => {
  const [l, m] = [placed('landed', landed), placed('mine', mine)]
  const orders = [
    [...l, ...m],
    [...m, ...l],
  ] as const
  const [landedFirst, mineFirst] = await (canBeTakenBack(landed, mine) ? runInSession : runInCopies)(engine, base, orders, options)
  const found =
    landedFirst.printed && mineFirst.printed ? differences(landedFirst.printed, mineFirst.printed).filter((difference) => !isColumnOrder(difference)) : []
  const ran = landedFirst.run.ran && mineFirst.run.ran
  return { verdict: ran && found.length === 0 ? 'commutes' : 'conflicts', landedFirst: landedFirst.run, mineFirst: mineFirst.run, differences: found }
}
