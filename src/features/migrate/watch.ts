/** Who a statement waits for, and for how long: asked on a second connection while the first one waits. */
import type { Row, Session } from '../../model/session.ts'

/** A session that holds what is waited for; never what it runs, for that may hold somebody's data. */
export type Blocker = {
  readonly pid: number
  readonly application: string
  readonly user: string
  /** As `pg_stat_activity` says: active, idle in transaction … */
  readonly state: string
  /** Seconds since its transaction began. */
  readonly seconds: number | undefined
}

export type Waited = { readonly milliseconds: number; readonly blockers: readonly Blocker[] }

/** Time as the runner knows it. `wait` ends early when `until` settles, and rejects when the user stops the run. */
export type Pace = { now(): number; wait(milliseconds: number, until?: Promise<unknown>): Promise<void> }

const blockersQuery = `SELECT w.wait_event_type = 'Lock' AS waiting, b.pid, b.application_name AS application, b.usename AS "user", b.state, extract(epoch FROM clock_timestamp() - b.xact_start)::float8 AS seconds FROM pg_catalog.pg_stat_activity w LEFT JOIN LATERAL unnest(pg_catalog.pg_blocking_pids(w.pid)) AS p(pid) ON true LEFT JOIN pg_catalog.pg_stat_activity b ON b.pid = p.pid WHERE w.pid = $1`

const blockerOf = ({ pid, application, user, state, seconds }: Row): readonly Blocker[] =>
  pid === null || pid === undefined
    ? []
    : [
        {
          pid: Number(pid),
          application: String(application ?? ''),
          user: String(user ?? ''),
          state: String(state ?? 'unknown'),
          seconds: seconds === null || seconds === undefined ? undefined : Number(seconds),
        },
      ]

/** Milliseconds between two looks: the wait is known to that. */
const interval = 25

export type Watch = {
  readonly session: Session
  readonly pid: number
  /** Asks what blocks to stop, once each. */
  readonly cancels: boolean
}

/**
 * Runs `work`, which sends a statement on the backend of `watch`, and sees how long it waits for locks, and for whom. A statement that is done between two looks has not
 * waited long enough to be counted.
 */
export const watched = async <T>(
  watch: Watch | undefined,
  pace: Pace,
  work: () => Promise<T>,
): Promise<{ readonly result: PromiseSettledResult<T>; readonly waited: Waited }> => {
  const settled = Promise.allSettled([work()])
  let over = false
  const finished = settled.then(() => {
    over = true
  })
  // A stopped run ends its statement itself, and that is waited for.
  const pause = (): Promise<void> => pace.wait(interval, finished).catch(() => finished)
  let milliseconds = 0
  let blockers: readonly Blocker[] = []
  const asked = new Set<number>()
  let last = pace.now()
  await pause()
  while (watch && !over) {
    const rows = await watch.session.query(blockersQuery, [watch.pid]).catch(() => [])
    const now = pace.now()
    if (rows[0]?.waiting === true) {
      milliseconds += now - last
      const found = rows.flatMap(blockerOf)
      if (found.length > 0) blockers = found
      for (const { pid } of watch.cancels ? found : []) {
        if (asked.has(pid)) continue
        asked.add(pid)
        await watch.session.query('SELECT pg_catalog.pg_cancel_backend($1)', [pid]).catch(() => [])
      }
    }
    last = now
    await pause()
  }
  const [result] = await settled
  return { result, waited: { milliseconds, blockers } }
}
