/** Which databases are looked at: the environments of the configuration, each tenant a lane of its own. */
import type { Config, EnvironmentConfig } from '../../model/config.ts'
import { nearest } from '../../model/config-schema.ts'
import { ToolError } from '../../model/error.ts'
import type { History, LedgerName } from '../../model/history.ts'
import type { SourceRef } from '../../model/source.ts'

/** One database. */
export type Lane = {
  /** `production`, `production/acme`. */
  readonly name: string
  readonly environment: string
  readonly tenant?: string
  readonly protected: boolean
  readonly source: SourceRef
  readonly ledger: LedgerName
}

/** An environment of which all, or one tenant, is asked for. */
export type Wanted = { readonly environment: string; readonly tenant?: string }

/** One that is not told otherwise is protected when it is called production. */
const isProtected = (name: string, { protected: said }: EnvironmentConfig): boolean => said ?? name === 'production'

/** The environment with tenants before a slash; the longest name, for names may hold slashes themselves. */
const ownerOf = (text: string, environments: NonNullable<Config['environments']>): string | undefined =>
  Object.keys(environments)
    .filter((name) => environments[name]?.tenants && text.startsWith(`${name}/`))
    .toSorted((a, b) => b.length - a.length)[0]

/** Throws `usage`. */
const tenantIn = (text: string, environment: string): string => {
  const tenant = text.slice(environment.length + 1)
  if (tenant.trim() !== '') return tenant
  throw new ToolError('usage', `${text} names no tenant of ${environment}.`, { help: `${environment} alone means all of its tenants.` })
}

/** One name may hold a comma. */
const wordsOf = (flag: string, environments: NonNullable<Config['environments']>): readonly string[] =>
  Object.hasOwn(environments, flag.trim()) ? [flag.trim()] : [...new Set(flag.split(',').map((word) => word.trim()))].filter((word) => word !== '')

const wantedOf = (text: string, environments: NonNullable<Config['environments']>): Wanted => {
  if (Object.hasOwn(environments, text)) return { environment: text }
  const name = ownerOf(text, environments)
  if (name !== undefined) return { environment: name, tenant: tenantIn(text, name) }
  const near = nearest(text.split('/')[0] ?? '', Object.keys(environments))
  throw new ToolError('no-such-environment', `There is no environment ${text} in the configuration.`, {
    help: near === undefined ? `Environments: ${Object.keys(environments).join(', ')}.` : `Did you mean ${near}?`,
  })
}

/** The environments that are asked for by comma, or all, the protected ones first. Throws `no-environments`, `no-such-environment`. */
export const wantedIn = ({ environments = {} }: Config, flag: string | undefined): readonly Wanted[] => {
  const names = Object.keys(environments)
  if (names.length === 0)
    throw new ToolError('no-environments', 'The configuration names no environment.', {
      help: "Name them in pgstrata.config.ts: environments: { production: { url: env('PROD_URL') } }. One database alone: pgstrata version postgres://….",
    })
  const wanted =
    flag === undefined ? names.map((environment): Wanted => ({ environment })) : wordsOf(flag, environments).map((word) => wantedOf(word, environments))
  if (wanted.length === 0) throw new ToolError('usage', '--environments names none.', { help: `Environments: ${names.join(', ')}.` })
  const rank = ({ environment }: Wanted): number => (environments[environment] && isProtected(environment, environments[environment]) ? 0 : 1)
  return wanted.toSorted((a, b) => rank(a) - rank(b))
}

/** The lane of an environment's own database, or of a tenant's. */
export const laneOf = ({ environments = {} }: Config, history: History, environment: string, tenant?: string): Lane => {
  const config = environments[environment]
  if (!config) throw new Error(`${environment} was looked up before`)
  const of = tenant === undefined ? {} : { tenant }
  return {
    name: tenant === undefined ? environment : `${environment}/${tenant}`,
    environment,
    ...of,
    protected: isProtected(environment, config),
    source: { type: 'environment', name: environment, ...of },
    ledger: config.ledger ?? history.ledger,
  }
}
