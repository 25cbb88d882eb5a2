/** node-postgres: pools and clients, whose queries are SQL text. */
import type { SqlPart } from '../sql-text/index.ts'
import { SqlRuns, type TablesSoFar } from '../sql-text/runs.ts'
import { any, type CallSite, type Machine, Model, native, type Site, type Value } from '../value.ts'
import { defineFramework, type Framework } from './define.ts'

/** The parameters' strings at the places of `$1`, `$2` …; a text that is not known is a piece of unknown SQL. */
const withParameters = (text: string, parameters: readonly (readonly string[])[]): readonly SqlPart[] =>
  text.split(/\$(\d+)/).map((piece, at): SqlPart => (at % 2 === 0 ? piece : { value: { strings: parameters[Number(piece) - 1] ?? [] } }))

const itemsOf = (value: Value | undefined, machine: Machine): readonly (readonly string[])[] =>
  value?.kind === 'array' ? (value.items ?? []).map((item) => machine.strings(item)) : []

type Sent = { readonly texts: readonly string[]; readonly parameters: readonly (readonly string[])[] }

/** `query(text, values)`, `query({ text, values })`. */
const sentBy = (site: CallSite): Sent => {
  const { machine, args } = site
  const [first = any, second] = args
  const texts = machine.strings(first)
  if (texts.length > 0) return { texts, parameters: itemsOf(second, machine) }
  const config = machine.entries(first, site).known
  return { texts: machine.strings(config.get('text') ?? any), parameters: itemsOf(config.get('values') ?? second, machine) }
}

const resultOf = (rows: readonly Value[], machine: Machine): Value => {
  const row = rows.length === 1 ? (rows[0] ?? any) : any
  return machine.object({ rows: machine.array(row), rowCount: any, fields: any, command: any })
}

class Client extends Model {
  readonly what = 'pg client'
  readonly #runs: SqlRuns
  constructor(runs: SqlRuns) {
    super()
    this.#runs = runs
  }

  /** A client, a pool, or a query that an ORM's client was given. */
  override get(name: string, _site: Site): Value | undefined {
    if (name === 'query') return native('pg query', (site) => this.#query(site))
    if (name === 'connect') return native('pg connect', (site) => this.#connect(site))
    return undefined
  }

  #query(site: CallSite): Value {
    const { texts, parameters } = sentBy(site)
    if (texts.length === 0) site.machine.gap('SQL that is put together elsewhere is sent here', site)
    const rows = texts.map((text) => this.#runs.run(withParameters(text, parameters), site))
    const result = resultOf(rows, site.machine)
    for (const callback of site.args.slice(1)) if (callback.kind === 'function') site.machine.handOver(callback, site, [any, result])
    return result
  }

  #connect(site: CallSite): Value {
    for (const callback of site.args) site.machine.handOver(callback, site, [any, this, any])
    return this
  }
}

class ClientClass extends Model {
  readonly what = 'pg class'
  readonly #client: Client
  constructor(client: Client) {
    super()
    this.#client = client
  }
  override construct(): Value {
    return this.#client
  }
}

const classes = new Set(['Pool', 'Client', 'PoolClient', 'ClientBase'])

/** Its tables are those of the analysis: it is made anew for each. */
export const makePg = (tables: TablesSoFar): Framework => {
  const client = new Client(new SqlRuns(tables))
  const made = new ClientClass(client)
  return defineFramework({
    id: 'pg',
    title: 'node-postgres',
    packages: ['pg', 'pg-pool', '@neondatabase/serverless'],
    imported: (_from, path) => (classes.has(path.filter((name) => name !== 'default' && name !== '*' && name !== 'native')[0] ?? '') ? made : undefined),
    typed: (_from, name) => (classes.has(name) ? client : undefined),
    examples: [],
  })
}
