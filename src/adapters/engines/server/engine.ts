/** A PostgreSQL server that we were given, behind the `Engine` port: databases of our own on it, and nothing else of it is touched. */
import type { Engine, EngineNeed, PrintOptions } from '../../../model/engine.ts'
import { PostgresRefusal, refusalText, ToolError } from '../../../model/error.ts'
import { quoteIdentifier } from '../../../model/name.ts'
import type { PrintedCatalog } from '../../../model/printed.ts'
import type { Session } from '../../../model/session.ts'
import { fingerprintOf, introspect } from '../../postgres/introspect.ts'
import { connect, type PostgresSession } from '../../postgres/session.ts'
import { parseUrl, type Target } from '../../postgres/url.ts'
import { currentOwner, stateOf } from '../owner.ts'
import { commentOf, isStale, newName } from './names.ts'
import { type Role, WatchedSession } from './roles.ts'

export type ServerOptions = Pick<EngineNeed, 'extensions' | 'profile'> & { readonly url: string; readonly signal?: AbortSignal }

const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`

const caveats = [
  'It is a given server: its settings, locale and load are its own. Roles are shared by its databases: those that a migration makes are dropped at the end where nothing else uses them, and one that is there already is refused.',
]

const stopped = () => new ToolError('engine-stopped', 'The engine has been stopped.', { exit: 3 })

const refused = (refusal: PostgresRefusal): ToolError =>
  new ToolError('engine-refused', `The given server does not let a database be made: ${refusalText(refusal)}.`, {
    help: 'Give a server whose user may create databases with --engine postgres://…',
    exit: 3,
  })

class ServerEngine implements Engine {
  readonly name = 'server'
  readonly version: number
  readonly stubbed: readonly string[] = []
  readonly missing: readonly string[]
  readonly caveats: readonly string[] = caveats
  readonly #target: Target
  readonly #administrator: PostgresSession
  readonly #databases = new Set<string>()
  readonly #sessions = new Set<PostgresSession>()
  readonly #templates = new Map<string, Promise<string>>()
  readonly #roles = new Map<number, Role>()
  /** CREATE DATABASE and DROP DATABASE run one after the other, on one connection. */
  #work: Promise<unknown> = Promise.resolve()
  #disposed: Promise<void> | undefined

  constructor(target: Target, administrator: PostgresSession, missing: readonly string[]) {
    this.version = administrator.version
    this.missing = missing
    this.#target = target
    this.#administrator = administrator
  }

  async createDatabase(template?: string): Promise<string> {
    if (template !== undefined) this.#own(template)
    return this.#create(template ?? 'template0')
  }

  async dropDatabase(name: string): Promise<void> {
    this.#own(name)
    await this.#administer(`DROP DATABASE ${quoteIdentifier(name)} WITH (FORCE)`)
    this.#databases.delete(name)
  }

  async session(database: string): Promise<Session> {
    this.#own(database)
    const session = await connect({ ...this.#target, database, explainLoss: () => (this.#disposed ? 'the engine was stopped' : undefined) })
    this.#sessions.add(session)
    return new WatchedSession(session, (role) => this.#roles.set(role.oid, role))
  }

  print(session: Session, options: PrintOptions = {}): Promise<PrintedCatalog> {
    return introspect(session, options)
  }

  fingerprint(session: Session, options: PrintOptions = {}): Promise<string> {
    return fingerprintOf(session, options)
  }

  adapt(sql: string): string {
    return sql
  }

  async template(key: string, fill: (session: Session) => Promise<void>): Promise<string> {
    const filled = this.#templates.get(key) ?? this.#fill(fill)
    this.#templates.set(key, filled)
    // A failed attempt is not remembered.
    filled.catch(() => this.#templates.delete(key))
    return this.#create(await filled)
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#disposed ??= this.#dispose()
    return this.#disposed
  }

  /** Removes what killed runs left on this server; what cannot be dropped stays. */
  async sweep(): Promise<void> {
    const found = await this.#administrator.query(`
      SELECT datname AS name, shobj_description(oid, 'pg_database') AS comment, (SELECT count(*)::int4 FROM pg_stat_activity a WHERE a.datid = d.oid) AS connections
      FROM pg_database d WHERE datname LIKE 'pgstrata\\_%' AND NOT datistemplate AND pg_has_role(datdba, 'USAGE')`)
    const stale = found
      .map(({ name, comment, connections }) => ({ name: String(name), comment: comment === null ? null : String(comment), connections: Number(connections) }))
      .filter((database) => isStale(database, Date.now(), stateOf))
    // Without FORCE: whoever has connected meanwhile keeps it.
    for (const { name } of stale) await this.#administer(`DROP DATABASE IF EXISTS ${quoteIdentifier(name)}`).catch(() => undefined)
  }

  async #dispose(): Promise<void> {
    await this.#work
    for (const name of this.#databases) await this.#administer(`DROP DATABASE IF EXISTS ${quoteIdentifier(name)} WITH (FORCE)`).catch(() => undefined)
    for (const role of this.#roles.values()) await this.#dropRole(role).catch(() => undefined)
    await Promise.all([...this.#sessions, this.#administrator].map((session) => session.close()))
  }

  /** A role that something else has come to depend on is refused, and stays. Members are let go of by DROP ROLE itself. */
  async #dropRole({ oid, name }: Role): Promise<void> {
    const [same] = await this.#administrator.query('SELECT FROM pg_catalog.pg_roles WHERE oid = $1 AND rolname = $2', [oid, name])
    if (same) await this.#administer(`DROP ROLE ${quoteIdentifier(name)}`)
  }

  /** Databases of others are never touched. */
  #own(name: string): void {
    if (!this.#databases.has(name)) throw new Error(`The engine has no database ${name}.`)
  }

  #administer(sql: string): Promise<unknown> {
    const done = this.#work.then(() => this.#administrator.query(sql))
    this.#work = done.catch(() => undefined)
    return done
  }

  async #create(template: string): Promise<string> {
    if (this.#disposed) throw stopped()
    const name = newName(Date.now())
    // Known before it is there: whatever happens, it is dropped in the end.
    this.#databases.add(name)
    try {
      await this.#administer(`CREATE DATABASE ${quoteIdentifier(name)} TEMPLATE ${quoteIdentifier(template)}`)
      await this.#administer(`COMMENT ON DATABASE ${quoteIdentifier(name)} IS ${literal(commentOf(currentOwner()))}`)
    } catch (error) {
      throw error instanceof PostgresRefusal ? refused(error) : error
    }
    return name
  }

  async #fill(fill: (session: Session) => Promise<void>): Promise<string> {
    const name = await this.createDatabase()
    try {
      const session = await this.session(name)
      await fill(session)
      await session[Symbol.asyncDispose]()
    } catch (error) {
      await this.dropDatabase(name).catch(() => undefined)
      throw error
    }
    return name
  }
}

/** Where the server is asked for databases: the one of the URL, else the one that every server has. */
const maintenance = 'postgres'

const mayCreate = async (session: Session): Promise<void> => {
  const [row] = await session.query(
    'SELECT (rolcreatedb OR rolsuper) AS may, pg_is_in_recovery() AS replica FROM pg_catalog.pg_roles WHERE rolname = current_user',
  )
  if (row?.replica === true)
    throw new ToolError('engine-refused', 'The given server is a standby: no database can be made on it.', {
      help: 'Give its primary, or another server.',
      exit: 3,
    })
  if (row?.may !== true)
    throw new ToolError('engine-no-createdb', 'The user of the given server may not create databases.', {
      help: 'ALTER ROLE … CREATEDB, or give another user with --engine postgres://…; databases are made for the run and dropped at its end.',
      exit: 3,
    })
}

const lacking = async (session: Session, extensions: readonly string[]): Promise<readonly string[]> => {
  const there = new Set((await session.query('SELECT name FROM pg_catalog.pg_available_extensions')).map(({ name }) => String(name)))
  return extensions.filter((name) => !there.has(name))
}

/**
 * Opens a given server. Throws `ToolError`: what `connect` throws when it cannot be reached (without a secret), `engine-no-createdb`, `engine-refused`. What killed runs left there is
 * removed first.
 */
export const serverEngine = async ({ url, extensions, signal }: ServerOptions): Promise<Engine> => {
  const target = parseUrl(url)
  const administrator = await connect({ ...target, database: target.database ?? maintenance })
  try {
    await mayCreate(administrator)
    const engine = new ServerEngine(target, administrator, await lacking(administrator, extensions))
    await engine.sweep().catch(() => undefined)
    signal?.throwIfAborted()
    signal?.addEventListener('abort', () => void engine[Symbol.asyncDispose](), { once: true })
    return engine
  } catch (error) {
    await administrator.close()
    throw error
  }
}
