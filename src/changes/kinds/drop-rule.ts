import type { Tree } from '../../model/json.ts'
import { display, displayIdentifier, keyOf, member, quoteIdentifier } from '../../model/name.ts'
import { flag } from '../../sql/tree.ts'
import { recreateFactsOf } from '../create.ts'
import { defineChange } from '../define.ts'
import { dropAll } from '../drops.ts'
import { dropFactsOf } from '../edit.ts'
import { locking } from '../footprint.ts'
import { droppedMember, hostOf, setMember } from '../hosts.ts'
import type { Reading } from '../reading.ts'
import { ruleOf } from '../triggers.ts'

const read = (reading: Reading, node: Tree): void =>
  dropAll(reading, node, (item) => {
    const found = droppedMember(
      reading,
      item,
      flag(node, 'missing_ok'),
      (on, name) => hostOf(reading.catalog, on).rules.has(name),
      (name, on) => `rule "${name}" for relation "${on}" does not exist`,
    )
    return typeof found === 'object' ? keyOf('rule', member(found.on, found.name)) : found === 'temporary' ? 'done' : undefined
  })

export const dropRule = defineChange({
  kind: 'drop-rule',
  summary: 'A rewrite rule is dropped.',
  reads: { 'DropStmt OBJECT_RULE': read },
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
  touches: ({ on, name }) => [keyOf('rule', member(on, name))],
  examples: [
    { given: `CREATE TABLE a (id int); CREATE RULE r AS ON INSERT TO a DO INSTEAD NOTHING; COMMENT ON RULE r ON a IS 'x'`, sql: `DROP RULE r ON a` },
    {
      given: `CREATE TABLE a (id int); CREATE VIEW v AS SELECT id FROM a; CREATE RULE r AS ON INSERT TO v DO INSTEAD NOTHING`,
      sql: `DROP RULE IF EXISTS r ON public.v CASCADE`,
    },
  ],
})
