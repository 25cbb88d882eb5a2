/** No false drift: for all corpora, the folder replayed on one engine against the same folder on another: zero differences. Majors and Debian's server: test/long/false-drift.test.ts. */
import { beforeAll, expect, it } from 'vitest'
import { openEngine } from '../../src/adapters/engines/index.ts'
import { loadSql } from '../../src/sql/parser.ts'
import { corpus, historyNames, needCorpus } from '../support/corpus.ts'
import { comparedIn, printedIn, readBuilt } from '../support/false-drift.ts'

beforeAll(async () => {
  needCorpus()
  await loadSql()
})

it('all histories are there', () => expect(historyNames).toHaveLength(15))

it.each(historyNames)('%s: embedded PostgreSQL 18 and PGlite', async (name) => {
  const built = await readBuilt(`${corpus}/${name}`)
  // pgvector is PGlite's own there, and imitated in the embedded server: nothing of the design may look otherwise for it.
  await using embedded = await openEngine({ extensions: built.extensions, profile: 'replay' }, 'embedded')
  await using pglite = await openEngine({ extensions: built.extensions, profile: 'replay' }, 'pglite')
  expect(pglite.missing).toEqual([])
  const [a, b] = [await printedIn(embedded, built), await printedIn(pglite, built)]
  const { differences, unknown, objects } = await comparedIn(embedded, a, b)
  expect(objects).toBeGreaterThan(20)
  expect(unknown).toEqual([])
  expect(differences.filter(({ kind }) => !(embedded.stubbed.length > 0 && kind === 'storage'))).toEqual([])
})
