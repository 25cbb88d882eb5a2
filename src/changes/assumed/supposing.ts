/** Supposing that things are there which a statement names and the catalog lacks: what is made up, as little as the statement needs. */
import type { Attribute, Catalog, Index, Table } from '../../model/catalog.ts'
import { PostgresRefusal } from '../../model/error.ts'
import type { Tree } from '../../model/json.ts'
import {
  display,
  keyOf,
  localName,
  member,
  type ObjectKey,
  type QualifiedName,
  qualified,
  quoteIdentifier,
  type RelationName,
  schemaOf,
} from '../../model/name.ts'
import type { Statement } from '../../model/statement.ts'
import { readStatements } from '../../sql/script.ts'
import { text } from '../../sql/tree.ts'
import { editColumn, editTable, put } from '../edit.ts'
import { columnOn } from '../found-by.ts'
import { relationKind } from '../names.ts'
import { readStatement } from '../read.ts'
import type { SessionState } from '../reading.ts'
import { routineParts } from '../routine-keys.ts'
import { systemSchemas } from '../system-tables.ts'
import { type Memory, relationKey } from './memory.ts'
import { emptyTable, noExpression, partitioned, unknownType } from './values.ts'

/** A name as written: the schema, if any, and the name itself. */
export type Name = readonly string[]

/** What a relation that is named but not known is taken to be. */
export type RelationWord = 'table' | 'partitioned table' | 'foreign table' | 'view' | 'materialized view' | 'sequence' | 'index' | 'composite type'

/** What an assumed column is assumed to be beside being there. */
export type ColumnTrait = 'not null' | 'identity' | 'generated'

/** Something that is taken to be there because a statement needs it. */
export type Supposed = { readonly object: ObjectKey; readonly what: string; readonly effect: (catalog: Catalog) => Catalog }

/** The changes of one SQL text on a catalog; the same catalog where it is refused. */
const after = (catalog: Catalog, statements: readonly Statement[]): Catalog => {
  try {
    return statements.reduce((before, statement) => readStatement(statement, before).catalog, catalog)
  } catch (error) {
    if (error instanceof PostgresRefusal) return catalog
    throw error
  }
}

/** Keys that one map has more than another. */
const added = <K>(before: ReadonlyMap<K, unknown>, next: ReadonlyMap<K, unknown>): readonly K[] => [...next.keys()].filter((key) => !before.has(key))

/** A catalog to which things are added as a statement needs them, and what has been added. */
export class Supposing {
  readonly supposed: Supposed[] = []
  catalog: Catalog
  readonly session: SessionState
  readonly #memory: Memory

  constructor(catalog: Catalog, session: SessionState, memory: Memory) {
    this.catalog = catalog
    this.session = session
    this.#memory = memory
  }

  /** Takes the catalog on: what a statement inside of a DO block does. */
  run(statement: Statement): void {
    this.catalog = after(this.catalog, [statement])
  }

  /** Takes something as there; nothing when `effect` answers the same catalog. `what` says it for people. */
  suppose(object: ObjectKey, what: string, effect: (catalog: Catalog) => Catalog): void {
    const next = effect(this.catalog)
    if (next === this.catalog) return
    this.catalog = next
    this.supposed.push({ object, what, effect })
  }

  #supposeSql(object: ObjectKey, what: string, sql: string): void {
    const statements = readStatements(sql)
    this.suppose(object, what, (catalog) => after(catalog, statements))
  }

  /** True for a thing of which only the name is known, and which may have more than memory has. */
  isOpen(name: string): boolean {
    return this.#memory.open.has(name)
  }

  /** True for what is known to be missing, by its key; a relation's is `relationKey`'s. */
  isGone(key: string): boolean {
    return this.#memory.gone.has(key)
  }

  /** Keeps in mind that only the name of a thing is known. */
  open(name: string): void {
    this.#memory.open.add(name)
  }

  /** A schema that a user made. */
  schema(name: string): void {
    const key = keyOf('schema', quoteIdentifier(name))
    if (name === '' || systemSchemas.includes(name) || name.startsWith('pg_') || this.catalog.schemas.has(name) || this.isGone(key)) return
    this.suppose(key, `schema ${name}`, (catalog) => put(catalog, 'schemas', name, {}))
  }

  /** Where a thing of that name is, or would be; undefined where the name is the system's. */
  place(parts: Name, exists: (name: QualifiedName) => boolean): QualifiedName | undefined {
    const local = parts.at(-1) ?? ''
    const given = parts.length > 1 ? parts.at(-2) : undefined
    if (given === undefined) {
      const found = this.session.searchPath.map((schema) => qualified(schema, local)).find(exists)
      if (found !== undefined) return found
      if (local.startsWith('pg_')) return undefined
    } else if (systemSchemas.includes(given) || given.startsWith('pg_')) return undefined
    const schema = given ?? this.session.searchPath.find((candidate) => this.catalog.schemas.has(candidate)) ?? this.session.searchPath[0] ?? 'public'
    this.schema(schema)
    return qualified(schema, local)
  }

  /** The relation of that name; it is assumed when there is none. Undefined for the system's, for temporary ones, and for what is known to be gone. */
  relation(parts: Name, as: RelationWord = 'table'): RelationName | undefined {
    if (parts.length === 1 && this.session.temporary.has(parts[0] ?? '')) return undefined
    const name = this.place(parts, (candidate) => relationKind(this.catalog, candidate) !== undefined)
    if (name === undefined || relationKind(this.catalog, name) !== undefined) return name
    if (this.isGone(relationKey(name))) return undefined
    this.open(name)
    this.#make(name, as)
    return name
  }

  /** The same for a RangeVar. */
  range(range: Tree | undefined, as: RelationWord = 'table'): RelationName | undefined {
    if (!range || text(range, 'relpersistence') === 't') return undefined
    const schema = text(range, 'schemaname')
    return this.relation([...(schema === undefined ? [] : [schema]), text(range, 'relname') ?? ''], as)
  }

  #make(name: RelationName, as: RelationWord): void {
    const what = `${as} ${display(name)}`
    switch (as) {
      case 'view':
      case 'materialized view':
        return this.#supposeSql(keyOf('view', name), what, `CREATE ${as} ${name} AS SELECT`)
      case 'sequence':
        return this.#supposeSql(keyOf('sequence', name), what, `CREATE SEQUENCE ${name}`)
      case 'index':
        return void this.index(name, undefined)
      case 'composite type':
        return this.suppose(keyOf('type', name), what, (catalog) => put(catalog, 'types', name, { kind: 'composite', attributes: [] }))
      default: {
        const kind: Partial<Table> =
          as === 'foreign table'
            ? { kind: 'foreign', foreign: { server: '', options: {} } }
            : as === 'partitioned table'
              ? partitioned('PARTITION_STRATEGY_RANGE')
              : {}
        return this.suppose(keyOf('table', name), what, (catalog) => put(catalog, 'tables', name, { ...emptyTable, ...kind }))
      }
    }
  }

  /** A column of an assumed table or view. A table that a statement has made has the columns that it says, and no others. */
  column(on: RelationName | undefined, name: string, trait?: ColumnTrait): void {
    if (on === undefined || name === '') return
    const key = keyOf('column', member(on, name))
    if (this.catalog.views.has(on)) return this.#viewColumn(on, name, key)
    const known = columnOn(this.catalog, on, name)
    const settled = this.#memory.settled.has(`${trait} ${key}`)
    if (known) {
      if (trait !== undefined && !settled && this.isOpen(key)) this.#refine(on, name, trait, key)
      return
    }
    if (!this.catalog.tables.has(on) || !this.isOpen(on) || this.isGone(key)) return
    this.open(key)
    const attribute: Attribute = { name, type: unknownType, notNull: false }
    this.suppose(key, `column ${display(member(on, name))}, of a type that is not known`, (catalog) =>
      catalog.tables.has(on) ? editTable(catalog, on, (table) => ({ ...table, columns: [...table.columns, attribute] })) : catalog,
    )
    if (trait !== undefined) this.#refine(on, name, trait, key)
  }

  /** An assumed table has no write-ahead log: what SET LOGGED changes. */
  unlogged(on: RelationName | undefined): void {
    if (on === undefined || !this.isOpen(on)) return
    this.suppose(keyOf('table', on), `table ${display(on)} is unlogged`, (catalog) =>
      catalog.tables.get(on)?.persistence === 'permanent' ? editTable(catalog, on, (table) => ({ ...table, persistence: 'unlogged' })) : catalog,
    )
  }

  #viewColumn(on: RelationName, name: string, key: ObjectKey): void {
    if (this.catalog.views.get(on)?.columns.includes(name) || !this.isOpen(on)) return
    this.suppose(key, `column ${display(member(on, name))}`, (catalog) => {
      const view = catalog.views.get(on)
      return view ? put(catalog, 'views', on, { ...view, columns: [...view.columns, name] }) : catalog
    })
  }

  #refine(on: RelationName, name: string, trait: ColumnTrait, key: ObjectKey): void {
    const sequence = qualified(schemaOf(on), `${localName(on)}_${name}_seq`)
    const notNull = { name: `${localName(on)}_${name}_not_null` }
    const traits: { readonly [T in ColumnTrait]: Partial<Attribute> } = {
      'not null': { notNull },
      identity: { notNull, identity: { always: false, sequence } },
      generated: { generated: { stored: true, expression: noExpression } },
    }
    const attribute = columnOn(this.catalog, on, name)
    if (trait === 'not null' ? attribute?.notNull : trait === 'identity' ? attribute?.identity : attribute?.generated) return
    this.suppose(key, `column ${display(member(on, name))} is ${trait === 'identity' ? 'an identity' : trait}`, (catalog) => {
      if (!catalog.tables.get(on)?.columns.some((candidate) => candidate.name === name)) return catalog
      const edited = editColumn(catalog, on, name, (before) => ({ ...before, ...traits[trait] }))
      if (trait !== 'identity') return edited
      return put(edited, 'sequences', sequence, {
        type: 'bigint',
        options: {},
        persistence: 'permanent',
        ownedBy: { table: on, column: name, mode: 'internal' },
      })
    })
  }

  /** Several columns of one relation. */
  columns(on: RelationName | undefined, names: Iterable<string>): void {
    for (const name of names) this.column(on, name)
  }

  /** An index, of columns that are mostly not known; nor, where `on` is undefined, is its table. True when it is assumed now. */
  index(named: RelationName | Name, on: RelationName | undefined, columns: readonly string[] = []): boolean {
    const name = typeof named === 'string' ? named : this.place(named, (candidate) => relationKind(this.catalog, candidate) !== undefined)
    if (name === undefined || relationKind(this.catalog, name) !== undefined || this.isGone(relationKey(name))) return false
    const relation = on ?? this.relation([schemaOf(name), `the table of ${localName(name)}`])
    if (relation === undefined) return false
    const elements = columns.map((column) => ({ on: column }))
    const index: Index = { relation, method: 'btree', elements, include: [], unique: on !== undefined, nullsNotDistinct: false, options: {} }
    this.open(name)
    this.suppose(keyOf('index', name), `index ${display(name)}${on === undefined ? '' : ` on ${display(on)}`}`, (catalog) =>
      put(catalog, 'indexes', name, index),
    )
    return true
  }

  /** A routine with the arguments that its ObjectWithArgs lists. */
  routine(object: Tree | undefined, parts: Name, args: readonly Tree[], kind: 'function' | 'procedure' | 'trigger function'): void {
    if (!object && parts.length === 0) return
    const local = parts.at(-1) ?? ''
    const listed = object?.args_unspecified !== true
    const exists = (name: QualifiedName): boolean => [...this.catalog.routines.keys()].some((key) => routineParts(key).name === name)
    const name = this.place(parts, exists)
    if (name === undefined || (!listed && exists(name))) return
    const sql =
      kind === 'procedure'
        ? `CREATE PROCEDURE ${name}() LANGUAGE sql AS ''`
        : `CREATE FUNCTION ${name}() RETURNS ${kind === 'trigger function' ? 'trigger LANGUAGE plpgsql' : 'void LANGUAGE sql'} AS ''`
    const [statement] = readStatements(sql)
    if (!statement) return
    const parameters = args.map((type) => ({ FunctionParameter: { argType: (type.TypeName as Tree | undefined) ?? type, mode: 'FUNC_PARAM_DEFAULT' } }))
    const made = parameters.length === 0 ? statement : { ...statement, tree: { ...statement.tree, parameters } }
    const keys = added(this.catalog.routines, after(this.catalog, [made]).routines).map((key) => keyOf('routine', key))
    if (keys.some((key) => this.isGone(key))) return
    this.suppose(keyOf('routine', name), `${kind} ${display(qualified(schemaOf(name), local))}`, (catalog) => after(catalog, [made]))
  }

  /** A trigger, policy or rule of a relation; `disabled` where the statement enables it. */
  member(on: RelationName | undefined, kind: 'trigger' | 'policy' | 'rule', name: string, disabled = false): void {
    if (on === undefined || !this.isOpen(on) || this.isGone(keyOf(kind, member(on, name)))) return
    const host = this.catalog.tables.get(on)
    const view = this.catalog.views.get(on)
    const there = kind === 'policy' ? host?.policies : kind === 'trigger' ? (host ?? view)?.triggers : (host ?? view)?.rules
    if (there === undefined || there.has(name)) return
    const quoted = quoteIdentifier(name)
    const timing = host ? 'BEFORE' : 'INSTEAD OF'
    const sql = {
      trigger: `CREATE TRIGGER ${quoted} ${timing} INSERT ON ${on} FOR EACH ROW EXECUTE FUNCTION pg_catalog.suppress_redundant_updates_trigger()`,
      policy: `CREATE POLICY ${quoted} ON ${on}`,
      rule: `CREATE RULE ${quoted} AS ON INSERT TO ${on} DO INSTEAD NOTHING`,
    }[kind]
    this.#supposeSql(keyOf(kind, member(on, name)), `${kind} ${name} of ${display(on)}`, disabled ? `${sql}; ALTER TABLE ${on} DISABLE ${kind} ${quoted}` : sql)
  }

  /** A role of the cluster. */
  role(name: string): void {
    if (name === '' || this.catalog.roles.has(name) || this.isGone(keyOf('role', quoteIdentifier(name)))) return
    this.#supposeSql(keyOf('role', quoteIdentifier(name)), `role ${name}`, `CREATE ROLE ${quoteIdentifier(name)}`)
  }

  /** An extension, of which only the name is known. */
  extension(name: string): void {
    if (name === '' || this.catalog.extensions.has(name) || this.isGone(keyOf('extension', quoteIdentifier(name)))) return
    this.suppose(keyOf('extension', quoteIdentifier(name)), `extension ${name}`, (catalog) => put(catalog, 'extensions', name, {}))
  }

  /** One of the things that are one definition; `sql` makes it. */
  definition(what: string, sql: string): void {
    const keys = added(this.catalog.definitions, after(this.catalog, readStatements(sql)).definitions)
    if (keys.some((key) => this.isGone(key))) return
    this.#supposeSql(keyOf('definition', quoteIdentifier(what)), what, sql)
  }
}
