import { isUsed } from '../../changes/batch.ts'
import { isPartitioned } from '../../changes/found-by.ts'
import { relationKind } from '../../changes/names.ts'
import { display, keyOf } from '../../model/name.ts'
import { defineStepRule } from '../define.ts'
import { storesOf } from '../stored-rows.ts'

export const cluster = defineStepRule({
  id: 'cluster',
  severity: 'error',
  weighs: 'rows',
  summary: 'A table in use is written anew by CLUSTER.',
  why: 'CLUSTER sorts and writes the whole table and its indexes anew under ACCESS EXCLUSIVE: nobody can read or write it until it is done.',
  instead: 'Take CLUSTER out of the migration: no schema depends on it. Use pg_repack, which lets others work meanwhile, or a quiet time.',
  judges: {
    maintain(move, view) {
      if (move.change.command !== 'CLUSTER') return undefined
      const [name] = move.change.relations
      if (name === undefined)
        return view.inBlock
          ? undefined
          : { message: 'CLUSTER writes one clustered table after the other anew, while nobody can read or write it.', object: 'all tables' }
      if (relationKind(move.before, name) === undefined || !isUsed(move, name) || (view.inBlock && isPartitioned(move.before, name))) return undefined
      return {
        message: `${display(name)} is sorted and written anew, while nobody can read or write it.`,
        object: keyOf('table', name),
        relation: name,
        ...(isPartitioned(move.before, name)
          ? {}
          : { lock: { relation: name, mode: 'ACCESS EXCLUSIVE', duration: 'rewrite' }, claim: { rewrites: storesOf(move.before, name) } }),
      }
    },
  },
  bad: [{ shows: 'a table that an earlier migration made', given: 'CREATE TABLE orders (id bigint PRIMARY KEY)', sql: 'CLUSTER orders USING orders_pkey' }],
  good: [
    { shows: 'the index is only remembered', given: 'CREATE TABLE orders (id bigint PRIMARY KEY)', sql: 'ALTER TABLE orders CLUSTER ON orders_pkey' },
    { shows: 'a table that the same batch makes', sql: 'CREATE TABLE orders (id bigint PRIMARY KEY); CLUSTER orders USING orders_pkey' },
  ],
})
