/** The files that rollbacks are kept in, beside their migrations. Drizzle's migrators never run them: they are not in the journal, and not called `migration.sql`. */

import { isRewritten, rowsBesideArchive } from '../../features/rollback/archive/archive.ts'
import type { ProofPlan } from '../../features/rollback/prove.ts'
import type { Rollback } from '../../features/rollback/rollback.ts'
import type { RollbackSql } from '../../features/rollback/rollback-sql.ts'
import { boundHash, scriptText } from '../../features/rollback/script.ts'
import type { History, Migration } from '../../model/history.ts'
import { below } from '../../model/path.ts'
import type { Statement } from '../../model/statement.ts'
import { textEdit } from '../../model/text.ts'
import type { FileEdit, World } from '../../model/world.ts'
import { readScript } from '../../sql/script.ts'
import { bringsBack, type Kept } from './archive.ts'

/** `0042_x.down.sql`, or `down.sql` in the migration's own folder. */
export const downPath = ({ folder, layout }: History, { tag, path }: Migration): string =>
  below(folder, layout === 'journal' ? `${tag}.down.sql` : path.replace(/[^/]*$/, 'down.sql'))

/**
 * The rollbacks; and where one belongs to a rewritten migration, that too: only while it `isNew`, for what has landed may have run already. A migration that was
 * rewritten before keeps the rollback that knows its archive.
 */
export const editsOf = (
  history: History,
  rollbacks: ReadonlyMap<number, Rollback>,
  archives: ReadonlyMap<number, Kept>,
  isNew: (migration: Migration) => boolean,
): readonly FileEdit[] =>
  [...rollbacks].flatMap(([at, rollback]) => {
    const { migration } = rollback
    const kept = archives.get(at)
    if (isRewritten(migration)) return []
    return kept && isNew(migration) && bringsBack(kept)
      ? [textEdit(below(history.folder, migration.path), kept.archived.up), textEdit(downPath(history, migration), kept.archived.sql)]
      : [textEdit(downPath(history, migration), scriptText(rollback, history.ledger))]
  })

/** What rollbacks are tried over, by position. `fromFile`: it is tried as its file has it. */
export const rowsOf = (rollbacks: Pick<ReadonlyMap<number, Rollback>, 'get'>, fromFile: (at: number) => boolean): ProofPlan['rows'] => ({
  get: (at) => {
    const rollback = rollbacks.get(at)
    return rollback && fromFile(at) && isRewritten(rollback.migration) ? rowsBesideArchive(rollback) : rollback?.rows
  },
})

/** The file as it stands; undefined where there is none. */
export const readFile = async (world: World, history: History, migration: Migration): Promise<string | undefined> => {
  const path = downPath(history, migration)
  return (await world.files.exists(path)) ? new TextDecoder().decode(await world.files.read(path)) : undefined
}

/** Whether the folder keeps rollbacks at all. */
export const keepsFiles = async (world: World, history: History): Promise<boolean> => {
  for (const migration of history.migrations) if (await world.files.exists(downPath(history, migration))) return true
  return false
}

/** True where the file was made for another text of its migration, or does not say for which. */
export const isStale = (text: string, { hash }: Migration): boolean => boundHash(text) !== hash

const isTransaction = ({ node, tree }: Statement, kind: string): boolean => node === 'TransactionStmt' && tree.kind === kind

/** A file's own statements, which somebody may have changed. `guards`: those that would be written now; what asks otherwise is a statement like any. */
export const sqlOf = (text: string, known: RollbackSql['guards']): RollbackSql => {
  const all = readScript(text).statements
  const guards = known.filter(({ sql }) => all.some((statement) => statement.text === sql))
  const statements = all.filter((statement) => !guards.some(({ sql }) => sql === statement.text))
  const end = statements.findIndex((statement) => isTransaction(statement, 'TRANS_STMT_COMMIT'))
  const inside = end < 0 ? statements : statements.slice(0, end)
  return {
    guards,
    inside: inside.filter((statement) => !isTransaction(statement, 'TRANS_STMT_BEGIN')).map((statement) => statement.text),
    afterwards: end < 0 ? [] : statements.slice(end + 1).map((statement) => statement.text),
  }
}
