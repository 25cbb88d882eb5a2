/**
 * Asks one peer what differs between two databases, and for the SQL from the first to the second; test/support/peers.ts starts it and gets the answer as a message. It is a
 * process of its own, for a peer may hang, ask, exit and print: `ask-peer.mjs PEER PACKAGE DIRECTORY URL URL`.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const [peer, name, directory, ...urls] = process.argv.slice(2)
const require = createRequire(join(directory, 'package.json'))

const pgDelta = async () => {
  const { extract, plan } = await import(pathToFileURL(require.resolve(name)).href)
  const { Pool } = require('pg')
  const read = async (url) => {
    const pool = new Pool({ connectionString: url, max: 2 })
    try {
      return await extract(pool)
    } finally {
      await pool.end()
    }
  }
  const [from, to] = [await read(urls[0]), await read(urls[1])]
  const { deltas, actions } = plan(from.factBase, to.factBase)
  const unmodeled = ({ diagnostics }) => diagnostics.flatMap(({ code, context }) => (code === 'unmodeled_kind' ? [`${context.kind}: ${context.count}`] : []))
  const known = unmodeled(from)
  return { seen: deltas.length > 0 || actions.length > 0, sql: actions.map(({ sql }) => sql), warned: unmodeled(to).filter((each) => !known.includes(each)) }
}

const migra = async () => {
  const { statements } = await require(name).run(urls[0], urls[1], { unsafe: true, withPrivileges: true })
  const sql = [...statements]
  return { seen: sql.length > 0, sql }
}

const schemasOf = async (url) => {
  const { Client } = require('pg')
  const client = new Client({ connectionString: url })
  await client.connect()
  const { rows } = await client.query(`SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' ORDER BY nspname`)
  await client.end()
  return rows.map(({ nspname }) => nspname)
}

const snapshotIn = (folder) => {
  const file = readdirSync(folder, { recursive: true }).find((each) => /snapshot\.json$/.test(each))
  if (!file) throw new Error(`pull wrote no snapshot: ${readdirSync(folder)}`)
  return JSON.parse(readFileSync(join(folder, file), 'utf8'))
}

/** What drizzle-kit reads of a database; the first one is the same for all mutations, and read once. */
const pulled = (url, more) => {
  const out = new URL(url).pathname
  const folder = join(directory, out)
  if (existsSync(folder)) return snapshotIn(folder)
  mkdirSync(folder)
  const config = { dialect: 'postgresql', out: `.${out}`, dbCredentials: { url }, entities: { roles: true }, ...more }
  writeFileSync(join(directory, `${out}.config.js`), `module.exports = ${JSON.stringify(config)}`)
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(directory, 'node_modules/drizzle-kit/bin.cjs'), 'pull', `--config=.${out}.config.js`], {
    cwd: directory,
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`pull: ${stderr || stdout}`)
  return snapshotIn(folder)
}

const sorted = (value) => {
  if (Array.isArray(value)) return value.map(sorted)
  if (value === null || typeof value !== 'object') return value
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1))
  return Object.fromEntries(entries.map(([key, each]) => [key, sorted(each)]))
}

/** A snapshot's content without order and without the identities that each pull makes up; 1.0 has a list of entities, where 0.31 has keys. */
const contentOf = ({ id, prevId, prevIds, ddl = [], ...content }) =>
  JSON.stringify([sorted(content), ddl.map((entity) => JSON.stringify(sorted(entity))).sort()])

/** 1.0 asks whether what is new is something old renamed (no), and whether rows may be lost (yes). */
const answered = ({ type, kind, entity }) => ({ type: type === 'rename_or_create' ? 'create' : type, kind, entity })

const drizzleKit = (more, api) => async () => {
  const [from, to] = [pulled(urls[0], await more(urls[0])), pulled(urls[1], await more(urls[1]))]
  if (contentOf(from) === contentOf(to)) return { seen: false, sql: [] }
  const { generateMigration } = require(`${name}/${api}`)
  const sql = await generateMigration(from, to).catch((error) => {
    if (!error.missingHints) throw error
    return generateMigration(from, to, { hints: error.missingHints.map(answered) })
  })
  return { seen: true, sql }
}

const asked = {
  'pg-delta': pgDelta,
  migra,
  // By default it looks at the schema public alone.
  'drizzle-kit': drizzleKit(async (url) => ({ schemaFilter: await schemasOf(url) }), 'api'),
  'drizzle-kit 1.0': drizzleKit(async () => ({}), 'api-postgres'),
}[peer]

const answer = await asked().catch((error) => ({ seen: false, sql: [], failed: String(error?.message ?? error) }))
process.send(answer, () => process.exit(0))
