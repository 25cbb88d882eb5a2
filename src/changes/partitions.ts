/** Partitions, inheritance and LIKE: tables that take columns and constraints from others. */
import type { Attribute, Table } from '../model/catalog.ts'
import type { Json, Tree } from '../model/json.ts'
import { display, localName, type RelationName } from '../model/name.ts'
import { child, list } from '../sql/tree.ts'
import { copyConstraint, copyIndex } from './children.ts'
import { tableOf } from './edit.ts'
import { indexesOn } from './found-by.ts'
import { relationKind } from './names.ts'
import type { Reading } from './reading.ts'
import { notUnderstood, refuse } from './refusal.ts'

/** Copies to a table the constraints and indexes that its partitioned parent wants every partition to have. */
export const copyParts = (reading: Reading, on: RelationName, parent: RelationName): void => {
  for (const type of ['check', 'primary key', 'unique', 'exclusion', 'foreign key'] as const) {
    for (const [name, constraint] of tableOf(reading.catalog, parent).constraints) {
      const copy = constraint.type === type ? copyConstraint(reading.catalog, on, name, constraint, false) : undefined
      if (copy) reading.imply(copy)
    }
  }
  for (const [name, index] of reading.catalog.indexes) {
    const copy = index.relation === parent ? copyIndex(reading.catalog, on, name, index, false) : undefined
    if (copy) reading.imply(copy)
  }
}

/** Row triggers and identity of a partitioned table live in its partitions too: memory does not follow these. */
const refuseUnfollowed = (parent: RelationName, table: Table): void => {
  if (table.triggers.size > 0) notUnderstood(`${display(parent)} has triggers, which its partitions get too`)
  if (table.columns.some(({ identity }) => identity !== undefined)) notUnderstood(`${display(parent)} has an identity column, which its partitions share`)
}

/** A foreign table keeps nothing unique. */
const refuseUnique = (reading: Reading, parent: RelationName, message: string): void => {
  const keyed = [...tableOf(reading.catalog, parent).constraints.values()].some(({ type }) => type === 'primary key' || type === 'unique')
  if (keyed || indexesOn(reading.catalog, parent).some(([, { unique }]) => unique)) refuse('42809', message)
}

/** The columns that a new partition begins with: its parent's, as its own until it is attached. */
export const readPartition = (
  reading: Reading,
  node: Tree,
  foreign: boolean,
): { readonly parent: RelationName; readonly bound: Tree; readonly columns: readonly Attribute[] } => {
  const parent = reading.relation(child(list(node, 'inhRelations')[0], 'RangeVar') ?? {})
  const table = tableOf(reading.catalog, parent)
  if (table.kind !== 'partitioned') refuse('42P17', `"${localName(parent)}" is not partitioned`)
  refuseUnfollowed(parent, table)
  if (foreign) refuseUnique(reading, parent, `cannot create foreign partition of partitioned table "${localName(parent)}"`)
  const columns = table.columns.map(({ inherited: _inherited, ...attribute }) => attribute)
  return { parent, bound: reading.expression(child(node, 'partbound') ?? {}), columns }
}

/** The columns that a new table inherits, parents in order; one that several parents have comes once. */
export const readInherited = (reading: Reading, node: Tree): { readonly parents: readonly RelationName[]; readonly columns: readonly Attribute[] } => {
  const parents = list(node, 'inhRelations').map((range) => reading.relation(child(range, 'RangeVar') ?? {}))
  const columns = new Map<string, Attribute>()
  for (const parent of parents) {
    for (const { identity: _identity, ...attribute } of tableOf(reading.catalog, parent).columns) {
      if (!columns.has(attribute.name)) columns.set(attribute.name, { ...attribute, inherited: true })
    }
  }
  return { parents, columns: [...columns.values()] }
}

/** Copies the checks that a table inherits, or takes over with LIKE. */
export const copyChecks = (reading: Reading, on: RelationName, parents: readonly RelationName[], inherited: boolean): void => {
  for (const parent of parents) {
    for (const [name, constraint] of tableOf(reading.catalog, parent).constraints) {
      const copy = constraint.type === 'check' ? copyConstraint(reading.catalog, on, name, constraint, inherited) : undefined
      if (copy) reading.imply(copy)
    }
  }
}

/** Bits of INCLUDING (parsenodes.h, TableLikeOption). */
const likeOptions = {
  comments: 1,
  compression: 2,
  constraints: 4,
  defaults: 8,
  generated: 16,
  identity: 32,
  indexes: 64,
  statistics: 128,
  storage: 256,
} as const

/** The columns of LIKE: names, types, collations and NOT NULL always, the rest as INCLUDING says. */
export const readLike = (
  reading: Reading,
  clause: Tree,
): { readonly source: RelationName; readonly columns: readonly Attribute[]; readonly checks: boolean } => {
  const source = reading.relation(child(clause, 'relation') ?? {})
  const options = Number((clause.options ?? 0) as Json)
  const including = (option: keyof typeof likeOptions): boolean => (options & likeOptions[option]) !== 0
  const unfollowed = (['indexes', 'identity', 'statistics', 'comments'] as const).find(including)
  const table = reading.catalog.tables.get(source) ?? notUnderstood(`LIKE ${display(source)}, which is no table`)
  const has = {
    indexes:
      [...reading.catalog.indexes.values()].some(({ relation }) => relation === source) ||
      [...table.constraints.values()].some(({ type }) => type !== 'check' && type !== 'foreign key'),
    identity: table.columns.some(({ identity }) => identity !== undefined),
    statistics: reading.catalog.definitions.size > 0,
    comments: [...reading.catalog.comments.keys()].some((key) => key.includes(`${source}.`)),
  }
  if (unfollowed !== undefined && (['indexes', 'identity', 'statistics', 'comments'] as const).some((option) => including(option) && has[option]))
    notUnderstood('LIKE … INCLUDING what is more than columns and checks')
  const columns = table.columns.map(
    ({ name, type, collation, notNull, default: value, generated, storage, compression }): Attribute => ({
      name,
      type,
      ...(collation ? { collation } : {}),
      notNull,
      ...(value !== undefined && including('defaults') ? { default: value } : {}),
      ...(generated && including('generated') ? { generated } : {}),
      ...(storage && including('storage') ? { storage } : {}),
      ...(compression && including('compression') ? { compression } : {}),
    }),
  )
  return { source, columns, checks: including('constraints') }
}

const attachIndex = (reading: Reading, parent: RelationName, name: RelationName): void => {
  const index = reading.catalog.indexes.get(name) ?? notUnderstood(`attaching ${display(name)}, the index of a constraint`)
  if (index.attachedTo === parent) return
  reading.emit({ kind: 'attach-index', parent, child: name })
}

/** ATTACH PARTITION, of a table or of an index. */
export const readAttach = (reading: Reading, command: Tree, on: RelationName): void => {
  const node = child(child(command, 'def'), 'PartitionCmd') ?? {}
  const name = reading.relation(child(node, 'name') ?? {})
  if (!reading.catalog.tables.has(on))
    return relationKind(reading.catalog, on) === 'index'
      ? attachIndex(reading, on, name)
      : notUnderstood(`attaching ${display(name)}, the index of a constraint`)
  const parent = tableOf(reading.catalog, on)
  refuseUnfollowed(on, parent)
  const table = tableOf(reading.catalog, name)
  if (table.foreign) refuseUnique(reading, on, `cannot attach foreign table "${localName(name)}" as partition of partitioned table "${localName(on)}"`)
  for (const { name: column } of parent.columns) {
    if (!table.columns.some((attribute) => attribute.name === column)) refuse('42804', `child table is missing column "${column}"`)
  }
  const extra = table.columns.find(({ name: column }) => !parent.columns.some((attribute) => attribute.name === column))
  if (extra) refuse('42804', `table "${localName(name)}" contains column "${extra.name}" not found in parent "${localName(on)}"`)
  for (const [constraint, { type }] of parent.constraints)
    if (type === 'check' && !table.constraints.has(constraint)) refuse('42804', `child table is missing constraint "${constraint}"`)
  for (const { name: column, notNull } of parent.columns) {
    if (notNull && !table.columns.find((attribute) => attribute.name === column)?.notNull)
      refuse('42804', `column "${column}" in child table "${localName(name)}" must be marked NOT NULL`)
  }
  copyParts(reading, name, on)
  reading.emit({ kind: 'attach-partition', parent: on, child: name, bound: reading.expression(child(node, 'bound') ?? {}) })
}
