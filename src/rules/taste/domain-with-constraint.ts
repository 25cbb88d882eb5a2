import { display, keyOf } from '../../model/name.ts'
import { defineStepRule } from '../define.ts'

export const domainWithConstraint = defineStepRule({
  id: 'domain-with-constraint',
  severity: 'warning',
  preset: 'taste',
  summary: 'A domain has a constraint.',
  why: 'A constraint of a domain holds for every column of every table that has it: adding or validating one later scans them all under locks, and a cast of a single value can fail anywhere.',
  instead: "Put the CHECK on the table's column, where it can be added NOT VALID and validated for that table alone.",
  judges: {
    'create-type'({ change: { name, type } }) {
      if (type.kind !== 'domain' || type.constraints.size === 0) return undefined
      return { message: `Domain ${display(name)} is made with a constraint that all of its columns will share.`, object: keyOf('type', name) }
    },
    'add-domain-constraint'({ change: { domain, name, implied } }) {
      if (implied) return undefined
      return { message: `Constraint ${name} is added to every column of domain ${display(domain)}.`, object: `${keyOf('type', domain)} ${name}` }
    },
  },
  bad: [
    { shows: 'a domain with a check', sql: 'CREATE DOMAIN positive AS numeric CHECK (VALUE > 0)' },
    {
      shows: 'a constraint that comes later',
      given: 'CREATE DOMAIN amount AS numeric',
      sql: 'ALTER DOMAIN amount ADD CONSTRAINT not_negative CHECK (VALUE >= 0) NOT VALID',
    },
  ],
  good: [{ shows: 'a domain that only names a type', sql: 'CREATE DOMAIN amount AS numeric(12, 2)' }],
})
