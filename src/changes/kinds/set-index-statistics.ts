import type { Tree } from '../../model/json.ts'
import { display, keyOf, type RelationName } from '../../model/name.ts'
import { defineChange } from '../define.ts'
import { indexOf, put, withFields } from '../edit.ts'
import { locking } from '../footprint.ts'
import type { Reading } from '../reading.ts'
import { notUnderstood } from '../refusal.ts'
import { optionText } from '../types.ts'

const read = (reading: Reading, command: Tree, name: RelationName): void => {
  if (typeof command.num !== 'number') notUnderstood('statistics of an index column without a number')
  const target = Number(command.def === undefined ? -1 : optionText(command.def))
  const { [String(command.num)]: _old, ...others } = indexOf(reading.catalog, name).statistics ?? {}
  reading.emit({ kind: 'set-index-statistics', name, to: target < 0 ? others : { ...others, [String(command.num)]: target } })
}

export const setIndexStatistics = defineChange({
  kind: 'set-index-statistics',
  summary: "The statistics target of an index's expression is set.",
  alters: { 'AT_SetStatistics index': read },
  apply: ({ name, to }, catalog) =>
    put(catalog, 'indexes', name, withFields(indexOf(catalog, name), { statistics: Object.keys(to).length === 0 ? undefined : to })),
  invert: ({ name }, before) => [{ kind: 'set-index-statistics', name, to: indexOf(before, name).statistics ?? {} }],
  toSql({ name, to }, before) {
    const gone = Object.keys(indexOf(before, name).statistics ?? {}).filter((column) => !(column in to))
    return [...gone.map((column) => [column, -1] as const), ...Object.entries(to)].map(
      ([column, target]) => `ALTER INDEX ${name} ALTER COLUMN ${column} SET STATISTICS ${target}`,
    )
  },
  footprint: ({ name }) => locking('SHARE UPDATE EXCLUSIVE', name),
  describe: ({ name }) => `index ${display(name)} has new statistics targets`,
  touches: ({ name }) => [keyOf('index', name)],
  examples: [
    { given: 'CREATE TABLE t (a int); CREATE INDEX i ON t ((a + 1))', sql: 'ALTER INDEX i ALTER COLUMN 1 SET STATISTICS 500' },
    {
      given: 'CREATE TABLE t (a int); CREATE INDEX i ON t ((a + 1)); ALTER INDEX i ALTER COLUMN 1 SET STATISTICS 500',
      sql: 'ALTER INDEX i ALTER COLUMN 1 SET STATISTICS -1',
    },
  ],
})
