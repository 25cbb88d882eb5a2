import type { BatchStep, HeldLock } from '../../changes/batch.ts'
import { isAtLeast } from '../../changes/batch.ts'
import { display } from '../../model/name.ts'
import { type BatchView, defineBatchRule } from '../define.ts'
import { hasRows, isWork, workedOn } from '../lock-waits.ts'
import { listed, shown } from '../statement-words.ts'

/** The locks on tables in use that keep at least writes waiting. */
const strongLocks = ({ batch }: BatchView): readonly HeldLock[] =>
  batch.locks.filter(({ relation, mode, from }) => {
    const at = batch.steps[from]
    return isAtLeast(mode, 'SHARE') && at !== undefined && hasRows(at.step.before, relation)
  })

/** `not-valid-validate-same-tx` and `work-after-AX` speak of these. */
const onlyValidates = ({ moves }: BatchStep): boolean => moves.every(({ change }) => change.kind === 'validate-constraint' || change.implied)

type Accumulated = { readonly at: BatchStep; readonly held: readonly HeldLock[]; readonly work: BatchStep }

/** The statement that works through one table while most others are locked by statements before it. */
const worst = (view: BatchView, locks: readonly HeldLock[]): Accumulated | undefined =>
  view.batch.steps
    .filter((at) => isWork(at) && !onlyValidates(at))
    .map((work) => {
      const own = workedOn(work)
      return { at: work, work, held: locks.filter(({ relation, from, to }) => from < work.position && to >= work.position && !own.includes(relation)) }
    })
    .filter(({ held }) => held.length > 0)
    .sort((a, b) => b.held.length - a.held.length || a.at.position - b.at.position)[0]

const described = ({ relation, mode }: HeldLock): string => `${display(relation)} (${mode})`
const most = 8
const list = (locks: readonly HeldLock[]): string =>
  listed([...locks.slice(0, most).map(described), ...(locks.length > most ? [`${locks.length - most} more`] : [])])

export const batchLockAccumulation = defineBatchRule({
  id: 'batch-lock-accumulation',
  severity: 'warning',
  weighs: 'traffic',
  summary: 'Tables in use stay locked while a later statement of the same transaction works through another table.',
  why: "Drizzle's migrator runs all pending files in one transaction, and a lock lasts until it ends. A table that needed its lock for a moment is out of service as long as the slowest statement behind it takes.",
  instead:
    'Deploy the slow statement apart, or let it run outside of the migrator (an index CONCURRENTLY, a constraint NOT VALID and validated in the next deployment), so that the batch holds its locks for a moment.',
  check(view) {
    const found = worst(view, strongLocks(view))
    if (!found) return []
    const { at, work, held } = found
    const busiest = held.find(({ relation }) => view.usage(relation).busy) ?? held[0]
    if (!busiest) return []
    return [
      {
        at,
        message: `While “${shown(work)}” works through ${listed(workedOn(work).map(display))}, the batch keeps ${list(held)} locked too.`,
        object: 'locks',
        relation: busiest.relation,
        lock: { relation: busiest.relation, mode: busiest.mode, duration: 'scan' },
        remedy: { title: 'Deploy the slow statement apart', steps: [{ when: 'next deployment', sql: [work.step.statement.text] }] },
      },
    ]
  },
  bad: [
    {
      shows: 'a column here, an index there, in two files',
      given: 'CREATE TABLE users (id bigint PRIMARY KEY); CREATE TABLE orders (id bigint PRIMARY KEY, note text)',
      sql: ['ALTER TABLE users ADD COLUMN name text', 'CREATE INDEX orders_note_idx ON orders (note)'],
      also: ['index-not-concurrent'],
    },
  ],
  good: [
    {
      shows: 'a transaction for each file',
      given: 'CREATE TABLE users (id bigint PRIMARY KEY); CREATE TABLE orders (id bigint PRIMARY KEY, note text)',
      sql: ['ALTER TABLE users ADD COLUMN name text', 'CREATE INDEX orders_note_idx ON orders (note)'],
      runner: 'per-file',
      also: ['index-not-concurrent'],
    },
    {
      shows: 'nothing that takes long',
      given: 'CREATE TABLE users (id bigint PRIMARY KEY); CREATE TABLE orders (id bigint PRIMARY KEY, note text)',
      sql: ['ALTER TABLE users ADD COLUMN name text', 'ALTER TABLE orders ADD COLUMN place text'],
    },
    {
      shows: 'an index that the transaction refuses is not built in it',
      given: 'CREATE TABLE users (id bigint PRIMARY KEY); CREATE TABLE orders (id bigint PRIMARY KEY, note text)',
      sql: ['ALTER TABLE users ADD COLUMN name text', 'CREATE INDEX CONCURRENTLY orders_note_idx ON orders (note)'],
      also: ['concurrently-in-tx'],
    },
    {
      shows: 'the work comes first',
      given: 'CREATE TABLE users (id bigint PRIMARY KEY); CREATE TABLE orders (id bigint PRIMARY KEY, note text)',
      sql: ['CREATE INDEX orders_note_idx ON orders (note)', 'ALTER TABLE users ADD COLUMN name text'],
      also: ['index-not-concurrent'],
    },
  ],
})
