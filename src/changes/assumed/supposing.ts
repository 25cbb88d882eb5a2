/** Supposing that things are there which a statement names and the catalog lacks: what is made up, as little as the statement needs. */
import type { Attribute, Catalog, Constraint, Index, Table, Type } from '../../model/catalog.ts'
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
import { editColumn, editTable, put, withEntry } from '../edit.ts'
import { relationKind } from '../names.ts'
import { readStatement } from '../read.ts'
import type { SessionState } from '../reading.ts'
import { routineParts } from '../routine-keys.ts'
import { systemSchemas } from '../system-tables.ts'
import { type Memory, relationKey } from './memory.ts'
import { columnInName, emptyTable, foreignKey, keyConstraint, noExpression, notNullTest, partitioned, unknownType } from './values.ts'

/** A name as written: the schema, if any, and the name itself. */
export type Name = readonly string[]

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

  #suppose(object: ObjectKey, what: string, effect: (catalog: Catalog) => Catalog): void {
    const next = effect(this.catalog)
    if (next === this.catalog) return
    this.catalog = next
    this.supposed.push({ object, what, effect })
  }

  #supposeSql(object: ObjectKey, what: string, sql: string): void {
    const statements = readStatements(sql)
    this.#suppose(object, what, (catalog) => after(catalog, statements))
  }

  #isOpen(name: string): boolean {
    return this.#memory.open.has(name)
  }

  schema(name: string): void {
    if (name === '' || systemSchemas.includes(name) || name.startsWith('pg_') || this.catalog.schemas.has(name) || this.#memory.gone.has(`schema ${name}`))
      return
    this.#suppose(keyOf('schema', quoteIdentifier(name)), `schema ${name}`, (catalog) => put(catalog, 'schemas', name, {}))
  }

  /** Where a thing of that name is, or would be; undefined where the name is the system's. */
  #place(parts: Name, exists: (name: QualifiedName) => boolean): QualifiedName | undefined {
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
    const name = this.#place(parts, (candidate) => relationKind(this.catalog, candidate) !== undefined)
    if (name === undefined || relationKind(this.catalog, name) !== undefined) return name
    if (this.#memory.gone.has(relationKey(name))) return undefined
    this.#memory.open.add(name)
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
        return this.#suppose(keyOf('type', name), what, (catalog) => put(catalog, 'types', name, { kind: 'composite', attributes: [] }))
      default: {
        const kind: Partial<Table> =
          as === 'foreign table'
            ? { kind: 'foreign', foreign: { server: '', options: {} } }
            : as === 'partitioned table'
              ? partitioned('PARTITION_STRATEGY_RANGE')
              : {}
        return this.#suppose(keyOf('table', name), what, (catalog) => put(catalog, 'tables', name, { ...emptyTable, ...kind }))
      }
    }
  }

  /** An assumed table is assumed to be partitioned. */
  partitioned(name: RelationName): void {
    const table = this.catalog.tables.get(name)
    if (!table || table.kind === 'partitioned' || !this.#isOpen(name)) return
    this.#suppose(keyOf('table', name), `table ${display(name)} is partitioned`, (catalog) =>
      catalog.tables.has(name) ? editTable(catalog, name, (before) => ({ ...before, ...partitioned('PARTITION_STRATEGY_RANGE') })) : catalog,
    )
  }

  /** A column of an assumed table or view. A table that a statement has made has the columns that it says, and no others. */
  column(on: RelationName | undefined, name: string, trait?: ColumnTrait): void {
    if (on === undefined || name === '') return
    const key = keyOf('column', member(on, name))
    if (this.catalog.views.has(on)) return this.#viewColumn(on, name, key)
    const known = this.catalog.tables.get(on)?.columns.find((attribute) => attribute.name === name)
    const settled = this.#memory.settled.has(`${trait} ${key}`)
    if (known) {
      if (trait !== undefined && !settled && this.#isOpen(key)) this.#refine(on, name, trait, key)
      return
    }
    if (!this.catalog.tables.has(on) || !this.#isOpen(on) || this.#memory.gone.has(key)) return
    this.#memory.open.add(key)
    const attribute: Attribute = { name, type: unknownType, notNull: false }
    this.#suppose(key, `column ${display(member(on, name))}, of a type that is not known`, (catalog) =>
      catalog.tables.has(on) ? editTable(catalog, on, (table) => ({ ...table, columns: [...table.columns, attribute] })) : catalog,
    )
    if (trait !== undefined) this.#refine(on, name, trait, key)
  }

  #viewColumn(on: RelationName, name: string, key: ObjectKey): void {
    if (this.catalog.views.get(on)?.columns.includes(name) || !this.#isOpen(on)) return
    this.#suppose(key, `column ${display(member(on, name))}`, (catalog) => {
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
    const attribute = this.catalog.tables.get(on)?.columns.find((candidate) => candidate.name === name)
    if (trait === 'not null' ? attribute?.notNull : trait === 'identity' ? attribute?.identity : attribute?.generated) return
    this.#suppose(key, `column ${display(member(on, name))} is ${trait === 'identity' ? 'an identity' : trait}`, (catalog) => {
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

  columns(on: RelationName | undefined, names: Iterable<string>): void {
    for (const name of names) this.column(on, name)
  }

  #addConstraint(on: RelationName, name: string, constraint: Constraint, what: string): void {
    this.#suppose(keyOf('constraint', member(on, name)), what, (catalog) =>
      catalog.tables.has(on) ? editTable(catalog, on, (table) => ({ ...table, constraints: withEntry(table.constraints, name, constraint) })) : catalog,
    )
  }

  /** The key that a foreign key refers to: unique columns, or the primary key, whose columns are not known. */
  key(on: RelationName | undefined, columns: readonly string[]): void {
    if (on === undefined || !this.#isOpen(on)) return
    this.columns(on, columns)
    const constraints = [...(this.catalog.tables.get(on)?.constraints.values() ?? [])]
    const fits = (constraint: Constraint): boolean =>
      columns.length === 0
        ? constraint.type === 'primary key'
        : (constraint.type === 'primary key' || constraint.type === 'unique') && [...constraint.columns].sort().join('\0') === [...columns].sort().join('\0')
    if (constraints.some(fits)) return
    const name = columns.length === 0 ? `${localName(on)}_pkey` : `key of ${localName(on)} (${columns.join(', ')})`
    const what = columns.length === 0 ? `the primary key of ${display(on)}` : `a key of ${display(on)}: ${columns.join(', ')}`
    this.#addConstraint(on, name, keyConstraint(columns.length === 0 ? 'primary key' : 'unique', columns), what)
  }

  /** A constraint of an assumed table. What it says is not known but by its name, where that follows PostgreSQL's or Drizzle's own habit. */
  constraint(on: RelationName | undefined, name: string, as: 'any' | 'not valid' | 'foreign key'): void {
    const table = on === undefined ? undefined : this.catalog.tables.get(on)
    if (on === undefined || !table || !this.#isOpen(on) || this.#memory.gone.has(keyOf('constraint', member(on, name)))) return
    if (table.constraints.has(name) || table.columns.some(({ notNull }) => notNull && notNull.name === name)) return
    const what = `constraint ${name} of ${display(on)}`
    if (as === 'foreign key' || (as === 'any' && /_fk(ey)?$/.test(name))) return this.#foreignKey(on, name)
    if (as === 'any' && name.endsWith('_pkey') && ![...table.constraints.values()].some(({ type }) => type === 'primary key'))
      return this.#addConstraint(on, name, keyConstraint('primary key', []), `${what}: the primary key`)

    const column = columnInName(localName(on), name)
    const constraint: Constraint = {
      type: 'check',
      expression: column === undefined ? noExpression : notNullTest(column),
      noInherit: false,
      state: as === 'not valid' ? 'not valid' : 'valid',
    }
    this.#addConstraint(on, name, constraint, column === undefined ? `${what}: a check` : `${what}: ${column} IS NOT NULL`)
  }

  #foreignKey(on: RelationName, name: string): void {
    const references = this.relation([schemaOf(on), `the table that ${name} references`])
    if (references !== undefined) this.#addConstraint(on, name, foreignKey(references), `constraint ${name} of ${display(on)}: a foreign key`)
  }

  /** Tables that refer to an assumed one: there may be some, and nothing else is known of them. */
  references(to: RelationName | undefined): void {
    if (to === undefined || !this.#isOpen(to)) return
    const from = this.relation([schemaOf(to), `the tables that reference ${localName(to)}`])
    if (from !== undefined) this.#addConstraint(from, `references to ${localName(to)}`, foreignKey(to), `foreign keys that reference ${display(to)}`)
  }

  /** An index, of columns that are mostly not known; nor, where `on` is undefined, is its table. True when it is assumed now. */
  index(named: RelationName | Name, on: RelationName | undefined, columns: readonly string[] = []): boolean {
    const name = typeof named === 'string' ? named : this.#place(named, (candidate) => relationKind(this.catalog, candidate) !== undefined)
    if (name === undefined || relationKind(this.catalog, name) !== undefined || this.#memory.gone.has(relationKey(name))) return false
    const relation = on ?? this.relation([schemaOf(name), `the table of ${localName(name)}`])
    if (relation === undefined) return false
    const elements = columns.map((column) => ({ on: column }))
    const index: Index = { relation, method: 'btree', elements, include: [], unique: on !== undefined, nullsNotDistinct: false, options: {} }
    this.#memory.open.add(name)
    this.#suppose(keyOf('index', name), `index ${display(name)}${on === undefined ? '' : ` on ${display(on)}`}`, (catalog) =>
      put(catalog, 'indexes', name, index),
    )
    return true
  }

  /** A type that a user made. */
  type(parts: Name, as: 'enum' | 'domain' | 'composite' = 'enum'): QualifiedName | undefined {
    const name = this.#place(parts, (candidate) => this.catalog.types.has(candidate))
    if (name === undefined || this.catalog.types.has(name) || this.#memory.gone.has(`type ${name}`)) return name
    const values: { readonly [K in typeof as]: Type } = {
      enum: { kind: 'enum', labels: [] },
      domain: { kind: 'domain', base: unknownType, notNull: false, constraints: new Map() },
      composite: { kind: 'composite', attributes: [] },
    }
    this.#memory.open.add(name)
    this.#suppose(keyOf('type', name), `${as} ${display(name)}`, (catalog) => put(catalog, 'types', name, values[as]))
    return name
  }

  #editType<K extends Type['kind']>(name: QualifiedName | undefined, kind: K, object: ObjectKey, what: string, edit: (type: Type & { kind: K }) => Type): void {
    if (name === undefined || !this.#isOpen(name) || this.#memory.gone.has(object)) return
    this.#suppose(object, what, (catalog) => {
      const type = catalog.types.get(name)
      if (type?.kind !== kind) return catalog
      const next = edit(type as Type & { kind: K })
      return next === type ? catalog : put(catalog, 'types', name, next)
    })
  }

  label(name: QualifiedName | undefined, label: string): void {
    this.#editType(name, 'enum', keyOf('type', name ?? ''), `label '${label}' of ${display(name ?? '')}`, (type) =>
      type.labels.includes(label) ? type : { ...type, labels: [...type.labels, label] },
    )
  }

  attribute(name: QualifiedName | undefined, attribute: string): void {
    this.#editType(
      name,
      'composite',
      keyOf('column', member(name ?? ('' as QualifiedName), attribute)),
      `attribute ${attribute} of ${display(name ?? '')}`,
      (type) =>
        type.attributes.some((known) => known.name === attribute)
          ? type
          : { ...type, attributes: [...type.attributes, { name: attribute, type: unknownType }] },
    )
  }

  domainConstraint(name: QualifiedName | undefined, constraint: string, notValid: boolean): void {
    this.#editType(
      name,
      'domain',
      keyOf('domain constraint', member(name ?? ('' as QualifiedName), constraint)),
      `constraint ${constraint} of domain ${display(name ?? '')}`,
      (type) =>
        type.constraints.has(constraint) ? type : { ...type, constraints: withEntry(type.constraints, constraint, { expression: noExpression, notValid }) },
    )
  }

  domainNotNull(name: QualifiedName | undefined): void {
    this.#editType(name, 'domain', keyOf('type', name ?? ''), `domain ${display(name ?? '')} is not null`, (type) =>
      type.notNull ? type : { ...type, notNull: true },
    )
  }

  /** A routine with the arguments that its ObjectWithArgs lists. */
  routine(object: Tree | undefined, parts: Name, args: readonly Tree[], kind: 'function' | 'procedure' | 'trigger function'): void {
    if (!object && parts.length === 0) return
    const local = parts.at(-1) ?? ''
    const listed = object?.args_unspecified !== true
    const exists = (name: QualifiedName): boolean => [...this.catalog.routines.keys()].some((key) => routineParts(key).name === name)
    const name = this.#place(parts, exists)
    if (name === undefined || (!listed && exists(name)) || this.#memory.gone.has(`routine ${name}`)) return
    const sql =
      kind === 'procedure'
        ? `CREATE PROCEDURE ${name}() LANGUAGE sql AS ''`
        : `CREATE FUNCTION ${name}() RETURNS ${kind === 'trigger function' ? 'trigger LANGUAGE plpgsql' : 'void LANGUAGE sql'} AS ''`
    const [statement] = readStatements(sql)
    if (!statement) return
    const parameters = args.map((type) => ({ FunctionParameter: { argType: (type.TypeName as Tree | undefined) ?? type, mode: 'FUNC_PARAM_DEFAULT' } }))
    const made = parameters.length === 0 ? statement : { ...statement, tree: { ...statement.tree, parameters } }
    this.#suppose(keyOf('routine', name), `${kind} ${display(qualified(schemaOf(name), local))}`, (catalog) => after(catalog, [made]))
  }

  /** A trigger, policy or rule of a relation; `disabled` where the statement enables it. */
  member(on: RelationName | undefined, kind: 'trigger' | 'policy' | 'rule', name: string, disabled = false): void {
    if (on === undefined || !this.#isOpen(on) || this.#memory.gone.has(keyOf(kind, member(on, name)))) return
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

  role(name: string): void {
    if (name === '' || this.catalog.roles.has(name) || this.#memory.gone.has(`role ${name}`)) return
    this.#supposeSql(keyOf('role', quoteIdentifier(name)), `role ${name}`, `CREATE ROLE ${quoteIdentifier(name)}`)
  }

  extension(name: string): void {
    if (name === '' || this.catalog.extensions.has(name) || this.#memory.gone.has(`extension ${name}`)) return
    this.#suppose(keyOf('extension', quoteIdentifier(name)), `extension ${name}`, (catalog) => put(catalog, 'extensions', name, {}))
  }

  /** One of the things that are one definition; `sql` makes it. */
  definition(what: string, sql: string): void {
    this.#supposeSql(keyOf('definition', quoteIdentifier(what)), what, sql)
  }

  /** A partition or an heir and what it belongs to: whichever of them is assumed has the other's columns. */
  alike(parent: RelationName | undefined, child: RelationName | undefined): void {
    const [upper, lower] = [parent, child].map((name) => (name === undefined ? undefined : this.catalog.tables.get(name)))
    if (parent === undefined || child === undefined || !upper || !lower) return
    this.#takeColumns(child, upper)
    this.#takeColumns(parent, this.catalog.tables.get(child) ?? lower)
  }

  #takeColumns(to: RelationName, from: Table): void {
    const missing = from.columns.filter(({ name }) => !this.catalog.tables.get(to)?.columns.some((known) => known.name === name))
    if (!this.#isOpen(to) || missing.length === 0) return
    const taken = missing.map(({ name, type, notNull }) => ({ name, type, notNull }))
    this.#suppose(keyOf('table', to), `table ${display(to)} has the columns ${taken.map(({ name }) => name).join(', ')}`, (catalog) =>
      catalog.tables.has(to) ? editTable(catalog, to, (table) => ({ ...table, columns: [...table.columns, ...taken] })) : catalog,
    )
  }

  /** The child is a partition of the parent, or inherits from it. */
  belongs(parent: RelationName | undefined, child: RelationName | undefined, as: 'partition' | 'heir'): void {
    const table = child === undefined ? undefined : this.catalog.tables.get(child)
    if (parent === undefined || child === undefined || !table || !this.#isOpen(child) || !this.catalog.tables.has(parent)) return
    if (as === 'partition' ? table.partitionOf : table.inherits.includes(parent)) return
    const what = `table ${display(child)} ${as === 'partition' ? 'is a partition of' : 'inherits from'} ${display(parent)}`
    this.#suppose(keyOf('table', child), what, (catalog) =>
      catalog.tables.has(child)
        ? editTable(catalog, child, (before) =>
            as === 'partition' ? { ...before, partitionOf: { parent, bound: { is_default: true } } } : { ...before, inherits: [...before.inherits, parent] },
          )
        : catalog,
    )
  }
}
