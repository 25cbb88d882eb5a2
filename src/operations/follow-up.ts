/** One more migration at the end of a folder that changes nothing which Drizzle's schema says. */
import { appendMigration } from '../drizzle/append.ts'
import { journalPath } from '../drizzle/journal.ts'
import { identityFrom } from '../drizzle/snapshot.ts'
import type { History } from '../model/history.ts'
import { below } from '../model/path.ts'
import type { FileEdit, World } from '../model/world.ts'
import { breakpoint } from '../sql/chunks.ts'

/** The statements as a migration: each in a query of its own, none waiting long for its lock. */
const migrationSql = (statements: readonly string[]): string =>
  ["SET LOCAL lock_timeout = '5s'", ...statements].map((sql) => `${sql.replace(/;\s*$/, '')};`).join(`${breakpoint}\n`)

/** The edits that add it, with journal entry and the newest snapshot again; none without statements. Throws what `appendMigration` throws. */
export const followUp = async (world: World, history: History, name: string, statements: readonly string[]): Promise<readonly FileEdit[]> => {
  if (statements.length === 0) return []
  const sql = migrationSql(statements)
  const newest = history.migrations.findLast(({ snapshot }) => snapshot !== undefined)?.snapshot
  const journal = history.layout === 'journal' ? new TextDecoder().decode(await world.files.read(below(history.folder, journalPath))) : undefined
  return appendMigration(history, {
    name,
    sql,
    now: world.now(),
    ...(newest ? { snapshot: { text: await world.snapshot(history, newest.path), id: identityFrom(world.hash(`${newest.id} ${sql}`)) } } : {}),
    ...(journal === undefined ? {} : { journal }),
  })
}
