/** What a FROM clause brings into sight, as PostgreSQL's namespace items do (parse_relation.c). */
import type { Catalog } from '../../model/catalog.ts'
import type { Tree } from '../../model/json.ts'
import { keyOf, localName, member, type ObjectKey, type RelationName, schemaOf } from '../../model/name.ts'
import { child, list, stringNode, strings, text } from '../../sql/tree.ts'
import { printType } from '../types.ts'
import type { RangeColumn } from './function-columns.ts'

/** A range that columns can be qualified by. `columns` is undefined where memory does not know them (system views, extensions' relations and functions). */
export type Range = {
  readonly name: string
  /** Of a relation without an alias: it may be named with its schema. */
  readonly schema?: string
  readonly relation?: RelationName
  readonly columns: readonly RangeColumn[] | undefined
}

/** A column that may be written bare: the fields of its qualified name, and what it stands for. */
export type Bare = RangeColumn & { readonly fields: readonly string[] }
/** What `*` stands for, in order. */
export type Visible = Bare | { readonly unknown: Range }

export const isKnown = (visible: Visible): visible is Bare => !('unknown' in visible)

/** Where names are looked up, from the inside out. `own`: the level of a table's own expressions, where columns stay bare. */
export type Scope = {
  readonly ranges: readonly Range[]
  readonly visible: readonly Visible[]
  readonly common: ReadonlyMap<string, readonly RangeColumn[] | undefined>
  readonly own: boolean
  readonly outer: Scope | undefined
}

const noCommon: Scope['common'] = new Map()

/** Nothing in sight. */
export const emptyScope: Scope = { ranges: [], visible: [], common: noCommon, own: false, outer: undefined }

/** One FROM item, resolved. */
export type Part = { readonly tree: Tree; readonly ranges: readonly Range[]; readonly visible: readonly Visible[] }

export const systemColumns: ReadonlySet<string> = new Set(['ctid', 'xmin', 'xmax', 'cmin', 'cmax', 'tableoid'])

/** A relation's columns; undefined when the catalog does not have it. */
export const relationColumns = (catalog: Catalog, relation: RelationName): readonly RangeColumn[] | undefined => {
  const of = (name: string, type?: string): RangeColumn => ({ name, from: [keyOf('column', member(relation, name))], ...(type === undefined ? {} : { type }) })
  const table = catalog.tables.get(relation)
  if (table) return table.columns.map(({ name, type }) => of(name, printType(type)))
  const view = catalog.views.get(relation)
  if (view) return view.columns.map((name) => of(name))
  return catalog.sequences.has(relation) ? ['last_value', 'log_cnt', 'is_called'].map((name) => ({ name, from: [] })) : undefined
}

/** Columns under the names that an alias gives them. */
export const aliased = (columns: readonly RangeColumn[] | undefined, alias: Tree | undefined): readonly RangeColumn[] | undefined => {
  const names = strings(list(alias, 'colnames'))
  return names.length === 0 ? columns : columns?.map((column, at) => ({ ...column, name: names[at] ?? column.name }))
}

const visibleOf = (range: Range, qualifier: readonly string[]): readonly Visible[] =>
  range.columns === undefined ? [{ unknown: range }] : range.columns.map((column) => ({ ...column, fields: [...qualifier, column.name] }))

/** A part of one range. */
export const partOf = (tree: Tree, range: Range): Part => ({ tree, ranges: [range], visible: visibleOf(range, [range.name]) })

/** A relation's range; one of the same name in another schema makes its columns be written with the schema. */
export const relationRange = (relation: RelationName, alias: Tree | undefined, columns: readonly RangeColumn[] | undefined): Range => ({
  name: text(alias, 'aliasname') ?? localName(relation),
  relation,
  columns: aliased(columns, alias),
  ...(alias ? {} : { schema: schemaOf(relation) }),
})

const withSchemas = (parts: readonly Part[]): readonly Visible[] => {
  const ranges = parts.flatMap((part) => part.ranges)
  const twice = new Set(ranges.filter((range, at) => ranges.some((other, place) => place !== at && other.name === range.name)).map(({ name }) => name))
  const visible = parts.flatMap((part) => part.visible)
  if (twice.size === 0) return visible
  return visible.map((column) => {
    if (!isKnown(column) || column.fields.length !== 2 || !twice.has(column.fields[0] ?? '')) return column
    const range = ranges.find(({ name, columns }) => name === column.fields[0] && columns?.some(({ from }) => from.length > 0 && from[0] === column.from[0]))
    return range?.schema === undefined ? column : { ...column, fields: [range.schema, ...column.fields] }
  })
}

/** The scope inside a query whose FROM clause has these parts. */
export const scopeOf = (parts: readonly Part[], outer: Scope | undefined, common: Scope['common'] = noCommon): Scope => ({
  ranges: parts.flatMap(({ ranges }) => ranges),
  visible: withSchemas(parts),
  common,
  own: false,
  outer,
})

const merge = (left: Bare, right: Bare, jointype: string): Bare => {
  const from: readonly ObjectKey[] = [...left.from, ...right.from]
  if (jointype !== 'JOIN_FULL' && left.type !== undefined && left.type === right.type) return { ...(jointype === 'JOIN_RIGHT' ? right : left), from }
  return { name: left.name, from, fields: [left.name] }
}

/** The names that a NATURAL join merges; undefined where a side is not known. */
export const naturalNames = (left: readonly Visible[], right: readonly Visible[]): readonly string[] | undefined => {
  if (![...left, ...right].every(isKnown)) return undefined
  const names = new Set(right.filter(isKnown).map(({ name }) => name))
  return left
    .filter(isKnown)
    .filter(({ name }) => names.has(name))
    .map(({ name }) => name)
}

/** What `*` stands for after a join: merged columns first. */
export const joined = (left: readonly Visible[], right: readonly Visible[], using: readonly string[], jointype: string): readonly Visible[] => {
  const find = (side: readonly Visible[], name: string): Bare =>
    side.filter(isKnown).find((column) => column.name === name) ?? { name, from: [], fields: [name] }
  const rest = (side: readonly Visible[]): readonly Visible[] => side.filter((column) => !isKnown(column) || !using.includes(column.name))
  return [...using.map((name) => merge(find(left, name), find(right, name), jointype)), ...rest(left), ...rest(right)]
}

/** A join's columns as a range of its own; undefined columns where a side is not known. */
export const joinRange = (name: string, visible: readonly Visible[], alias: Tree | undefined): Range => ({
  name,
  columns: visible.every(isKnown)
    ? aliased(
        visible.map(({ fields: _fields, ...column }) => column),
        alias,
      )
    : undefined,
})

/** A column reference from its fields. */
export const referenceTo = (fields: readonly string[]): Tree => ({ ColumnRef: { fields: fields.map(stringNode) } })

/** The range that qualifiers name, and the level it stands on. */
export const findRange = (qualifiers: readonly string[], scope: Scope): { readonly range: Range; readonly level: Scope } | undefined => {
  const [name, schema] = [qualifiers.at(-1), qualifiers.at(-2)]
  for (let level: Scope | undefined = scope; level; level = level.outer) {
    const range = level.ranges.find((candidate) => candidate.name === name && (schema === undefined || candidate.schema === schema))
    if (range) return { range, level }
  }
  return undefined
}

/** All columns of a range, as `t.*` gives them. */
export const columnsOf = (range: Range, level: Scope): readonly Visible[] => {
  const twice = level.ranges.filter(({ name }) => name === range.name).length > 1 && range.schema !== undefined
  return visibleOf(range, twice ? [range.schema ?? '', range.name] : [range.name])
}

/** The column that names mean; undefined: none that memory knows. */
export const findColumn = (names: readonly string[], scope: Scope): Bare | undefined => {
  const name = names.at(-1)
  if (name === undefined) return undefined
  if (names.length > 1) {
    const found = findRange(names.slice(0, -1), scope)
    return (
      found &&
      columnsOf(found.range, found.level)
        .filter(isKnown)
        .find((column) => column.name === name)
    )
  }
  for (let level: Scope | undefined = scope; level; level = level.outer) {
    const column = level.visible.filter(isKnown).find((candidate) => candidate.name === name)
    if (column) return level.own && level === scope ? { ...column, fields: [name] } : column
    if (level.visible.some((candidate) => !isKnown(candidate))) return undefined
  }
  return undefined
}

/** The columns of the WITH query of that name in sight; undefined: there is none. */
export const findCommon = (name: string, scope: Scope | undefined): { readonly columns: readonly RangeColumn[] | undefined } | undefined => {
  for (let level = scope; level; level = level.outer) if (level.common.has(name)) return { columns: level.common.get(name) }
  return undefined
}

/** The name of the alias of a FROM item. */
export const aliasOf = (content: Tree): Tree | undefined => child(content, 'alias')
