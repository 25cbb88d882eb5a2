/**
 * Resolving a query as PostgreSQL does when it keeps one: every relation qualified, every column qualified by its range, `*` expanded, every output column
 * named; so that later renames and new columns do not change what it means.
 */
import type { Catalog } from '../model/catalog.ts'
import type { Json, Tree } from '../model/json.ts'
import { keyOf, localName, member, type ObjectKey, parseKey, type RelationName, schemaOf } from '../model/name.ts'
import { child, flag, list, mapTree, stringNode, strings, stringValue, text, unwrap, walk } from '../sql/tree.ts'
import { namesIn, qualify, resolveRelation } from './expressions.ts'
import { functionColumns, isAggregate, type RangeColumn, resultColumns } from './function-columns.ts'
import { outputName } from './output-names.ts'
import {
  aliased,
  aliasOf,
  type Bare,
  findCommon,
  findRange,
  isKnown,
  joined,
  joinRange,
  naturalNames,
  noCommon,
  type Part,
  partOf,
  type Range,
  referenceTo,
  relationColumns,
  relationRange,
  type Scope,
  scopeOf,
  systemColumns,
  type Visible,
} from './ranges.ts'
import { refuse } from './refusal.ts'

/** A query, its output columns, and what it reads. */
export type Resolved = {
  readonly query: Tree
  /** Undefined where `*` stands for columns that memory does not know. */
  readonly columns: readonly string[] | undefined
  readonly reads: readonly ObjectKey[]
  /** False where a column could not be traced: `reads` then has every column of its relations. */
  readonly exact: boolean
}

type Output = { readonly tree: Tree; readonly columns: readonly RangeColumn[] | undefined }

const emptyScope: Scope = { ranges: [], visible: [], common: noCommon, own: false, outer: undefined }

const isStar = (node: Tree | undefined): boolean => node !== undefined && 'A_Star' in node

const numbered = (position: number): Tree => ({ A_Const: { ival: { ival: position } } })

class Resolver {
  readonly reads = new Set<ObjectKey>()
  readonly relations = new Set<RelationName>()
  exact = true
  private readonly catalog: Catalog
  private readonly searchPath: readonly string[]

  constructor(catalog: Catalog, searchPath: readonly string[]) {
    this.catalog = catalog
    this.searchPath = searchPath
  }

  private record(keys: readonly ObjectKey[]): void {
    for (const key of keys) this.reads.add(key)
  }

  /** A wrapped statement: SELECT, or one that writes (in WITH, in rules and bodies). */
  statement(wrapped: Tree, outer: Scope): Output {
    const [node, content] = unwrap(wrapped)
    if (node === 'SelectStmt') {
      const { tree, columns } = this.select(content, outer)
      return { tree: { SelectStmt: tree }, columns }
    }
    if (node === 'InsertStmt' || node === 'UpdateStmt' || node === 'DeleteStmt' || node === 'MergeStmt') return this.writing(node, content, outer)
    return { tree: this.expression(wrapped, outer), columns: [] }
  }

  /** The level of a statement's WITH queries, and the clause resolved. */
  private common(statement: Tree, outer: Scope): { readonly scope: Scope; readonly clause: Tree | undefined } {
    const clause = child(statement, 'withClause')
    if (!clause) return { scope: outer, clause }
    const known = new Map<string, readonly RangeColumn[] | undefined>()
    const scope: Scope = { ...emptyScope, common: known, outer }
    const ctes = list(clause, 'ctes').map((item) => {
      const cte = child(item, 'CommonTableExpr') ?? {}
      const query = child(cte, 'ctequery') ?? {}
      if (flag(clause, 'recursive')) known.set(text(cte, 'ctename') ?? '', this.recursiveColumns(cte, query, scope))
      const { tree, columns } = this.statement(query, scope)
      known.set(text(cte, 'ctename') ?? '', this.commonColumns(cte, columns))
      return { CommonTableExpr: { ...cte, ctequery: tree } }
    })
    return { scope, clause: { ...clause, ctes } }
  }

  /** What a recursive query can see of itself: the columns of its first arm. */
  private recursiveColumns(cte: Tree, query: Tree, scope: Scope): readonly RangeColumn[] | undefined {
    let arm = child(query, 'SelectStmt')
    if (!child(arm, 'larg')) return undefined
    while (child(arm, 'larg')) arm = child(arm, 'larg')
    const probe = new Resolver(this.catalog, this.searchPath)
    return this.commonColumns(cte, probe.select(arm ?? {}, scope).columns)
  }

  private commonColumns(cte: Tree, columns: readonly RangeColumn[] | undefined): readonly RangeColumn[] | undefined {
    const names = strings(list(cte, 'aliascolnames'))
    const search = child(cte, 'search_clause')
    const cycle = child(cte, 'cycle_clause')
    const added = [text(search, 'search_seq_column'), text(cycle, 'cycle_mark_column'), text(cycle, 'cycle_path_column')].filter((name) => name !== undefined)
    return columns && [...columns.map((column, at) => ({ ...column, name: names[at] ?? column.name })), ...added.map((name) => ({ name, from: [] }))]
  }

  /** A SELECT's content. */
  select(statement: Tree, outer: Scope): Output {
    const { scope, clause } = this.common(statement, outer)
    const base = clause ? { ...statement, withClause: clause } : statement
    if (list(statement, 'valuesLists').length > 0) return this.values(base, scope)
    return child(statement, 'larg') ? this.setOperation(base, scope) : this.plainSelect(base, scope)
  }

  private values(statement: Tree, scope: Scope): Output {
    const rows = list(statement, 'valuesLists')
    const first = list(child(rows[0], 'List'), 'items')
    const columns = first.map((_, at) => ({ name: `column${at + 1}`, from: [] }))
    const inner = { ...scopeOf([], scope), visible: columns.map((column): Visible => ({ ...column, fields: [column.name] })) }
    return { tree: { ...this.clauses(statement, inner, ['sortClause', 'limitOffset', 'limitCount']), valuesLists: this.expression(rows, scope) }, columns }
  }

  private setOperation(statement: Tree, scope: Scope): Output {
    const left = this.select(child(statement, 'larg') ?? {}, scope)
    const right = this.select(child(statement, 'rarg') ?? {}, scope)
    const columns = left.columns?.map(({ name }) => ({ name, from: [] }))
    return { tree: { ...this.clauses(statement, scope, ['limitOffset', 'limitCount']), larg: left.tree, rarg: right.tree }, columns }
  }

  private plainSelect(statement: Tree, outer: Scope): Output {
    const parts = this.from(list(statement, 'fromClause'), outer)
    const scope = scopeOf(parts, outer)
    const targets = this.targets(list(statement, 'targetList'), scope)
    const outputs = targets.columns?.map(({ name }) => name) ?? []
    const next: Record<string, Json> = {
      ...this.clauses(statement, scope, ['whereClause', 'havingClause', 'windowClause', 'limitOffset', 'limitCount']),
      ...(targets.tree.length > 0 ? { targetList: targets.tree } : {}),
      ...(parts.length > 0 ? { fromClause: parts.map(({ tree }) => tree) } : {}),
    }
    const named = new Set([...outputs, ...list(statement, 'targetList').flatMap((item) => text(child(item, 'ResTarget'), 'name') ?? [])])
    if (statement.distinctClause) next.distinctClause = this.items(list(statement, 'distinctClause'), scope, named)
    if (statement.sortClause) {
      next.sortClause = list(statement, 'sortClause').map((item) => {
        const sort = child(item, 'SortBy') ?? {}
        return { SortBy: { ...sort, node: this.items([child(sort, 'node') ?? {}], scope, named)[0] ?? {} } }
      })
    }
    if (statement.groupClause) next.groupClause = list(statement, 'groupClause').map((item) => this.grouped(item, scope, outputs))
    this.readPrimaryKeys(next, scope)
    return { tree: next, columns: targets.columns }
  }

  private clauses(statement: Tree, scope: Scope, keys: readonly string[]): Record<string, Json> {
    const next: Record<string, Json> = { ...statement }
    for (const key of keys) if (next[key] !== undefined) next[key] = this.expression(next[key] as Json, scope)
    return next
  }

  /** ORDER BY and DISTINCT ON: a bare name is an output column first. */
  private items(items: readonly Tree[], scope: Scope, outputs: ReadonlySet<string>): readonly Tree[] {
    return items.map((item) => {
      const fields = list(child(item, 'ColumnRef'), 'fields')
      const name = fields.length === 1 ? stringValue(fields[0]) : undefined
      return name !== undefined && outputs.has(name) ? item : this.expression(item, scope)
    })
  }

  /** GROUP BY: a bare name is a column of FROM first; an output column is written by its position. */
  private grouped(item: Tree, scope: Scope, outputs: readonly string[]): Tree {
    const set = child(item, 'GroupingSet')
    if (set) return { GroupingSet: { ...set, ...(set.content ? { content: list(set, 'content').map((part) => this.grouped(part, scope, outputs)) } : {}) } }
    const fields = list(child(item, 'ColumnRef'), 'fields')
    const name = fields.length === 1 ? stringValue(fields[0]) : undefined
    const position = name === undefined ? -1 : outputs.indexOf(name)
    if (position === -1 || scope.visible.some((column) => isKnown(column) && column.name === name)) return this.expression(item, scope)
    return scope.visible.every(isKnown) ? numbered(position + 1) : item
  }

  /** GROUP BY a primary key lets other columns be named outside of aggregates: the query then rests on the key. */
  private readPrimaryKeys(statement: Tree, scope: Scope): void {
    const grouped = new Set(list(statement, 'groupClause').flatMap((item) => this.keysOf(child(item, 'ColumnRef'), scope)))
    if (grouped.size === 0) return
    const ungrouped = new Set<ObjectKey>()
    walk([...list(statement, 'targetList'), ...list(statement, 'sortClause'), statement.havingClause ?? null], (node) => {
      for (const key of this.keysOf(child(node, 'ColumnRef'), scope)) if (!grouped.has(key)) ungrouped.add(key)
      return !isAggregate(child(node, 'FuncCall'), this.catalog)
    })
    for (const { relation } of scope.ranges) {
      const table = relation && this.catalog.tables.get(relation)
      if (!relation || !table?.columns.some(({ name }) => ungrouped.has(keyOf('column', member(relation, name))))) continue
      for (const [name, constraint] of table.constraints) {
        const covers = constraint.type === 'primary key' && constraint.columns.every((column) => grouped.has(keyOf('column', member(relation, column))))
        if (covers) this.record([keyOf('constraint', member(relation, name))])
      }
    }
  }

  /** The columns that a resolved reference stands for; output columns, which are bare, stand for none. */
  private keysOf(reference: Tree | undefined, scope: Scope): readonly ObjectKey[] {
    const names = list(reference, 'fields').map((field) => stringValue(field) ?? '')
    return names.length < 2 ? [] : (this.find(names, scope)?.from ?? [])
  }

  private from(items: readonly Tree[], outer: Scope): readonly Part[] {
    const parts: Part[] = []
    for (const item of items) parts.push(this.fromItem(item, parts, outer))
    return parts
  }

  /** `before`: what LATERAL may see. */
  private fromItem(item: Tree, before: readonly Part[], outer: Scope): Part {
    const [node, content] = unwrap(item)
    switch (node) {
      case 'RangeVar':
        return this.relation(content, outer)
      case 'JoinExpr':
        return this.join(content, before, outer)
      case 'RangeSubselect': {
        const { tree, columns } = this.statement(child(content, 'subquery') ?? {}, flag(content, 'lateral') ? scopeOf(before, outer) : outer)
        const alias = aliasOf(content)
        return partOf({ RangeSubselect: { ...content, subquery: tree } }, { name: text(alias, 'aliasname') ?? '', columns: aliased(columns, alias) })
      }
      case 'RangeFunction': {
        const tree = { RangeFunction: { ...content, functions: this.expression(content.functions ?? [], scopeOf(before, outer)) } }
        return partOf(tree, this.functionRange(content))
      }
      case 'RangeTableSample': {
        const part = this.fromItem(child(content, 'relation') ?? {}, before, outer)
        const args = content.args === undefined ? {} : { args: this.expression(content.args, scopeOf(before, outer)) }
        return { ...part, tree: { RangeTableSample: { ...content, ...args, relation: part.tree } } }
      }
      default: {
        const alias = aliasOf(content)
        const names = list(content, 'columns').map(
          (column) => text(child(column, 'RangeTableFuncCol') ?? child(column, 'JsonTableColumn'), 'colname') ?? text(child(column, 'JsonTableColumn'), 'name'),
        )
        const known = names.every((name) => name !== undefined) ? names.map((name) => ({ name, from: [] })) : undefined
        return partOf(this.expression(item, scopeOf(before, outer)), {
          name: text(alias, 'aliasname') ?? (node === 'JsonTable' ? 'json_table' : 'xmltable'),
          columns: aliased(known, alias),
        })
      }
    }
  }

  private functionRange(content: Tree): Range {
    const alias = aliasOf(content)
    const columns = functionColumns(content, this.catalog, this.searchPath)
    const given = strings(list(alias, 'colnames')).map((name): RangeColumn => ({ name, from: [] }))
    const call = child(list(child(list(content, 'functions')[0], 'List'), 'items')[0], 'FuncCall')
    const name = text(alias, 'aliasname') ?? strings(list(call, 'funcname')).at(-1) ?? ''
    return { name, columns: columns ? aliased(columns, alias) : given.length > 0 ? given : undefined }
  }

  /** A RangeVar as a part; refuses with 42P01 what is neither the catalog's nor may be the system's or an extension's. */
  private relation(range: Tree, outer: Scope): Part {
    const alias = aliasOf(range)
    const name = text(range, 'relname') ?? ''
    const common = range.schemaname === undefined ? findCommon(name, outer) : undefined
    if (common) return partOf({ RangeVar: range }, { name: text(alias, 'aliasname') ?? name, columns: aliased(common.columns, alias) })
    const { relation, tree } = this.qualifiedRange(range)
    if (relation !== undefined) return partOf({ RangeVar: tree }, relationRange(relation, alias, relationColumns(this.catalog, relation)))
    const schema = text(range, 'schemaname')
    return partOf({ RangeVar: range }, { name: text(alias, 'aliasname') ?? name, columns: undefined, ...(schema === undefined || alias ? {} : { schema }) })
  }

  private qualifiedRange(range: Tree): { readonly relation: RelationName | undefined; readonly tree: Tree } {
    const relation = resolveRelation(range, this.catalog, this.searchPath)
    const known = relation !== undefined && (this.catalog.tables.has(relation) || this.catalog.views.has(relation) || this.catalog.sequences.has(relation))
    if (!relation || !known) {
      if (!mayBeForeign(range, this.catalog))
        refuse('42P01', `relation "${[text(range, 'schemaname'), text(range, 'relname')].filter(Boolean).join('.')}" does not exist`)
      return { relation: undefined, tree: range }
    }
    this.relations.add(relation)
    this.record([keyOf(this.catalog.sequences.has(relation) ? 'sequence' : 'table', relation)])
    const { catalogname: _database, ...rest } = range
    return { relation, tree: { ...rest, schemaname: schemaOf(relation), relname: localName(relation) } }
  }

  private join(join: Tree, before: readonly Part[], outer: Scope): Part {
    const left = this.fromItem(child(join, 'larg') ?? {}, before, outer)
    const right = this.fromItem(child(join, 'rarg') ?? {}, [...before, left], outer)
    const natural = flag(join, 'isNatural')
    const using = natural ? naturalNames(left.visible, right.visible) : strings(list(join, 'usingClause'))
    if (using === undefined) this.exact = false
    const type = text(join, 'jointype') ?? ''
    const { isNatural: _natural, ...plain } = join
    const settled: Tree =
      natural && using
        ? {
            ...plain,
            ...(using.length > 0
              ? { usingClause: using.map(stringNode) }
              : type === 'JOIN_INNER'
                ? {}
                : { quals: { A_Const: { boolval: { boolval: true } } } }),
          }
        : join
    const visible = joined(left.visible, right.visible, using ?? [], type)
    this.record(visible.slice(0, using?.length ?? 0).flatMap((column) => (isKnown(column) ? column.from : [])))
    const quals = join.quals === undefined ? {} : { quals: this.expression(join.quals, scopeOf([left, right], outer)) }
    const tree: Tree = { JoinExpr: { ...settled, ...quals, larg: left.tree, rarg: right.tree } }
    const alias = aliasOf(join)
    if (alias) return partOf(tree, joinRange(text(alias, 'aliasname') ?? '', visible, alias))
    const merged = child(join, 'join_using_alias')
    const mergedRange = merged ? [joinRange(text(merged, 'aliasname') ?? '', visible.slice(0, using?.length ?? 0), undefined)] : []
    return { tree, ranges: [...left.ranges, ...right.ranges, ...mergedRange], visible }
  }

  /** A target list with `*` expanded and every column named. */
  private targets(items: readonly Tree[], scope: Scope): { readonly tree: readonly Tree[]; readonly columns: readonly RangeColumn[] | undefined } {
    let known = true
    const columns: RangeColumn[] = []
    const tree = items.flatMap((item) => {
      const target = child(item, 'ResTarget') ?? {}
      const value = child(target, 'val') ?? {}
      const expanded = this.expand(value, scope)
      if (expanded === undefined) {
        known = false
        return [{ ResTarget: { ...target, val: value } }]
      }
      if (expanded !== value) {
        const all = expanded as readonly Bare[]
        columns.push(...all.map(({ name, type }) => ({ name, from: [], ...(type === undefined ? {} : { type }) })))
        return all.map(({ name, fields, val }: Bare & { readonly val?: Tree }) => ({ ResTarget: { name, val: val ?? referenceTo(fields) } }))
      }
      const val = this.expression(value, scope)
      const name = text(target, 'name') ?? outputName(val)
      const type = this.find(
        list(child(val, 'ColumnRef'), 'fields').map((field) => stringValue(field) ?? ''),
        scope,
      )?.type
      columns.push({ name, from: [], ...(type === undefined ? {} : { type }) })
      return [{ ResTarget: { ...target, name, val } }]
    })
    return { tree, columns: known ? columns : undefined }
  }

  /** `*`, `t.*` and `(f()).*` as columns; the value itself when it is none of them; undefined when its columns are not known. */
  private expand(value: Tree, scope: Scope): Tree | readonly (Bare & { readonly val?: Tree })[] | undefined {
    const fields = list(child(value, 'ColumnRef'), 'fields')
    if (isStar(fields.at(-1)))
      return this.star(
        fields.slice(0, -1).map((field) => stringValue(field) ?? ''),
        scope,
      )
    const indirection = child(value, 'A_Indirection')
    if (!indirection || !isStar(list(indirection, 'indirection').at(-1)) || list(indirection, 'indirection').length !== 1) return value
    const row = child(indirection, 'arg') ?? {}
    const rowFields = list(child(row, 'ColumnRef'), 'fields')
    if (rowFields.length === 1 && !this.find([stringValue(rowFields[0]) ?? ''], scope)) return this.star([stringValue(rowFields[0]) ?? ''], scope)
    const names = 'FuncCall' in row ? resultColumns(row, this.catalog, this.searchPath) : undefined
    const arg = this.expression(row, scope)
    return names?.map((name) => ({ name, from: [], fields: [name], val: { A_Indirection: { arg, indirection: [stringNode(name)] } } }))
  }

  private star(qualifiers: readonly string[], scope: Scope): readonly Bare[] | undefined {
    const found = qualifiers.length === 0 ? undefined : findRange(qualifiers, scope)
    const visible = qualifiers.length === 0 ? scope.visible : found ? this.ofRange(found.range, found.level) : []
    if ((qualifiers.length > 0 && !found) || !visible.every(isKnown)) return undefined
    for (const column of visible) this.record(column.from)
    return visible
  }

  /** All columns of a range, as `t.*` gives them. */
  private ofRange(range: Range, level: Scope): readonly Visible[] {
    if (range.columns === undefined) return [{ unknown: range }]
    const twice = level.ranges.filter(({ name }) => name === range.name).length > 1 && range.schema !== undefined
    return range.columns.map((column) => ({ ...column, fields: [...(twice ? [range.schema ?? ''] : []), range.name, column.name] }))
  }

  /** The column that names mean, without recording it. */
  private find(names: readonly string[], scope: Scope): Bare | undefined {
    const name = names.at(-1)
    if (name === undefined) return undefined
    if (names.length > 1) {
      const found = findRange(names.slice(0, -1), scope)
      return (
        found &&
        this.ofRange(found.range, found.level)
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

  /** A column reference, qualified by its range. */
  private column(reference: Tree, scope: Scope): Tree {
    const fields = list(reference, 'fields')
    if (isStar(fields.at(-1)))
      return this.wholeRow(
        fields.slice(0, -1).map((field) => stringValue(field) ?? ''),
        { ColumnRef: reference },
        scope,
      )
    const names = fields.map((field) => stringValue(field) ?? '').slice(-3)
    const found = this.find(names, scope)
    if (found) {
      this.record(found.from)
      const bare = names.length > 1 && findRange(names.slice(0, -1), scope)?.level.own && scope.own
      return referenceTo(bare ? [names.at(-1) ?? ''] : found.fields)
    }
    return this.unfound(names, { ColumnRef: reference }, scope)
  }

  /** A name that is no known column: a system column, a whole row, or a column of a range that memory does not know. */
  private unfound(names: readonly string[], node: Tree, scope: Scope): Tree {
    const name = names.at(-1) ?? ''
    if (names.length > 1) {
      const range = findRange(names.slice(0, -1), scope)?.range
      if (!range || (range.columns !== undefined && !systemColumns.has(name))) this.exact = false
      return range && names.length === 3 && findRange([range.name], scope)?.range === range ? referenceTo([range.name, name]) : node
    }
    for (let level: Scope | undefined = scope; level; level = level.outer) {
      const unknown = level.visible.flatMap((candidate) => (isKnown(candidate) ? [] : [candidate.unknown]))
      if (unknown.length > 0) return this.guess(name, unknown, node, level)
      const relations = level.ranges.filter(({ relation }) => relation !== undefined)
      if (systemColumns.has(name) && relations.length === 1 && !level.own) return referenceTo([relations[0]?.name ?? '', name])
    }
    if (findRange([name], scope)) return node
    if (!systemColumns.has(name)) this.exact = false
    return node
  }

  /** A bare name where a range of unknown columns is in sight: qualified when nothing else can be meant. */
  private guess(name: string, unknown: readonly Range[], node: Tree, level: Scope): Tree {
    const outside = level.outer && this.find([name], level.outer)
    if (outside) this.record(outside.from)
    return outside || unknown.length > 1 || findRange([name], level) ? node : referenceTo([unknown[0]?.name ?? '', name])
  }

  private wholeRow(names: readonly string[], node: Tree, scope: Scope): Tree {
    return findRange(names, scope) ? { ColumnRef: { fields: [stringNode(names.at(-1) ?? ''), { A_Star: {} }] } } : node
  }

  /** Anything with column references and sub-selects inside. */
  expression<T extends Json>(value: T, scope: Scope): T {
    return mapTree(value, (node) => {
      const reference = child(node, 'ColumnRef')
      if (reference) return this.column(reference, scope)
      if ('SelectStmt' in node) return this.statement(node, scope).tree
      const indirection = child(node, 'A_Indirection')
      if (indirection) return this.indirection(indirection, scope)
      const row = child(node, 'RowExpr')
      return row ? { RowExpr: { ...row, ...(row.args ? { args: this.rowItems(list(row, 'args'), scope) } : {}) } } : node
    })
  }

  private rowItems(items: readonly Tree[], scope: Scope): readonly Tree[] {
    return items.flatMap((item) => {
      const expanded = this.expand(item, scope)
      if (expanded === undefined || expanded === item) return [this.expression(item, scope)]
      return (expanded as readonly (Bare & { readonly val?: Tree })[]).map(({ fields, val }) => val ?? referenceTo(fields))
    })
  }

  /** `(t).a` is the column `t.a`. */
  private indirection(content: Tree, scope: Scope): Tree {
    const fields = list(child(child(content, 'arg'), 'ColumnRef'), 'fields')
    const [first, ...rest] = list(content, 'indirection')
    const [row, field] = [stringValue(fields[0]), stringValue(first)]
    if (fields.length !== 1 || row === undefined || field === undefined || this.find([row], scope) || !this.find([row, field], scope)) {
      return { A_Indirection: { ...content, arg: this.expression(content.arg ?? {}, scope), indirection: this.expression(content.indirection ?? [], scope) } }
    }
    const column = this.column({ fields: [stringNode(row), stringNode(field)] }, scope)
    return rest.length === 0 ? column : { A_Indirection: { ...content, arg: column, indirection: this.expression(rest as readonly Json[] as Json, scope) } }
  }

  /** INSERT, UPDATE, DELETE, MERGE. */
  private writing(node: string, statement: Tree, outer: Scope): Output {
    const { scope, clause } = this.common(statement, outer)
    const { relation, tree: range } = this.qualifiedRange(child(statement, 'relation') ?? {})
    const columns = relation === undefined ? undefined : relationColumns(this.catalog, relation)
    const target: Range = relation === undefined ? { name: text(range, 'relname') ?? '', columns: undefined } : relationRange(relation, aliasOf(range), columns)
    const rows = ['excluded', 'new', 'old']
      .filter((name) => !findRange([name], outer))
      .map((name): Range => ({ name, columns, ...(relation ? { relation } : {}) }))
    const own = partOf({ RangeVar: range }, target)
    const others = [...this.from(list(statement, 'fromClause'), scope), ...this.from(list(statement, 'usingClause'), scope)]
    const source = child(statement, 'sourceRelation')
    const sourcePart = source ? [this.fromItem(source, [], scope)] : []
    const level = scopeOf([own, ...others, ...sourcePart], scope)
    const inside: Scope = { ...level, ranges: [...level.ranges, ...rows] }
    const next: Record<string, Json> = {
      ...this.clauses(statement, inside, ['whereClause', 'joinCondition', 'onConflictClause']),
      relation: range,
      ...(clause ? { withClause: clause } : {}),
      ...(node !== 'InsertStmt' && statement.targetList ? { targetList: this.assigned(list(statement, 'targetList'), inside, relation) } : {}),
      ...(statement.mergeWhenClauses ? { mergeWhenClauses: this.whenClauses(list(statement, 'mergeWhenClauses'), inside, relation) } : {}),
      ...(statement.fromClause ? { fromClause: others.map(({ tree }) => tree) } : {}),
      ...(statement.usingClause ? { usingClause: others.map(({ tree }) => tree) } : {}),
      ...(sourcePart[0] ? { sourceRelation: sourcePart[0].tree } : {}),
    }
    if (node === 'InsertStmt') this.inserting(statement, next, scope, relation, columns)
    const returning = child(statement, 'returningClause')
    const answered = this.targets(list(returning, 'exprs'), inside)
    if (returning) next.returningClause = { ...returning, exprs: answered.tree }
    return { tree: { [node]: next }, columns: answered.columns }
  }

  private inserting(
    statement: Tree,
    next: Record<string, Json>,
    scope: Scope,
    relation: RelationName | undefined,
    columns: readonly RangeColumn[] | undefined,
  ): void {
    const select = child(statement, 'selectStmt')
    if (select) next.selectStmt = this.statement(select, scope).tree
    const count = select ? insertWidth(child(next.selectStmt as Tree, 'SelectStmt')) : 0
    if (!statement.cols && columns && count > 0) next.cols = columns.slice(0, count).map(({ name }) => ({ ResTarget: { name } }))
    if (relation) for (const item of list(next, 'cols')) this.record([keyOf('column', member(relation, text(child(item, 'ResTarget'), 'name') ?? ''))])
  }

  private assigned(items: readonly Tree[], scope: Scope, relation: RelationName | undefined): readonly Tree[] {
    return items.map((item) => {
      const target = child(item, 'ResTarget') ?? {}
      if (relation) this.record([keyOf('column', member(relation, text(target, 'name') ?? ''))])
      return { ResTarget: { ...target, ...(target.val ? { val: this.expression(target.val, scope) } : {}) } }
    })
  }

  private whenClauses(items: readonly Tree[], scope: Scope, relation: RelationName | undefined): readonly Tree[] {
    return items.map((item) => {
      const clause = child(item, 'MergeWhenClause') ?? {}
      return {
        MergeWhenClause: {
          ...this.clauses(clause, scope, ['condition', 'values']),
          ...(clause.targetList ? { targetList: this.assigned(list(clause, 'targetList'), scope, relation) } : {}),
        },
      }
    })
  }

  /** Everything read, once the tree is complete. */
  finish(tree: Tree): { readonly tree: Tree; readonly reads: readonly ObjectKey[] } {
    const named = withoutLockedSchemas(qualify(tree, this.catalog, this.searchPath))
    for (const key of namesIn(named)) if (parseKey(key).kind !== 'table') this.reads.add(key)
    if (!this.exact) for (const relation of this.relations) for (const column of relationColumns(this.catalog, relation) ?? []) this.record(column.from)
    return { tree: named, reads: [...this.reads].sort() }
  }
}

/** How many columns an INSERT's query gives. */
const insertWidth = (select: Tree | undefined): number => {
  let arm = select
  while (child(arm, 'larg')) arm = child(arm, 'larg')
  const row = list(child(list(arm, 'valuesLists')[0], 'List'), 'items')
  return row.length > 0 ? row.length : list(arm, 'targetList').length
}

/** FOR UPDATE OF names ranges, not relations. */
const withoutLockedSchemas = (tree: Tree): Tree =>
  mapTree(tree, (node) => {
    const locking = child(node, 'LockingClause')
    if (!locking?.lockedRels) return node
    return {
      LockingClause: {
        ...locking,
        lockedRels: list(locking, 'lockedRels').map((item) => {
          const { schemaname: _schema, ...range } = child(item, 'RangeVar') ?? {}
          return { RangeVar: range }
        }),
      },
    }
  })

const systemSchemas = new Set(['pg_catalog', 'information_schema', 'pg_toast'])

/** True when a relation that the catalog lacks may be the system's or an extension's. */
const mayBeForeign = (range: Tree, catalog: Catalog): boolean => {
  const schema = text(range, 'schemaname')
  if (schema !== undefined && systemSchemas.has(schema)) return true
  return (schema === undefined && (text(range, 'relname') ?? '').startsWith('pg_')) || catalog.extensions.size > 0
}

const ownScope = (on: RelationName, catalog: Catalog, names: readonly string[] = [], own = true): Scope => {
  const columns = relationColumns(catalog, on)
  const range = relationRange(on, undefined, columns)
  const rows = names.map((name): Range => ({ name, relation: on, columns }))
  const scope = scopeOf(own ? [partOf({}, range)] : [], undefined)
  return { ...scope, ranges: [...scope.ranges, ...rows], own }
}

/**
 * Resolves a query (`{ SelectStmt: … }` or its content; answered in the same form). Refuses with 42P01 a relation that is not there.
 * @param searchPath schemas in which unqualified names are looked up
 */
export const resolveQuery = (query: Tree, catalog: Catalog, searchPath: readonly string[]): Resolved => {
  const resolver = new Resolver(catalog, searchPath)
  const wrapped = 'SelectStmt' in query
  const { tree, columns } = wrapped ? resolver.statement(query, emptyScope) : resolver.select(query, emptyScope)
  const finished = resolver.finish(tree)
  return { query: finished.tree, columns: columns?.map(({ name }) => name), reads: finished.reads, exact: resolver.exact }
}

type ResolvedTree<T> = { readonly tree: T; readonly reads: readonly ObjectKey[]; readonly exact: boolean }

const resolveWith = (tree: Tree, scope: Scope, catalog: Catalog, searchPath: readonly string[]): ResolvedTree<Tree> => {
  const resolver = new Resolver(catalog, searchPath)
  const finished = resolver.finish(resolver.expression(tree, scope))
  return { tree: finished.tree, reads: finished.reads, exact: resolver.exact }
}

/** Resolves an expression over a table's columns (a policy's): these stay bare outside of sub-selects and are qualified by the table's name inside. */
export const resolveTableExpression = (tree: Tree, on: RelationName, catalog: Catalog, searchPath: readonly string[]): ResolvedTree<Tree> =>
  resolveWith(tree, ownScope(on, catalog), catalog, searchPath)

/** Resolves an expression over OLD and NEW rows of a relation (a trigger's or rule's condition). */
export const resolveRowExpression = (tree: Tree, on: RelationName, catalog: Catalog, searchPath: readonly string[]): ResolvedTree<Tree> =>
  resolveWith(tree, ownScope(on, catalog, ['old', 'new'], false), catalog, searchPath)

const resolveIn = (statement: Tree, scope: Scope, catalog: Catalog, searchPath: readonly string[]): ResolvedTree<Tree> => {
  const resolver = new Resolver(catalog, searchPath)
  const finished = resolver.finish(resolver.statement(statement, scope).tree)
  return { tree: finished.tree, reads: finished.reads, exact: resolver.exact }
}

/** Resolves a rule's action, which may name the OLD and NEW rows of `on`. */
export const resolveAction = (statement: Tree, on: RelationName, catalog: Catalog, searchPath: readonly string[]): ResolvedTree<Tree> =>
  resolveIn(statement, ownScope(on, catalog, ['old', 'new'], false), catalog, searchPath)

/** Resolves one statement of a routine's body; parameters are named bare or with the routine's name. */
export const resolveBody = (
  statement: Tree,
  routine: string,
  parameters: readonly string[],
  catalog: Catalog,
  searchPath: readonly string[],
): ResolvedTree<Tree> => {
  const columns = parameters.map((name) => ({ name, from: [] }))
  const scope: Scope = { ...emptyScope, ranges: [{ name: routine, columns }], visible: columns.map((column) => ({ ...column, fields: [column.name] })) }
  return resolveIn(statement, scope, catalog, searchPath)
}
