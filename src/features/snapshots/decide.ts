/** Which of several spellings PostgreSQL takes for the same: the SQL's catalog is written with the snapshot's form in it, and printed. */
import { catalogSql } from '../../changes/catalog-sql.ts'
import type { Catalog } from '../../model/catalog.ts'
import type { Engine } from '../../model/engine.ts'
import { PostgresRefusal } from '../../model/error.ts'
import { quoteIdentifier } from '../../model/name.ts'
import { differences, type PrintedCatalog, type PrintedDifference, printedKey } from '../../model/printed.ts'
import type { Session } from '../../model/session.ts'
import type { Pair } from './compare.ts'

/** What has no bearing on how tables and views print, and may need roles and functions that are not there. */
const plain = (catalog: Catalog): Catalog => ({ ...catalog, comments: new Map(), privileges: new Map(), defaultPrivileges: new Map(), owners: new Map() })

const keywords = new Set(['PUBLIC', 'CURRENT_USER', 'CURRENT_ROLE', 'SESSION_USER', 'public'])

/** Roles that the catalog needs: they are the cluster's, and are made here only where another run has not left them. */
const rolesSql = async (session: Session, catalog: Catalog): Promise<readonly string[]> => {
  const present = new Set((await session.query('SELECT rolname FROM pg_roles')).map(({ rolname }) => String(rolname)))
  const needed = new Set([
    ...catalog.roles.keys(),
    ...[...catalog.tables.values()].flatMap(({ policies }) => [...policies.values()].flatMap(({ roles }) => roles)),
  ])
  return [...needed].filter((role) => !present.has(role) && !keywords.has(role)).map((role) => `CREATE ROLE ${quoteIdentifier(role)} NOLOGIN`)
}

/** A database in which catalogs are written, printed and taken back. */
class Scratch {
  readonly #engine: Engine
  readonly #session: Session
  readonly #extensions: readonly string[]

  constructor(engine: Engine, session: Session, extensions: readonly string[]) {
    this.#engine = engine
    this.#session = session
    this.#extensions = extensions
  }

  /** The catalog as PostgreSQL prints it, or why it is refused. */
  async print(catalog: Catalog): Promise<PrintedCatalog | PostgresRefusal> {
    const missing = this.#extensions.filter((name) => !catalog.extensions.has(name)).map((name) => `CREATE EXTENSION IF NOT EXISTS ${quoteIdentifier(name)}`)
    const statements = [...(await rolesSql(this.#session, catalog)), ...missing, ...catalogSql(plain(catalog)).map((sql) => this.#engine.adapt(sql))]
    try {
      await this.#session.script(['BEGIN', 'SET LOCAL check_function_bodies = off', ...statements].join(';\n'))
      return await this.#engine.print(this.#session, { inTransaction: true })
    } catch (error) {
      if (error instanceof PostgresRefusal) return error
      throw error
    } finally {
      await this.#session.script('ROLLBACK')
    }
  }
}

export type Decision = { readonly differing: ReadonlySet<Pair>; readonly undecided: readonly { readonly pair: Pair; readonly why: string }[] }

/** The pairs that the printed differences are about; undefined when one of them is about none. */
const blamed = (found: readonly PrintedDifference[], pairs: readonly Pair[]): ReadonlySet<Pair> | undefined => {
  const byKey = new Map(pairs.map((pair) => [pair.object as string, pair]))
  const named = found.map((one) => byKey.get(printedKey(one)))
  return named.includes(undefined) ? undefined : new Set(named.filter((pair) => pair !== undefined))
}

/**
 * Decides which of the pairs differ for PostgreSQL. All are tried at once; where that is refused, or prints otherwise in a place that is none of theirs, halves
 * are tried, down to the single object. A form that PostgreSQL refuses in the SQL's place differs.
 */
export const decide = async (engine: Engine, catalog: Catalog, pairs: readonly Pair[], extensions: readonly string[]): Promise<Decision> => {
  const differing = new Set<Pair>()
  if (pairs.length === 0) return { differing, undecided: [] }
  const database = await engine.createDatabase()
  try {
    await using session = await engine.session(database)
    const scratch = new Scratch(engine, session, extensions)
    const real = await scratch.print(catalog)
    if (real instanceof PostgresRefusal)
      return { differing, undecided: pairs.map((pair) => ({ pair, why: `PostgreSQL refuses the SQL’s own catalog: ${real.message}.` })) }
    const search = async (some: readonly Pair[]): Promise<void> => {
      const tried = await scratch.print(some.reduce((current, { put }) => (put ? put(current) : current), catalog))
      const found = tried instanceof PostgresRefusal ? undefined : differences(real, tried)
      if (found?.length === 0) return
      const named = some.length === 1 ? new Set(some) : found && blamed(found, some)
      for (const pair of named ?? []) differing.add(pair)
      if (named) return
      const middle = some.length >> 1
      await search(some.slice(0, middle))
      await search(some.slice(middle))
    }
    await search(pairs)
    return { differing, undecided: [] }
  } finally {
    await engine.dropDatabase(database)
  }
}
