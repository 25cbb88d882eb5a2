/** PostgreSQL is the judge: every example of every kind of change, run in a real server, beside what memory says of it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openEngine } from '../../src/adapters/engines/index.ts'
import { catalogSql } from '../../src/changes/catalog-sql.ts'
import { diff } from '../../src/changes/diff.ts'
import { definitions, invert } from '../../src/changes/index.ts'
import { toSql } from '../../src/changes/to-sql.ts'
import type { Change } from '../../src/model/change.ts'
import type { Engine } from '../../src/model/engine.ts'
import { differences, type PrintedCatalog } from '../../src/model/printed.ts'
import type { Session } from '../../src/model/session.ts'
import { loadSql } from '../../src/sql/parser.ts'
import { readStatements } from '../../src/sql/script.ts'
import { seenAfter } from '../support/rolled-back.ts'
import { type Played, play } from '../support/sql.ts'
import { makeTablespace } from '../support/tablespace.ts'

await loadSql()

let engine: Engine
let session: Session

beforeAll(async () => {
  engine = await openEngine({ extensions: ['citext', 'pg_trgm', 'hstore', 'pgcrypto', 'uuid-ossp', 'vector'], profile: 'replay' })
  session = await engine.session(await engine.createDatabase())
  await makeTablespace(engine)
})

afterAll(async () => {
  await session?.[Symbol.asyncDispose]()
  await engine?.[Symbol.asyncDispose]()
})

/** The catalog after statements that are rolled back. */
const printedAfter = (...sql: readonly string[]): Promise<PrintedCatalog> =>
  seenAfter(engine, session, sql, () => engine.print(session, { inTransaction: true }))

/** What cannot stand in a transaction, or ends it. */
const leaves = (sql: string): boolean =>
  readStatements(sql).some(({ node, tree }) => ['TransactionStmt', 'VacuumStmt', 'ReindexStmt'].includes(node) || tree.concurrent === true)

const inverseOf = (start: Played, sql: string): readonly string[] | undefined => {
  const { changes, catalog } = play(sql, start)
  const inverse: Change[] = []
  for (const { change, before } of [...changes].reverse()) {
    const back = invert(change, before)
    if ('irreversible' in back) return undefined
    inverse.push(...back)
  }
  return toSql(inverse, catalog)
}

/** Column positions apart: no statement puts a column back between others. */
const withoutPositions = (found: ReturnType<typeof differences>) =>
  found.filter(({ kind, from, to }) => kind !== 'column' || JSON.stringify({ ...from, position: 0 }) !== JSON.stringify({ ...to, position: 0 }))

const opaque = (played: Played): boolean => played.changes.some(({ change }) => change.kind === 'opaque')

describe.each(Object.values(definitions).filter(({ examples }) => examples.length > 0))('$kind', (definition) => {
  it.each(definition.examples.filter(({ sql }) => !leaves(sql)).map((example) => [example.sql, example] as const))('%s', async (_sql, { given = '', sql }) => {
    const start = play(given)
    const after = play(sql, start)
    const real = await printedAfter(given, sql)
    const roles = [...after.catalog.roles.keys()].map((role) => `CREATE ROLE "${role}"`)
    if (!opaque(start) && !opaque(after)) {
      expect(differences(real, await printedAfter(...roles, ...catalogSql(after.catalog))), 'law 3: the catalog in memory, written as SQL').toEqual([])
      const there = await printedAfter(given, ...toSql(diff(start.catalog, after.catalog), start.catalog))
      expect(withoutPositions(differences(real, there)), 'law 2 in PostgreSQL: the difference, written as SQL').toEqual([])
    }
    const inverse = inverseOf(start, sql)
    if (inverse)
      expect(
        withoutPositions(differences(await printedAfter(given), await printedAfter(given, sql, ...inverse))),
        'law 4: the inverse, written as SQL',
      ).toEqual([])
  })
})
