/** A program that uses the embedded engine: `child.ts CACHE MODE`; prints one line of JSON when its server runs. */
import { embeddedEngine } from '../../../src/adapters/engines/index.ts'

const [cacheDirectory = '', mode = 'once'] = process.argv.slice(2)
const engine = await embeddedEngine({ profile: mode === 'measure' ? 'measure' : 'replay', extensions: [], cacheDirectory })
const session = await engine.session(await engine.createDatabase())
const [row] = await session.query(`SELECT current_setting('data_directory') AS data, current_setting('server_version_num') AS version`)
console.log(JSON.stringify(row))
if (mode === 'once') {
  await session[Symbol.asyncDispose]()
  await engine[Symbol.asyncDispose]()
} else if (mode === 'throw') {
  throw new Error('uncaught, on purpose')
} else {
  // Busy in the server until somebody ends us.
  await session.query('SELECT pg_sleep(120)').catch(() => undefined)
}
