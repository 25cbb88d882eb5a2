import { isUsed } from '../../changes/batch.ts'
import { indexesOn } from '../../changes/found-by.ts'
import type { Catalog } from '../../model/catalog.ts'
import { display, keyOf, type RelationName } from '../../model/name.ts'
import { isAlone } from '../commands.ts'
import { defineStepRule } from '../define.ts'
import { plainSql } from '../plain-sql.ts'

/** CONCURRENTLY needs a unique index on plain columns, over all rows (manual, REFRESH MATERIALIZED VIEW). */
const hasKey = (catalog: Catalog, view: RelationName): boolean =>
  indexesOn(catalog, view).some(([, { unique, where, elements }]) => unique && !where && elements.every(({ on }) => typeof on === 'string'))

export const refreshMatviewBlocking = defineStepRule({
  id: 'refresh-matview-blocking',
  severity: 'warning',
  weighs: 'rows',
  summary: 'A materialised view in use is refreshed without CONCURRENTLY.',
  why: 'REFRESH takes ACCESS EXCLUSIVE on the view: nobody can read it while its query runs and its indexes are built, inside a batch until the batch ends.',
  instead: 'Refresh it CONCURRENTLY, for which it needs a unique index on plain columns; best outside of the migration.',
  judges: {
    'change-data'(move, view) {
      const { command, relations } = move.change
      const [name] = relations
      if (!/^REFRESH MATERIALIZED VIEW(?: WITH NO DATA)?$/.test(command) || name === undefined) return undefined
      if (!isUsed(move, name) || move.before.views.get(name)?.withData !== true) return undefined
      const refresh = plainSql(`REFRESH MATERIALIZED VIEW CONCURRENTLY ${name}`)
      const emptied = command.endsWith('NO DATA')
      return {
        message: emptied
          ? `${display(name)} is emptied: whoever reads it gets an error until it is refreshed.`
          : `Nobody can read ${display(name)} while it is refreshed.`,
        object: keyOf('view', name),
        relation: name,
        lock: { relation: name, mode: 'ACCESS EXCLUSIVE', duration: 'rewrite' },
        claim: { rewrites: [name] },
        ...(hasKey(move.before, name) && !emptied
          ? {
              remedy: {
                title: 'Refresh it while it is read',
                steps: [{ when: 'instead', sql: [refresh], note: 'May run in a transaction; other refreshes and REINDEX of it wait.' }],
                ...(isAlone(move, view) ? { mechanical: true as const } : {}),
              },
            }
          : { help: `Make a unique index on plain columns of ${display(name)}, then: ${refresh}` }),
      }
    },
  },
  bad: [
    {
      shows: 'a view that has a unique index',
      given:
        'CREATE TABLE orders (id bigint PRIMARY KEY); CREATE MATERIALIZED VIEW totals AS SELECT id FROM orders; CREATE UNIQUE INDEX totals_id ON totals (id)',
      sql: 'REFRESH MATERIALIZED VIEW totals',
    },
    {
      shows: 'a view without one',
      given: 'CREATE TABLE orders (id bigint PRIMARY KEY); CREATE MATERIALIZED VIEW totals AS SELECT count(*) AS n FROM orders',
      sql: 'REFRESH MATERIALIZED VIEW totals',
    },
  ],
  good: [
    {
      shows: 'CONCURRENTLY',
      given:
        'CREATE TABLE orders (id bigint PRIMARY KEY); CREATE MATERIALIZED VIEW totals AS SELECT id FROM orders; CREATE UNIQUE INDEX totals_id ON totals (id)',
      sql: 'REFRESH MATERIALIZED VIEW CONCURRENTLY totals',
    },
    {
      shows: 'a view that the same batch makes',
      given: 'CREATE TABLE orders (id bigint PRIMARY KEY)',
      sql: 'CREATE MATERIALIZED VIEW totals AS SELECT id FROM orders WITH NO DATA; REFRESH MATERIALIZED VIEW totals',
    },
  ],
})
