import type { Move } from '../../changes/batch.ts'
import type { Change } from '../../model/change.ts'
import { display, displayIdentifier, keyOf } from '../../model/name.ts'
import { briefLock } from '../brief-locks.ts'
import { defineStepRule, type PolicyHit, type StepView } from '../define.ts'

type Altered = Change<'create-policy' | 'alter-policy' | 'drop-policy' | 'rename-policy' | 'set-row-security'>

const what = (change: Altered): string => {
  if (change.kind === 'set-row-security') return 'Row-level security is switched'
  const [name, verb] =
    change.kind === 'rename-policy'
      ? [change.from, 'renamed']
      : [change.name, change.kind === 'create-policy' ? 'made' : change.kind === 'drop-policy' ? 'dropped' : 'changed']
  return `Policy ${displayIdentifier(name)} is ${verb}`
}

const judge = (move: Move<Altered>, view: StepView): PolicyHit | undefined => {
  const { change } = move
  if (change.implied) return undefined
  return briefLock(move, view, change.on, 'ACCESS EXCLUSIVE', {
    message: `${what(change)}, which locks ${display(change.on)} against reads and writes.`,
    object: keyOf('table', change.on),
  })
}

export const rlsPolicy = defineStepRule({
  id: 'rls-policy',
  severity: 'note',
  weighs: 'traffic',
  summary: 'A policy or row-level security of a table in use is changed.',
  why: 'Every such statement takes ACCESS EXCLUSIVE for a moment; while it waits for a long query, all others queue behind it.',
  instead: "Begin the migration with SET LOCAL lock_timeout = '5s' and deploy again when it fails.",
  judges: {
    'create-policy': judge,
    'alter-policy': judge,
    'drop-policy': judge,
    'rename-policy': judge,
    'set-row-security': judge,
  },
  bad: [
    {
      shows: 'a policy on a table that an earlier migration made',
      given: 'CREATE TABLE orders (id bigint PRIMARY KEY)',
      sql: 'CREATE POLICY "Everyone reads" ON orders FOR SELECT USING (true)',
    },
    {
      shows: 'several statements on one table: the lock is named once',
      given: 'CREATE TABLE orders (id bigint PRIMARY KEY)',
      sql: 'ALTER TABLE orders ENABLE ROW LEVEL SECURITY; CREATE POLICY readers ON orders FOR SELECT USING (true)',
    },
  ],
  good: [
    {
      shows: 'a wait that is limited',
      given: 'CREATE TABLE bills (id bigint PRIMARY KEY)',
      sql: "SET LOCAL lock_timeout = '3s'; ALTER TABLE bills ENABLE ROW LEVEL SECURITY",
    },
    { shows: 'a table that the same batch makes', sql: 'CREATE TABLE orders (id bigint); ALTER TABLE orders ENABLE ROW LEVEL SECURITY' },
  ],
})
