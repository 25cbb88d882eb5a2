import { isUsed } from '../../changes/batch.ts'
import { isPartitioned } from '../../changes/found-by.ts'
import { relationKind } from '../../changes/names.ts'
import { display, keyOf } from '../../model/name.ts'
import { defineStepRule } from '../define.ts'
import { storesOf } from '../stored-rows.ts'

export const vacuumFull = defineStepRule({
  id: 'vacuum-full',
  severity: 'error',
  weighs: 'rows',
  summary: 'A table in use is written anew by VACUUM FULL.',
  why: 'VACUUM FULL copies the whole table and its indexes under ACCESS EXCLUSIVE: nobody can read or write it until it is done.',
  instead: 'Take it out of the migration: plain VACUUM is enough nearly always; to give space back, use pg_repack, which lets others work meanwhile.',
  judges: {
    maintain(move, view) {
      // Inside of a transaction PostgreSQL refuses it, and another rule says so.
      if (move.change.command !== 'VACUUM FULL' || view.inBlock) return undefined
      const { relations } = move.change
      if (relations.length === 0)
        return { message: 'VACUUM FULL writes one table after the other anew, while nobody can read or write it.', object: 'all tables' }
      return relations
        .filter((name) => relationKind(move.before, name) !== undefined && isUsed(move, name))
        .map((name) => ({
          message: `${display(name)} is written anew, while nobody can read or write it.`,
          object: keyOf('table', name),
          relation: name,
          ...(isPartitioned(move.before, name)
            ? {}
            : { lock: { relation: name, mode: 'ACCESS EXCLUSIVE', duration: 'rewrite' }, claim: { rewrites: storesOf(move.before, name) } }),
        }))
    },
  },
  bad: [
    {
      shows: 'a table in use, outside of a transaction',
      given: 'CREATE TABLE orders (id bigint PRIMARY KEY)',
      sql: 'VACUUM (FULL, ANALYZE) orders',
      runner: 'none',
    },
  ],
  good: [{ shows: 'plain VACUUM', given: 'CREATE TABLE orders (id bigint PRIMARY KEY)', sql: 'VACUUM (ANALYZE) orders', runner: 'none' }],
})
