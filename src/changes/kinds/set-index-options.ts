import type { Options } from '../../model/catalog.ts'
import type { Tree } from '../../model/json.ts'
import { display, keyOf, quoteIdentifier, type RelationName } from '../../model/name.ts'
import { printOptions } from '../../sql/print.ts'
import { child, list } from '../../sql/tree.ts'
import { defineChange } from '../define.ts'
import { indexOf, put } from '../edit.ts'
import { locking } from '../footprint.ts'
import type { Reading } from '../reading.ts'
import { notUnderstood } from '../refusal.ts'
import { readOptions } from '../types.ts'
import { changedOptions } from './set-table-options.ts'

const given = (command: Tree): Options => readOptions(list(child(command, 'def') && child(child(command, 'def'), 'List'), 'items'))

const read = (reading: Reading, name: RelationName, change: (options: Options) => Options): void => {
  const index = reading.catalog.indexes.get(name) ?? notUnderstood(`options of ${display(name)}, the index of a constraint`)
  reading.emit({ kind: 'set-index-options', name, to: change(index.options) })
}

export const setIndexOptions = defineChange({
  kind: 'set-index-options',
  summary: "An index's storage parameters are set or reset.",
  alters: {
    'AT_SetRelOptions index': (reading, command, on) => read(reading, on, (options) => ({ ...options, ...given(command) })),
    'AT_ResetRelOptions index': (reading, command, on) =>
      read(reading, on, (options) => Object.fromEntries(Object.entries(options).filter(([key]) => !(key in given(command))))),
  },
  apply: ({ name, to }, catalog) => put(catalog, 'indexes', name, { ...indexOf(catalog, name), options: to }),
  invert: ({ name }, before) => [{ kind: 'set-index-options', name, to: indexOf(before, name).options }],
  toSql({ name, to }, before) {
    const gone = Object.keys(indexOf(before, name).options).filter((key) => !(key in to))
    return [
      ...(gone.length === 0 ? [] : [`ALTER INDEX ${name} RESET (${gone.map(quoteIdentifier).join(', ')})`]),
      ...(Object.keys(to).length === 0 ? [] : [`ALTER INDEX ${name} SET (${printOptions(to)})`]),
    ]
  },
  footprint({ name, to }, before) {
    const gentle = [...changedOptions(before.indexes.get(name)?.options ?? {}, to)].every((option) => option === 'fillfactor' || option === 'deduplicate_items')
    return locking(gentle ? 'SHARE UPDATE EXCLUSIVE' : 'ACCESS EXCLUSIVE', name)
  },
  describe: ({ name, to }) => `index ${display(name)} has the options ${printOptions(to) || 'by default'}`,
  touches: ({ name }) => [keyOf('index', name)],
  examples: [
    { given: 'CREATE TABLE t (a int); CREATE INDEX i ON t (a)', sql: 'ALTER INDEX i SET (fillfactor = 70)' },
    { given: 'CREATE TABLE t (a int); CREATE INDEX i ON t (a) WITH (fillfactor = 70)', sql: 'ALTER INDEX i RESET (fillfactor)' },
  ],
})
