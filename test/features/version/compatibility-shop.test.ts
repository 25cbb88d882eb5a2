/** The example's whole history, with PostgreSQL as the judge. */
import { expect, test } from 'vitest'
import { readHistoryFolder } from '../../../src/adapters/folder/index.ts'
import { loadSql } from '../../../src/sql/parser.ts'
import { startServer } from '../../operations/place.ts'
import { isArgued, judgeByPostgres } from '../../support/app-code.ts'

test('where code is said to run, all of it runs; where it is said to break, something is refused, or the reason is argued', async () => {
  await loadSql()
  const server = await startServer()
  const { session } = await server.database()
  const { migrations } = await readHistoryFolder('examples/shop/drizzle', { snapshots: false, name: 'shop' })
  const verdict = await judgeByPostgres(session, migrations)
  await server.stop()
  expect(verdict.refused).toEqual([])
  expect(verdict.unbroken.filter(({ why }) => !isArgued(why))).toEqual([])
  expect(verdict.tried).toBeGreaterThan(migrations.length)
  expect(verdict.broken).toBeGreaterThan(verdict.unbroken.length)
})
