import { display, displayIdentifier, keyOf, localName, member, quoteIdentifier } from '../../model/name.ts'
import { recreateFacts } from '../create.ts'
import { defineChange, noFootprint } from '../define.ts'
import { droppedKey } from '../drop-change.ts'
import { dropFacts, put, withEntry } from '../edit.ts'
import { refuse } from '../refusal.ts'
import { userType } from '../type-names.ts'

/** Read by ALTER DOMAIN (set-domain-default). */
export const dropDomainConstraint = defineChange({
  kind: 'drop-domain-constraint',
  summary: 'A CHECK constraint of a domain is dropped.',
  apply({ domain, name }, catalog) {
    const type = userType(catalog, domain, 'domain')
    if (!type.constraints.has(name)) refuse('42704', `constraint "${name}" of domain "${localName(domain)}" does not exist`)
    const gone = keyOf('domain constraint', member(domain, name))
    return dropFacts(put(catalog, 'types', domain, { ...type, constraints: withEntry(type.constraints, name, undefined) }), (key) => key === gone)
  },
  invert({ domain, name }, before) {
    const constraint = userType(before, domain, 'domain').constraints.get(name)
    if (!constraint) return { irreversible: `constraint ${displayIdentifier(name)} is not known` }
    const gone = keyOf('domain constraint', member(domain, name))
    return [{ kind: 'add-domain-constraint', domain, name, constraint }, ...recreateFacts(before, (key) => key === gone)]
  },
  toSql: ({ domain, name }) => [`ALTER DOMAIN ${domain} DROP CONSTRAINT ${quoteIdentifier(name)}`],
  footprint: () => noFootprint,
  describe: ({ domain, name }) => `constraint ${displayIdentifier(name)} of domain ${display(domain)} is dropped`,
  touches: (change) => [keyOf('type', change.domain), droppedKey(change)],
  examples: [
    { given: `CREATE DOMAIN d AS int CHECK (VALUE > 0); COMMENT ON CONSTRAINT d_check ON DOMAIN d IS 'x'`, sql: 'ALTER DOMAIN d DROP CONSTRAINT d_check' },
    { given: 'CREATE DOMAIN d AS int CONSTRAINT "Odd" CHECK (VALUE % 2 = 1)', sql: 'ALTER DOMAIN d DROP CONSTRAINT IF EXISTS "Odd" CASCADE' },
  ],
})
