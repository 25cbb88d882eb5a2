/** A server of a test's own, as a user would give it: a URL. */
import { openEngine } from '../../../src/adapters/engines/index.ts'
import type { Engine } from '../../../src/model/engine.ts'
import type { Session } from '../../../src/model/session.ts'

export type Given = AsyncDisposable & {
  readonly engine: Engine
  /** Its administrator. */
  readonly session: Session
  /** A URL for a user of it. */
  url(user?: string): string
}

/** An embedded server, reached through its socket. */
export const givenServer = async (open: () => Promise<Engine> = () => openEngine({ profile: 'replay', extensions: [] }, 'embedded')): Promise<Given> => {
  const engine = await open()
  const session = await engine.session(await engine.createDatabase())
  const [row] = await session.query(`SELECT current_setting('unix_socket_directories') AS directory`)
  return {
    engine,
    session,
    url: (user = 'postgres') => `postgres://${user}:canary-4711@/postgres?host=${encodeURIComponent(String(row?.directory))}&port=5432`,
    [Symbol.asyncDispose]: async () => {
      await session[Symbol.asyncDispose]()
      await engine[Symbol.asyncDispose]()
    },
  }
}

/** Databases and roles that engines have left on it. */
export const leftOn = async ({ session }: Given): Promise<readonly string[]> =>
  (await session.query(`SELECT datname AS name FROM pg_database WHERE datname LIKE 'pgstrata%'`)).map(({ name }) => String(name))
