/** A program that uses PGlite: `pglite-child.ts MODE`; prints one line when its database runs. */
import { pgliteEngine } from '../../../src/adapters/engines/pglite/engine.ts'

const [mode = 'once'] = process.argv.slice(2)
const engine = await pgliteEngine({ profile: 'replay', extensions: [] })
const session = await engine.session(await engine.createDatabase())
console.log(JSON.stringify(await session.query('SELECT 1 AS one')))
// `leak`: neither is given back, and the program ends all the same.
if (mode === 'once') {
  await session[Symbol.asyncDispose]()
  await engine[Symbol.asyncDispose]()
}
if (mode === 'busy') await session.query('SELECT pg_sleep(120)')
