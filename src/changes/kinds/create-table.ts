import type { Attribute, Table } from '../../model/catalog.ts'
import type { Tree } from '../../model/json.ts'
import { display, keyOf, localName, quoteIdentifier, type RelationName } from '../../model/name.ts'
import { child, flag, list, strings, text } from '../../sql/tree.ts'
import { makeSequence, ownSequence, type ReadColumn, readColumn } from '../columns.ts'
import { addConstraint, constraintNode, mergeKeys, type Placed } from '../constraints.ts'
import { readySequences } from '../create.ts'
import { defineChange } from '../define.ts'
import { put } from '../edit.ts'
import { locking } from '../footprint.ts'
import { readForeignOptions } from '../foreign-options.ts'
import { chooseConstraintName, refuseTakenRelation, relationKind } from '../names.ts'
import { copyChecks, copyParts, readInherited, readLike, readPartition } from '../partitions.ts'
import { printColumnSettings, printIdentityPersistence, printTable } from '../print.ts'
import type { Reading } from '../reading.ts'
import { notUnderstood, refuse } from '../refusal.ts'
import { createsTemporary } from '../temporary.ts'
import { readOptions, typeNode } from '../types.ts'

const isKey = ({ node }: Placed): boolean => text(node, 'contype') === 'CONSTR_PRIMARY' || text(node, 'contype') === 'CONSTR_UNIQUE'
const ofType =
  (...types: readonly string[]) =>
  ({ node }: Placed): boolean =>
    types.includes(text(node, 'contype') ?? '')

/** NOT NULL as a table constraint: `CONSTRAINT n NOT NULL a` (PostgreSQL 18). */
const tableNotNulls = (constraints: readonly Placed[]): ReadonlyMap<string, string | undefined> =>
  new Map(
    constraints.filter(ofType('CONSTR_NOTNULL')).flatMap(({ node }) => strings(list(node, 'keys')).map((column) => [column, text(node, 'conname')] as const)),
  )

/** The columns with the NOT NULLs that table constraints and the primary key bring. */
const withNotNulls = (reading: Reading, on: RelationName, columns: readonly ReadColumn[], constraints: readonly Placed[]): readonly Attribute[] => {
  const listed = tableNotNulls(constraints)
  const primary = constraints.find(ofType('CONSTR_PRIMARY'))
  const keys = new Set(primary ? (primary.column === undefined ? strings(list(primary.node, 'keys')) : [primary.column]) : [])
  return columns.map(({ attribute }) => {
    if (attribute.notNull || (!listed.has(attribute.name) && !keys.has(attribute.name))) return attribute
    return { ...attribute, notNull: { name: listed.get(attribute.name) ?? chooseConstraintName(reading.catalog, on, attribute.name, 'not_null') } }
  })
}

const persistenceOf = (node: Tree): Table['persistence'] => (text(child(node, 'relation'), 'relpersistence') === 'u' ? 'unlogged' : 'permanent')

const readTable = (reading: Reading, node: Tree, columns: readonly Attribute[]): Table => ({
  kind: child(node, 'partspec') ? 'partitioned' : 'table',
  persistence: persistenceOf(node),
  columns,
  constraints: new Map(),
  policies: new Map(),
  triggers: new Map(),
  rules: new Map(),
  options: readOptions(list(node, 'options')),
  rowSecurity: false,
  forceRowSecurity: false,
  inherits: [],
  ...(child(node, 'partspec') ? { partitionBy: reading.expression(child(node, 'partspec') ?? {}) } : {}),
  ...(text(node, 'accessMethod') ? { accessMethod: text(node, 'accessMethod') ?? '' } : {}),
  ...(text(node, 'tablespacename') ? { tablespace: text(node, 'tablespacename') ?? '' } : {}),
})

const refuseDuplicates = (on: RelationName, columns: readonly ReadColumn[]): void => {
  const seen = new Set<string>()
  for (const { attribute } of columns) {
    if (seen.has(attribute.name)) refuse('42701', `column "${attribute.name}" specified more than once`)
    seen.add(attribute.name)
  }
  if (columns.length > 1600) refuse('54011', `tables can have at most 1600 columns: ${localName(on)}`)
}

/** Two NOT NULLs of one name (42710). That a CHECK has the name too is only seen by the catalog's unique index (23505). */
const refuseDuplicateNames = (on: RelationName, columns: readonly Attribute[], constraints: readonly Placed[]): void => {
  const names = columns.flatMap(({ notNull }) => (notNull ? [notNull.name] : []))
  const twice = names.find((name, at) => names.indexOf(name) !== at)
  if (twice !== undefined) refuse('42710', `constraint "${twice}" for relation "${localName(on)}" already exists`)
  const clash = constraints.filter(ofType('CONSTR_CHECK')).some(({ node }) => names.includes(text(node, 'conname') ?? ''))
  if (clash) refuse('23505', 'duplicate key value violates unique constraint "pg_constraint_conrelid_contypid_conname_index"')
}

const asRead = (attribute: Attribute): ReadColumn => ({ attribute, constraints: [] })

/** A partition's list names its parent's columns without a type: `b DEFAULT 5`. */
const withType = (definition: Tree, columns: readonly Attribute[]): Tree => {
  const column = text(definition, 'colname') ?? ''
  const attribute = columns.find(({ name }) => name === column) ?? refuse('42703', `column "${column}" does not exist`)
  return { ...definition, typeName: typeNode(attribute.type) }
}

/** Columns from a parent with what the statement says of them; new ones behind. What the statement names is the table's own. */
const overlaid = (given: readonly Attribute[], own: readonly ReadColumn[]): readonly ReadColumn[] => {
  const named = (name: string): readonly ReadColumn[] => own.filter(({ attribute }) => attribute.name === name)
  const merged = given.map((attribute): ReadColumn => {
    const said = named(attribute.name)
    return said.reduce((before, after): ReadColumn => {
      const { inherited: _inherited, ...kept } = before.attribute
      const notNull = before.attribute.notNull || after.attribute.notNull
      return {
        ...after,
        attribute: { ...kept, notNull, ...(after.attribute.default === undefined ? {} : { default: after.attribute.default }) },
        constraints: [...before.constraints, ...after.constraints],
      }
    }, asRead(attribute))
  })
  return [...merged, ...own.filter(({ attribute }) => !given.some(({ name }) => name === attribute.name))]
}

const create = (reading: Reading, node: Tree, foreign?: Table['foreign']): void => {
  const range = child(node, 'relation') ?? {}
  if (createsTemporary(reading, range)) return
  const name = reading.newRelation(range)
  const isThere = relationKind(reading.catalog, name) !== undefined
  if (isThere && flag(node, 'if_not_exists')) return
  if ((text(node, 'oncommit') ?? 'ONCOMMIT_NOOP') !== 'ONCOMMIT_NOOP') refuse('42P16', 'ON COMMIT can only be used on temporary tables')
  if (isThere) refuse('42P07', `relation "${display(name)}" already exists`)
  if (node.ofTypename !== undefined) notUnderstood('CREATE TABLE … OF a type')
  const elements = list(node, 'tableElts')
  const taken = new Set(elements.flatMap((element) => text(constraintNode(element), 'conname') ?? []))
  const partition = child(node, 'partbound') ? readPartition(reading, node, foreign !== undefined) : undefined
  const heritage = partition || list(node, 'inhRelations').length === 0 ? undefined : readInherited(reading, node)
  const likes: RelationName[] = []
  const own = elements.flatMap((element): readonly ReadColumn[] => {
    const clause = child(element, 'TableLikeClause')
    if (clause) {
      const like = readLike(reading, clause)
      if (like.checks) likes.push(like.source)
      return like.columns.map(asRead)
    }
    const definition = child(element, 'ColumnDef')
    if (!definition) return []
    const column = readColumn(reading, name, partition ? withType(definition, partition.columns) : definition, taken, persistenceOf(node))
    makeSequence(reading, column)
    return [column]
  })
  if (!partition) refuseDuplicates(name, own)
  if (!foreign && own.some(({ attribute }) => attribute.foreignOptions)) refuse('42809', `"${localName(name)}" is not a foreign table`)
  const columns = overlaid(partition?.columns ?? heritage?.columns ?? [], own)
  const constraints: readonly Placed[] = [
    ...columns.flatMap((column) => column.constraints),
    ...elements.flatMap((element) => {
      const constraint = constraintNode(element)
      return constraint ? [{ node: constraint, column: undefined }] : []
    }),
  ]
  const table: Table = {
    ...readTable(reading, node, withNotNulls(reading, name, columns, constraints)),
    ...(foreign ? { kind: 'foreign', foreign } : {}),
  }
  refuseDuplicateNames(name, table.columns, constraints)
  reading.emit({ kind: 'create-table', name, table: heritage ? { ...table, inherits: heritage.parents } : table })
  for (const source of likes) copyChecks(reading, name, [source], false)
  if (heritage) copyChecks(reading, name, heritage.parents, true)
  for (const column of columns) ownSequence(reading, name, column)
  const ordered = [
    ...constraints.filter(ofType('CONSTR_CHECK')),
    ...mergeKeys(constraints.filter(isKey)),
    ...constraints.filter(ofType('CONSTR_EXCLUSION')),
    ...constraints.filter(ofType('CONSTR_FOREIGN')),
  ]
  for (const constraint of ordered) addConstraint(reading, name, constraint.node, constraint.column, true)
  if (!partition) return
  copyParts(reading, name, partition.parent)
  reading.emit({ kind: 'attach-partition', parent: partition.parent, child: name, bound: partition.bound, created: true })
}

const readForeign = (reading: Reading, node: Tree): void => {
  const server = text(node, 'servername') ?? ''
  if (!reading.catalog.definitions.has(keyOf('definition', `"server".${quoteIdentifier(server)}`))) refuse('42704', `server "${server}" does not exist`)
  create(reading, child(node, 'base') ?? {}, { server, options: readForeignOptions(list(node, 'options')) })
}

export const createTable = defineChange({
  kind: 'create-table',
  summary: 'A table is made, with its columns.',
  reads: { CreateStmt: (reading, node) => create(reading, node), CreateForeignTableStmt: readForeign },
  apply({ name, table }, catalog) {
    refuseTakenRelation(catalog, name)
    return put(catalog, 'tables', name, table)
  },
  invert: ({ name }, before) => [{ kind: 'drop-table', name }, ...readySequences(before, name)],
  toSql: ({ name, table }, before) => [
    printTable(name, table, before, [...table.constraints]),
    ...table.columns.flatMap((column) => printColumnSettings(name, column)),
    ...printIdentityPersistence(table.columns, table.persistence, before),
  ],
  footprint: ({ table }) => locking('SHARE UPDATE EXCLUSIVE', ...table.inherits),
  describe: ({ name, table }) => `table ${display(name)} is made, with ${table.columns.length} ${table.columns.length === 1 ? 'column' : 'columns'}`,
  touches: ({ name }) => [keyOf('table', name)],
  examples: [
    {
      given: 'CREATE TABLE p (a int, b int, UNIQUE (a) INCLUDE (b)) PARTITION BY RANGE (a)',
      sql: 'CREATE TABLE q PARTITION OF p DEFAULT',
    },
    {
      sql: `CREATE TABLE users (id serial PRIMARY KEY, email varchar(255) NOT NULL UNIQUE, "createdAt" timestamptz DEFAULT now() NOT NULL, age int CHECK (age > 0))`,
    },
    {
      sql: `CREATE TABLE a (id bigint GENERATED ALWAYS AS IDENTITY (START WITH 10), doubled int GENERATED ALWAYS AS (2 * 3) STORED, CONSTRAINT k UNIQUE (id), PRIMARY KEY (id))`,
    },
    {
      given: `CREATE TABLE p (id uuid PRIMARY KEY)`,
      sql: `CREATE TABLE c (id uuid, p_id uuid REFERENCES p ON DELETE CASCADE, tags text[] DEFAULT '{}'::text[] NOT NULL)`,
    },
    { sql: `CREATE TABLE logs (at date NOT NULL, note text) PARTITION BY RANGE (at)` },
    { sql: `CREATE UNLOGGED TABLE u (a int) WITH (fillfactor = 70)` },
    { given: `CREATE TABLE p (a int NOT NULL DEFAULT 1 CHECK (a > 0), b text)`, sql: `CREATE TABLE c (b text DEFAULT 'x', d int) INHERITS (p)` },
    {
      given: `CREATE TABLE p (a int NOT NULL DEFAULT 1 CHECK (a > 0), b text)`,
      sql: `CREATE TABLE c (LIKE p INCLUDING DEFAULTS INCLUDING CONSTRAINTS, d int)`,
    },
    {
      given: `CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w`,
      sql: `CREATE FOREIGN TABLE far (id int OPTIONS (column_name 'ID') NOT NULL, note text COLLATE "C" DEFAULT 'x', CHECK (id > 0)) SERVER s OPTIONS (path '/x')`,
    },
    {
      given: `CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w; CREATE TABLE logs (at date, note text) PARTITION BY RANGE (at); CREATE INDEX ON logs (at)`,
      sql: `CREATE FOREIGN TABLE old_logs PARTITION OF logs FOR VALUES FROM ('2020-01-01') TO ('2021-01-01') SERVER s`,
    },
  ],
})
