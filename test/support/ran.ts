/** Migrations that say in the database that they ran, and Drizzle's own migrator over them. */
import { defaultLedger } from '../../src/drizzle/history.ts'
import type { startServer } from '../operations/place.ts'

/** The statement with which a migration says that it ran. */
export const saysItRan = (tag: string): string => `INSERT INTO public.ran (tag) VALUES ('${tag}')`

/** A new database of a server, ready for migrations that say that they ran. */
export const ranDatabase = async (server: Awaited<ReturnType<typeof startServer>>) => {
  const { session, migrate } = await server.database()
  await session.script('CREATE TABLE public.ran (id serial, tag text)')
  return {
    session,
    /** Runs the migrator over a folder and answers what it ran. */
    async run(folder: string, ledger = defaultLedger): Promise<readonly string[]> {
      await session.script('TRUNCATE public.ran')
      await migrate(folder, ledger)
      return (await session.query('SELECT tag FROM public.ran ORDER BY id')).map(({ tag }) => String(tag))
    },
  }
}
