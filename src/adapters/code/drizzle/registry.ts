/** The tables, enums and relations that were met, and how a name finds them. */
import type { CodeEnum, CodeTable } from '../../../model/code.ts'
import type { PgEnum } from './enum.ts'
import type { Ground } from './ground.ts'
import type { Relation } from './relation.ts'
import { Table, type TableHead } from './table.ts'

/** Relations by the number of their table, then by key. */
export type RelationsByTable = ReadonlyMap<number, ReadonlyMap<string, Relation>>

export class Registry {
  readonly ground: Ground
  readonly #tables: Table[] = []
  readonly #enums: PgEnum[] = []
  #known: readonly CodeTable[] = []
  /** Relations name tables of files that import each other: they are asked when a query needs them. */
  readonly #waiting: (() => RelationsByTable)[] = []
  readonly #relations: RelationsByTable[] = []
  readonly #said = new Set<string>()

  constructor(ground: Ground) {
    this.ground = ground
    ground.find = ({ schema, name }) => this.#tables.find((table) => table.name === name && (schema ?? table.schema) === table.schema)
  }

  /** The same list as long as no table is met and nothing more is known of one. */
  tables(): readonly CodeTable[] {
    const now = this.#tables.map((table) => table.facts())
    if (now.length !== this.#known.length || now.some((facts, at) => facts !== this.#known[at])) this.#known = now
    return this.#known
  }

  enums(): readonly CodeEnum[] {
    return this.#enums.map((type) => type.facts())
  }

  declareTable(head: TableHead): Table {
    const { place, schema, name } = head
    return this.ground.once(`table ${place.file}:${place.line} ${schema}.${name}`, () => {
      const table = new Table(this.ground, this.#tables.length, head)
      this.#tables.push(table)
      return table
    })
  }

  declareEnum(made: PgEnum): PgEnum {
    const { place, schema, name } = made
    return this.ground.once(`enum ${place.file}:${place.line} ${schema}.${name}`, () => {
      this.#enums.push(made)
      return made
    })
  }

  /** `db.query.<key>` where nobody knows the schema: the constant of that name, else the table. */
  tableAs(key: string): Table | undefined {
    return this.#tables.find(({ symbol }) => symbol === key) ?? this.#tables.find(({ name }) => name === key)
  }

  /** For what is worth saying once. */
  once(what: string, say: () => void): void {
    if (this.#said.has(what)) return
    this.#said.add(what)
    say()
  }

  relate(relations: () => RelationsByTable): void {
    this.#waiting.push(relations)
  }

  relation(table: number, key: string): Relation | undefined {
    return this.#all(table).get(key)
  }

  relationsOf(table: number): readonly Relation[] {
    return [...this.#all(table).values()]
  }

  #all(table: number): ReadonlyMap<string, Relation> {
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) this.#relations.push(next())
    return new Map(this.#relations.flatMap((relations) => [...(relations.get(table) ?? [])]))
  }
}
