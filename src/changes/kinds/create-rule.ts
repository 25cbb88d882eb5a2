import type { Tree } from '../../model/json.ts'
import { display, displayIdentifier, keyOf, localName, member } from '../../model/name.ts'
import { flag, text } from '../../sql/tree.ts'
import { defineChange } from '../define.ts'
import { locking, together } from '../footprint.ts'
import { hostOf, setMember } from '../hosts.ts'
import { writtenBy } from '../named-tables.ts'
import type { Reading } from '../reading.ts'
import { refuse } from '../refusal.ts'
import { alteredRelation } from '../temporary.ts'
import { printRule, readRule } from '../triggers.ts'

const read = (reading: Reading, node: Tree): void => {
  const on = alteredRelation(reading, node)
  if (on === undefined) return
  const name = text(node, 'rulename') ?? ''
  const rule = readRule(reading, node, on)
  const before = flag(node, 'replace') ? hostOf(reading.catalog, on).rules.get(name) : undefined
  if (before) reading.emit({ kind: 'replace-rule', on, name, rule: { ...rule, enabled: before.enabled } })
  else reading.emit({ kind: 'create-rule', on, name, rule })
}

export const createRule = defineChange({
  kind: 'create-rule',
  summary: 'A rewrite rule is made on a table or view.',
  reads: { RuleStmt: read },
  apply({ on, name, rule }, catalog) {
    if (hostOf(catalog, on).rules.has(name)) refuse('42710', `rule "${name}" for relation "${localName(on)}" already exists`)
    return setMember(catalog, on, 'rules', name, rule)
  },
  invert: ({ on, name }) => [{ kind: 'drop-rule', on, name }],
  toSql: ({ on, name, rule }) => printRule(on, name, rule),
  footprint: ({ on, rule }) => together(locking('ACCESS EXCLUSIVE', on), locking('ROW EXCLUSIVE', ...writtenBy(rule))),
  describe: ({ on, name }) => `rule ${displayIdentifier(name)} is made on ${display(on)}`,
  touches: ({ on, name }) => [keyOf('rule', member(on, name))],
  examples: [
    {
      given: `CREATE TABLE a (id int, note text); CREATE TABLE log (old_note text, new_note text)`,
      sql: `CREATE RULE "log notes" AS ON UPDATE TO a WHERE old.note <> new.note DO ALSO INSERT INTO log VALUES (old.note, new.note)`,
    },
    {
      given: `CREATE TABLE a (id int); CREATE VIEW v AS SELECT id FROM a`,
      sql: `CREATE RULE r AS ON DELETE TO v DO INSTEAD DELETE FROM a WHERE a.id = old.id`,
    },
    { given: `CREATE TABLE a (id int)`, sql: `CREATE RULE r AS ON INSERT TO a DO INSTEAD NOTHING` },
  ],
})
