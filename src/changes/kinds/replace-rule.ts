import type { Trigger } from '../../model/catalog.ts'
import type { Tree } from '../../model/json.ts'
import { display, displayIdentifier, keyOf, member, type RelationName } from '../../model/name.ts'
import { text } from '../../sql/tree.ts'
import { defineChange } from '../define.ts'
import { equal } from '../equal.ts'
import { locking, together } from '../footprint.ts'
import { setMember } from '../hosts.ts'
import { writtenBy } from '../named-tables.ts'
import type { Reading } from '../reading.ts'
import { printEnabled, printRule, ruleOf } from '../triggers.ts'

const enable =
  (enabled: Trigger['enabled']) =>
  (reading: Reading, command: Tree, on: RelationName): void => {
    const name = text(command, 'name') ?? ''
    const before = ruleOf(reading.catalog, on, name)
    if (before.enabled !== enabled) reading.emit({ kind: 'replace-rule', on, name, rule: { ...before, enabled } })
  }

/** Also read by CREATE OR REPLACE RULE. */
export const replaceRule = defineChange({
  kind: 'replace-rule',
  summary: 'A rewrite rule is replaced, or switched on or off.',
  alters: {
    AT_EnableRule: enable('origin'),
    AT_DisableRule: enable('disabled'),
    AT_EnableReplicaRule: enable('replica'),
    AT_EnableAlwaysRule: enable('always'),
  },
  apply({ on, name, rule }, catalog) {
    ruleOf(catalog, on, name)
    return setMember(catalog, on, 'rules', name, rule)
  },
  invert: ({ on, name }, before) => [{ kind: 'replace-rule', on, name, rule: ruleOf(before, on, name) }],
  toSql({ on, name, rule }, before) {
    const old = ruleOf(before, on, name)
    return equal(old.definition, rule.definition) ? [printEnabled('RULE', on, name, rule.enabled)] : printRule(on, name, rule, true, old.enabled)
  },
  footprint({ on, name, rule }, before) {
    const written = equal(ruleOf(before, on, name).definition, rule.definition) ? [] : writtenBy(rule)
    return together(locking('ACCESS EXCLUSIVE', on), locking('ROW EXCLUSIVE', ...written))
  },
  describe: ({ on, name }) => `rule ${displayIdentifier(name)} of ${display(on)} is replaced`,
  touches: ({ on, name }) => [keyOf('rule', member(on, name))],
  examples: [
    { given: `CREATE TABLE a (id int); CREATE RULE r AS ON INSERT TO a DO INSTEAD NOTHING`, sql: `CREATE OR REPLACE RULE r AS ON UPDATE TO a DO ALSO NOTHING` },
    { given: `CREATE TABLE a (id int); CREATE RULE r AS ON INSERT TO a DO INSTEAD NOTHING`, sql: `ALTER TABLE a DISABLE RULE r` },
  ],
})
