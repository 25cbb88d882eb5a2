/** The way back from each migration as it is run: the file beside it, or what is made now; what an earlier run has begun goes on as it was begun. */
import type { Replay } from '../../../changes/replay.ts'
import type { Unfinished } from '../../../features/migrate/progress.ts'
import type { Standing } from '../../../features/migrate/segments.ts'
import { isRewritten } from '../../../features/rollback/archive/archive.ts'
import { sinceSchemaFor } from '../../../features/rollback/keep-since.ts'
import type { Rollback } from '../../../features/rollback/rollback.ts'
import type { RollbackSql } from '../../../features/rollback/rollback-sql.ts'
import { fileLockTimeout, rollbackSql, scriptText } from '../../../features/rollback/script.ts'
import type { Catalog } from '../../../model/catalog.ts'
import { ToolError } from '../../../model/error.ts'
import type { Finding } from '../../../model/finding.ts'
import type { History, LedgerName, Migration } from '../../../model/history.ts'
import type { Statement } from '../../../model/statement.ts'
import type { World } from '../../../model/world.ts'
import { reportedFinding } from '../../../rules/report.ts'
import { readScript } from '../../../sql/script.ts'
import { child, flag, text as textIn } from '../../../sql/tree.ts'
import { downPath, isStale, readFile, sqlOf } from '../files.ts'

export type Way = {
  readonly rollback: Rollback
  /** All that is run, as a file has it. */
  readonly text: string
  /** Where it was found; undefined: it was made for this run. */
  readonly file: string | undefined
  /** An earlier run has begun it. */
  readonly begun: Unfinished | undefined
  /** As it is proven. */
  readonly sql: RollbackSql
  /** Copies what was written since before it removes that. */
  readonly keeps: boolean
  /** Its file has other statements than would be made now: only they say what it works on. */
  readonly isEdited: boolean
  /** The catalog that the migration has made. */
  readonly after: Catalog
}

export type Ways = { readonly ways: readonly Way[]; readonly findings: readonly Finding[] }

const madeNow = (rollback: Rollback, ledger: LedgerName): Pick<Way, 'text' | 'file' | 'sql'> => ({
  text: scriptText(rollback, ledger),
  file: undefined,
  sql: rollbackSql(rollback, ledger),
})

/** Throws `usage` for a flag that a file would not heed. */
const refuseUnheeded = ({ tag }: Migration, path: string, flags: { readonly rebuilds: boolean; readonly keeps: boolean }): void => {
  const flag = flags.keeps ? '--keep' : flags.rebuilds ? '--rebuild' : undefined
  if (flag !== undefined)
    throw new ToolError('usage', `${path} is what is run, and ${flag} does not change it.`, {
      help: `pgstrata rollback ${tag} ${flag} --write writes it anew.`,
    })
}

const stale = (path: string, { tag }: Migration): Finding =>
  reportedFinding('rollback-stale', `The rollback was made for another text of ${tag}.`, { file: path, migration: tag }, 'stale')

const withoutArchive = (path: string, { tag }: Migration): Finding =>
  reportedFinding(
    'rollback-missing',
    `${tag} keeps an archive, and only its own rollback brings that back: ${path} is missing.`,
    { migration: tag },
    'archive',
    {
      help: `git log -- ${path} finds it. --accept-loss goes back without it.`,
    },
  )

/** Rows are copied into the schema that keeps what was written since; a comment that names it copies nothing. */
const copiesSince = (text: string, { tag }: Migration): boolean =>
  readScript(text).statements.some(({ node, tree }) => {
    const into = node === 'InsertStmt' ? child(tree, 'relation') : node === 'CreateTableAsStmt' ? child(child(tree, 'into'), 'rel') : undefined
    return textIn(into, 'schemaname') === sinceSchemaFor(tag) && !flag(child(tree, 'into'), 'skipData')
  })

const sameStatements = (one: RollbackSql, other: RollbackSql): boolean => {
  const textOf = ({ inside, afterwards }: RollbackSql): string => JSON.stringify([inside, afterwards])
  return textOf(one) === textOf(other)
}

type Place = { readonly world: World; readonly history: History; readonly replayed: Replay; readonly unfinished: readonly Unfinished[] }
type Wishes = { readonly rebuilds: boolean; readonly keeps: boolean; readonly acceptsLoss: boolean }

const wayOf = async ({ world, history, unfinished }: Place, rollback: Rollback, after: Catalog, wishes: Wishes): Promise<Ways> => {
  const { migration } = rollback
  const { ledger } = history
  const made = { rollback, after, begun: undefined, isEdited: false, keeps: wishes.keeps, ...madeNow(rollback, ledger) }
  const begun = unfinished.find(({ tag, text }) => tag === migration.tag && text !== undefined)
  if (begun?.text !== undefined) return { ways: [{ ...made, begun, text: begun.text, keeps: copiesSince(begun.text, migration) }], findings: [] }
  const path = downPath(history, migration)
  const text = await readFile(world, history, migration)
  if (text === undefined) return { ways: [made], findings: isRewritten(migration) && !wishes.acceptsLoss ? [withoutArchive(path, migration)] : [] }
  refuseUnheeded(migration, path, wishes)
  const sql = sqlOf(text, made.sql.guards)
  const found = { ...made, text, file: path, keeps: copiesSince(text, migration), sql, isEdited: !sameStatements(sql, sqlOf(made.text, made.sql.guards)) }
  return { ways: [found], findings: isStale(text, migration) ? [stale(path, migration)] : [] }
}

/** The ways back, in the order of `rollbacks`. Throws `usage`. */
export const waysOf = async (place: Place, rollbacks: ReadonlyMap<number, Rollback>, wishes: Wishes): Promise<Ways> => {
  const all: Ways[] = []
  for (const [at, rollback] of rollbacks) all.push(await wayOf(place, rollback, place.replayed.catalogs[at] ?? rollback.before, wishes))
  return { ways: all.flatMap(({ ways }) => ways), findings: all.flatMap(({ findings }) => findings) }
}

const isCommit = ({ node, tree }: Statement): boolean => node === 'TransactionStmt' && textIn(tree, 'kind') === 'TRANS_STMT_COMMIT'

/** The file's own end: our runner takes the row away itself, once, and by its id. */
const forgets = ({ node, tree }: Statement, ledgers: readonly LedgerName[]): boolean => {
  const relation = node === 'DeleteStmt' ? child(tree, 'relation') : undefined
  return ledgers.some(({ schema, table }) => textIn(relation, 'schemaname') === schema && textIn(relation, 'relname') === table)
}

/**
 * The statements of a way back that are run: without what the runner does itself (the ledger's row, the lock time-out that pgstrata writes into files, the COMMIT at the end).
 * Throws `unparsed`.
 */
export const stepsOf = ({ text, file, after, rollback }: Way, ledgers: readonly LedgerName[]): readonly Standing[] => {
  const { statements, faults } = readScript(text)
  const [fault] = faults
  const name = file ?? `the rollback of ${rollback.migration.tag}`
  if (fault)
    throw new ToolError('unparsed', `${name}:${fault.at.line}:${fault.at.column}: ${fault.message}: nothing was run.`, {
      help: 'Mend the file, then run this again.',
    })
  const own = statements.filter((statement) => !forgets(statement, ledgers) && statement.text !== fileLockTimeout)
  const last = own.at(-1)
  return (last && isCommit(last) ? own.slice(0, -1) : own).map((statement) => ({ statement, before: after }))
}
