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

const wantedOf = (text: string, environments: NonNullable<Config['environments']>): Wanted => {
  const [name = '', ...rest] = text.split('/')
  const of = Object.hasOwn(environments, name) ? environments[name] : undefined
  if (of && rest.length === 0) return { environment: name }
  if (of?.tenants) return { environment: name, tenant: rest.join('/') }
  const near = nearest(name, Object.keys(environments))
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
  const asked = new Set((flag ?? names.join(',')).split(',').map((word) => word.trim()))
  const wanted = [...asked].filter((word) => word !== '').map((word) => wantedOf(word, environments))
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
