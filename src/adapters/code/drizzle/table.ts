/** A table or a view as the schema declares it, or under an alias. */
import type { CodePlace, CodeTable } from '../../../model/code.ts'
import { literal, type Site, type Value } from '../value.ts'
import { type Column, columnsOf } from './column.ts'
import { expressionOf, noParts } from './expression.ts'
import type { Ground } from './ground.ts'
import { type Methods, Namespace } from './model.ts'
import { type Row, rowOf } from './row.ts'
import { Source } from './source.ts'

/** What is known of a table before its columns. */
export type TableHead = { readonly schema: string; readonly name: string; readonly kind: CodeTable['kind']; readonly place: CodePlace }

const codeColumn = ({ facts, name, key }: Column, table: CodePlace): CodeTable['columns'][number] => ({
  name,
  key,
  line: facts.place.file === table.file ? facts.place.line : table.line,
  type: facts.type,
  notNull: facts.notNull,
  hasDefault: facts.hasDefault,
  ...(facts.enumType === undefined ? {} : { enumType: facts.enumType }),
  ...(facts.values === undefined ? {} : { values: facts.values }),
})

export class Table extends Source {
  readonly what = 'drizzle table'
  readonly ground: Ground
  readonly number: number
  readonly schema: string
  readonly name: string
  readonly head: TableHead
  readonly columns = new Map<string, Column>()
  #facts: CodeTable | undefined
  symbol: string | undefined

  constructor(ground: Ground, number: number, head: TableHead) {
    super()
    this.ground = ground
    this.number = number
    this.schema = head.schema
    this.name = head.name
    this.head = head
  }

  override get declares(): boolean {
    return true
  }

  get rowName(): string {
    return this.name
  }

  override fields(): ReadonlyMap<string, Column> {
    return this.columns
  }

  override row(): Row {
    return rowOf(this.ground, this.columns)
  }

  /** A row as `values(...)` takes it. */
  rowToInsert(): Row {
    return rowOf(this.ground, this.columns, true)
  }

  /** The same object as long as nothing more is known of it: SQL texts ask for all tables, each time. */
  facts(): CodeTable {
    const { schema, name, kind, place } = this.head
    const symbol = this.symbol ?? name
    if (this.#facts?.symbol === symbol && this.#facts.columns.length === this.columns.size) return this.#facts
    this.#facts = { schema, name, kind, ...place, symbol, columns: [...this.columns.values()].map((column) => codeColumn(column, place)) }
    return this.#facts
  }

  override named(name: string): void {
    this.symbol ??= name
  }

  protected override methods(): Methods {
    return { enableRLS: () => this, getSQL: () => this, as: () => this, using: () => this, with: () => this }
  }

  override get(name: string, site: Site): Value | undefined {
    if (this.columns.has(name)) return this.columns.get(name)
    if (name === '$inferSelect') return this.row()
    if (name === '$inferInsert') return this.rowToInsert()
    if (name === '_') return this.ground.once(`inside ${this.number}`, () => this.#inside())
    return super.get(name, site)
  }

  #inside(): Namespace {
    const columns = new Namespace('drizzle columns', Object.fromEntries(this.columns))
    return new Namespace('drizzle table config', { name: literal(this.name), columns, inferSelect: this.row(), inferInsert: this.rowToInsert() })
  }

  /** `users[key]` of a key that nobody knows: it may be any of them. */
  override element(site: Site): Value {
    return anyColumn(this, this.ground, site)
  }

  override names(): readonly string[] {
    return [...this.columns.keys()]
  }
}

const anyColumn = (source: Source, ground: Ground, { machine, place, ...rest }: Site): Value => {
  machine.gap(`a column of ${source.name} by a name that is not known`, { machine, place, ...rest }, source.number)
  return expressionOf(ground, { ...noParts, mentions: columnsOf(source).map((column) => ({ column, confidence: 'possible', place })) })
}

/** `alias(users, 'author')`. */
export class AliasedTable extends Source {
  readonly what = 'drizzle alias'
  readonly of: Source
  readonly number: number
  readonly schema: string
  readonly name: string
  readonly rowName: string

  constructor(of: Source, alias: string) {
    super()
    this.of = of
    this.number = of.number
    this.schema = of.schema
    this.name = of.name
    this.rowName = alias
  }

  override fields(): ReadonlyMap<string, Value> {
    return this.of.fields()
  }

  override row(): Value {
    return this.of.row()
  }

  override get(name: string, site: Site): Value | undefined {
    return this.of.get(name, site)
  }

  override element(site: Site): Value | undefined {
    return this.of.element(site)
  }

  override names(): readonly string[] | undefined {
    return this.of.names()
  }
}
