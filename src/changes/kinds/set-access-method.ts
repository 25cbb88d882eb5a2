import type { Catalog } from '../../model/catalog.ts'
import type { Tree } from '../../model/json.ts'
import { display, displayIdentifier, keyOf, quoteIdentifier, type RelationName } from '../../model/name.ts'
import { text } from '../../sql/tree.ts'
import { defineChange } from '../define.ts'
import { put, withFields } from '../edit.ts'
import { rewriting } from '../footprint.ts'
import { alterHead, relationKey } from '../owners.ts'
import type { Reading } from '../reading.ts'
import { notUnderstood } from '../refusal.ts'

const methodOf = (catalog: Catalog, on: RelationName): string | undefined => (catalog.tables.get(on) ?? catalog.views.get(on))?.accessMethod

/** What a partitioned table has is for partitions to come; without one they take default_table_access_method. */
const isPartitioned = (catalog: Catalog, on: RelationName): boolean => catalog.tables.get(on)?.partitionBy !== undefined

const read = (reading: Reading, command: Tree, on: RelationName): void => {
  if (!reading.catalog.tables.has(on) && !reading.catalog.views.has(on)) notUnderstood(`the access method of ${display(on)}`)
  const name = text(command, 'name')
  const before = methodOf(reading.catalog, on)
  // heap is what default_table_access_method names; where it was not written it is not written now.
  const isImplied = name === undefined || (name === 'heap' && !isPartitioned(reading.catalog, on))
  if (name === before || (isImplied && before === undefined)) return
  reading.emit({ kind: 'set-access-method', on, to: name })
}

export const setAccessMethod = defineChange({
  kind: 'set-access-method',
  summary: 'A table or materialised view gets another table access method.',
  alters: { AT_SetAccessMethod: read },
  apply({ on, to }, catalog) {
    const [table, view] = [catalog.tables.get(on), catalog.views.get(on)]
    if (table) return put(catalog, 'tables', on, withFields(table, { accessMethod: to }))
    return view ? put(catalog, 'views', on, withFields(view, { accessMethod: to })) : catalog
  },
  invert: ({ on }, before) => [{ kind: 'set-access-method', on, to: methodOf(before, on) }],
  toSql: ({ on, to }, before) => {
    const implied = isPartitioned(before, on) ? 'DEFAULT' : 'heap'
    return [`${alterHead(before, relationKey(before, on))} SET ACCESS METHOD ${to === undefined ? implied : quoteIdentifier(to)}`]
  },
  footprint: ({ on }, before) => rewriting(before, on),
  describe: ({ on, to }) => `${display(on)} is stored with access method ${displayIdentifier(to ?? 'heap')}`,
  touches: ({ on }) => [keyOf('table', on)],
  examples: [
    {
      given: `CREATE ACCESS METHOD columnar TYPE TABLE HANDLER heap_tableam_handler; CREATE TABLE a (id int) USING columnar`,
      sql: `ALTER TABLE a SET ACCESS METHOD DEFAULT`,
    },
    {
      given: `CREATE ACCESS METHOD columnar TYPE TABLE HANDLER heap_tableam_handler; CREATE TABLE a (id int)`,
      sql: `ALTER TABLE a SET ACCESS METHOD columnar`,
    },
    { given: `CREATE TABLE a (id int) PARTITION BY LIST (id)`, sql: `ALTER TABLE a SET ACCESS METHOD heap` },
  ],
})
