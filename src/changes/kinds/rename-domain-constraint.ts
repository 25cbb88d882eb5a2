import type { Tree } from '../../model/json.ts'
import { display, displayIdentifier, keyOf, localName, member, quoteIdentifier } from '../../model/name.ts'
import { child, list, text } from '../../sql/tree.ts'
import { defineChange, noFootprint } from '../define.ts'
import { mapEntries, put } from '../edit.ts'
import type { Reading } from '../reading.ts'
import { refuse } from '../refusal.ts'
import { domainNamed } from '../rename-readers.ts'
import { userType } from '../type-names.ts'

const read = (reading: Reading, node: Tree): void =>
  reading.emit({
    kind: 'rename-domain-constraint',
    domain: domainNamed(reading, list(child(child(node, 'object'), 'List'), 'items')),
    from: text(node, 'subname') ?? '',
    to: text(node, 'newname') ?? '',
  })

export const renameDomainConstraint = defineChange({
  kind: 'rename-domain-constraint',
  summary: 'A constraint of a domain gets another name.',
  reads: { 'RenameStmt OBJECT_DOMCONSTRAINT': read },
  apply({ domain, from, to }, catalog) {
    const type = userType(catalog, domain, 'domain')
    const { notNull } = type
    const isNotNull = notNull && notNull.name === from
    if (!isNotNull && !type.constraints.has(from)) refuse('42704', `constraint "${from}" for domain ${localName(domain)} does not exist`)
    if (type.constraints.has(to) || (notNull && notNull.name === to)) refuse('42710', `constraint "${to}" for domain ${localName(domain)} already exists`)
    const next = put(catalog, 'types', domain, {
      ...type,
      ...(isNotNull && { notNull: { name: to } }),
      constraints: new Map([...type.constraints].map(([name, constraint]) => [name === from ? to : name, constraint])),
    })
    const [old, now] = [keyOf('domain constraint', member(domain, from)), keyOf('domain constraint', member(domain, to))]
    return mapEntries(next, 'comments', (comment, key) => ({ key: key === old ? now : key, value: comment }))
  },
  invert: ({ domain, from, to }) => [{ kind: 'rename-domain-constraint', domain, from: to, to: from }],
  toSql: ({ domain, from, to }) => [`ALTER DOMAIN ${domain} RENAME CONSTRAINT ${quoteIdentifier(from)} TO ${quoteIdentifier(to)}`],
  footprint: () => noFootprint,
  describe: ({ domain, from, to }) => `constraint ${displayIdentifier(from)} of domain ${display(domain)} is renamed to ${displayIdentifier(to)}`,
  touches: ({ domain, from, to }) => [keyOf('domain constraint', member(domain, from)), keyOf('domain constraint', member(domain, to))],
  examples: [
    { given: 'CREATE DOMAIN positive AS int CHECK (VALUE > 0)', sql: 'ALTER DOMAIN positive RENAME CONSTRAINT positive_check TO above_zero' },
    {
      given: `CREATE DOMAIN d AS text CONSTRAINT a CHECK (VALUE <> ''); COMMENT ON CONSTRAINT a ON DOMAIN d IS 'x'`,
      sql: 'ALTER DOMAIN d RENAME CONSTRAINT a TO "B"',
    },
    { given: 'CREATE DOMAIN d AS text NOT NULL', sql: 'ALTER DOMAIN d RENAME CONSTRAINT d_not_null TO there' },
  ],
})
