/** The rows of snapshots from version 8 on, by key, as drizzle-kit 1.0 keeps them: a row that is renamed takes along what names it. */
import { ToolError } from '../model/error.ts'
import type { Json, Tree } from '../model/json.ts'
import { isTree } from '../sql/tree.ts'

/** What makes a row of each type the same row. */
const keyFields: { readonly [type: string]: readonly string[] } = {
  schemas: ['name'],
  tables: ['schema', 'name'],
  enums: ['schema', 'name'],
  columns: ['schema', 'table', 'name'],
  indexes: ['schema', 'name'],
  fks: ['schema', 'table', 'name'],
  pks: ['schema', 'table', 'name'],
  uniques: ['schema', 'table', 'name'],
  checks: ['schema', 'table', 'name'],
  sequences: ['schema', 'name'],
  roles: ['name'],
  privileges: ['schema', 'table', 'grantor', 'grantee', 'type'],
  policies: ['schema', 'table', 'name'],
  views: ['schema', 'name'],
}

/** How a row names another: `fields` says which of its fields hold which of the other's; `list` holds names, or objects with a name. */
type Naming = {
  readonly to: string
  readonly fields: { readonly [target: string]: string }
  readonly list?: string
}

const table: Naming = { to: 'tables', fields: { schema: 'schema', name: 'table' } }
const schema: Naming = { to: 'schemas', fields: { name: 'schema' } }
const columns: Naming = { to: 'columns', fields: { schema: 'schema', table: 'table' }, list: 'columns' }

const namings: { readonly [type: string]: readonly Naming[] } = {
  tables: [schema],
  enums: [schema],
  sequences: [schema],
  views: [schema],
  checks: [table],
  columns: [table, { to: 'enums', fields: { schema: 'typeSchema', name: 'type' } }],
  indexes: [table, columns],
  pks: [table, columns],
  uniques: [table, columns],
  fks: [
    table,
    columns,
    { to: 'tables', fields: { schema: 'schemaTo', name: 'tableTo' } },
    { to: 'columns', fields: { schema: 'schemaTo', table: 'tableTo' }, list: 'columnsTo' },
  ],
  policies: [table, { to: 'roles', fields: {}, list: 'roles' }],
  privileges: [table, { to: 'roles', fields: { name: 'grantee' } }, { to: 'roles', fields: { name: 'grantor' } }],
}

const typeOf = (row: Tree): string => String(row.entityType)

/** A row's key as deltas write it: type, a zero byte, its names as JSON. */
export const rowKey = (row: Tree): string => `${typeOf(row)}\0${JSON.stringify((keyFields[typeOf(row)] ?? ['name']).map((field) => row[field] ?? null))}`

/** Equal as drizzle-kit compares: what is absent is null. */
export const sameJson = (a: Json | undefined, b: Json | undefined): boolean => {
  if (a === b || (a ?? null) === (b ?? null)) return true
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((value: Json, at: number) => sameJson(value, b[at]))
  if (isTree(a) && isTree(b)) return [...new Set([...Object.keys(a), ...Object.keys(b)])].every((key) => sameJson(a[key], b[key]))
  return false
}

/** One element of a list with the new name, where it has the old one. */
const renamed = (element: Json, from: Json | undefined, to: Json | undefined): Json => {
  if (isTree(element)) return element.isExpression !== true && element.value === from ? { ...element, value: to ?? null } : element
  return element === from ? (to ?? null) : element
}

/** The row as it names another that was `from` and is `to` now; itself where it does not name it. */
const relocated = (row: Tree, { fields, list }: Naming, from: Tree, to: Tree): Tree => {
  if (!Object.entries(fields).every(([target, field]) => sameJson(row[field], from[target]))) return row
  const moved = Object.fromEntries(Object.entries(fields).map(([target, field]) => [field, to[target] ?? null]))
  if (list === undefined) return { ...row, ...moved }
  const names = row[list]
  if (!Array.isArray(names)) return row
  const next = names.map((name: Json) => renamed(name, from.name, to.name))
  return next.every((name, at) => name === names[at]) ? row : { ...row, ...moved, [list]: next }
}

const invalid = (message: string): ToolError =>
  new ToolError('snapshot-invalid', message, { help: 'Two migrations gave one name to two things: delete one of them, or bring the folder back from git.' })

/** The rows of one moment; each method changes it. */
export class SnapshotRows {
  #rows = new Map<string, Tree>()

  constructor(rows: readonly Tree[]) {
    for (const row of rows) this.#rows.set(rowKey(row), row)
  }

  list(): readonly Tree[] {
    return [...this.#rows.values()]
  }

  create(row: Tree): void {
    const [key, there] = [rowKey(row), this.#rows.get(rowKey(row))]
    if (there && !sameJson(there, row)) throw invalid(`A snapshot makes ${key.replace('\0', ' ')}, which is there already with other values.`)
    if (!there) this.#rows.set(key, row)
  }

  drop(key: string): void {
    this.#rows.delete(key)
  }

  /** Changes a row's fields; where its key changes, so do the rows that name it, and those that name these. */
  update(key: string, set: Tree): void {
    const row = this.#rows.get(key)
    if (!row) return
    const next = { ...row, ...set }
    if (rowKey(next) === key) {
      this.#rows.set(key, next)
      return
    }
    const all = [...this.#rows.values()].map((each) => (each === row ? next : each))
    const moved: (readonly [from: Tree, to: Tree])[] = [[row, next]]
    for (let pair = moved.shift(); pair; pair = moved.shift()) this.#follow(all, pair, moved)
    const keys = new Map(all.map((each) => [rowKey(each), each]))
    if (keys.size < all.length) throw invalid(`A snapshot renames ${key.replace('\0', ' ')} to a name that another has.`)
    this.#rows = keys
  }

  #follow(all: Tree[], [from, to]: readonly [Tree, Tree], moved: (readonly [Tree, Tree])[]): void {
    for (const [at, each] of all.entries()) {
      if (each === to) continue
      const named = (namings[typeOf(each)] ?? []).filter((naming) => naming.to === typeOf(from)).reduce((now, naming) => relocated(now, naming, from, to), each)
      if (named === each) continue
      all[at] = named
      if (rowKey(named) !== rowKey(each)) moved.push([each, named])
    }
  }
}
