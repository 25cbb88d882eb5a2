/** Tables whose rows a migration, or its rollback, may change. */

import { touches } from '../../changes/index.ts'
import { userTypeName } from '../../changes/types.ts'
import type { Catalog } from '../../model/catalog.ts'
import type { Change } from '../../model/change.ts'
import { leadingName, type ObjectKey, parseKey, type QualifiedName, type RelationName } from '../../model/name.ts'
import { Names } from './names.ts'

/** Kinds of changes that read or write no row and decide nothing about one. */
const idle = new Set([
  'set-comment',
  'set-privileges',
  'set-owner',
  'set-default-privileges',
  'set-session',
  'control-transaction',
  'maintain',
  'create-index',
  'drop-index',
])

const tablesOfType = (catalog: Catalog, type: QualifiedName): readonly RelationName[] =>
  [...catalog.tables].filter(([, { columns }]) => columns.some((column) => userTypeName(column.type) === type)).map(([name]) => name)

const tablesBehind = (key: ObjectKey, catalog: Catalog): readonly RelationName[] => {
  const { kind, name } = parseKey(key)
  if (kind === 'type' || kind === 'domain constraint') return tablesOfType(catalog, name as QualifiedName)
  return [kind === 'table' ? (name as RelationName) : (leadingName(key) as RelationName)]
}

const tablesOf = (change: Change, catalog: Catalog): readonly RelationName[] => {
  if (change.kind === 'change-data') return change.relations
  if (change.kind === 'opaque' || change.kind === 'rename-schema') return [...catalog.tables.keys()]
  return idle.has(change.kind) && !(change.kind === 'create-index' && change.index.unique) ? [] : touches(change).flatMap((key) => tablesBehind(key, catalog))
}

/** What deleting rows of these takes along, to the last. */
export const withChildren = (catalog: Catalog, start: ReadonlySet<RelationName>): ReadonlySet<RelationName> => {
  const tables = new Set(start)
  for (let size = -1; size !== tables.size; ) {
    size = tables.size
    for (const [name, { constraints }] of catalog.tables)
      for (const constraint of constraints.values())
        if (constraint.type === 'foreign key' && constraint.onDelete !== 'no action' && constraint.onDelete !== 'restrict' && tables.has(constraint.references))
          tables.add(name)
  }
  return tables
}

/** By the names that they have in `start`, from which the changes lead on. */
export const affectedTables = (changes: readonly Change[], start: Catalog): ReadonlySet<RelationName> => {
  const names = new Names()
  const found = new Set<RelationName>()
  for (const change of changes) {
    for (const table of tablesOf(change, start)) {
      const original = names.table(table)
      if (original !== undefined && start.tables.has(original)) found.add(original)
    }
    names.follow(change)
  }
  return changes.some(({ kind }) => kind === 'change-data') ? withChildren(start, found) : found
}
