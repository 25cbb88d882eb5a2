import { display, displayIdentifier, keyOf, localName, member } from '../../model/name.ts'
import { defineChange } from '../define.ts'
import { domainFootprint } from '../domain-columns.ts'
import { put, withEntry } from '../edit.ts'
import { printDomainConstraint } from '../print-types.ts'
import { refuse } from '../refusal.ts'
import { userType } from '../type-names.ts'

/** Read by ALTER DOMAIN (set-domain-default). */
export const addDomainConstraint = defineChange({
  kind: 'add-domain-constraint',
  summary: 'A domain gets a CHECK constraint.',
  apply({ domain, name, constraint }, catalog) {
    const type = userType(catalog, domain, 'domain')
    if (type.constraints.has(name)) refuse('42710', `constraint "${name}" for domain "${localName(domain)}" already exists`)
    return put(catalog, 'types', domain, { ...type, constraints: withEntry(type.constraints, name, constraint) })
  },
  invert: ({ domain, name }) => [{ kind: 'drop-domain-constraint', domain, name }],
  toSql: ({ domain, name, constraint }) => [`ALTER DOMAIN ${domain} ADD ${printDomainConstraint(name, constraint)}`],
  footprint: ({ domain, constraint }, before) => domainFootprint(before, domain, !constraint.notValid),
  describe: ({ domain, name }) => `constraint ${displayIdentifier(name)} is added to domain ${display(domain)}`,
  touches: ({ domain, name }) => [keyOf('type', domain), keyOf('domain constraint', member(domain, name))],
  examples: [
    { given: 'CREATE DOMAIN d AS int CHECK (VALUE > 0); CREATE TABLE t (a d)', sql: 'ALTER DOMAIN d ADD CHECK (VALUE < 100)' },
    { given: 'CREATE DOMAIN d AS int', sql: 'ALTER DOMAIN d ADD CONSTRAINT "Odd" CHECK (VALUE % 2 = 1) NOT VALID' },
  ],
})
