/** A tablespace inside of the data directory (PostgreSQL 15 and later), so that examples can name one. */
import type { Engine } from '../../src/model/engine.ts'

/** Makes the tablespace `fast` in a cluster of the test's own. */
export const makeTablespace = async (engine: Engine): Promise<void> => {
  const database = await engine.createDatabase()
  const session = await engine.session(database)
  try {
    await session.script('SET allow_in_place_tablespaces = on')
    await session.script(`CREATE TABLESPACE fast LOCATION ''`)
  } finally {
    await session[Symbol.asyncDispose]()
    await engine.dropDatabase(database)
  }
}
