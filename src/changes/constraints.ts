/** Reading constraints, wherever they stand: in a column, in a table, in ALTER TABLE. */
import type { Catalog, Constraint, Deferral, ForeignKeyAction, IndexElement } from '../model/catalog.ts'
import type { Json, Tree } from '../model/json.ts'
import { localName, type RelationName, schemaOf } from '../model/name.ts'
import { child, flag, isTree, list, strings, text, unwrap } from '../sql/tree.ts'
import { ownedElements } from './columns-of.ts'
import { columnOf, tableOf } from './edit.ts'
import { columnsIn } from './expressions.ts'
import { chooseConstraintName, chooseRelationName, type KeyConstraint, relationKind } from './names.ts'
import type { Reading } from './reading.ts'
import { notUnderstood, refuse } from './refusal.ts'
import { readOptions } from './types.ts'

const actions: Readonly<Record<string, ForeignKeyAction>> = { a: 'no action', r: 'restrict', c: 'cascade', n: 'set null', d: 'set default' }

const deferral = (node: Tree): Deferral => ({ deferrable: flag(node, 'deferrable'), initiallyDeferred: flag(node, 'initdeferred') })

/** Checks that the columns exist (42703) and answers them. */
const existing = (reading: Reading, on: RelationName, columns: readonly string[]): readonly string[] => {
  for (const column of columns) columnOf(reading.catalog, on, column)
  return columns
}

const checkState = (node: Tree, creating: boolean): 'valid' | 'not valid' | 'not enforced' =>
  !flag(node, 'is_enforced') ? 'not enforced' : flag(node, 'skip_validation') && !creating ? 'not valid' : 'valid'

/** IndexElem nodes as elements. */
export const readElements = (reading: Reading, nodes: readonly Tree[]): readonly IndexElement[] =>
  nodes.map((wrapped) => {
    const node = child(wrapped, 'IndexElem') ?? wrapped
    const expression = child(node, 'expr')
    const collation = list(node, 'collation')
    const operatorClass = list(node, 'opclass')
    const options = list(node, 'opclassopts')
    const nulls = text(node, 'nulls_ordering')
    return {
      on: expression ? columnOrExpression(reading.expression(expression)) : (text(node, 'name') ?? ''),
      ...(collation.length > 0 ? { collation: strings(collation) } : {}),
      ...(operatorClass.length > 0 ? { operatorClass: strings(operatorClass) } : {}),
      ...(options.length > 0 ? { operatorClassOptions: readOptions(options) } : {}),
      ...(text(node, 'ordering') === 'SORTBY_DESC' ? { descending: true as const } : {}),
      ...(nulls === 'SORTBY_NULLS_FIRST' ? { nulls: 'first' as const } : nulls === 'SORTBY_NULLS_LAST' ? { nulls: 'last' as const } : {}),
    }
  })

/** `(a)` is the column a, as PostgreSQL holds it. */
const columnOrExpression = (expression: Tree): string | Tree => {
  const reference = child(expression, 'ColumnRef')
  const fields = strings(list(reference, 'fields'))
  return reference && fields.length === 1 ? (fields[0] ?? expression) : expression
}

/** The part of an implied index name that an element gives: its column, its function's name, or `expr` (FigureIndexColname). */
const elementName = (element: IndexElement): string => {
  if (typeof element.on === 'string') return element.on
  const [node, content] = unwrap(element.on)
  switch (node) {
    case 'FuncCall':
      return strings(list(content, 'funcname')).at(-1) ?? 'expr'
    case 'ColumnRef':
      return strings(list(content, 'fields')).at(-1) ?? 'expr'
    case 'TypeCast': {
      const inner = child(content, 'arg')
      const name = inner ? elementName({ on: inner }) : 'expr'
      return name === 'expr' ? (strings(list(child(content, 'typeName'), 'names')).at(-1) ?? 'expr') : name
    }
    case 'CoalesceExpr':
      return 'coalesce'
    case 'MinMaxExpr':
      return text(content, 'op') === 'IS_LEAST' ? 'least' : 'greatest'
    case 'CollateClause': {
      const inner = child(content, 'arg')
      return inner ? elementName({ on: inner }) : 'expr'
    }
    case 'A_ArrayExpr':
      return 'array'
    case 'RowExpr':
      return 'row'
    case 'CaseExpr': {
      const otherwise = child(content, 'defresult')
      const name = otherwise ? elementName({ on: otherwise }) : 'expr'
      return name === 'expr' ? 'case' : name
    }
    default:
      return 'expr'
  }
}

/** `a_b_lower`: names of the elements and of the included columns joined, a repeated one numbered. At most 63 bytes go into the name. */
export const joinedElementNames = (elements: readonly IndexElement[], include: readonly string[]): string => {
  const used = new Set<string>()
  for (const element of [...elements, ...include.map((on) => ({ on }))]) {
    const base = elementName(element)
    let name = base
    for (let number = 1; used.has(name); number++) name = `${base}${number}`
    used.add(name)
  }
  return [...used].join('_')
}

const keyLabels = { 'primary key': 'pkey', unique: 'key', exclusion: 'excl' } as const

/** A free name for a constraint with an index: it may be neither a relation's nor a constraint's. */
export const chooseKeyName = (catalog: Catalog, on: RelationName, constraint: KeyConstraint): string => {
  const columns = constraint.type === 'primary key' ? undefined : joinedElementNames(ownedElements(constraint), constraint.include)
  return localName(chooseRelationName(catalog, schemaOf(on), localName(on), columns, keyLabels[constraint.type], true))
}

/** A name that was given: refuses a duplicate on the same table (42710), and for keys a relation of that name (42P07). */
const givenName = (reading: Reading, on: RelationName, node: Tree, ownsIndex: boolean): string | undefined => {
  const name = text(node, 'conname')
  if (name === undefined) return undefined
  const table = tableOf(reading.catalog, on)
  if (ownsIndex && relationKind(reading.catalog, reading.newName([schemaOf(on), name])) !== undefined && text(node, 'indexname') === undefined) {
    return refuse('42P07', `relation "${name}" already exists`)
  }
  if (table.constraints.has(name) || table.columns.some(({ notNull }) => notNull && notNull.name === name)) {
    return refuse('42710', `constraint "${name}" for relation "${localName(on)}" already exists`)
  }
  return name
}

type Named = { readonly name: string; readonly constraint: Constraint; readonly usingIndex?: RelationName }

/** Columns of a key: those listed, or the column it stands in. */
const keyColumns = (node: Tree, column: string | undefined): readonly string[] => (column === undefined ? strings(list(node, 'keys')) : [column])

const readKey = (reading: Reading, on: RelationName, node: Tree, column: string | undefined): Named => {
  const type = text(node, 'contype') === 'CONSTR_PRIMARY' ? 'primary key' : 'unique'
  const using = text(node, 'indexname')
  if (using !== undefined) return readKeyFromIndex(reading, on, node, type, using)
  const columns = existing(reading, on, keyColumns(node, column))
  const twice = columns.find((name, at) => columns.indexOf(name) !== at)
  if (twice !== undefined) return refuse('42701', `column "${twice}" appears twice in ${type} constraint`)
  if (type === 'primary key' && [...tableOf(reading.catalog, on).constraints.values()].some((other) => other.type === 'primary key')) {
    return refuse('42P16', `multiple primary keys for table "${localName(on)}" are not allowed`)
  }
  const constraint: KeyConstraint = {
    type,
    columns,
    include: existing(reading, on, strings(list(node, 'including'))),
    nullsNotDistinct: flag(node, 'nulls_not_distinct'),
    options: readOptions(list(node, 'options')),
    ...(flag(node, 'without_overlaps') ? { withoutOverlaps: true as const } : {}),
    ...deferral(node),
  }
  return { name: givenName(reading, on, node, true) ?? chooseKeyName(reading.catalog, on, constraint), constraint }
}

const readKeyFromIndex = (reading: Reading, on: RelationName, node: Tree, type: 'primary key' | 'unique', using: string): Named => {
  const usingIndex = reading.newName([schemaOf(on), using])
  const index = reading.catalog.indexes.get(usingIndex) ?? refuse('42704', `index "${using}" does not exist`)
  if (index.relation !== on) refuse('55000', `index "${using}" does not belong to table "${localName(on)}"`)
  if (!index.unique) refuse('42809', `"${using}" is not a unique index`)
  const columns = index.elements.map((element) => (typeof element.on === 'string' ? element.on : refuse('42809', `index "${using}" contains expressions`)))
  if (index.where) refuse('42809', `"${using}" is a partial index`)
  if (index.method !== 'btree') refuse('42809', `index "${using}" is not a btree`)
  const other = index.elements.findIndex(({ descending, nulls, operatorClass }) => descending || nulls === 'first' || operatorClass !== undefined)
  if (other >= 0) refuse('42809', `index "${using}" column number ${other + 1} does not have default sorting behavior`)
  return {
    name: givenName(reading, on, node, true) ?? using,
    usingIndex,
    constraint: { type, columns, include: index.include, nullsNotDistinct: index.nullsNotDistinct, options: index.options, ...deferral(node) },
  }
}

const readCheck = (reading: Reading, on: RelationName, node: Tree, creating: boolean): Named => {
  const expression = reading.expression(child(node, 'raw_expr') ?? notUnderstood('a CHECK without an expression'))
  const table = tableOf(reading.catalog, on)
  const used = [...columnsIn(expression)].filter((name) => table.columns.some((attribute) => attribute.name === name))
  const name = givenName(reading, on, node, false) ?? chooseConstraintName(reading.catalog, on, used.length === 1 ? used[0] : undefined, 'check')
  return { name, constraint: { type: 'check', expression, noInherit: flag(node, 'is_no_inherit'), state: checkState(node, creating) } }
}

/** The primary key's columns of a table, at this moment; refuses with 42704. */
const primaryKeyOf = (reading: Reading, name: RelationName): readonly string[] => {
  for (const constraint of tableOf(reading.catalog, name).constraints.values())
    if (constraint.type === 'primary key')
      return constraint.deferrable ? refuse('55000', `cannot use a deferrable primary key for referenced table "${localName(name)}"`) : constraint.columns
  return refuse('42704', `there is no primary key for referenced table "${localName(name)}"`)
}

const isKeyOf = (reading: Reading, on: RelationName, columns: readonly string[]): boolean => {
  const wanted = [...columns].sort().join('\0')
  const fits = (candidate: readonly string[]): boolean => [...candidate].sort().join('\0') === wanted
  for (const constraint of tableOf(reading.catalog, on).constraints.values()) {
    if ((constraint.type === 'primary key' || constraint.type === 'unique') && fits(constraint.columns) && !constraint.deferrable) return true
  }
  for (const index of reading.catalog.indexes.values()) {
    if (index.relation === on && index.unique && !index.where && fits(index.elements.map((element) => (typeof element.on === 'string' ? element.on : '\0'))))
      return true
  }
  const deferrable = [...tableOf(reading.catalog, on).constraints.values()].some(
    (constraint) => (constraint.type === 'primary key' || constraint.type === 'unique') && fits(constraint.columns),
  )
  if (deferrable) refuse('55000', `cannot use a deferrable unique constraint for referenced table "${localName(on)}"`)
  return false
}

/** A logged table may not reference an unlogged one: its rows would outlive the others. */
const refuseMixedPersistence = (reading: Reading, on: RelationName, references: RelationName): void => {
  if (tableOf(reading.catalog, on).persistence === 'permanent' && tableOf(reading.catalog, references).persistence !== 'permanent') {
    refuse('42P16', 'constraints on permanent tables may reference only permanent tables')
  }
}

const readForeignKey = (reading: Reading, on: RelationName, node: Tree, column: string | undefined, creating: boolean): Named => {
  const columns = existing(reading, on, column === undefined ? strings(list(node, 'fk_attrs')) : [column])
  const references = reading.relation(child(node, 'pktable') ?? {})
  if (!reading.catalog.tables.has(references)) return refuse('42809', `referenced relation "${localName(references)}" is not a table`)
  refuseMixedPersistence(reading, on, references)
  const listed = strings(list(node, 'pk_attrs'))
  const referenced = listed.length > 0 ? existing(reading, references, listed) : primaryKeyOf(reading, references)
  if (!isKeyOf(reading, references, referenced))
    refuse('42830', `there is no unique constraint matching given keys for referenced table "${localName(references)}"`)
  const name = givenName(reading, on, node, false) ?? chooseConstraintName(reading.catalog, on, columns.join('_'), 'fkey')
  return {
    name,
    constraint: {
      type: 'foreign key',
      columns,
      references,
      referenced,
      match: text(node, 'fk_matchtype') === 'f' ? 'full' : 'simple',
      onUpdate: actions[text(node, 'fk_upd_action') ?? 'a'] ?? 'no action',
      onDelete: actions[text(node, 'fk_del_action') ?? 'a'] ?? 'no action',
      setColumns: strings(list(node, 'fk_del_set_cols')),
      state: checkState(node, creating),
      ...(flag(node, 'fk_with_period') ? { period: true as const } : {}),
      ...deferral(node),
    },
  }
}

const readExclusion = (reading: Reading, on: RelationName, node: Tree): Named => {
  const pairs = list(node, 'exclusions').map((pair) => list(child(pair, 'List'), 'items'))
  const elements = pairs.map(([element, operator]) => ({
    element: readElements(reading, element ? [element] : [])[0] ?? { on: '' },
    operator: strings(list(child(operator, 'List'), 'items')),
  }))
  const where = child(node, 'where_clause')
  const constraint: KeyConstraint = {
    type: 'exclusion',
    method: text(node, 'access_method') ?? 'gist',
    elements,
    include: strings(list(node, 'including')),
    options: readOptions(list(node, 'options')),
    ...(where ? { where: reading.expression(where) } : {}),
    ...deferral(node),
  }
  return { name: givenName(reading, on, node, true) ?? chooseKeyName(reading.catalog, on, constraint), constraint }
}

/** One Constraint node that is not NOT NULL, with its name chosen as PostgreSQL would at this moment. */
export const readConstraint = (reading: Reading, on: RelationName, node: Tree, column: string | undefined, creating: boolean): Named => {
  switch (text(node, 'contype')) {
    case 'CONSTR_PRIMARY':
    case 'CONSTR_UNIQUE':
      return readKey(reading, on, node, column)
    case 'CONSTR_CHECK':
      return readCheck(reading, on, node, creating)
    case 'CONSTR_FOREIGN':
      return readForeignKey(reading, on, node, column, creating)
    case 'CONSTR_EXCLUSION':
      return readExclusion(reading, on, node)
    default:
      return notUnderstood(`the constraint ${text(node, 'contype') ?? 'without a type'}`)
  }
}

const foreignRefuses: Readonly<Record<string, string>> = {
  CONSTR_PRIMARY: 'primary key',
  CONSTR_UNIQUE: 'unique',
  CONSTR_EXCLUSION: 'exclusion',
  CONSTR_FOREIGN: 'foreign key',
}

const refuseOnForeign = (reading: Reading, on: RelationName, node: Tree): void => {
  const word = foreignRefuses[text(node, 'contype') ?? '']
  if (word !== undefined && tableOf(reading.catalog, on).foreign) refuse('0A000', `${word} constraints are not supported on foreign tables`)
}

/** Reads and records one constraint. A primary key makes its columns NOT NULL first. `unchecked`: the column is new and empty, so that a foreign key has nothing to check. */
export const addConstraint = (reading: Reading, on: RelationName, node: Tree, column: string | undefined, creating: boolean, unchecked = false): void => {
  refuseOnForeign(reading, on, node)
  const { name, constraint, usingIndex } = readConstraint(reading, on, node, column, creating)
  if (constraint.type === 'primary key') requireNotNull(reading, on, constraint.columns)
  reading.emit({
    kind: 'add-constraint',
    on,
    name,
    constraint,
    ...(usingIndex === undefined ? {} : { usingIndex }),
    ...(unchecked && constraint.type === 'foreign key' ? { unchecked } : {}),
  })
}

/** Makes columns NOT NULL, under the implied names, where they are not yet. */
export const requireNotNull = (reading: Reading, on: RelationName, columns: readonly string[]): void => {
  for (const column of columns) {
    if (columnOf(reading.catalog, on, column).notNull) continue
    reading.imply({ kind: 'set-not-null', on, column, to: { name: chooseConstraintName(reading.catalog, on, column, 'not_null') } })
  }
}

/** What a UNIQUE or PRIMARY KEY of one CREATE TABLE says; equal ones are one (`transformIndexConstraints`). */
const mergeKey = (node: Tree, column: string | undefined): string => {
  const parts: readonly Json[] = [
    [...keyColumns(node, column)],
    strings(list(node, 'including')) as readonly Json[],
    flag(node, 'nulls_not_distinct'),
    flag(node, 'deferrable'),
    flag(node, 'initdeferred'),
    flag(node, 'without_overlaps'),
  ]
  return JSON.stringify(parts)
}

export type Placed = { readonly node: Tree; readonly column: string | undefined }

/**
 * The keys of one CREATE TABLE, the primary key first. PostgreSQL merges a UNIQUE that equals the primary key or another UNIQUE; what stays takes the
 * first name that is given.
 */
export const mergeKeys = (keys: readonly Placed[]): readonly Placed[] => {
  const sorted = [...keys].sort((a, b) => Number(text(b.node, 'contype') === 'CONSTR_PRIMARY') - Number(text(a.node, 'contype') === 'CONSTR_PRIMARY'))
  const merged = new Map<string, Placed>()
  for (const placed of sorted) {
    const key = mergeKey(placed.node, placed.column)
    const first = merged.get(key)
    if (!first || (text(first.node, 'contype') === 'CONSTR_PRIMARY' && text(placed.node, 'contype') === 'CONSTR_PRIMARY'))
      merged.set(first ? `${key} again` : key, placed)
    else if (text(first.node, 'conname') === undefined && text(placed.node, 'conname') !== undefined) {
      merged.set(key, { ...first, node: { ...first.node, conname: text(placed.node, 'conname') ?? '' } })
    }
  }
  return [...merged.values()]
}

/** The content of a `{ Constraint }` node, or undefined. */
export const constraintNode = (node: Json | undefined): Tree | undefined => (isTree(node) ? child(node, 'Constraint') : undefined)
