/** PostgreSQL in WebAssembly (npm's PGlite), behind the `Engine` port: every database is a PGlite of its own, in a worker thread and in memory. */
import type { Engine, EngineNeed, PrintOptions } from '../../../model/engine.ts'
import { ToolError } from '../../../model/error.ts'
import type { Json } from '../../../model/json.ts'
import type { PrintedCatalog } from '../../../model/printed.ts'
import type { Row, Session, Told } from '../../../model/session.ts'
import type { Cache } from '../../../model/world.ts'
import { fingerprintOf, introspect } from '../../postgres/introspect.ts'
import type { PostgresSession } from '../../postgres/session.ts'
import { withoutIndexOptions } from '../adapt.ts'
import { stubFiles, stubs } from '../stubs.ts'
import { Database } from './database.ts'
import { compiled, defaultCache, emptyImage, type Image } from './image.ts'
import type { Instance, Setup } from './instance.ts'
import { type Packages, pglitePackages } from './packages.ts'

export type PgliteOptions = Pick<EngineNeed, 'extensions' | 'profile'> & {
  readonly cache?: Cache
  /** Milliseconds that a session waits for another one's idle transaction. */
  readonly patience?: number
  readonly signal?: AbortSignal
}

const caveats = [
  'It is PGlite, PostgreSQL in WebAssembly: a database has one connection, which its sessions share in turns, with its settings and temporary tables. Locks between sessions cannot be observed.',
  'Times measured in it are not those of a server. statement_timeout and lock_timeout do nothing; a statement that is cancelled takes its database with it.',
]

const stopped = 'the engine was stopped'

class PgliteSession implements Session {
  readonly version: number
  readonly #session: PostgresSession
  readonly #cancel: () => Promise<void>

  constructor(session: PostgresSession, cancel: () => Promise<void>) {
    this.version = session.version
    this.#session = session
    this.#cancel = cancel
  }

  query(sql: string, parameters?: readonly Json[]): Promise<readonly Row[]> {
    return this.#session.query(sql, parameters)
  }

  script(sql: string): Promise<readonly Row[]> {
    return this.#session.script(sql)
  }

  results(sql: string, told?: Told): Promise<readonly (readonly Row[])[]> {
    return this.#session.results(sql, told)
  }

  cancel(): Promise<void> {
    return this.#cancel()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#session.close()
  }
}

class PgliteEngine implements Engine {
  readonly name = 'pglite'
  readonly caveats: readonly string[] = caveats
  readonly stubbed: readonly string[]
  readonly missing: readonly string[]
  readonly version: number
  readonly #setup: Setup
  readonly #methods: ReadonlySet<string>
  readonly #instances: Set<Instance>
  readonly #patience: number | undefined
  readonly #databases = new Map<string, Database>()
  readonly #templates = new Map<string, Promise<{ readonly image: Uint8Array; first: Database | undefined }>>()
  #made = 0
  #disposed: Promise<void> | undefined

  constructor({ version, bytes }: Image, setup: Setup, { stubbed, missing }: Packages, instances: Set<Instance>, patience: number | undefined) {
    this.version = version
    this.stubbed = stubbed
    this.missing = missing
    this.#setup = { ...setup, image: bytes }
    this.#methods = new Set(stubs.filter(({ name }) => stubbed.includes(name)).flatMap(({ accessMethods }) => accessMethods))
    this.#instances = instances
    this.#patience = patience
  }

  async createDatabase(template?: string): Promise<string> {
    return this.#register(await this.#start(template === undefined ? undefined : await this.#databaseOf(template).dump()))
  }

  async dropDatabase(name: string): Promise<void> {
    const database = this.#databaseOf(name)
    this.#databases.delete(name)
    await this.#end(database, 'its database was dropped')
  }

  async session(name: string): Promise<Session> {
    const database = this.#databaseOf(name)
    return new PgliteSession(await database.session(), async () => {
      if (database.turns.busy) await this.#end(database, 'a statement was cancelled, and with PGlite its database goes with it')
    })
  }

  print(session: Session, options: PrintOptions = {}): Promise<PrintedCatalog> {
    return introspect(session, options)
  }

  fingerprint(session: Session, options: PrintOptions = {}): Promise<string> {
    return fingerprintOf(session, options)
  }

  adapt(sql: string): string {
    return withoutIndexOptions(sql, this.#methods)
  }

  async template(key: string, fill: (session: Session) => Promise<void>): Promise<string> {
    const known = this.#templates.get(key) ?? this.#fill(fill)
    this.#templates.set(key, known)
    // A failed attempt is not remembered.
    known.catch(() => this.#templates.delete(key))
    const filled = await known
    const { first } = filled
    filled.first = undefined
    return this.#register(first ?? (await this.#start(filled.image)))
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#disposed ??= this.#dispose()
    return this.#disposed
  }

  async #dispose(): Promise<void> {
    await Promise.all([...this.#databases.values()].map((database) => this.#end(database, stopped)))
    await Promise.all([...this.#instances].map((instance) => instance.end(stopped)))
  }

  #databaseOf(name: string): Database {
    const database = this.#databases.get(name)
    if (!database) throw new Error(`The engine has no database ${name}.`)
    return database
  }

  #register(database: Database): string {
    this.#made += 1
    const name = `db_${this.#made}`
    this.#databases.set(name, database)
    return name
  }

  async #start(image?: Uint8Array): Promise<Database> {
    if (this.#disposed) throw new ToolError('engine-stopped', 'The engine has been stopped.', { exit: 3 })
    return Database.start({ ...this.#setup, ...(image && { image }) }, (instance) => this.#instances.add(instance), this.#patience)
  }

  async #end(database: Database, why: string): Promise<void> {
    await database.end(why)
    this.#instances.delete(database.instance)
  }

  /** The first copy is the filled database itself. */
  async #fill(fill: (session: Session) => Promise<void>): Promise<{ readonly image: Uint8Array; first: Database | undefined }> {
    const database = await this.#start()
    try {
      const session = await database.session()
      await fill(session)
      await session.close()
      return { image: await database.dump(), first: database }
    } catch (error) {
      await this.#end(database, 'its template could not be filled')
      throw error
    }
  }
}

/**
 * Opens PGlite. Nothing runs before the first database is asked for, but where the cache has no empty database yet, one is made. Throws `ToolError`:
 * `engine-unavailable` (not installed; the help is the command that does it), `engine-start-failed`.
 */
export const pgliteEngine = async ({ extensions, cache = defaultCache(), patience, signal }: PgliteOptions): Promise<Engine> => {
  const packages = pglitePackages(extensions)
  signal?.throwIfAborted()
  const instances = new Set<Instance>()
  const opened = (instance: Instance): void => void instances.add(instance)
  const abandon = (): void => void Promise.all([...instances].map((instance) => instance.end(stopped)))
  signal?.addEventListener('abort', abandon, { once: true })
  const wasm = await compiled(packages.pglite)
  const plain = { pglite: packages.pglite, extensions: [], stubs: [], ...(wasm && { wasm }) }
  const image = await emptyImage(cache, packages.version, plain, opened)
  signal?.throwIfAborted()
  const files = stubs.filter(({ name }) => packages.stubbed.includes(name)).flatMap(stubFiles)
  const engine = new PgliteEngine(image, { ...plain, extensions: [...packages.modules.values()].flat(), stubs: files }, packages, instances, patience)
  signal?.addEventListener('abort', () => void engine[Symbol.asyncDispose](), { once: true })
  return engine
}
