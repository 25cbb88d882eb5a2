import type { Catalog } from '../../model/catalog.ts'
import type { Tree } from '../../model/json.ts'
import { displayIdentifier, displayKey, type ObjectKey, parseKey, quoteIdentifier, type RelationName } from '../../model/name.ts'
import { text } from '../../sql/tree.ts'
import { defineChange, noFootprint } from '../define.ts'
import { put, withFields } from '../edit.ts'
import { locking } from '../footprint.ts'
import { alterHead, relationKey } from '../owners.ts'
import type { Reading } from '../reading.ts'
import { notUnderstood } from '../refusal.ts'

const nameIn = (object: ObjectKey): RelationName => parseKey(object).name as RelationName

/** The tablespace of a table, index or materialised view. */
const tablespaceOf = (catalog: Catalog, object: ObjectKey): string | undefined => {
  const name = nameIn(object)
  return (catalog.tables.get(name) ?? catalog.indexes.get(name) ?? catalog.views.get(name))?.tablespace
}

/** A partitioned table, or an index of one, has no file: it only says where partitions to come will lie. */
const isPartitioned = (catalog: Catalog, name: RelationName): boolean => catalog.tables.get(catalog.indexes.get(name)?.relation ?? name)?.kind === 'partitioned'

const read = (reading: Reading, command: Tree, on: RelationName): void => {
  const object = relationKey(reading.catalog, on)
  if (!reading.catalog.tables.has(on) && !reading.catalog.indexes.has(on) && !reading.catalog.views.has(on))
    notUnderstood(`the tablespace of ${displayKey(object)}`)
  const name = text(command, 'name') ?? ''
  const to = name === 'pg_default' ? undefined : name
  if (to !== tablespaceOf(reading.catalog, object)) reading.emit({ kind: 'set-tablespace', on: object, to })
}

export const setTablespace = defineChange({
  kind: 'set-tablespace',
  summary: 'A table, index or materialised view moves to another tablespace.',
  alters: { AT_SetTableSpace: read },
  apply({ on, to }, catalog) {
    const name = nameIn(on)
    const [table, index, view] = [catalog.tables.get(name), catalog.indexes.get(name), catalog.views.get(name)]
    if (table) return put(catalog, 'tables', name, withFields(table, { tablespace: to }))
    if (index) return put(catalog, 'indexes', name, withFields(index, { tablespace: to }))
    return view ? put(catalog, 'views', name, withFields(view, { tablespace: to })) : catalog
  },
  invert: ({ on }, before) => [{ kind: 'set-tablespace', on, to: tablespaceOf(before, on) }],
  toSql: ({ on, to }, before) => [`${alterHead(before, on)} SET TABLESPACE ${quoteIdentifier(to ?? 'pg_default')}`],
  footprint: ({ on }, before) => {
    const name = nameIn(on)
    if (!before.tables.has(name) && !before.indexes.has(name) && !before.views.has(name)) return noFootprint
    return { ...locking('ACCESS EXCLUSIVE', name), rewrites: isPartitioned(before, name) ? [] : [name] }
  },
  describe: ({ on, to }) => `${displayKey(on)} moves to tablespace ${to === undefined ? 'of the database' : displayIdentifier(to)}`,
  touches: ({ on }) => [on],
  examples: [
    { given: `CREATE TABLE a (id int) TABLESPACE fast`, sql: `ALTER TABLE a SET TABLESPACE pg_default` },
    { given: `CREATE TABLE a (id int); CREATE INDEX i ON a (id)`, sql: `ALTER INDEX i SET TABLESPACE fast` },
  ],
})
