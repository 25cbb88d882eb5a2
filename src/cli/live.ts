/** Live databases, read and never waited for long: connections, ledgers, catalogs, tenants. */
import type { ConnectOptions, Target } from '../adapters/postgres/index.ts'
import type { Config, EnvironmentConfig, Project } from '../model/config.ts'
import { PostgresRefusal, refusalText, ToolError } from '../model/error.ts'
import type { History, Ledger, LedgerName } from '../model/history.ts'
import type { PrintedCatalog } from '../model/printed.ts'
import type { Session } from '../model/session.ts'
import type { SourceRef } from '../model/source.ts'
import type { PrintedOptions, World } from '../model/world.ts'
import type { Keeper } from './keeper.ts'
import { notSupported } from './source-error.ts'

/** Live databases are only ever read, and never waited for long. Milliseconds. */
export const readLimits = { readOnly: true, statementTimeout: 60_000, lockTimeout: 5_000 } as const

/** What a reader is held to, who has only so much patience. The server is told too: it would go on for a client that is gone. */
const limitsFor = (patience: number | undefined): Limits =>
  patience === undefined ? readLimits : { readOnly: true, statementTimeout: patience, lockTimeout: patience, connectTimeout: patience, answerTimeout: patience }

const unreadableTenants = (environment: string, refusal: PostgresRefusal): ToolError =>
  new ToolError('tenants-unreadable', `The tenants of ${environment} cannot be listed: ${refusalText(refusal)}.`, {
    help: `Check environments.${environment}.tenants.query in the configuration: its first column names databases.`,
    exit: 3,
  })

type Limits = Pick<ConnectOptions, 'readOnly' | 'statementTimeout' | 'lockTimeout' | 'connectTimeout' | 'answerTimeout'>

/** A connection to a live database, and what is left out of its catalog; `server` says where it goes, without a secret. */
type LiveReading = {
  readonly session: Session
  readonly options: { readonly exclude: readonly LedgerName[]; readonly shared: boolean }
  readonly server: string
}

/** What is around a live database. */
type Surroundings = {
  readonly config: Config
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cache: World['cache']
  readonly opened: Keeper
  projects(): Promise<readonly Project[]>
}

/** How one world reads its databases. */
export const liveDatabases = ({ config, env, cache, opened, projects }: Surroundings) => {
  const environmentOf = (name: string): EnvironmentConfig => {
    const environment = config.environments?.[name]
    if (environment) return environment
    throw new ToolError('no-such-environment', `There is no environment ${name} in the configuration.`, {
      help: `Environments: ${Object.keys(config.environments ?? {}).join(', ') || 'none'}.`,
    })
  }

  /** The secret of an environment is asked for once: of a thousand tenants, a command would print it a thousand times. */
  const secrets = new Map<string, Promise<string>>()
  const secretOf = (name: string): Promise<string> => {
    const asked =
      secrets.get(name) ?? import('../adapters/secrets.ts').then(({ readSecret }) => readSecret(environmentOf(name).url, `the environment ${name}`, env))
    secrets.set(name, asked)
    return asked
  }

  const targetOf = async (of: SourceRef): Promise<Target> => {
    const { parseUrl } = await import('../adapters/postgres/index.ts')
    if (of.type === 'url') return parseUrl(of.url)
    if (of.type !== 'environment') throw notSupported('A connection', of, 'an environment of the config, a postgres:// URL')
    const target = parseUrl(await secretOf(of.name))
    return of.tenant === undefined ? target : { ...target, database: of.tenant }
  }

  const open = async (target: Target, limits: Limits): Promise<Session> => (await import('../adapters/postgres/index.ts')).connect({ ...target, ...limits })

  const connect = async (of: SourceRef, limits: Limits): Promise<Session> => opened.keep(open(await targetOf(of), limits))

  const reader = (of: SourceRef, patience?: number): Promise<Session> => connect(of, limitsFor(patience))

  const writer = async (of: SourceRef): Promise<Session> => {
    const { connect: open } = await import('../adapters/postgres/index.ts')
    const session = await opened.keep(targetOf(of).then(open))
    if (!session.pooled) return session
    throw new ToolError('pooled-connection', 'The connection goes through a pooler, which may serve each transaction by another backend.', {
      help: 'Give a connection URL that leads to the server itself: locks and settings have to stay with one backend.',
    })
  }

  const ledger = async (of: SourceRef, ofHistory: History): Promise<Ledger> => {
    const name = (of.type === 'environment' ? config.environments?.[of.name]?.ledger : undefined) ?? ofHistory.ledger
    await using session = await connect(of, readLimits)
    return await (await import('../drizzle/ledger.ts')).readLedger(session, name)
  }

  /** The tables of Drizzle's own that a database holds beside the schema. */
  const ledgerOf = async (of: SourceRef): Promise<LedgerName> => {
    const named = of.type === 'environment' ? config.environments?.[of.name]?.ledger : undefined
    if (named) return named
    const [only, ...others] = await projects().catch(() => [])
    return only && others.length === 0 ? only.ledger : (await import('../drizzle/history.ts')).defaultLedger
  }

  /** Reads a live catalog over a connection of its own, which is left at once: of a thousand databases none is kept. */
  const read = async <T>(of: SourceRef, { shared = false }: PrintedOptions, how: (live: LiveReading) => Promise<T>): Promise<T> => {
    const target = await targetOf(of)
    const session = await open(target, readLimits)
    try {
      return await how({ session, options: { exclude: [await ledgerOf(of)], shared }, server: `${target.host ?? ''}:${target.port ?? ''}` })
    } finally {
      await opened.leave(session)
    }
  }

  const printed = async (of: SourceRef, options: PrintedOptions = {}): Promise<PrintedCatalog> => {
    const { introspectKept } = await import('../adapters/postgres/index.ts')
    return read(of, options, async ({ session, options: asked, server }) => {
      const found = await introspectKept(session, asked, cache, server)
      return session.caveats ? { ...found, caveats: session.caveats } : found
    })
  }

  const fingerprint = async (of: SourceRef, options: PrintedOptions = {}): Promise<string> => {
    const { fingerprintKept } = await import('../adapters/postgres/index.ts')
    return read(of, options, ({ session, options: asked, server }) => fingerprintKept(session, asked, cache, server))
  }

  const tenants = async (name: string, patience?: number): Promise<readonly string[] | undefined> => {
    const listed = environmentOf(name).tenants
    if (listed === undefined || !('query' in listed)) return listed
    await using session = await open(await targetOf({ type: 'environment', name }), limitsFor(patience))
    try {
      const first = (await session.query(listed.query)).map((row) => Object.values(row)[0] ?? null)
      return first.flatMap((name) => (name === null ? [] : [String(name)]))
    } catch (error) {
      throw error instanceof PostgresRefusal ? unreadableTenants(name, error) : error
    }
  }

  return { reader, writer, ledger, printed, fingerprint, tenants }
}
