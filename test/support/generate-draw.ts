/** What makers of statements draw from: a seeded source of choices, a small pool of awkward names, and the catalog so far. */
import type { Catalog } from '../../src/model/catalog.ts'
import { displayIdentifier, partsOf, type QualifiedName, quoteIdentifier, schemaOf } from '../../src/model/name.ts'

type Source = { nextInt(min: number, max: number): number }

/** 63 bytes: the longest name there is, so that implied names must be cut. */
export const longName = 'a_name_that_is_as_long_as_postgresql_lets_a_name_be_63_bytes_xx'

/** Few, so that names meet; for objects of all sorts, so that sorts meet too. */
export const pool = ['a', 'b', 'users', 'posts', 'Order', 'a b', 'x"y', 'größe', 'user', longName] as const
const columnPool = ['id', 'name', 'a', 'b', 'Total', 'x"y', 'größe', 'user', 'c d', longName] as const
/** Enum labels; the quote and the blank are there on purpose. */
export const labelPool = ['sad', 'ok', "it's", 'Very Glad', '', 'größe', 'a,b'] as const

/** Choices, each from one source. */
export class Draw {
  readonly #source: Source
  constructor(source: Source) {
    this.#source = source
  }

  /** From 0 to below `end`. */
  below(end: number): number {
    return this.#source.nextInt(0, Math.max(0, end - 1))
  }

  /** True once in `times`. */
  oneIn(times: number): boolean {
    return this.below(times) === 0
  }

  /** One of a list that is not empty. */
  of<T>(items: readonly [T, ...T[]] | readonly T[]): T {
    const item = items[this.below(items.length)]
    if (item === undefined) throw new Error('nothing to draw from')
    return item
  }

  /** One of a list, or undefined when it is empty. */
  maybe<T>(items: Iterable<T>): T | undefined {
    const all = [...items]
    return all.length === 0 ? undefined : all[this.below(all.length)]
  }

  /** Some of a list, in drawn order, at least one if there is one. */
  some<T>(items: Iterable<T>, most: number): readonly T[] {
    const left = [...items]
    const count = Math.min(left.length, 1 + this.below(most))
    return Array.from({ length: count }, () => left.splice(this.below(left.length), 1)).flat()
  }

  /** The text, or nothing. */
  option(text: string, oneIn = 3): string {
    return this.oneIn(oneIn) ? text : ''
  }

  /** A name from the pool, quoted where it must be. */
  name(): string {
    return quote(this.of(pool))
  }

  /** A column's name. */
  columnName(): string {
    return quote(this.of(columnPool))
  }

  /** Different column names. */
  columnNames(most: number): readonly string[] {
    return this.some(columnPool, most).map(quote)
  }

  /** A schema to make something in. */
  schema(catalog: Catalog): string {
    return this.oneIn(3) ? this.of([...catalog.schemas.keys()]) : 'public'
  }

  /** A new name, in some schema; in `public` mostly without it. */
  newName(catalog: Catalog): string {
    const schema = this.schema(catalog)
    return schema === 'public' && !this.oneIn(4) ? this.name() : `${quote(schema)}.${this.name()}`
  }
}

/** The roles that a history has made: not the one that runs it. */
export const rolesIn = (catalog: Catalog): readonly string[] => [...catalog.roles.keys()].filter((name) => name !== 'CURRENT_USER')

/** An identifier as a person writes it; keywords are quoted too. */
export const quote = (name: string): string => (['user', 'order', 'default'].includes(name) ? quoteIdentifier(name) : displayIdentifier(name))

/** A text literal. */
export const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`

/** A qualified name as a statement writes it: the schema is left out where it is `public` and the draw says so. */
export const write = (draw: Draw, name: QualifiedName): string => {
  const parts = partsOf(name)
  return (schemaOf(name) === 'public' && !draw.oneIn(4) ? parts.slice(1) : parts).map(quote).join('.')
}

/** Writes one statement that fits the catalog, or nothing where the catalog has nothing to write it about. */
export type Maker = (draw: Draw, catalog: Catalog) => string | undefined
