/** What depends on what: the objects that each object's definition names, as `pg_depend` would have it. */
import type { Attribute, Catalog, Constraint, Definition, Index, Sequence, Table, Type, View } from '../model/catalog.ts'
import type { Json, Tree } from '../model/json.ts'
import { keyOf, member, type ObjectKey, type QualifiedName, qualified, quoteIdentifier, type RelationName } from '../model/name.ts'
import { child, isTree, list, strings, text, unwrap } from '../sql/tree.ts'
import { ownedElements, plainColumns } from './columns-of.ts'
import { columnsIn, defaultExpression, hasSubquery, namesIn } from './expressions.ts'
import { indexesOn } from './found-by.ts'
import { columnsReadIn } from './scopes.ts'
import { userTypeName } from './types.ts'

/**
 * `automatic`: goes silently when the other goes (DEPENDENCY_AUTO). `normal`: holds the other back, or goes with CASCADE (DEPENDENCY_NORMAL).
 * `part`: lives and dies with the other as part of it, and may refer to its other parts.
 */
export type Dependency = 'automatic' | 'normal' | 'part'

/** `from` depends on `to`. */
export type Reference = { readonly from: ObjectKey; readonly to: ObjectKey; readonly how: Dependency }

const none: ReadonlySet<string> = new Set()

const columnKey = (on: RelationName, column: string): ObjectKey => keyOf('column', member(on, column))

const typeReference = (from: ObjectKey, type: Parameters<typeof userTypeName>[0]): readonly Reference[] => {
  const name = userTypeName(type)
  return name === undefined ? [] : [{ from, to: keyOf('type', name), how: 'normal' }]
}

/** References of an expression over the columns of `on` (or of no table). Columns of the own table get `ownColumns`; everything else is normal. */
const ofExpression = (
  from: ObjectKey,
  expression: Json | undefined,
  on: RelationName | undefined,
  ownColumns: Dependency,
  catalogColumns: ReadonlySet<string>,
): readonly Reference[] => {
  if (expression === undefined) return []
  const named = [...namesIn(expression)].map((to): Reference => ({ from, to, how: 'normal' }))
  const own =
    on === undefined
      ? []
      : [...columnsIn(expression)]
          .filter((column) => catalogColumns.has(column))
          .map((column): Reference => ({ from, to: columnKey(on, column), how: ownColumns }))
  return [...named, ...own]
}

const columnNames = (table: Table): ReadonlySet<string> => new Set(table.columns.map(({ name }) => name))

const ofParts = new WeakMap<Attribute | Constraint, { readonly on: RelationName; readonly name: string; readonly references: readonly Reference[] }>()

/** A part's references, read once for all versions of its table: for parts that name columns, if any, without an expression. */
const once = (part: Attribute | Constraint, on: RelationName, name: string, read: () => readonly Reference[]): readonly Reference[] => {
  const known = ofParts.get(part)
  if (known && known.on === on && known.name === name) return known.references
  const references = read()
  ofParts.set(part, { on, name, references })
  return references
}

const ofAttribute = (on: RelationName, attribute: Attribute, columns: () => ReadonlySet<string>): readonly Reference[] =>
  attribute.generated ? referencesOfAttribute(on, attribute, columns()) : once(attribute, on, attribute.name, () => referencesOfAttribute(on, attribute, none))

/** References of a column, given the columns of its table. */
export const referencesOfAttribute = (on: RelationName, attribute: Attribute, columns: ReadonlySet<string>): readonly Reference[] => {
  const from = columnKey(on, attribute.name)
  const value = attribute.default
  return [
    ...typeReference(from, attribute.type),
    ...(value !== undefined && 'sequence' in value
      ? [{ from: `${from} default` as ObjectKey, to: keyOf('sequence', value.sequence as string), how: 'normal' } as const]
      : []),
    ...ofExpression(`${from} default` as ObjectKey, defaultExpression(attribute), undefined, 'normal', columns),
    ...ofExpression(from, attribute.generated?.expression, on, 'normal', columns),
  ]
}

const ofElements = (from: ObjectKey, on: RelationName, elements: Index['elements'], columns: ReadonlySet<string>): readonly Reference[] => [
  ...plainColumns(elements).map((column): Reference => ({ from, to: columnKey(on, column), how: 'automatic' })),
  ...elements.flatMap((element) => (typeof element.on === 'string' ? [] : ofExpression(from, element.on, on, 'automatic', columns))),
]

const ofConstraint = (on: RelationName, name: string, constraint: Constraint, columns: () => ReadonlySet<string>): readonly Reference[] =>
  constraint.type === 'check' || constraint.type === 'exclusion'
    ? referencesOfConstraint(on, name, constraint, columns())
    : once(constraint, on, name, () => referencesOfConstraint(on, name, constraint, none))

/** References of a constraint, given the columns of its table. */
export const referencesOfConstraint = (on: RelationName, name: string, constraint: Constraint, columns: ReadonlySet<string>): readonly Reference[] => {
  const from = keyOf('constraint', member(on, name))
  const own = (names: readonly string[]): readonly Reference[] => names.map((column) => ({ from, to: columnKey(on, column), how: 'automatic' }))
  switch (constraint.type) {
    case 'primary key':
    case 'unique':
      return own([...constraint.columns, ...constraint.include])
    case 'check':
      return ofExpression(from, constraint.expression, on, 'automatic', columns)
    case 'foreign key':
      return [
        ...own(constraint.columns),
        ...(constraint.references === on
          ? own(constraint.referenced)
          : constraint.referenced.map((column): Reference => ({ from, to: columnKey(constraint.references, column), how: 'normal' }))),
      ]
    case 'exclusion':
      return [
        ...ofElements(from, on, ownedElements(constraint), columns),
        ...ofExpression(from, constraint.where, on, 'automatic', columns),
        ...own(constraint.include),
      ]
  }
}

/** Columns that a tree names in its queries, each with its own relation. */
const ofColumns = (from: ObjectKey, tree: Json | undefined, on?: RelationName): readonly Reference[] =>
  isTree(tree) ? [...columnsReadIn(tree, on)].map((to): Reference => ({ from, to, how: 'normal' })) : []

/** A policy's condition: its sub-selects name columns of other tables. */
const ofCondition = (from: ObjectKey, condition: Json | undefined, on: RelationName, columns: ReadonlySet<string>): readonly Reference[] =>
  hasSubquery(condition)
    ? [...ofExpression(from, condition, undefined, 'normal', columns), ...ofColumns(from, condition, on)]
    : ofExpression(from, condition, on, 'normal', columns)

const ofRules = (on: RelationName, rules: Table['rules']): readonly Reference[] =>
  [...rules].flatMap(([name, { definition }]) => {
    const from = keyOf('rule', member(on, name))
    return [...ofExpression(from, definition, undefined, 'normal', none), ...ofColumns(from, definition)]
  })

const ofPolicies = (on: RelationName, table: Table, columns: ReadonlySet<string>): readonly Reference[] =>
  [...table.policies].flatMap(([name, policy]) => {
    const from = keyOf('policy', member(on, name))
    return [
      ...ofCondition(from, policy.using, on, columns),
      ...ofCondition(from, policy.check, on, columns),
      ...policy.roles.map((role): Reference => ({ from, to: keyOf('role', `"${role}"`), how: 'normal' })),
    ]
  })

const ofTriggers = (on: RelationName, triggers: Table['triggers'], columns: ReadonlySet<string>): readonly Reference[] =>
  [...triggers].flatMap(([name, { definition }]) => {
    const from = keyOf('trigger', member(on, name))
    const statement = (definition.CreateTrigStmt ?? definition) as { readonly [key: string]: Json }
    const named = (statement.columns ?? []) as readonly { String?: { sval?: string } }[]
    const routine = ((statement.funcname ?? []) as readonly { String?: { sval?: string } }[]).map((part) => part.String?.sval ?? '')
    return [
      ...named.map((node): Reference => ({ from, to: columnKey(on, node.String?.sval ?? ''), how: 'normal' })),
      ...ofExpression(from, statement.whenClause, on, 'normal', columns),
      ...(routine.length > 1 ? [{ from, to: keyOf('routine', qualified(routine[0] ?? '', routine[1] ?? '')), how: 'normal' } as const] : []),
    ]
  })

/** True when nothing but a table's columns and constraints has references. */
export const hasPartsOnly = (table: Table): boolean =>
  table.policies.size + table.triggers.size + table.rules.size + table.inherits.length === 0 &&
  !(table.partitionOf || table.ofType || table.partitionBy !== undefined || table.accessMethod || table.foreign)

/** References of a table and of its parts. Read for each version of a table: what did not change is not read again, and not copied twice. */
export const referencesOfTable = (on: RelationName, table: Table): readonly Reference[] => {
  let names: ReadonlySet<string> | undefined
  const columns = (): ReadonlySet<string> => (names ??= columnNames(table))
  const from = keyOf('table', on)
  const found: Reference[] = []
  for (const attribute of table.columns) found.push(...ofAttribute(on, attribute, columns))
  for (const [name, constraint] of table.constraints) found.push(...ofConstraint(on, name, constraint, columns))
  if (table.policies.size > 0) found.push(...ofPolicies(on, table, columns()))
  if (table.triggers.size > 0) found.push(...ofTriggers(on, table.triggers, columns()))
  if (table.rules.size > 0) found.push(...ofRules(on, table.rules))
  for (const parent of table.inherits) found.push({ from, to: keyOf('table', parent), how: 'normal' })
  if (table.partitionOf) found.push({ from, to: keyOf('table', table.partitionOf.parent), how: 'automatic' })
  if (table.ofType) found.push({ from, to: keyOf('type', table.ofType), how: 'normal' })
  if (table.partitionBy !== undefined) found.push(...ofExpression(from, table.partitionBy, on, 'part', columns()))
  if (table.accessMethod) found.push({ from, to: keyOf('definition', `"access method"."${table.accessMethod}"`), how: 'normal' })
  if (table.foreign) found.push({ from, to: keyOf('definition', `"server"."${table.foreign.server}"`), how: 'normal' })
  return found
}

/** References of an index. */
export const referencesOfIndex = (name: RelationName, index: Index, catalog: Catalog): readonly Reference[] => {
  const from = keyOf('index', name)
  const table = catalog.tables.get(index.relation)
  const columns = table ? columnNames(table) : new Set(catalog.views.get(index.relation)?.columns ?? [])
  return [
    { from, to: keyOf(table ? 'table' : 'view', index.relation), how: 'automatic' },
    ...ofElements(from, index.relation, index.elements, columns),
    ...index.include.map((column): Reference => ({ from, to: columnKey(index.relation, column), how: 'automatic' })),
    ...ofExpression(from, index.where, index.relation, 'automatic', columns),
    ...(index.attachedTo ? [{ from, to: keyOf('index', index.attachedTo), how: 'automatic' } as const] : []),
  ]
}

/** References of a view and of its rules and triggers. */
export const referencesOfView = (name: RelationName, view: View): readonly Reference[] => [
  ...view.reads.map((to): Reference => ({ from: keyOf('view', name), to, how: 'normal' })),
  ...ofTriggers(name, view.triggers, new Set(view.columns)),
  ...ofRules(name, view.rules),
]

/** References of a type. */
export const referencesOfType = (name: QualifiedName, type: Type): readonly Reference[] => {
  const from = keyOf('type', name)
  switch (type.kind) {
    case 'enum':
      return []
    case 'composite':
      return type.attributes.flatMap((attribute) => typeReference(columnKey(name, attribute.name), attribute.type))
    case 'domain':
      return [
        ...typeReference(from, type.base),
        ...ofExpression(from, type.default, undefined, 'normal', none),
        ...[...type.constraints].flatMap(([constraint, { expression }]) =>
          ofExpression(keyOf('domain constraint', member(name, constraint)), expression, undefined, 'normal', none),
        ),
      ]
    default:
      return ofExpression(from, type.definition, undefined, 'normal', none)
  }
}

/** References of a sequence: the column that owns it. */
export const referencesOfSequence = (name: RelationName, { ownedBy }: Sequence): readonly Reference[] =>
  ownedBy ? [{ from: keyOf('sequence', name), to: columnKey(ownedBy.table, ownedBy.column), how: 'automatic' }] : []

/** References of a definition's tree; an object does not depend on itself. */
export const referencesOfTree = (from: ObjectKey, tree: Json): readonly Reference[] => [
  ...[...namesIn(tree)].filter((to) => to !== from && !from.startsWith(`${to}(`)).map((to): Reference => ({ from, to, how: 'normal' })),
  ...(isTree(tree) && 'CreateFunctionStmt' in tree ? ofColumns(from, tree) : []),
]

/** What servers and user mappings stand on, by the trees that make them. */
const foundations: Readonly<Record<string, readonly [field: string, type: string]>> = {
  CreateForeignServerStmt: ['fdwname', 'foreign data wrapper'],
  CreateUserMappingStmt: ['servername', 'server'],
}

/** Functions that a definition names: as the grammar's ObjectWithArgs, as a list of names, or as an operator's option. */
const ofFunctions = (from: ObjectKey, create: Tree): readonly Reference[] => {
  const [, tree] = unwrap(create)
  const options = list(tree, 'definition').flatMap((element) => {
    const option = child(element, 'DefElem')
    return functionOptions.has(text(option, 'defname') ?? '') ? [list(child(child(option, 'arg'), 'TypeName'), 'names')] : []
  })
  const named = [
    ...['func', 'fromsql', 'tosql'].map((key) => list(child(tree, key), 'objname')),
    ...['funcname', 'func_name', 'plhandler', 'plinline', 'plvalidator'].map((key) => list(tree, key)),
    ...options,
  ]
  return named.flatMap((names): readonly Reference[] => {
    const [schema, name] = strings(names)
    return schema === undefined || name === undefined || schema === 'pg_catalog' ? [] : [{ from, to: keyOf('routine', qualified(schema, name)), how: 'normal' }]
  })
}

const functionOptions: ReadonlySet<string> = new Set(['procedure', 'function', 'restrict', 'join'])

const ofFoundation = (from: ObjectKey, create: Tree): readonly Reference[] => {
  const [node, tree] = unwrap(create)
  const [field = '', type = ''] = foundations[node] ?? []
  const name = text(tree, field)
  return name === undefined ? [] : [{ from, to: keyOf('definition', `${quoteIdentifier(type)}.${quoteIdentifier(name)}`), how: 'normal' }]
}

/**
 * References of an object that is one definition. Statistics go silently with their table or a column of it; a publication only loses a table that goes,
 * which nothing has to wait for.
 */
export const referencesOfDefinition = (from: ObjectKey, { type, create }: Definition): readonly Reference[] => {
  if (type === 'publication') return []
  const references = [...referencesOfTree(from, create), ...ofFoundation(from, create), ...ofFunctions(from, create)]
  if (type !== 'statistics') return references
  const on = references.find(({ to }) => to.startsWith('table '))?.to.slice('table '.length) as RelationName | undefined
  const elements = (
    (create.CreateStatsStmt as { readonly exprs?: readonly { readonly StatsElem?: { readonly name?: string; readonly expr?: Json } }[] } | undefined)?.exprs ??
    []
  ).map((element) => element.StatsElem)
  const columns =
    on === undefined
      ? []
      : elements.flatMap((element) => [...(element?.name === undefined ? columnsIn(element?.expr) : [element.name])]).map((name) => columnKey(on, name))
  return [
    ...references.map((reference): Reference => (reference.to.startsWith('table ') ? { ...reference, how: 'automatic' } : reference)),
    ...columns.map((to): Reference => ({ from, to, how: 'automatic' })),
  ]
}

/** The constraint or unique index that a foreign key rests on: the oldest with just these columns, as `transformFkeyCheckAttrs` finds it. A deferrable one never. */
export const keyBehind = (catalog: Catalog, constraint: Extract<Constraint, { type: 'foreign key' }>): ObjectKey | undefined => {
  const wanted = [...constraint.referenced].sort().join('\0')
  const fits = (columns: readonly string[]): boolean => columns.length === constraint.referenced.length && [...columns].sort().join('\0') === wanted
  for (const [name, candidate] of catalog.tables.get(constraint.references)?.constraints ?? []) {
    if ((candidate.type === 'primary key' || candidate.type === 'unique') && !candidate.deferrable && fits(candidate.columns))
      return keyOf('constraint', member(constraint.references, name))
  }
  for (const [name, index] of indexesOn(catalog, constraint.references)) {
    if (index.unique && !index.where && fits(plainColumns(index.elements)) && index.elements.every(({ on }) => typeof on === 'string'))
      return keyOf('index', name)
  }
  return undefined
}
