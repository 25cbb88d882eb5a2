import { display, displayIdentifier, keyOf, localName, member, quoteIdentifier } from '../../model/name.ts'
import { defineChange } from '../define.ts'
import { domainFootprint } from '../domain-columns.ts'
import { put, withEntry } from '../edit.ts'
import { refuse } from '../refusal.ts'
import { userType } from '../type-names.ts'

/** Read by ALTER DOMAIN (set-domain-default). */
export const validateDomainConstraint = defineChange({
  kind: 'validate-domain-constraint',
  summary: 'A NOT VALID constraint of a domain is checked on the values that are there.',
  apply({ domain, name }, catalog) {
    const type = userType(catalog, domain, 'domain')
    const constraint = type.constraints.get(name) ?? refuse('42704', `constraint "${name}" of domain "${localName(domain)}" does not exist`)
    return put(catalog, 'types', domain, { ...type, constraints: withEntry(type.constraints, name, { ...constraint, notValid: false }) })
  },
  invert({ domain, name }, before) {
    const constraint = userType(before, domain, 'domain').constraints.get(name)
    if (!constraint) return { irreversible: `constraint ${displayIdentifier(name)} is not known` }
    if (!constraint.notValid) return []
    const comment = before.comments.get(keyOf('domain constraint', member(domain, name)))
    return [
      { kind: 'drop-domain-constraint', domain, name },
      { kind: 'add-domain-constraint', domain, name, constraint },
      ...(comment === undefined ? [] : [{ kind: 'set-comment', object: keyOf('domain constraint', member(domain, name)), to: comment } as const]),
    ]
  },
  toSql: ({ domain, name }) => [`ALTER DOMAIN ${domain} VALIDATE CONSTRAINT ${quoteIdentifier(name)}`],
  footprint: ({ domain }, before) => domainFootprint(before, domain, true),
  describe: ({ domain, name }) => `constraint ${displayIdentifier(name)} of domain ${display(domain)} is validated`,
  touches: ({ domain, name }) => [keyOf('type', domain), keyOf('domain constraint', member(domain, name))],
  examples: [
    { given: 'CREATE DOMAIN d AS int; ALTER DOMAIN d ADD CONSTRAINT c CHECK (VALUE > 0) NOT VALID', sql: 'ALTER DOMAIN d VALIDATE CONSTRAINT c' },
    { given: 'CREATE DOMAIN d AS int CONSTRAINT c CHECK (VALUE > 0)', sql: 'ALTER DOMAIN d VALIDATE CONSTRAINT c' },
  ],
})
