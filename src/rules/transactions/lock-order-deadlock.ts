import { type Batch, type BatchStep, stronger } from '../../changes/batch.ts'
import { equal } from '../../changes/equal.ts'
import { replay } from '../../changes/replay.ts'
import type { Remedy } from '../../model/finding.ts'
import type { LockMode } from '../../model/lock.ts'
import { display, type RelationName } from '../../model/name.ts'
import { defineBatchRule } from '../define.ts'
import { type OppositeOrder, oppositeOrders } from '../lock-order.ts'
import { isWork } from '../lock-waits.ts'
import { listed, shown } from '../statement-words.ts'

const pair = ({ parent, child }: OppositeOrder): string => `${display(parent)} before ${display(child)}`

const place = ({ step }: BatchStep): string => `line ${step.statement.start.line}`

/** True where nothing from the one statement on must come before the other: it is read the same there, nothing is refused behind it, and no rows change in between. */
const canMoveUp = (batch: Batch, { first, second }: OppositeOrder): boolean => {
  const skipped = batch.steps.slice(first.position, second.position)
  if ([...skipped, second].some(({ step, moves }) => step.refused || moves.some(({ change }) => change.kind === 'change-data' || change.kind === 'opaque')))
    return false
  const { steps } = replay([{ statements: [second, ...skipped].map(({ step }) => step.statement) }], first.step.before)
  return steps.every(({ refused }) => !refused) && equal(steps[0]?.changes, second.step.changes)
}

/** Both statements in the order that helps, where they may change places; otherwise at two times. */
const remedyFor = (batch: Batch, pair: OppositeOrder): Remedy => {
  const { first, second, parent, child } = pair
  const [parents, children] = [display(parent), display(child)]
  const apart = (note: string): Remedy => ({ title: 'Deploy the two apart', steps: [{ when: 'next deployment', sql: [second.step.statement.text], note }] })
  if (first.step.migration !== second.step.migration)
    return apart(`As it stands, in its own migration: deploy that one after the migration that locks ${parents} (“${shown(first)}”) has run.`)
  if (!canMoveUp(batch, pair)) return apart(`It may need what stands before it; ${parents} is free again by then.`)
  return {
    title: `Lock ${children} before ${parents}`,
    steps: [
      {
        when: 'instead',
        sql: [second.step.statement.text, first.step.statement.text],
        note: `In the place of the statement at ${place(first)}; the one at ${place(second)} moves up, what stands between them follows.`,
      },
    ],
  }
}

export const lockOrderDeadlock = defineBatchRule({
  id: 'lock-order-deadlock',
  severity: 'warning',
  weighs: 'traffic',
  summary: "A batch locks a foreign key's parent and then, in a later statement, its child: the opposite order of an INSERT into the child.",
  why: 'An INSERT locks the child and then, to check the key, the parent. When one has the child and waits for the parent while the batch has the parent and waits for the child, PostgreSQL ends one of the two with a deadlock (40P01): a request fails, or the deployment. It is a note where both locks follow each other at once, and a warning where work lies between them.',
  instead:
    'Write the statements on the child (the table with the foreign key) before those on the parent, or put them into migrations that are deployed apart; with a lock_timeout the batch gives up instead of a request.',
  check({ batch }) {
    const found = oppositeOrders(batch)
    const between = found.find(({ first, second }) => batch.steps.slice(first.position, second.position).some(isWork))
    const shownPair = between ?? found[0]
    if (!shownPair) return []
    const { first, second, child } = shownPair
    const tables: readonly RelationName[] = [...new Set([...found.map((each) => each.child), ...found.map((each) => each.parent)])]
    const others = found.length - 1
    return [
      {
        at: second,
        message: `The batch locks ${pair(shownPair)} (“${shown(first)}”); an INSERT into ${display(child)} takes them the other way round and both can end in a deadlock${
          others > 0
            ? `; so do ${listed(
                found
                  .filter((each) => each !== shownPair)
                  .map(pair)
                  .slice(0, 5),
              )}`
            : ''
        }.`,
        object: [...tables].sort().join(' '),
        relation: child,
        severity: between ? 'warning' : 'note',
        lock: {
          relation: child,
          mode: second.footprint.locks.filter(({ relation }) => relation === child).reduce<LockMode>((mode, each) => stronger(mode, each.mode), 'ACCESS SHARE'),
          duration: 'moment',
        },
        remedy: remedyFor(batch, shownPair),
      },
    ]
  },
  bad: [
    {
      shows: 'the parent in one file, the child in the next',
      given: 'CREATE TABLE users (id bigint PRIMARY KEY); CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint REFERENCES users)',
      sql: ['ALTER TABLE users ADD COLUMN name text', 'ALTER TABLE orders ADD COLUMN note text'],
    },
    {
      shows: 'both in one file, where they may change places',
      given: 'CREATE TABLE users (id bigint PRIMARY KEY); CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint REFERENCES users)',
      sql: 'ALTER TABLE users ADD COLUMN name text;\nALTER TABLE orders ADD COLUMN note text',
    },
    {
      shows: 'a type that the child needs is made in between',
      given: 'CREATE TABLE users (id bigint PRIMARY KEY); CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint REFERENCES users)',
      sql: "ALTER TABLE users ADD COLUMN name text;\nCREATE TYPE state AS ENUM ('open', 'paid');\nALTER TABLE orders ADD COLUMN state state",
    },
  ],
  good: [
    {
      shows: 'the child first',
      given: 'CREATE TABLE users (id bigint PRIMARY KEY); CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint REFERENCES users)',
      sql: ['ALTER TABLE orders ADD COLUMN note text', 'ALTER TABLE users ADD COLUMN name text'],
    },
    {
      shows: 'a transaction for each file',
      given: 'CREATE TABLE users (id bigint PRIMARY KEY); CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint REFERENCES users)',
      sql: ['ALTER TABLE users ADD COLUMN name text', 'ALTER TABLE orders ADD COLUMN note text'],
      runner: 'per-file',
    },
    {
      shows: 'tables that no foreign key joins',
      given: 'CREATE TABLE users (id bigint PRIMARY KEY); CREATE TABLE plans (id bigint PRIMARY KEY)',
      sql: ['ALTER TABLE users ADD COLUMN name text', 'ALTER TABLE plans ADD COLUMN price int'],
    },
  ],
})
