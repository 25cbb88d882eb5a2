import type { Trigger } from '../../model/catalog.ts'
import type { Tree } from '../../model/json.ts'
import { display, displayIdentifier, keyOf, member, type RelationName } from '../../model/name.ts'
import { text } from '../../sql/tree.ts'
import { defineChange } from '../define.ts'
import { locking } from '../footprint.ts'
import { hostOf, setMember } from '../hosts.ts'
import type { Reading } from '../reading.ts'
import { printEnabled, triggerOf } from '../triggers.ts'

const set = (reading: Reading, on: RelationName, name: string, to: Trigger['enabled']): void => {
  if (triggerOf(reading.catalog, on, name).enabled !== to) reading.emit({ kind: 'set-trigger-enabled', on, name, to })
}

const one =
  (to: Trigger['enabled']) =>
  (reading: Reading, command: Tree, on: RelationName): void =>
    set(reading, on, text(command, 'name') ?? '', to)

/** ALL and USER; the triggers of foreign keys, which ALL switches too, are no part of the catalog. */
const all =
  (to: Trigger['enabled']) =>
  (reading: Reading, _command: Tree, on: RelationName): void => {
    for (const name of hostOf(reading.catalog, on).triggers.keys()) set(reading, on, name, to)
  }

const words = { origin: 'enabled', disabled: 'disabled', replica: 'enabled for replicas only', always: 'enabled always' } as const

export const setTriggerEnabled = defineChange({
  kind: 'set-trigger-enabled',
  summary: 'A trigger is switched on or off.',
  alters: {
    AT_EnableTrig: one('origin'),
    AT_DisableTrig: one('disabled'),
    AT_EnableReplicaTrig: one('replica'),
    AT_EnableAlwaysTrig: one('always'),
    AT_EnableTrigAll: all('origin'),
    AT_DisableTrigAll: all('disabled'),
    AT_EnableTrigUser: all('origin'),
    AT_DisableTrigUser: all('disabled'),
  },
  apply: ({ on, name, to }, catalog) => setMember(catalog, on, 'triggers', name, { ...triggerOf(catalog, on, name), enabled: to }),
  invert: ({ on, name }, before) => [{ kind: 'set-trigger-enabled', on, name, to: triggerOf(before, on, name).enabled }],
  toSql: ({ on, name, to }) => [printEnabled('TRIGGER', on, name, to)],
  footprint: ({ on }) => locking('SHARE ROW EXCLUSIVE', on),
  describe: ({ on, name, to }) => `trigger ${displayIdentifier(name)} of ${display(on)} is ${words[to]}`,
  touches: ({ on, name }) => [keyOf('trigger', member(on, name))],
  examples: [
    {
      given: `CREATE TABLE a (id int); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN new; END $$; CREATE TRIGGER t BEFORE INSERT ON a EXECUTE FUNCTION f()`,
      sql: `ALTER TABLE a DISABLE TRIGGER t`,
    },
    {
      given: `CREATE TABLE a (id int); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN new; END $$; CREATE TRIGGER t BEFORE INSERT ON a EXECUTE FUNCTION f(); CREATE TRIGGER u AFTER INSERT ON a EXECUTE FUNCTION f(); ALTER TABLE a DISABLE TRIGGER USER`,
      sql: `ALTER TABLE a ENABLE TRIGGER ALL, ENABLE REPLICA TRIGGER u`,
    },
  ],
})
