/**
 * Which relation's column a column reference in a resolved tree means. Resolved (see resolve.ts): relations are qualified, and inside a query every column of a
 * relation is written with the name of its range. So no catalog is needed here, only the FROM clauses around the reference.
 */
import type { Json, Tree } from '../model/json.ts'
import { keyOf, localName, member, type ObjectKey, qualified, type RelationName } from '../model/name.ts'
import { child, isTree, list, stringNode, strings, stringValue, text, walk } from '../sql/tree.ts'
import { notUnderstood } from './refusal.ts'

/**
 * A range: the relation whose columns it shows (none: sub-select, function, WITH query), the names that its alias gives to columns, and the ranges that an
 * aliased join shows under its own name.
 */
type Range = { readonly relation?: RelationName; readonly aliased: ReadonlySet<string>; readonly joined?: readonly Range[] }

/** The relations of which a range can mean the column of that name. */
const relationsFor = ({ relation, aliased, joined }: Range, column: string): readonly RelationName[] =>
  aliased.has(column) ? [] : [...(relation === undefined ? [] : [relation]), ...(joined ?? []).flatMap((range) => relationsFor(range, column))]
type Frame = ReadonlyMap<string, Range>
/** Ranges in sight, innermost query first; `own`: the relation whose columns are written bare outside of any query. */
type Env = { readonly frames: readonly Frame[]; readonly own?: RelationName }
/** Answers a column's new name (the same one to keep it). */
type Visit = { readonly column: (relation: RelationName, column: string) => string; readonly from: (item: Tree) => Tree }

const noAlias: ReadonlySet<string> = new Set()

/** The relation that a qualified RangeVar names; a range without a schema is a WITH query or unknown. */
const relationOfRange = (range: Tree): RelationName | undefined => {
  const schema = text(range, 'schemaname')
  return schema === undefined ? undefined : qualified(schema, text(range, 'relname') ?? '')
}

/** The name by which columns of a RangeVar are qualified. */
const rangeName = (range: Tree): string => text(child(range, 'alias'), 'aliasname') ?? text(range, 'relname') ?? ''

const rangeOf = (range: Tree): Range => {
  const relation = relationOfRange(range)
  return { ...(relation === undefined ? {} : { relation }), aliased: new Set(strings(list(child(range, 'alias'), 'colnames'))) }
}

type Named = readonly (readonly [string, Range])[]

/** A range goes by its name, and without an alias also by its schema and name. */
const named = (range: Tree): Named => {
  const place = rangeOf(range)
  return [[rangeName(range), place], ...(range.alias === undefined && place.relation !== undefined ? [[place.relation, place] as const] : [])]
}

const aliasName = (node: Tree | undefined, joined: readonly Range[] = [], key = 'alias'): Named => {
  const name = text(child(node, key), 'aliasname')
  return name === undefined ? [] : [[name, { joined, aliased: new Set(strings(list(child(node, key), 'colnames'))) }]]
}

/** The ranges that a FROM item brings into sight. An aliased join hides what it joins, and shows its columns. */
const rangesOf = (item: Tree): Named => {
  const range = child(item, 'RangeVar')
  if (range) return named(range)
  const sample = child(item, 'RangeTableSample')
  if (sample) return rangesOf(child(sample, 'relation') ?? {})
  const join = child(item, 'JoinExpr')
  if (!join) return aliasName(child(item, Object.keys(item)[0] ?? ''))
  const sides = [...rangesOf(child(join, 'larg') ?? {}), ...rangesOf(child(join, 'rarg') ?? {})]
  const joined = aliasName(join, [...new Set(sides.map(([, range]) => range))])
  return joined.length > 0 ? joined : [...sides, ...aliasName(join, [], 'join_using_alias')]
}

const inner = (env: Env, frame: Frame): Env => ({ frames: [frame, ...env.frames] })

const relationFrame = (range: Tree | undefined, ...names: readonly string[]): Named => {
  if (!range) return []
  const place = rangeOf(range)
  return [...named(range), ...names.map((name) => [name, { ...place, aliased: noAlias }] as const)]
}

const renamed = (name: string, relations: readonly RelationName[], visit: Visit): string => {
  for (const relation of relations) {
    const next = visit.column(relation, name)
    if (next !== name) return next
  }
  return name
}

/** The range that qualifiers name. */
const findRange = (qualifiers: readonly string[], env: Env): Range | undefined => {
  const [schema, name] = [qualifiers.at(-2), qualifiers.at(-1) ?? '']
  const key = schema === undefined ? name : qualified(schema, name)
  return env.frames.find((frame) => frame.has(key))?.get(key)
}

const columnRef = (reference: Tree, env: Env, visit: Visit): Tree => {
  const fields = list(reference, 'fields')
  const name = stringValue(fields.at(-1))
  const qualifiers = fields.slice(0, -1).map((field) => stringValue(field) ?? '')
  const range = qualifiers.length === 0 ? undefined : findRange(qualifiers, env)
  if (name === undefined) return reference
  const next = renamed(name, qualifiers.length === 0 ? own(env.own) : range ? relationsFor(range, name) : [], visit)
  return next === name ? reference : { ...reference, fields: [...fields.slice(0, -1), stringNode(next)] }
}

const own = (relation: RelationName | undefined): readonly RelationName[] => (relation === undefined ? [] : [relation])

const mapList = (items: readonly Tree[], change: (item: Tree) => Tree): readonly Tree[] => {
  const next = items.map(change)
  return next.some((item, at) => item !== items[at]) ? next : items
}

/** A node with some children changed by their own functions, and all others by `rest`. */
const withChildren = (node: Tree, special: { readonly [key: string]: (value: Json) => Json }, rest: (value: Json) => Json): Tree => {
  let next: Record<string, Json> | undefined
  for (const key in node) {
    const value = node[key] as Json
    if (typeof value !== 'object' || value === null) continue
    const changed = (special[key] ?? rest)(value)
    if (changed !== value) (next ??= { ...node })[key] = changed
  }
  return next ?? node
}

const each = (value: Json, change: (item: Tree) => Tree): Json => (Array.isArray(value) ? mapList(value as readonly Tree[], change) : value)

const fromItem = (item: Tree, outside: Env, inside: Env, visit: Visit): Tree => {
  const join = child(item, 'JoinExpr')
  const go = (value: Json): Json => visitIn(value, inside, visit)
  if (join) {
    const side = (value: Json): Json => fromItem(value as Tree, outside, inside, visit)
    return withChildren(item, { JoinExpr: () => withChildren(join, { larg: side, rarg: side }, go) }, go)
  }
  const plain = child(item, 'RangeSubselect')
  return visitIn(item, plain && plain.lateral !== true ? outside : inside, visit) as Tree
}

const targets =
  (relation: RelationName | undefined, env: Env, visit: Visit) =>
  (value: Json): Json =>
    each(value, (item) => {
      const target = child(item, 'ResTarget')
      if (!target) return item
      const changed = withChildren(target, {}, (part) => visitIn(part, env, visit))
      const name = text(target, 'name')
      const next = name === undefined ? name : renamed(name, own(relation), visit)
      return next === name ? (changed === target ? item : { ...item, ResTarget: changed }) : { ...item, ResTarget: { ...changed, name: next ?? '' } }
    })

const select = (statement: Tree, env: Env, visit: Visit): Tree => {
  const items = list(statement, 'fromClause')
  const from = mapList(items, visit.from)
  const inside = inner(env, new Map(from.flatMap(rangesOf)))
  const outside: Env = { frames: env.frames }
  const arm = (value: Json): Json => select(value as Tree, outside, visit)
  const changed = from === items ? statement : { ...statement, fromClause: from }
  return withChildren(
    changed,
    {
      fromClause: (value) => each(value, (item) => fromItem(item, outside, inside, visit)),
      larg: arm,
      rarg: arm,
      withClause: (value) => visitIn(value, outside, visit),
    },
    (value) => visitIn(value, inside, visit),
  )
}

/** INSERT, UPDATE, DELETE and MERGE: the target is a range, and the columns that are set are its columns. */
const writing = (statement: Tree, env: Env, visit: Visit): Tree => {
  const range = child(statement, 'relation')
  const relation = range && relationOfRange(range)
  const others = [
    ...list(statement, 'fromClause'),
    ...list(statement, 'usingClause'),
    ...(child(statement, 'sourceRelation') ? [child(statement, 'sourceRelation') ?? {}] : []),
  ]
  const outside: Env = { frames: env.frames }
  const rows = ['excluded', 'new', 'old'].filter((name) => !env.frames.some((frame) => frame.has(name)))
  const frame = new Map<string, Range>([...relationFrame(range, ...rows), ...others.flatMap(rangesOf)])
  const inside: Env = inner(env, frame)
  const bare: Env = { ...inside, ...(relation === undefined ? {} : { own: relation }) }
  const set = targets(relation, inside, visit)
  const conflict = (value: Json): Json =>
    withChildren(value as Tree, { targetList: set, infer: (infer) => inferred(infer as Tree, relation, bare, visit) }, (part) => visitIn(part, inside, visit))
  return withChildren(
    statement,
    {
      cols: set,
      targetList: set,
      onConflictClause: conflict,
      withClause: (value) => visitIn(value, outside, visit),
      selectStmt: (value) => visitIn(value, outside, visit),
      mergeWhenClauses: (value) =>
        each(value, (item) =>
          withChildren(
            item,
            { MergeWhenClause: (clause) => withChildren(clause as Tree, { targetList: set }, (part) => visitIn(part, inside, visit)) },
            (part) => part,
          ),
        ),
    },
    (value) => visitIn(value, inside, visit),
  )
}

const inferred = (infer: Tree, relation: RelationName | undefined, bare: Env, visit: Visit): Tree =>
  withChildren(infer, { indexElems: (value) => each(value, (item) => indexElement(item, relation, bare, visit)) }, (value) => visitIn(value, bare, visit))

const indexElement = (item: Tree, relation: RelationName | undefined, env: Env, visit: Visit): Tree => {
  const element = child(item, 'IndexElem')
  const name = text(element, 'name')
  if (!element || name === undefined) return visitIn(item, env, visit) as Tree
  const next = renamed(name, own(relation), visit)
  return next === name ? item : { IndexElem: { ...element, name: next } }
}

/** CREATE TRIGGER and CREATE RULE: OLD and NEW are rows of the relation. */
const onRows = (statement: Tree, visit: Visit): Tree => {
  const range = child(statement, 'relation')
  const relation = range && relationOfRange(range)
  const frame: Frame = new Map(range ? ['old', 'new'].map((name) => [name, { ...rangeOf(range) }] as const) : [])
  const env: Env = { frames: [frame], ...(relation === undefined ? {} : { own: relation }) }
  const columns = (value: Json): Json =>
    each(value, (item) => {
      const name = stringValue(item) ?? ''
      const next = renamed(name, own(relation), visit)
      return next === name ? item : stringNode(next)
    })
  return withChildren(statement, { columns }, (value) => visitIn(value, env, visit))
}

const statements: { readonly [node: string]: (content: Tree, env: Env, visit: Visit) => Tree } = {
  SelectStmt: select,
  InsertStmt: writing,
  UpdateStmt: writing,
  DeleteStmt: writing,
  MergeStmt: writing,
  CreateTrigStmt: (content, _env, visit) => onRows(content, visit),
  RuleStmt: (content, _env, visit) => onRows(content, visit),
  ColumnRef: columnRef,
}

const visitIn = (value: Json, env: Env, visit: Visit): Json => {
  if (Array.isArray(value)) return each(value, (item) => visitIn(item, env, visit) as Tree)
  if (!isTree(value)) return value
  const special = Object.fromEntries(
    Object.keys(statements)
      .filter((node) => node in value)
      .map((node) => [node, (content: Json) => statements[node]?.(content as Tree, env, visit) ?? content]),
  )
  return withChildren(value, special, (part) => visitIn(part, env, visit))
}

/** The scope of expressions over a relation: its columns bare, or with its name. */
const ownEnv = (on: RelationName): Env => ({ frames: [new Map([localName(on), on].map((name) => [name, { relation: on, aliased: noAlias }]))], own: on })

/** True for a SELECT's content without its wrapper `{ SelectStmt: … }`. */
const isSelectContent = (tree: Tree): boolean => typeof tree.limitOption === 'string' || typeof tree.op === 'string'

const visitTree = (tree: Tree, on: RelationName | undefined, ownScope: boolean, visit: Visit): Tree => {
  const env: Env = ownScope && on !== undefined ? ownEnv(on) : { frames: [] }
  return isSelectContent(tree) ? select(tree, env, visit) : (visitIn(tree, env, visit) as Tree)
}

/** Gives a range the names that its columns had, where a USING clause needs one of them: `t` → `t t(a, b)`. PostgreSQL prints it so, too. */
const keepUsing = (item: Tree, on: RelationName, from: string, columns: readonly string[] | undefined): Tree => {
  const join = child(item, 'JoinExpr')
  if (!join) return item
  const merged = strings(list(join, 'usingClause')).includes(from)
  const side = (value: Json): Json => keepUsing(merged ? aliasRanges(value as Tree, on, from, columns) : (value as Tree), on, from, columns)
  return withChildren(item, { JoinExpr: () => withChildren(join, { larg: side, rarg: side }, (part) => part) }, (part) => part)
}

const aliasRanges = (item: Tree, on: RelationName, from: string, columns: readonly string[] | undefined): Tree => {
  const join = child(item, 'JoinExpr')
  const side = (value: Json): Json => aliasRanges(value as Tree, on, from, columns)
  if (join) return withChildren(item, { JoinExpr: () => withChildren(join, { larg: side, rarg: side }, (part) => part) }, (part) => part)
  const range = child(item, 'RangeVar')
  if (!range || relationOfRange(range) !== on) return item
  const given = strings(list(child(range, 'alias'), 'colnames'))
  if (given.includes(from)) return item
  if (columns === undefined) return notUnderstood('a column is renamed that a join merges by USING')
  return { RangeVar: { ...range, alias: { aliasname: rangeName(range), colnames: [...given, ...columns.slice(given.length)].map(stringNode) } } }
}

/**
 * The tree with one column of a relation renamed wherever it is meant: in queries, policies, trigger and rule statements, bodies. Names of output columns,
 * aliases and text stay.
 * @param on the relation whose column is renamed
 * @param ownScope true where bare columns outside of a query are `on`'s (checks, defaults, policies, index expressions)
 * @param columns the relation's columns before the rename; needed only where a join merges the column by USING, which then keeps the old name through an alias.
 *   Throws `NotUnderstood` when it is needed and missing.
 */
export const renameColumnInTree = (tree: Tree, on: RelationName, from: string, to: string, ownScope: boolean, columns?: readonly string[]): Tree =>
  visitTree(tree, on, ownScope, {
    column: (relation, column) => (relation === on && column === from ? to : column),
    from: (item) => ('JoinExpr' in item ? keepUsing(item, on, from, columns) : item),
  })

/** The columns of relations that a resolved tree names, as keys. `own`: the relation whose columns stand bare outside of queries. */
export const columnsReadIn = (tree: Tree, own?: RelationName): ReadonlySet<ObjectKey> => {
  const keys = new Set<ObjectKey>()
  visitTree(tree, own, own !== undefined, {
    column: (relation, column) => {
      keys.add(keyOf('column', member(relation, column)))
      return column
    },
    from: (item) => {
      walk(item, (node) => {
        const join = child(node, 'JoinExpr')
        for (const column of strings(list(join, 'usingClause')))
          for (const relation of usedBy(join, column)) keys.add(keyOf('column', member(relation, column)))
        return !('RangeSubselect' in node)
      })
      return item
    },
  })
  return keys
}

/** The relations below a join, as far as they may have a column of that name. */
const usedBy = (join: Tree | undefined, column: string): readonly RelationName[] =>
  [child(join, 'larg'), child(join, 'rarg')].flatMap((side) => rangesOf(side ?? {})).flatMap(([, range]) => relationsFor(range, column))
