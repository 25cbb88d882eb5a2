import { display, displayIdentifier, keyOf, member, quoteIdentifier } from '../../model/name.ts'
import { recreateFactsOf } from '../create.ts'
import { defineChange } from '../define.ts'
import { droppedKey } from '../drop-change.ts'
import { dropFactsOf } from '../edit.ts'
import { locking } from '../footprint.ts'
import { dropsMember, hostOf, setMember } from '../hosts.ts'
import { ruleOf } from '../triggers.ts'

export const dropRule = defineChange({
  kind: 'drop-rule',
  summary: 'A rewrite rule is dropped.',
  reads: { 'DropStmt OBJECT_RULE': dropsMember('rule', (catalog, on, name) => hostOf(catalog, on).rules.has(name)) },
  apply({ on, name }, catalog) {
    ruleOf(catalog, on, name)
    return dropFactsOf(setMember(catalog, on, 'rules', name, undefined), keyOf('rule', member(on, name)))
  },
  invert: ({ on, name }, before) => [
    { kind: 'create-rule', on, name, rule: ruleOf(before, on, name) },
    ...recreateFactsOf(before, keyOf('rule', member(on, name))),
  ],
  toSql: ({ on, name }) => [`DROP RULE ${quoteIdentifier(name)} ON ${on}`],
  footprint: ({ on }) => locking('ACCESS EXCLUSIVE', on),
  describe: ({ on, name }) => `rule ${displayIdentifier(name)} of ${display(on)} is dropped`,
  touches: (change) => [droppedKey(change)],
  examples: [
    { given: `CREATE TABLE a (id int); CREATE RULE r AS ON INSERT TO a DO INSTEAD NOTHING; COMMENT ON RULE r ON a IS 'x'`, sql: `DROP RULE r ON a` },
    {
      given: `CREATE TABLE a (id int); CREATE VIEW v AS SELECT id FROM a; CREATE RULE r AS ON INSERT TO v DO INSTEAD NOTHING`,
      sql: `DROP RULE IF EXISTS r ON public.v CASCADE`,
    },
  ],
})
