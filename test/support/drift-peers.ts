/** What pgstrata and other tools see of one change of a database, and whether their SQL makes it; our print of the catalog is the judge of all. */
import type { Engine } from '../../src/model/engine.ts'
import { PostgresRefusal } from '../../src/model/error.ts'
import type { PrintedCatalog } from '../../src/model/printed.ts'
import { differing } from './convergence.ts'
import { type Outcome, reference } from './mutations.ts'
import { type Answer, askPeer, installPeer, type Peer, urlsOf } from './peers.ts'

export const marks = {
  exact: 'seen, and its SQL makes the other database, exactly',
  differs: 'seen, and its SQL runs, but leaves a difference or makes another one',
  refused: 'seen, and PostgreSQL refuses its SQL',
  'no SQL': 'seen in what it reads, and no SQL for it',
  warned: 'not compared, but it warns that there are objects of this kind',
  missed: 'nothing said',
  failed: 'it ended with an error, or not at all',
} as const
export type Mark = keyof typeof marks

export const seenMarks: readonly Mark[] = ['exact', 'differs', 'refused', 'no SQL']

export type Told = { readonly mark: Mark; readonly why?: string }

export type Measured = { readonly name: string; readonly version: string; readonly told: ReadonlyMap<string, Told> }

/** The same of us. */
export const toldOf = ({ accepted, missed, apart }: Outcome): ReadonlyMap<string, Told> =>
  new Map(
    accepted.map((what): [string, Told] => {
      const [rest] = apart[what] ?? []
      if (missed.includes(what)) return [what, { mark: 'missed' }]
      return [what, rest === undefined ? { mark: 'exact' } : { mark: rest.startsWith('refused') ? 'refused' : 'differs', why: rest }]
    }),
  )

const inCopy = async <T>(engine: Engine, base: string, use: (name: string) => Promise<T>): Promise<T> => {
  const name = await engine.createDatabase(base)
  try {
    return await use(name)
  } finally {
    // One with a subscription stays until the server ends.
    await engine.dropDatabase(name).catch(() => undefined)
  }
}

/** The server's reason where it refuses one of the statements. */
const refusalOf = async (run: () => Promise<unknown>): Promise<string | undefined> => {
  try {
    await run()
    return undefined
  } catch (error) {
    if (error instanceof PostgresRefusal) return error.message
    throw error
  }
}

const afterSql = (engine: Engine, base: string, goal: PrintedCatalog, sql: readonly string[]): Promise<Told> =>
  inCopy(engine, base, async (copy) => {
    await using session = await engine.session(copy)
    await session.script('SET check_function_bodies = off')
    const refused = await refusalOf(async () => {
      for (const each of sql) await session.script(each)
    })
    if (refused !== undefined) return { mark: 'refused', why: refused }
    const rest = differing(goal, await engine.print(session)).map(({ kind, identity }) => `${kind} ${identity}`)
    return rest.length > 0 ? { mark: 'differs', why: rest.join(', ') } : { mark: 'exact' }
  })

const judged = async (engine: Engine, base: string, goal: PrintedCatalog, { seen, sql, warned = [], failed }: Answer): Promise<Told> => {
  if (failed !== undefined) return { mark: 'failed', why: failed }
  if (!seen) return warned.length > 0 ? { mark: 'warned', why: warned.join(', ') } : { mark: 'missed' }
  return sql.length > 0 ? afterSql(engine, base, goal, sql) : { mark: 'no SQL' }
}

const printAfter = async (engine: Engine, database: string, change: string): Promise<PrintedCatalog> => {
  await using session = await engine.session(database)
  await session.script(change)
  return await engine.print(session)
}

/** Every mutation that we are told of, by each peer; they are installed below `directory`. `base` holds what the mutations change. */
export const measurePeers = async (
  engine: Engine,
  base: string,
  peers: readonly Peer[],
  directory: string,
  names: readonly string[],
): Promise<readonly Measured[]> => {
  const [url, { M }] = [await urlsOf(engine), await reference()]
  const asked: { readonly peer: Peer; readonly at: string; readonly told: Map<string, Told> }[] = []
  for (const peer of peers) asked.push({ peer, at: await installPeer(peer, directory), told: new Map<string, Told>() })
  for (const { peer, at } of asked) {
    const { seen, failed, sql } = await inCopy(engine, base, (same) => askPeer(peer, at, url(base), url(same)))
    if (seen || failed) throw new Error(`${peer.what} does not find two equal databases equal: ${failed ?? sql.join('; ')}`)
  }
  for (const [what, change] of M.filter(([each]) => names.includes(each)))
    await inCopy(engine, base, async (changed) => {
      const goal = await printAfter(engine, changed, change)
      for (const { peer, at, told } of asked) told.set(what, await judged(engine, base, goal, await askPeer(peer, at, url(base), url(changed))))
      console.log(`${what.padEnd(32)} ${asked.map(({ told }) => told.get(what)?.mark.padEnd(8)).join(' ')}`)
    })
  return asked.map(({ peer: { name, version }, told }) => ({ name, version, told }))
}
