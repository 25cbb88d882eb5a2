/** Runs in a database that end in the middle, and the next one that has to finish them. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { Report } from '../../src/model/report.ts'
import { root } from '../cli/cli.ts'
import type { startServer } from '../operations/place.ts'
import { cuttingProxy } from './cutting-proxy.ts'

export type Server = Awaited<ReturnType<typeof startServer>>
export type Database = Awaited<ReturnType<Server['database']>>

export const errors = ({ findings }: Report): readonly string[] =>
  findings.filter(({ severity, waived }) => severity === 'error' && !waived).map(({ message }) => message)

/** A way of interrupting a run, over and over. */
export type Interruption = {
  readonly server: Server
  /** As each run finds it. */
  readonly fresh: () => Promise<Database>
  readonly run: (url: string) => Promise<Report>
  /** All that counts of a database. */
  readonly stateOf: (database: Database) => Promise<unknown>
  /** That state after a run that nothing has interrupted. */
  readonly whole: unknown
}

const through = ({ name }: Database, directory: string): string => `postgres://postgres@localhost/${name}?host=${encodeURIComponent(directory)}`

/** What nothing interrupts: the state that it leaves, and how many queries it sends. */
export const wholeRun = async ({
  server,
  fresh,
  run,
  stateOf,
}: Omit<Interruption, 'whole'>): Promise<{ readonly whole: unknown; readonly queries: number }> => {
  const database = await fresh()
  await using proxy = await cuttingProxy(database.host, 5432)
  expect(errors(await run(through(database, proxy.directory)))).toEqual([])
  const whole = await stateOf(database)
  const queries = proxy.queries()
  await server.drop(database)
  return { whole, queries }
}

const isResumed = ({ data }: Report): boolean => /"resumed":true/.test(JSON.stringify(data))

/** The next run says nothing is wrong, and ends where it should have ended; whether it went on with something. */
const finished = async ({ server, run, stateOf, whole }: Interruption, database: Database, what: string): Promise<boolean> => {
  const second = await run(database.url)
  expect(errors(second), what).toEqual([])
  expect(await stateOf(database), what).toEqual(whole)
  await server.drop(database)
  return isResumed(second)
}

/**
 * Before a query and after the one before it the server knows the same: it is cut where it has the query and nobody hears the answer. How many of the next runs went on with
 * something.
 */
export const cutAfterEach = async (interruption: Interruption, queries: number): Promise<number> => {
  let resumed = 0
  for (let at = 1; at <= queries; at++) {
    const database = await interruption.fresh()
    {
      await using proxy = await cuttingProxy(database.host, 5432, at)
      const first = await interruption.run(through(database, proxy.directory)).catch((error: unknown) => error)
      // Before anything is run the connection's loss stops it; later it is a finding, and the end is unknown.
      if (first instanceof Error) expect(first, `query ${at}`).toMatchObject({ exit: 3 })
      else expect((first as Report).unknown.length, `query ${at}`).toBe(1)
    }
    if (await finished(interruption, database, `query ${at}`)) resumed++
  }
  return resumed
}

/** kill -9 of the command when each query has reached the server, from the first to the last; how many of the next runs went on with something. */
export const killedAtEach = async (interruption: Interruption, queries: number, cwd: string, command: (url: string) => readonly string[]): Promise<number> => {
  let resumed = 0
  for (let at = 1; at <= queries; at++) {
    const database = await interruption.fresh()
    {
      let kill = (): void => undefined
      await using proxy = await cuttingProxy(database.host, 5432, at, () => kill())
      const child = spawn(process.execPath, [join(root, 'dist/cli.cjs'), ...command(through(database, proxy.directory))], { cwd, stdio: 'ignore' })
      kill = () => void child.kill('SIGKILL')
      const [, signal] = await once(child, 'exit')
      expect(signal, `query ${at}`).toBe('SIGKILL')
    }
    if (await finished(interruption, database, `query ${at}`)) resumed++
  }
  return resumed
}
