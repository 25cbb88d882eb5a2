/** What tables and columns were called before some changes. */
import type { Change } from '../../model/change.ts'
import { inSchema, localName, parseKey, qualified, type RelationName, schemaOf } from '../../model/name.ts'

/** A table by the name that it had; `undefined`: it was not there. `retyped`: columns whose type is another one than it was. */
type Known = { readonly original: RelationName | undefined; readonly columns: Map<string, string | undefined>; readonly retyped: Set<string> }

/** A table and some of its columns by earlier names. `columns`: from the later ones. */
export type Earlier = { readonly table: RelationName; readonly columns: ReadonlyMap<string, string> }

/** Follows changes, one after the other, from a catalog on. */
export class Names {
  readonly #tables = new Map<RelationName, Known>()
  readonly #schemas = new Map<string, string>()

  #known(on: RelationName): Known {
    const found = this.#tables.get(on)
    if (found) return found
    const schema = this.#schemas.get(schemaOf(on))
    const made = { original: schema === undefined ? on : inSchema(on, schema), columns: new Map<string, string | undefined>(), retyped: new Set<string>() }
    this.#tables.set(on, made)
    return made
  }

  #move(from: RelationName, to: RelationName): void {
    const known = this.#known(from)
    this.#tables.delete(from)
    this.#tables.set(to, known)
  }

  /** Undefined: it was not there. */
  table(on: RelationName): RelationName | undefined {
    return this.#known(on).original
  }

  /** Undefined: the column, or its table, was not there. */
  column(on: RelationName, column: string): string | undefined {
    const { original, columns } = this.#known(on)
    return original === undefined ? undefined : columns.has(column) ? columns.get(column) : column
  }

  /** The table and these columns by the names that they had; undefined where one of them was not there, or had another type. */
  earlier(on: RelationName, columns: Iterable<string>): Earlier | undefined {
    const { original, retyped } = this.#known(on)
    const found = new Map<string, string>()
    for (const column of columns) {
      const name = this.column(on, column)
      if (name === undefined || retyped.has(column)) return undefined
      found.set(column, name)
    }
    return original === undefined ? undefined : { table: original, columns: found }
  }

  follow(change: Change): void {
    switch (change.kind) {
      case 'create-table':
        this.#tables.set(change.name, { original: undefined, columns: new Map(), retyped: new Set() })
        return
      case 'rename-table':
        return this.#move(change.name, qualified(schemaOf(change.name), change.to))
      case 'set-schema': {
        const { kind, name } = parseKey(change.object)
        if (kind === 'table') this.#move(name as RelationName, qualified(change.to, localName(name as RelationName)))
        return
      }
      case 'rename-schema':
        this.#schemas.set(change.to, this.#schemas.get(change.from) ?? change.from)
        for (const name of [...this.#tables.keys()]) if (schemaOf(name) === change.from) this.#move(name, inSchema(name, change.to))
        return
      case 'add-column':
        this.#known(change.on).columns.set(change.attribute.name, undefined)
        return
      case 'set-column-type':
        this.#known(change.on).retyped.add(change.column)
        return
      case 'rename-column': {
        const { columns, retyped } = this.#known(change.on)
        columns.set(change.to, this.column(change.on, change.from))
        columns.set(change.from, undefined)
        if (retyped.delete(change.from)) retyped.add(change.to)
      }
    }
  }
}
