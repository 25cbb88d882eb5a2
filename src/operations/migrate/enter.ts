/** The way into an environment that is written to: one run at a time, with an eye on who holds what is waited for. */
import { joined, LedgerMoved, markIn, nothingRun, type Outcome, type Running } from '../../features/migrate/running.ts'
import { takeTurn } from '../../features/migrate/turn.ts'
import type { Watch } from '../../features/migrate/watch.ts'
import { ToolError } from '../../model/error.ts'
import type { Ledger } from '../../model/history.ts'
import { plural } from '../../model/numbers.ts'
import type { Session } from '../../model/session.ts'
import type { World } from '../../model/world.ts'
import type { RunOptions } from './options.ts'
import { mayLock } from './prepare.ts'
import type { Target } from './target.ts'

/** Disposed, it ends the connections: of a thousand databases none is kept. */
export type Entered = AsyncDisposable & { readonly session: Session; readonly watch: Watch | undefined }

/** Sees who holds what is waited for; without a second connection nobody does, and the run goes on. */
const openWatch = async (world: World, target: Target, session: Session, cancels: boolean): Promise<Watch | undefined> => {
  const [row] = await session.query('SELECT pg_catalog.pg_backend_pid() AS pid')
  try {
    return { session: await world.reader(target.source), pid: Number(row?.pid), cancels }
  } catch (error) {
    if (error instanceof ToolError && !cancels) return undefined
    throw error
  }
}

/** Throws `another-migrate` (exit 3). */
const waitForTurn = async (world: World, session: Session, target: Target, wait: number): Promise<void> => {
  const waiting = (): void => world.progress({ step: `another migrate or rollback is at work in ${target.name}: waiting`, done: 0, total: undefined })
  if (await takeTurn(session, target.ledger, world, wait * 1_000, waiting)) return
  throw new ToolError('another-migrate', `Another migrate or rollback is at work in ${target.name}, and did not end within ${wait} s.`, {
    help: 'Run it again when it has ended, or --wait longer.',
    exit: 3,
  })
}

/** Connects, and waits until nobody else of ours is at work; `before` is done first. Throws what connecting throws, and `another-migrate`. */
export const enter = async (
  world: World,
  target: Target,
  { wait, cancelBlockers }: Pick<RunOptions, 'wait' | 'cancelBlockers'>,
  before: (session: Session) => Promise<void> = async () => undefined,
): Promise<Entered> => {
  const session = await world.writer(target.source)
  const cancel = (): void => void session.cancel().catch(() => undefined)
  world.signal.addEventListener('abort', cancel, { once: true })
  await before(session)
  await waitForTurn(world, session, target, wait)
  const watch = await openWatch(world, target, session, cancelBlockers)
  return {
    session,
    watch,
    async [Symbol.asyncDispose]() {
      world.signal.removeEventListener('abort', cancel)
      await watch?.session[Symbol.asyncDispose]()
      await session[Symbol.asyncDispose]()
    },
  }
}

/** So often the plan is made anew when another migrator was faster. */
const mostTurns = 4

/** What stopped a later turn, with what the ones before it have done: nobody else tells. */
const withEarlier = (error: ToolError, { finished }: Outcome, word: string): ToolError =>
  finished.length === 0
    ? error
    : new ToolError(error.code, `${error.message} Before that, ${word}: ${finished.map(({ migration }) => migration.tag).join(', ')}.`, {
        ...(error.help === undefined ? {} : { help: error.help }),
        cause: error,
        exit: error.exit,
      })

/** Plans and runs; anew where another migrator has written the ledger meanwhile. `word`: what becomes of migrations. Throws what `once` throws, and `ledger-moves`. */
export const inTurns = async <T extends { readonly outcome: Outcome }>(once: () => Promise<T>, word = 'applied'): Promise<T> => {
  let earlier = nothingRun
  for (let turn = 1; turn <= mostTurns; turn++) {
    try {
      const ran = await once()
      return { ...ran, outcome: joined(earlier, ran.outcome) }
    } catch (error) {
      if (error instanceof ToolError) throw withEarlier(error, earlier, word)
      if (!(error instanceof LedgerMoved)) throw error
      earlier = joined(earlier, error.outcome)
    }
  }
  const moves = new ToolError('ledger-moves', 'Another migrator keeps writing to the ledger.', { help: 'Let it end, then run this again.', exit: 3 })
  throw withEarlier(moves, earlier, word)
}

/** Throws `protected` where the environment wants to be confirmed. `would`: what would be done to these. */
export const refuseUnconfirmed = (target: Target, yes: boolean, tags: readonly string[], would: string): void => {
  if (!target.protected || yes) return
  throw new ToolError('protected', `${target.name} is protected: nothing was run. ${plural(tags.length, 'migration')} would be ${would}: ${tags.join(', ')}.`, {
    help: '--yes does it; --dry-run tries it on a copy.',
  })
}

/** `finished`: what a migration then is: `applied`. */
export const tell = (world: World, total: number, finished: string): Running['told'] => {
  const done = new Set<string>()
  const step = (text: string): void => world.progress({ step: text, done: done.size, total })
  return (event): void => {
    if (event.type === 'statement') step(`${event.migration.tag}: statement ${event.statement.index + 1}`)
    if (event.type === 'retry') step(`${event.retry.migration.tag}: waiting ${event.pause} ms for its locks`)
    if (event.type !== 'finished') return
    done.add(event.migration.tag)
    step(`${event.migration.tag} ${finished}`)
  }
}

type Common = Pick<Running, 'session' | 'watch' | 'ledger' | 'mark' | 'locksLedger' | 'limits' | 'pace' | 'signal' | 'undecided'>

/** What every run in an environment has. */
export const runningIn = async (
  world: World,
  { session, watch }: Entered,
  ledger: Ledger,
  { limits, undecided }: Pick<RunOptions, 'limits' | 'undecided'>,
): Promise<Common> => ({
  session,
  watch,
  ledger: ledger.name,
  mark: markIn(ledger),
  locksLedger: await mayLock(session, ledger),
  limits,
  pace: world,
  signal: world.signal,
  undecided,
})
