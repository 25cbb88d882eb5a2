import { display, keyOf } from '../../model/name.ts'
import { defineChange, noFootprint } from '../define.ts'
import { readAlterDomain } from '../domains.ts'
import { put, withFields } from '../edit.ts'
import { printDefault } from '../print.ts'
import { userType } from '../type-names.ts'

/** Reads all of ALTER DOMAIN. */
export const setDomainDefault = defineChange({
  kind: 'set-domain-default',
  summary: 'The default of a domain is set or dropped.',
  reads: { AlterDomainStmt: readAlterDomain },
  apply: ({ domain, to }, catalog) => put(catalog, 'types', domain, withFields(userType(catalog, domain, 'domain'), { default: to })),
  invert: ({ domain }, before) => [{ kind: 'set-domain-default', domain, to: userType(before, domain, 'domain').default }],
  toSql: ({ domain, to }) => [`ALTER DOMAIN ${domain} ${to ? `SET DEFAULT ${printDefault(to)}` : 'DROP DEFAULT'}`],
  footprint: () => noFootprint,
  describe: ({ domain, to }) => `the default of domain ${display(domain)} is ${to ? 'set' : 'dropped'}`,
  touches: ({ domain }) => [keyOf('type', domain)],
  examples: [
    { given: 'CREATE DOMAIN d AS text', sql: `ALTER DOMAIN d SET DEFAULT 'a' || 'b'` },
    { given: `CREATE DOMAIN d AS text DEFAULT 'x'`, sql: 'ALTER DOMAIN d DROP DEFAULT' },
  ],
})
