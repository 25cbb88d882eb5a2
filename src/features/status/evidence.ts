/** What was seen of an environment where it can be reached, as a small file for where it cannot: ledger rows and what they mean, no host, no URL, no user. */
import { ToolError } from '../../model/error.ts'
import type { Layout, Ledger, LedgerName, LedgerRow } from '../../model/history.ts'
import { isObject, type Json } from '../../model/json.ts'
import type { Begun, Drift, EnvironmentState } from './situation.ts'

/** Databases of an environment that were seen alike: the tenants, or the environment's only one. */
export type Sighted = {
  readonly tenants?: readonly string[]
  /** `server_version_num`. */
  readonly version: number
  readonly ledger: Ledger
  /** Undefined where it could not be read. */
  readonly begun: readonly Begun[] | undefined
  readonly drift: Drift
  readonly fingerprint?: string
  /** As its folder made it then; who reads it joins the rows with his own folder. */
  readonly state: EnvironmentState
}

export type Evidence = {
  readonly environment: string
  /** Milliseconds since 1970. */
  readonly observedAt: number
  /** Who, and at which commit; as far as it is known. */
  readonly by?: string
  readonly commit?: string
  readonly databases: readonly Sighted[]
  /** Tenants that could not be read. */
  readonly unread: readonly { readonly tenant: string; readonly why: string }[]
}

const schema = 'pgstrata/environment@1'

const rowJson = ({ id, hash, createdAt, name, appliedAt, baseline }: LedgerRow): Json => ({
  id,
  hash,
  name: name ?? null,
  createdAt: createdAt ?? null,
  appliedAt: appliedAt ?? null,
  ...(baseline ? { baseline } : {}),
})

const sightedJson = ({ tenants, version, ledger, begun, drift, fingerprint, state }: Sighted): Json => ({
  tenants: tenants ?? null,
  server: version,
  state,
  drift,
  begun: begun?.map((each) => ({ ...each })) ?? null,
  fingerprint: fingerprint ?? null,
  ledger: { schema: ledger.name.schema, table: ledger.name.table, layout: ledger.layout, rows: ledger.rows.map(rowJson) },
})

/** The file's content, with a digest over all the rest of it. `hash` is sha256 of a text, hex. */
export const evidenceJson = (
  { environment, observedAt, by, commit, databases, unread }: Evidence,
  hash: (text: string) => string,
): { readonly [key: string]: Json } => {
  const content = {
    schema,
    environment,
    observedAt: new Date(observedAt).toISOString(),
    by: by ?? null,
    commit: commit ?? null,
    databases: databases.map(sightedJson),
    unread: unread.map(({ tenant, why }) => ({ tenant, why })),
  }
  return { ...content, digest: hash(JSON.stringify(content)) }
}

type Read = { readonly [key: string]: unknown }

const invalid = (path: string, why: string): ToolError =>
  new ToolError('evidence-invalid', `${path} is no evidence: ${why}.`, {
    help: 'Write it anew where the environment can be reached: pgstrata report --env NAME.',
    exit: 3,
  })

const orUndefined = <T>(value: unknown): T | undefined => (value === null || value === undefined ? undefined : (value as T))

const rowOf = ({ id, hash, createdAt, name, appliedAt, baseline }: Read): LedgerRow => ({
  id: Number(id),
  hash: String(hash),
  createdAt: orUndefined<number>(createdAt),
  name: orUndefined<string>(name),
  appliedAt: orUndefined<string>(appliedAt),
  ...(baseline === true ? { baseline } : {}),
})

const begunOf = ({ migration, direction, statements, hash, kept }: Read): Begun => ({
  migration: String(migration),
  direction: direction === 'rollback' ? 'rollback' : 'migrate',
  statements: Number(statements),
  ...(typeof hash === 'string' ? { hash } : {}),
  ...(kept === true ? { kept } : {}),
})

/** Throws `TypeError` for what is no drift. */
const driftOf = (value: unknown): Drift => {
  if (isObject(value) && typeof value.state === 'string') return value as Drift
  throw new TypeError('no drift')
}

/** Throws what a shape that is not ours throws. */
const sightedOf = ({ tenants, server, state, drift, begun, fingerprint, ledger }: Read): Sighted => {
  const { schema: of, table, layout, rows } = ledger as Read
  const name = { schema: String(of), table: String(table) } satisfies LedgerName
  const [named, print] = [orUndefined<readonly string[]>(tenants), orUndefined<string>(fingerprint)]
  return {
    ...(named ? { tenants: named } : {}),
    version: Number(server),
    ledger: { name, layout: layout as Layout | 'absent', rows: (rows as readonly Read[]).map(rowOf) },
    begun: orUndefined<readonly Read[]>(begun)?.map(begunOf),
    drift: driftOf(drift),
    ...(print ? { fingerprint: print } : {}),
    state: state as EnvironmentState,
  }
}

/** Reads a file that `evidenceJson` made. Throws `evidence-invalid` (exit 3) for one that was changed since, is of another environment, or is something else. */
export const readEvidence = (path: string, text: string, environment: string, hash: (text: string) => string): Evidence => {
  let read: unknown
  try {
    read = JSON.parse(text)
  } catch {
    throw invalid(path, 'it is not JSON')
  }
  if (!isObject(read) || read.schema !== schema) throw invalid(path, `it does not say that it is ${schema}`)
  const { digest, ...content } = read
  // The keys keep their order through JSON.parse.
  if (digest !== hash(JSON.stringify(content))) throw invalid(path, 'it was changed after it was written; its digest does not hold')
  if (read.environment !== environment) throw invalid(path, `it tells of ${JSON.stringify(read.environment)}, not of ${environment}`)
  const [by, commit] = [orUndefined<string>(read.by), orUndefined<string>(read.commit)]
  try {
    return {
      environment,
      observedAt: Date.parse(String(read.observedAt)),
      ...(by ? { by } : {}),
      ...(commit ? { commit } : {}),
      databases: (read.databases as readonly Read[]).map(sightedOf),
      unread: (read.unread as readonly Read[]).map(({ tenant, why }) => ({ tenant: String(tenant), why: String(why) })),
    }
  } catch (error) {
    throw error instanceof TypeError ? invalid(path, 'something is missing in it') : error
  }
}
