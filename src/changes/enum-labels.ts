/** Labels of enums inside expressions. PostgreSQL holds them as OIDs, so a renamed label is renamed wherever a literal stands for it. */
import type { Attribute, Catalog, Constraint, Index, IndexElement, Table, Type, TypeReference } from '../model/catalog.ts'
import type { Json, Tree } from '../model/json.ts'
import { keyOf, type QualifiedName, qualified, type RelationName } from '../model/name.ts'
import { child, isTree, list, strings, stringValue, text, walk } from '../sql/tree.ts'
import { mapEntries, mapItems, mapValues, put } from './edit.ts'
import { hasSubquery, isRangeVar } from './expressions.ts'
import { referencesOfTable } from './references.ts'
import { userType } from './type-names.ts'
import { userTypeName } from './types.ts'

/** A value of the enum, or an array of them. */
type Holding = 'one' | 'many'
/** What a column reference holds, by its fields. */
type Typing = (fields: readonly string[]) => Holding | undefined
type Rename = { readonly type: QualifiedName; readonly from: string; readonly to: string; readonly typing: Typing }

const same = <T extends object>(value: T, fields: Partial<T>): T => {
  for (const key in fields) if (fields[key] !== value[key]) return { ...value, ...fields }
  return value
}

/** What a type holds: the enum itself, an array of it, a domain over either. */
const holdingOf = (catalog: Catalog, type: TypeReference, wanted: QualifiedName): Holding | undefined => {
  const name = userTypeName(type)
  if (name === undefined) return undefined
  if (name === wanted) return type.array ? 'many' : 'one'
  const known = catalog.types.get(name)
  const base = known?.kind === 'domain' ? holdingOf(catalog, known.base, wanted) : undefined
  return base === 'one' && type.array ? 'many' : base
}

const holdingOfName = (typeName: Tree | undefined, { type }: Rename): Holding | undefined => {
  const [schema, name] = strings(list(typeName, 'names'))
  if (schema === undefined || name === undefined || qualified(schema, name) !== type) return undefined
  return list(typeName, 'arrayBounds').length > 0 ? 'many' : 'one'
}

/** An element of an array literal: quoted, or plain with backslashes. */
const element = /"((?:[^"\\]|\\[\s\S])*)"|((?:[^{}",\\]|\\[\s\S])+)/g
const withoutBackslashes = (value: string): string => value.replace(/\\([\s\S])/g, '$1')

/** `{a,b}` with a label renamed; whether an element is quoted stays, so that renaming back gives the same text. */
const inArrayText = (value: string, from: string, to: string): string =>
  value.replace(element, (whole: string, quoted: string | undefined, plain: string | undefined) => {
    if (quoted !== undefined) return withoutBackslashes(quoted) === from ? `"${to.replaceAll(/["\\]/g, '\\$&')}"` : whole
    return withoutBackslashes((plain ?? '').trim()) === from ? to.replaceAll(/[{}",\\\s]/g, '\\$&') : whole
  })

const constant = (value: string): Tree => ({ A_Const: { sval: { sval: value } } })

/** An expression of which it is known what it holds: its literals are labels. */
const asHolding = (expression: Json | undefined, holding: Holding, rename: Rename): Json | undefined => {
  if (!isTree(expression)) return expression
  const sval = child(child(expression, 'A_Const'), 'sval')
  if (sval) {
    const value = text(sval, 'sval') ?? ''
    const next = holding === 'one' ? (value === rename.from ? rename.to : value) : inArrayText(value, rename.from, rename.to)
    return next === value ? expression : constant(next)
  }
  const items = (node: string, key: string, inner: Holding): Json => {
    const content = child(expression, node) ?? {}
    const next = mapItems(list(content, key), (item) => asHolding(item, inner, rename) as Tree)
    return next === content[key] ? expression : { [node]: { ...content, [key]: next } }
  }
  if ('A_ArrayExpr' in expression && holding === 'many') return items('A_ArrayExpr', 'elements', 'one')
  if ('List' in expression) return items('List', 'items', 'one')
  if ('CoalesceExpr' in expression) return items('CoalesceExpr', 'args', holding)
  return expression
}

/** What an expression holds, as far as its form tells. */
const holdingIn = (expression: Json | undefined, rename: Rename): Holding | undefined => {
  if (!isTree(expression)) return undefined
  const cast = child(expression, 'TypeCast')
  if (cast) return holdingOfName(child(cast, 'typeName'), rename)
  const reference = child(expression, 'ColumnRef')
  if (reference) return rename.typing(list(reference, 'fields').map((field) => stringValue(field) ?? ''))
  const array = child(expression, 'A_ArrayExpr')
  if (array) return list(array, 'elements').some((item) => holdingIn(item, rename) === 'one') ? 'many' : undefined
  for (const node of ['CoalesceExpr', 'MinMaxExpr']) {
    const found = list(child(expression, node), 'args')
      .map((item) => holdingIn(item, rename))
      .find(Boolean)
    if (found) return found
  }
  const element = child(expression, 'A_Indirection')
  return element && 'A_Indices' in (list(element, 'indirection')[0] ?? {}) && holdingIn(element.arg, rename) === 'many' ? 'one' : undefined
}

const inComparison = (content: Tree, rename: Rename): Tree => {
  const kind = text(content, 'kind') ?? 'AEXPR_OP'
  const [left, right] = [holdingIn(content.lexpr, rename), holdingIn(content.rexpr, rename)]
  const isAny = kind === 'AEXPR_OP_ANY' || kind === 'AEXPR_OP_ALL'
  const ofLeft = isAny ? (right === 'many' ? 'one' : undefined) : right
  const ofRight = isAny ? (left === 'one' ? 'many' : undefined) : left
  const lexpr = ofLeft ? asHolding(content.lexpr, ofLeft, rename) : content.lexpr
  const rexpr = ofRight ? asHolding(content.rexpr, ofRight, rename) : content.rexpr
  return lexpr === content.lexpr && rexpr === content.rexpr ? content : { ...content, ...(lexpr ? { lexpr } : {}), ...(rexpr ? { rexpr } : {}) }
}

const inCase = (content: Tree, rename: Rename): Tree => {
  const whens = list(content, 'args').map((item) => child(item, 'CaseWhen'))
  const tested = holdingIn(content.arg, rename)
  const result = [...whens.map((when) => holdingIn(when?.result, rename)), holdingIn(content.defresult, rename)].find(Boolean)
  const next = (value: Json | undefined, holding: Holding | undefined): Json | undefined => (holding ? asHolding(value, holding, rename) : value)
  const args = mapItems(list(content, 'args'), (item) => {
    const when = child(item, 'CaseWhen')
    if (!when) return item
    const [expr, value] = [next(when.expr, tested), next(when.result, result)]
    return expr === when.expr && value === when.result ? item : { CaseWhen: { ...when, ...(expr ? { expr } : {}), ...(value ? { result: value } : {}) } }
  })
  const defresult = next(content.defresult, result)
  return args === content.args && defresult === content.defresult ? content : { ...content, args, ...(defresult ? { defresult } : {}) }
}

const inArguments = (content: Tree, rename: Rename): Tree => {
  const holding = list(content, 'args')
    .map((item) => holdingIn(item, rename))
    .find(Boolean)
  const args = holding ? mapItems(list(content, 'args'), (item) => asHolding(item, holding, rename) as Tree) : list(content, 'args')
  return args === content.args ? content : { ...content, args }
}

const inField = (content: Tree, key: string, holding: Holding | undefined, rename: Rename): Tree => {
  const next = holding ? asHolding(content[key], holding, rename) : content[key]
  return next === content[key] || next === undefined ? content : { ...content, [key]: next }
}

const nodes: { readonly [node: string]: (content: Tree, rename: Rename) => Tree } = {
  TypeCast: (content, rename) => inField(content, 'arg', holdingOfName(child(content, 'typeName'), rename), rename),
  A_Expr: inComparison,
  CaseExpr: inCase,
  CoalesceExpr: inArguments,
  MinMaxExpr: inArguments,
  FunctionParameter: (content, rename) => inField(content, 'defexpr', holdingOfName(child(content, 'argType'), rename), rename),
}

/** A tree with the label renamed; what is below a node is dealt with first. */
const inTree = <T extends Json>(value: T, rename: Rename): T => {
  if (Array.isArray(value)) return mapItems(value as readonly Json[], (item) => inTree(item, rename)) as T
  if (!isTree(value)) return value
  let next: Record<string, Json> | undefined
  for (const key in value) {
    const item = value[key] as Json
    if (typeof item !== 'object' || item === null) continue
    const below = inTree(item, rename)
    const change = nodes[key]
    const mapped = change && isTree(below) ? change(below, rename) : below
    if (mapped !== item) (next ??= { ...value })[key] = mapped
  }
  return (next ?? value) as T
}

type Columns = ReadonlyMap<string, Holding>
const none: Columns = new Map()

const columnsHolding = (catalog: Catalog, table: Table, type: QualifiedName): Columns => {
  const found = new Map<string, Holding>()
  for (const column of table.columns) {
    const holding = holdingOf(catalog, column.type, type)
    if (holding) found.set(column.name, holding)
  }
  return found
}

type Held = ReadonlyMap<RelationName, Columns>

/** Columns of a tree's ranges, and of the table that it belongs to (bare, or as OLD and NEW). */
const typingIn = (tree: Json, held: Held, own: Columns): Typing => {
  const ranges = new Map<string, Columns[]>([
    ['new', [own]],
    ['old', [own]],
  ])
  walk(tree, (node) => {
    if (!isRangeVar(node)) return undefined
    const name = text(child(node, 'alias'), 'aliasname') ?? text(node, 'relname') ?? ''
    const columns = held.get(qualified(text(node, 'schemaname') ?? '', text(node, 'relname') ?? ''))
    if (columns) ranges.set(name, [...(ranges.get(name) ?? []), columns])
    return undefined
  })
  return (fields) => {
    const column = fields.at(-1) ?? ''
    if (fields.length === 1)
      return (
        own.get(column) ??
        [...ranges.values()]
          .flat()
          .map((columns) => columns.get(column))
          .find(Boolean)
      )
    return (ranges.get(fields.at(-2) ?? '') ?? [own]).map((columns) => columns.get(column)).find(Boolean)
  }
}

/** Renames the label in trees of one catalog. */
const renamer = (type: QualifiedName, from: string, to: string, held: Held) => {
  const tree = <T extends Tree>(value: T, own: Columns = none): T => inTree(value, { type, from, to, typing: typingIn(value, held, own) })
  const value = (expression: Tree, holding: Holding | undefined, own: Columns): Tree => {
    const rename: Rename = { type, from, to, typing: typingIn(expression, held, own) }
    const inside = inTree(expression, rename)
    return holding ? (asHolding(inside, holding, rename) as Tree) : inside
  }
  return { tree, value }
}

type Renamer = ReturnType<typeof renamer>

const inElement = (item: IndexElement, { tree }: Renamer, own: Columns): IndexElement =>
  typeof item.on === 'string' ? item : same(item, { on: tree(item.on, own) })

const inConstraint = (constraint: Constraint, by: Renamer, own: Columns): Constraint => {
  if (constraint.type === 'check') return same(constraint, { expression: by.tree(constraint.expression, own) })
  if (constraint.type !== 'exclusion') return constraint
  return same(constraint, {
    elements: mapItems(constraint.elements, (pair) => same(pair, { element: inElement(pair.element, by, own) })),
    ...(constraint.where ? { where: by.tree(constraint.where, own) } : {}),
  })
}

const inColumn = (column: Attribute, by: Renamer, own: Columns): Attribute => {
  const { default: value, generated, name } = column
  return same(column, {
    ...(value && typeof value.sequence !== 'string' ? { default: by.value(value as Tree, own.get(name), own) } : {}),
    ...(generated ? { generated: same(generated, { expression: by.value(generated.expression, own.get(name), own) }) } : {}),
  })
}

/** Values of a partition's bound stand in the order of the parent's key. */
const inBound = (bound: Tree, parent: Table | undefined, by: Renamer, columns: Columns): Tree => {
  const key = list(parent?.partitionBy, 'partParams').map((item) => columns.get(text(child(item, 'PartitionElem'), 'name') ?? ''))
  const values = (name: string, holding: (at: number) => Holding | undefined): readonly Tree[] => {
    let at = 0
    return mapItems(list(bound, name), (item) => {
      const mapped = by.value(item, holding(at), none)
      at++
      return mapped
    })
  }
  const parts = {
    listdatums: values('listdatums', () => key[0]),
    lowerdatums: values('lowerdatums', (at) => key[at]),
    upperdatums: values('upperdatums', (at) => key[at]),
  }
  const changes = Object.entries(parts).filter(([name, items]) => Array.isArray(bound[name]) && items !== bound[name])
  return changes.length === 0 ? bound : { ...bound, ...Object.fromEntries(changes) }
}

const inTable = (catalog: Catalog, table: Table, by: Renamer, held: Held, own: Columns): Table =>
  same(table, {
    columns: mapItems(table.columns, (column) => inColumn(column, by, own)),
    constraints: mapValues(table.constraints, (constraint) => inConstraint(constraint, by, own)),
    policies: mapValues(table.policies, (policy) =>
      same(policy, { ...(policy.using ? { using: by.tree(policy.using, own) } : {}), ...(policy.check ? { check: by.tree(policy.check, own) } : {}) }),
    ),
    triggers: mapValues(table.triggers, (trigger) => same(trigger, { definition: by.tree(trigger.definition, own) })),
    rules: mapValues(table.rules, (rule) => same(rule, { definition: by.tree(rule.definition, own) })),
    ...(table.partitionBy ? { partitionBy: by.tree(table.partitionBy, own) } : {}),
    ...(table.partitionOf
      ? {
          partitionOf: same(table.partitionOf, {
            bound: inBound(table.partitionOf.bound, catalog.tables.get(table.partitionOf.parent), by, held.get(table.partitionOf.parent) ?? none),
          }),
        }
      : {}),
  })

const inIndex = (index: Index, by: Renamer, own: Columns): Index =>
  same(index, { elements: mapItems(index.elements, (item) => inElement(item, by, own)), ...(index.where ? { where: by.tree(index.where, own) } : {}) })

const inType = (catalog: Catalog, value: Type, by: Renamer, type: QualifiedName): Type => {
  if (value.kind !== 'domain') return value
  const holding = holdingOf(catalog, value.base, type)
  const own: Columns = holding ? new Map([['value', holding]]) : none
  return same(value, {
    ...(value.default ? { default: by.value(value.default, holding, own) } : {}),
    constraints: mapValues(value.constraints, (constraint) => same(constraint, { expression: by.tree(constraint.expression, own) })),
  })
}

/** True when a table may hold a label of the enum, in columns of its own, in casts, or through other tables. */
const refers = (name: RelationName, table: Table, held: Held, own: Columns, type: QualifiedName): boolean =>
  own.size > 0 ||
  held.has(table.partitionOf?.parent ?? ('' as RelationName)) ||
  table.rules.size > 0 ||
  [...table.policies.values()].some(({ using, check }) => hasSubquery(using) || hasSubquery(check)) ||
  referencesOfTable(name, table).some(({ to }) => to === keyOf('type', type))

/** The catalog in which a label has another name: in the enum, and in every expression that holds it as a literal. */
export const renameLabel = (catalog: Catalog, type: QualifiedName, from: string, to: string): Catalog => {
  const labels = userType(catalog, type, 'enum').labels
  const held = new Map(
    [...catalog.tables].map(([name, table]) => [name, columnsHolding(catalog, table, type)] as const).filter(([, columns]) => columns.size > 0),
  )
  const by = renamer(type, from, to, held)
  let next = put(catalog, 'types', type, { kind: 'enum', labels: labels.map((label) => (label === from ? to : label)) })
  next = mapEntries(next, 'tables', (table, name) => {
    const own = held.get(name) ?? none
    return { key: name, value: refers(name, table, held, own, type) ? inTable(catalog, table, by, held, own) : table }
  })
  next = mapEntries(next, 'indexes', (index, name) => ({
    key: name,
    value: index.where || index.elements.some(({ on }) => typeof on !== 'string') ? inIndex(index, by, held.get(index.relation) ?? none) : index,
  }))
  next = mapEntries(next, 'views', (view, name) => ({ key: name, value: same(view, { query: by.tree(view.query) }) }))
  next = mapEntries(next, 'types', (value, name) => ({ key: name, value: inType(catalog, value, by, type) }))
  next = mapEntries(next, 'routines', (routine, name) => ({ key: name, value: same(routine, { definition: by.tree(routine.definition) }) }))
  return mapEntries(next, 'definitions', (definition, key) => ({ key, value: same(definition, { create: by.tree(definition.create) }) }))
}

/** No label holds it: PostgreSQL takes no zero byte. */
const probe = '\0'
const kindsWithTrees = ['tables', 'indexes', 'views', 'types', 'routines', 'definitions'] as const

/** True when something that `before` did not have so is in `after` an expression in which a literal stands for the label: a default, a check, a predicate, a query. */
export const takesUpLabel = (before: Catalog, after: Catalog, type: QualifiedName, label: string): boolean => {
  const renamed = renameLabel(after, type, label, probe)
  return kindsWithTrees.some((kind) => {
    const [was, is, marked]: readonly ReadonlyMap<string, unknown>[] = [before[kind], after[kind], renamed[kind]]
    return [...(marked ?? [])].some(([name, value]) => name !== type && value !== is?.get(name) && is?.get(name) !== was?.get(name))
  })
}

/** What INSERT and UPDATE give to columns: pairs of a column's name and its value. `columns` names those of an INSERT without a list. */
const assigned = (node: Tree, columns: readonly string[]): readonly (readonly [string, Json | undefined])[] => {
  const targets = (key: string, below: Tree | undefined): readonly Tree[] => list(below, key).map((item) => child(item, 'ResTarget') ?? {})
  const set = (below: Tree | undefined): readonly (readonly [string, Json | undefined])[] =>
    targets('targetList', below).map((target) => [text(target, 'name') ?? '', target.val] as const)
  const update = child(node, 'UpdateStmt')
  if (update) return set(update)
  const insert = child(node, 'InsertStmt')
  if (!insert) return []
  const named = targets('cols', insert).map((target) => text(target, 'name') ?? '')
  const at = named.length > 0 ? named : columns
  const select = child(child(insert, 'selectStmt'), 'SelectStmt')
  const rows = list(select, 'valuesLists').map((row) => list(child(row, 'List'), 'items'))
  const selected = targets('targetList', select).map(({ val }) => val)
  const conflict = child(insert, 'onConflictClause')
  return [...[...rows, selected].flatMap((row) => row.map((value, place) => [at[place] ?? '', value] as const)), ...set(conflict)]
}

/** True when a statement about rows has a literal that stands for the label. Types and relations in it are qualified. */
export const statementUsesLabel = (statement: Tree, catalog: Catalog, type: QualifiedName, label: string): boolean => {
  const held: Held = new Map([...catalog.tables].map(([name, table]) => [name, columnsHolding(catalog, table, type)] as const))
  const by = renamer(type, label, probe, held)
  let found = by.tree(statement) !== statement
  walk(statement, (node) => {
    const range = child(child(node, 'UpdateStmt') ?? child(node, 'InsertStmt'), 'relation')
    const name = range && qualified(text(range, 'schemaname') ?? '', text(range, 'relname') ?? '')
    const own = name === undefined ? undefined : held.get(name)
    if (found || name === undefined || !own || own.size === 0) return !found
    const columns = catalog.tables.get(name)?.columns.map((column) => column.name) ?? []
    found = assigned(node, columns).some(([column, value]) => isTree(value) && by.value(value, own.get(column), own) !== value)
    return !found
  })
  return found
}
