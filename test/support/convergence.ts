/** One change of a database: seen by the comparison, and undone and made by the statements that the comparison gives. */
import { isDeepStrictEqual } from 'node:util'
import { compareSides, type Side } from '../../src/features/drift/compare.ts'
import { repairOf } from '../../src/features/drift/repair.ts'
import type { Selection } from '../../src/features/drift/select.ts'
import type { Engine } from '../../src/model/engine.ts'
import { PostgresRefusal } from '../../src/model/error.ts'
import { facets, type PrintedCatalog, type PrintedDifference } from '../../src/model/printed.ts'
import type { Session } from '../../src/model/session.ts'

const everything: Selection = { facets: new Set(facets), include: [], exclude: [] }

const side = (name: string, printed: PrintedCatalog): Side => ({ name, live: true, printed, unknown: [] })

/** All that differs, column order and names included. */
export const differing = (a: PrintedCatalog, b: PrintedCatalog): readonly PrintedDifference[] =>
  compareSides(side('a', a), side('b', b), everything).differences

/** What still differs after the repair, in words; empty: the two sides are the same. */
export type Way = { readonly sql: readonly string[]; readonly rest: readonly string[] }

export type Convergence = {
  /** The server's reason where it did not take the change. */
  readonly refused?: string
  readonly detected: boolean
  /** From the database as it was to the changed one. */
  readonly there: Way
  /** From the changed database to the one as it was. */
  readonly back: Way
}

const nowhere: Way = { sql: [], rest: [] }

/** What one repair leaves of the differences, in a transaction that is rolled back: no index is built concurrently in one. */
const runRepair = async (engine: Engine, session: Session, goal: PrintedCatalog, from: PrintedCatalog): Promise<Way> => {
  const found = differing(goal, from)
  const repair = repairOf(goal, from, found, [])
  const sql = repair.steps.flatMap((step) => step.sql)
  if (!isDeepStrictEqual(repair, repairOf(goal, from, found, [], 'whole'))) return { sql, rest: ['planned otherwise than with the whole catalog'] }
  try {
    await session.script('SET LOCAL check_function_bodies = off')
    for (const each of sql) await session.script(engine.adapt(each.replace(/^REINDEX INDEX CONCURRENTLY/, 'REINDEX INDEX')))
  } catch (error) {
    if (!(error instanceof PostgresRefusal)) throw error
    return { sql, rest: [`refused: ${error.message}`] }
  }
  const reached = await engine.print(session, { inTransaction: true })
  return { sql, rest: differing(goal, reached).map(({ kind, identity }) => `${kind} ${identity}`) }
}

const rolledBack = async <T>(session: Session, what: () => Promise<T>): Promise<T> => {
  await session.script('BEGIN')
  try {
    return await what()
  } finally {
    await session.script('ROLLBACK')
  }
}

/** Makes a change in the session's database, `before` being its print, and goes back and there by what `repairOf` says. The database stays as it was. */
export const convergence = async (engine: Engine, session: Session, before: PrintedCatalog, change: string): Promise<Convergence> => {
  let changed: PrintedCatalog | undefined
  const back = await rolledBack(session, async (): Promise<Way | { readonly refused: string }> => {
    try {
      await session.script(engine.adapt(change))
    } catch (error) {
      if (error instanceof PostgresRefusal) return { refused: error.message }
      throw error
    }
    changed = await engine.print(session, { inTransaction: true })
    return runRepair(engine, session, before, changed)
  })
  if ('refused' in back || !changed) return { ...('refused' in back ? back : {}), detected: false, there: nowhere, back: nowhere }
  const after = changed
  const there = await rolledBack(session, () => runRepair(engine, session, after, before))
  return { detected: differing(before, after).length > 0, there, back }
}
