/**
 * What pgstrata, pg-delta, migra and drizzle-kit see of each change of a database, and whether their SQL makes it: `npm run drift:peers`, in about half an hour. Writes
 * docs/drift-peers.md. The changes stand beside the corpora, which are found through PGSTRATA_CORPUS (default `../shared/corpus`).
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openEngine } from '../src/adapters/engines/index.ts'
import type { Engine } from '../src/model/engine.ts'
import { loadSql } from '../src/sql/parser.ts'
import { driftPage, type OnServer } from '../test/support/drift-page.ts'
import { measurePeers, toldOf } from '../test/support/drift-peers.ts'
import { embeddedMajor } from '../test/support/embedded-majors.ts'
import { baseDatabase, everyMutation, reference } from '../test/support/mutations.ts'
import { newestIn, peers } from '../test/support/peers.ts'

const serverOf = ({ name, version }: Engine): string => {
  const number = `${Math.floor(version / 10_000)}.${version % 10_000}`
  return name === 'pglite' ? `PGlite (PostgreSQL ${number})` : `PostgreSQL ${number}`
}

const onServer = async (open: Promise<Engine>): Promise<OnServer> => {
  await using engine = await open
  return { server: serverOf(engine), ...(await everyMutation(engine)) }
}

const directory = await mkdtemp(join(tmpdir(), 'pgstrata-peers-'))
try {
  await loadSql()
  await using engine = await embeddedMajor(18)
  const base = await baseDatabase(engine)
  const ours = { server: serverOf(engine), ...(await everyMutation(engine, base)) }
  const others = [
    await onServer(openEngine({ profile: 'replay', extensions: ['btree_gist', 'citext', 'hstore'] }, 'pglite')),
    await onServer(embeddedMajor(15)),
  ]
  const { version } = JSON.parse(await readFile('package.json', 'utf8')) as { readonly version: string }
  const measured = [{ name: 'pgstrata', version, told: toldOf(ours) }, ...(await measurePeers(engine, base, peers, directory, ours.accepted))]
  const names = (await reference()).M.map(([what]) => what)
  await writeFile('docs/drift-peers.md', driftPage(measured, [ours, ...others], names, newestIn))
} finally {
  await rm(directory, { recursive: true, force: true })
}
