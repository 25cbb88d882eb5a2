/** The environment that is written to: only one that was asked for by name, and a protected one only with --yes. */
import type { Config } from '../../model/config.ts'
import { ToolError } from '../../model/error.ts'
import type { History, LedgerName } from '../../model/history.ts'
import type { SourceRef } from '../../model/source.ts'
import { displaySource, parseSource } from '../source-ref.ts'

export type Target = {
  readonly source: SourceRef
  readonly name: string
  /** How a command names it. A URL is a secret. */
  readonly argument: string
  readonly protected: boolean
  readonly ledger: LedgerName
}

/** Whose database on the machine itself is nobody's production. */
const isLocal = (url: string): boolean => {
  const { hostname, searchParams } = new URL(url)
  const host = searchParams.get('host') ?? hostname
  return host === '' || host.startsWith('/') || ['localhost', '127.0.0.1', '[::1]', '::1'].includes(host)
}

/** Reads the argument. Throws `usage` for what is no database, and for an environment with tenants of which none is named. */
export const targetOf = (text: string, config: Config, history: History): Target => {
  const source = parseSource(text, config)
  if (source.type === 'url') return { source, name: displaySource(source), argument: 'postgres://…', protected: !isLocal(source.url), ledger: history.ledger }
  if (source.type !== 'environment') {
    const names = Object.keys(config.environments ?? {})
    throw new ToolError('no-such-environment', `There is no environment ${text} in the configuration.`, {
      help:
        names.length > 0
          ? `Environments: ${names.join(', ')}.`
          : 'Name it in pgstrata.config.ts: environments: { dev: { url: env("DATABASE_URL") } }; or give a postgres:// URL.',
    })
  }
  const environment = config.environments?.[source.name]
  if (environment?.tenants && source.tenant === undefined)
    throw new ToolError('usage', `${source.name} has many databases: name one.`, { help: `Write ${source.name}/TENANT.` })
  const name = displaySource(source)
  return {
    source,
    name,
    argument: name,
    protected: environment?.protected ?? source.name === 'production',
    ledger: environment?.ledger ?? history.ledger,
  }
}
