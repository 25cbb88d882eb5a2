import { display, keyOf, quoteIdentifier } from '../../model/name.ts'
import { defineChange } from '../define.ts'
import { domainFootprint } from '../domain-columns.ts'
import { put } from '../edit.ts'
import { chooseDomainConstraintName, userType } from '../type-names.ts'

/** Read by ALTER DOMAIN (set-domain-default). */
export const setDomainNotNull = defineChange({
  kind: 'set-domain-not-null',
  summary: 'A domain refuses NULL, or allows it again.',
  apply: ({ domain, to }, catalog) => put(catalog, 'types', domain, { ...userType(catalog, domain, 'domain'), notNull: to }),
  invert: ({ domain }, before) => [{ kind: 'set-domain-not-null', domain, to: userType(before, domain, 'domain').notNull }],
  toSql: ({ domain, to }, before) => {
    if (!to) return [`ALTER DOMAIN ${domain} DROP NOT NULL`]
    const { notNull } = userType(before, domain, 'domain')
    return notNull || to.name === chooseDomainConstraintName(before, domain, 'not_null')
      ? [`ALTER DOMAIN ${domain} SET NOT NULL`]
      : [`ALTER DOMAIN ${domain} ADD CONSTRAINT ${quoteIdentifier(to.name)} NOT NULL`]
  },
  footprint: ({ domain, to }, before) => domainFootprint(before, domain, to !== false),
  describe: ({ domain, to }) => `domain ${display(domain)} ${to ? 'refuses' : 'allows'} NULL`,
  touches: ({ domain }) => [keyOf('type', domain)],
  examples: [
    { given: 'CREATE DOMAIN d AS text; CREATE TABLE t (a d)', sql: 'ALTER DOMAIN d SET NOT NULL' },
    { given: 'CREATE DOMAIN d AS text NOT NULL', sql: 'ALTER DOMAIN d DROP NOT NULL' },
    { given: 'CREATE DOMAIN d AS text NOT NULL', sql: 'ALTER DOMAIN d DROP CONSTRAINT d_not_null' },
    { given: 'CREATE DOMAIN d AS text NOT NULL; ALTER DOMAIN d RENAME TO e', sql: 'ALTER DOMAIN e DROP CONSTRAINT d_not_null' },
    { given: 'CREATE DOMAIN d AS text', sql: 'ALTER DOMAIN d ADD CONSTRAINT there NOT NULL' },
  ],
})
