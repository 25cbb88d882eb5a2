import { display, keyOf } from '../../model/name.ts'
import { defineChange } from '../define.ts'
import { domainFootprint } from '../domain-columns.ts'
import { put } from '../edit.ts'
import { userType } from '../type-names.ts'

/** Read by ALTER DOMAIN (set-domain-default). */
export const setDomainNotNull = defineChange({
  kind: 'set-domain-not-null',
  summary: 'A domain refuses NULL, or allows it again.',
  apply: ({ domain, to }, catalog) => put(catalog, 'types', domain, { ...userType(catalog, domain, 'domain'), notNull: to }),
  invert: ({ domain }, before) => [{ kind: 'set-domain-not-null', domain, to: userType(before, domain, 'domain').notNull }],
  toSql: ({ domain, to }) => [`ALTER DOMAIN ${domain} ${to ? 'SET' : 'DROP'} NOT NULL`],
  footprint: ({ domain, to }, before) => domainFootprint(before, domain, to),
  describe: ({ domain, to }) => `domain ${display(domain)} ${to ? 'refuses' : 'allows'} NULL`,
  touches: ({ domain }) => [keyOf('type', domain)],
  examples: [
    { given: 'CREATE DOMAIN d AS text; CREATE TABLE t (a d)', sql: 'ALTER DOMAIN d SET NOT NULL' },
    { given: 'CREATE DOMAIN d AS text NOT NULL', sql: 'ALTER DOMAIN d DROP NOT NULL' },
    { given: 'CREATE DOMAIN d AS text NOT NULL', sql: 'ALTER DOMAIN d DROP CONSTRAINT d_not_null' },
  ],
})
