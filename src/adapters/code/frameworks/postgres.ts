/** postgres.js: a tag whose templates are statements and fragments, and helpers for names, columns and values in them. */
import type { SqlPart } from '../sql-text/index.ts'
import { SqlRuns, type TablesSoFar } from '../sql-text/runs.ts'
import { any, type CallSite, Model, native, type Site, type Value } from '../value.ts'
import { defineFramework, type Framework } from './define.ts'

/** `sql(object, 'a', 'b')`, `sql(['a', 'b'])`, `sql('name')`: what it becomes depends on the text before it. */
class Helper extends Model {
  readonly what = 'postgres helper'
  readonly columns: readonly string[]
  /** It may have others. */
  readonly open: boolean
  constructor(columns: readonly string[], open: boolean) {
    super()
    this.columns = columns
    this.open = open
  }
}

const value: SqlPart = { value: {} }

const separated = (parts: readonly (readonly SqlPart[])[]): readonly SqlPart[] => parts.flatMap((part, at) => (at === 0 ? part : [', ', ...part]))

/** As the package does: by the last of these words before it. */
const lastWord = (before: string): string =>
  (before.toLowerCase().match(/\b(?:values|in|select|as|returning|update|insert|set|from|join|where|by)\b|\(/g) ?? []).at(-1) ?? ''

const written = ({ columns, open }: Helper, before: string): readonly SqlPart[] => {
  const identifiers = [...columns.map((name): readonly SqlPart[] => [{ identifier: { name } }]), ...(open ? [[{ identifier: {} }] as const] : [])]
  const word = lastWord(before)
  if (word === 'insert') return ['(', ...separated(identifiers), ') VALUES (', ...separated(identifiers.map(() => [value])), ')']
  if (word === 'set' || word === 'update') return separated(identifiers.map((name) => [...name, ' = ', value]))
  if (word === 'values' || word === 'in') return ['(', value, ')']
  return separated(identifiers)
}

/** A template: a statement once it is awaited, a fragment where it stands in another. */
class Template extends Model {
  readonly what = 'postgres query'
  readonly parts: readonly SqlPart[]
  readonly #row: Value | undefined
  readonly #runs: SqlRuns
  constructor(parts: readonly SqlPart[], row: Value | undefined, runs: SqlRuns) {
    super()
    this.parts = parts
    this.#row = row
    this.#runs = runs
  }

  #rows(site: Site): Value {
    return site.machine.array(this.#row ?? this.#runs.run(this.parts, site))
  }

  override get(name: string, site: Site): Value | undefined {
    if (['execute', 'simple', 'readable', 'writable', 'describe'].includes(name)) return native(`postgres ${name}`, () => this)
    if (name === 'forEach' || name === 'cursor' || name === 'then')
      return native(`postgres ${name}`, (call) => {
        const rows = this.#rows(call)
        for (const callback of call.args) call.machine.handOver(callback, call, [name === 'forEach' ? call.machine.element(rows, call) : rows])
        return any
      })
    return site.machine.get(this.#rows(site), name, site)
  }

  override element(site: Site): Value {
    return site.machine.element(this.#rows(site), site)
  }

  override awaited(site: Site): Value {
    return this.#rows(site)
  }
}

const isStatement = (parts: readonly SqlPart[]): boolean =>
  typeof parts[0] === 'string' && /^\s*(?:select|with|insert|update|delete|merge|truncate)\b/i.test(parts[0])

const textSoFar = (parts: readonly SqlPart[]): string => parts.map((part) => (typeof part === 'string' ? part : '')).join('')

const holePart = (hole: Value, before: string, site: Site): readonly SqlPart[] => {
  if (hole instanceof Template) return [{ nested: hole.parts }]
  if (hole instanceof Helper) return written(hole, before)
  // A choice between fragments may be any of them.
  if (hole.kind === 'union' && hole.of.some((one) => one instanceof Template || one instanceof Helper)) return [{ unknown: true }]
  return [{ value: { strings: site.machine.strings(hole) } }]
}

const partsOf = (quasis: readonly string[], site: CallSite): readonly SqlPart[] => {
  const parts: SqlPart[] = []
  quasis.forEach((text, at) => {
    parts.push(text)
    const hole = site.args[at]
    if (hole !== undefined && at < quasis.length - 1) parts.push(...holePart(hole, textSoFar(parts), site))
  })
  return parts
}

const helper = (site: CallSite): Helper => {
  const { machine } = site
  const [first = any, ...others] = site.args
  const listed = others.flatMap((name) => [...machine.strings(name), ...machine.strings(machine.element(name, site))])
  if (listed.length > 0) return new Helper(listed, false)
  const strings = first.kind === 'array' ? machine.strings(first.element) : machine.strings(first)
  if (strings.length > 0) return new Helper(strings, false)
  const { known, open } = machine.entries(first.kind === 'array' ? first.element : first, site)
  return new Helper([...known.keys()], open)
}

class Sql extends Model {
  readonly what = 'postgres sql'
  readonly #runs: SqlRuns
  readonly #templates = new Map<string, Template>()
  constructor(runs: SqlRuns) {
    super()
    this.#runs = runs
  }

  override call(site: CallSite): Value {
    return site.quasis ? this.#template(partsOf(site.quasis, site), site) : helper(site)
  }

  /** A statement counts where it is written: it may be returned, and awaited by someone who is not seen. */
  #template(parts: readonly SqlPart[], site: Site): Template {
    const row = isStatement(parts) ? this.#runs.run(parts, site) : undefined
    const key = JSON.stringify(parts)
    const template = this.#templates.get(key) ?? new Template(parts, row, this.#runs)
    this.#templates.set(key, template)
    return template
  }

  override get(name: string, _site: Site): Value | undefined {
    switch (name) {
      case 'unsafe':
        return native('postgres unsafe', (site) => this.#unsafe(site))
      case 'file':
        return native('postgres file', (site) => site.machine.gap('SQL of a file is sent here', site) ?? any)
      case 'reserve':
        return native('postgres reserve', () => this)
      case 'begin':
      case 'savepoint':
        return native(`postgres ${name}`, (site) => this.#transaction(site))
      default:
        return undefined
    }
  }

  #unsafe(site: CallSite): Value {
    const [text, ...others] = site.machine.strings(site.args[0] ?? any)
    if (text === undefined || others.length > 0) site.machine.gap('SQL that is put together elsewhere is sent here', site)
    return text === undefined ? any : this.#template([text], site)
  }

  #transaction(site: CallSite): Value {
    const callback = site.args.findLast((one) => one.kind === 'function')
    return callback ? site.machine.invoke(callback, [this], site) : any
  }
}

/** Its tables are those of the analysis: it is made anew for each. */
export const makePostgres = (tables: TablesSoFar): Framework => {
  const sql = new Sql(new SqlRuns(tables))
  const connect = native('postgres', () => sql)
  return defineFramework({
    id: 'postgres',
    title: 'postgres.js',
    packages: ['postgres'],
    imported: (_from, path) => (path.every((name) => name === 'default' || name === '*') ? connect : undefined),
    typed: (_from, name) => (name === 'Sql' || name === 'TransactionSql' || name === 'ReservedSql' ? sql : undefined),
    examples: [],
  })
}
