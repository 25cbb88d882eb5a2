/** A row that a statement returned, or one that is to be inserted; and a cell of it that is compared with values. */
import { keyOf } from '../machine/join.ts'
import { any, Model, type Native, native, type Site, type Value } from '../value.ts'
import { Column } from './column.ts'
import { Expression } from './expression.ts'
import type { Ground } from './ground.ts'
import { recordColumn, recordLiterals } from './record.ts'
import { mapEach, stringsIn } from './values.ts'

/** What stands under each key: a column, a row of a joined table, a list of rows, an expression. */
export type Shape = ReadonlyMap<string, Value>

/** A cell of a column that can have certain values only. */
class Cell extends Model {
  readonly what = 'drizzle cell'
  readonly column: Column
  #includes: Native | undefined
  constructor(column: Column) {
    super()
    this.column = column
  }

  override compared(other: Value, site: Site): void {
    recordLiterals(this.column, stringsIn(other, site), 'read', site, 'high')
  }

  /** A list of an enum's values, or text. */
  override get(name: string): Value | undefined {
    if (name !== 'includes') return undefined
    this.#includes ??= native('includes', (site) => {
      for (const arg of site.args) this.compared(arg, site)
      return any
    })
    return this.#includes
  }

  override element(): Value {
    return this
  }
}

export const cellOf = (column: Column, ground: Ground): Value =>
  column.facts.values === undefined ? any : ground.once(`cell ${column.owner.number} ${column.key}`, () => new Cell(column))

export class Row extends Model {
  readonly what: string
  readonly ground: Ground
  readonly shape: Shape
  /** Its keys that surely have a value. */
  readonly given: readonly string[]
  readonly #inserted: boolean

  constructor(ground: Ground, shape: Shape, inserted = false) {
    super()
    this.what = inserted ? 'drizzle row to insert' : 'drizzle row'
    this.ground = ground
    this.shape = shape
    this.#inserted = inserted
    this.given = inserted ? [...shape].filter(([, field]) => needed(field)).map(([key]) => key) : [...shape.keys()]
  }

  get open(): boolean {
    return this.#inserted
  }

  /** A property of a row that is to be inserted reads nothing of the database. */
  override get(name: string, site: Site): Value | undefined {
    const field = this.shape.get(name)
    if (field === undefined) return undefined
    return mapEach(field, (single) => {
      if (single instanceof Expression) return any
      if (!(single instanceof Column)) return single
      if (!this.#inserted) recordColumn(single, 'property', 'read', site, 'high')
      return cellOf(single, this.ground)
    })
  }

  override names(): readonly string[] {
    return [...this.shape.keys()]
  }

  override without(names: readonly string[]): Row {
    return rowOf(this.ground, new Map([...this.shape].filter(([name]) => !names.includes(name))), this.#inserted)
  }
}

const needed = (field: Value): boolean => field instanceof Column && field.facts.notNull && !field.facts.hasDefault

export const rowKey = (shape: Shape): string => [...shape].map(([name, field]) => `${name}:${keyOf(field)}`).join()

/** One model for each shape. */
export const rowOf = (ground: Ground, shape: Shape, inserted = false): Row =>
  ground.once(`row ${inserted} ${rowKey(shape)}`, () => new Row(ground, shape, inserted))
