/** Sources built in an engine, so that PostgreSQL prints them: text that is run, or a copy of a catalog that another server printed. */
import { catalogOf } from '../../changes/catalog-of.ts'
import { catalogSql } from '../../changes/catalog-sql.ts'
import { neededRoles, rolesOf } from '../../changes/needed-roles.ts'
import { replay } from '../../changes/replay.ts'
import { prepare, withBaseline } from '../../changes/run-start.ts'
import type { Start } from '../../changes/start.ts'
import { type RunFailure, runHistory } from '../../drizzle/run.ts'
import type { Engine } from '../../model/engine.ts'
import { PostgresRefusal } from '../../model/error.ts'
import type { LedgerName } from '../../model/history.ts'
import { quoteIdentifier } from '../../model/name.ts'
import { type PrintedCatalog, type PrintedObject, printedKey } from '../../model/printed.ts'
import type { Session } from '../../model/session.ts'
import type { Script } from '../../model/statement.ts'
import type { Reprinted } from './compare.ts'

/** Runs scripts in a new database and answers what PostgreSQL then prints, or the first statement that it refuses. The parser must be loaded. */
export const loadScripts = async (engine: Engine, scripts: readonly Script[], start: Start, ledger: LedgerName): Promise<PrintedCatalog | RunFailure> => {
  const replayed = replay(scripts, start.catalog)
  const { extensions, platform, baseline } = start
  const roles = [...new Set([...neededRoles([...(baseline?.steps ?? []), ...replayed.steps]), ...platform.roles])]
  await using session = await engine.session(await engine.createDatabase())
  await prepare(session, { before: platform.sql, extensions, roles })
  const standing = await withBaseline(engine, session, { scripts, replayed, ...(baseline ? { baseline } : {}) })
  const failure = await runHistory(engine, session, standing.scripts, ledger)
  return failure ?? (await engine.print(session, { exclude: [ledger] }))
}

/** Runs statements in order; one that is refused may stand on a later one, so the refused are tried again while one more of them runs. */
const runAll = async (session: Session, statements: readonly string[]): Promise<readonly { readonly sql: string; readonly why: string }[]> => {
  try {
    await session.script(['BEGIN', 'SET LOCAL check_function_bodies = off', ...statements, 'COMMIT'].join(';\n'))
    return []
  } catch (error) {
    if (!(error instanceof PostgresRefusal)) throw error
    await session.script('ROLLBACK')
  }
  await session.script('SET check_function_bodies = off')
  let open = statements.map((sql) => ({ sql, why: '' }))
  for (;;) {
    const refused: { readonly sql: string; readonly why: string }[] = []
    for (const { sql } of open) {
      try {
        await session.script(sql)
      } catch (error) {
        if (!(error instanceof PostgresRefusal)) throw error
        refused.push({ sql, why: error.message })
      }
    }
    if (refused.length === 0 || refused.length === open.length) return refused
    open = refused
  }
}

export type Copy = Reprinted & { readonly session: Session; readonly database: string }

/**
 * Makes a copy of a printed catalog in the engine. What it could not make is `unloaded`, by name. The caller disposes the session. The parser must be
 * loaded.
 */
export const copyOf = async (engine: Engine, original: PrintedCatalog): Promise<Copy> => {
  const { catalog, left } = catalogOf(original)
  const database = await engine.createDatabase()
  const session = await engine.session(database)
  const present = new Set((await session.query('SELECT rolname FROM pg_roles')).map(({ rolname }) => String(rolname)))
  for (const role of rolesOf(catalog)) if (!present.has(role)) await session.script(`CREATE ROLE ${quoteIdentifier(role)} NOLOGIN`)
  const refused = await runAll(
    session,
    catalogSql(catalog).map((sql) => engine.adapt(sql)),
  )
  const printed = await engine.print(session)
  const made = new Set(printed.objects.map(printedKey))
  const reasons = new Map(left.map((object) => [printedKey(object), object.why]))
  const why = (object: PrintedObject): string => reasons.get(printedKey(object)) ?? refused[0]?.why ?? 'it is not in the copy'
  const unloaded = original.objects
    .filter((object) => !made.has(printedKey(object)) && !isFact(object.kind))
    .map((object) => ({ kind: object.kind, identity: object.identity, why: why(object) }))
  return { printed, unloaded, session, database }
}

/** What a copy in another server says otherwise by nature: who owns it, which minor of an extension there is. */
const isFact = (kind: string): boolean => kind === 'owner' || kind === 'extension version' || kind === 'not-null'
