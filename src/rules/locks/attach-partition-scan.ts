import { isUsed, type Move } from '../../changes/batch.ts'
import { printBound } from '../../changes/print.ts'
import type { Change } from '../../model/change.ts'
import type { Remedy } from '../../model/finding.ts'
import { display, keyOf, localName, quoteIdentifier, type RelationName } from '../../model/name.ts'
import { defineStepRule, type PolicyHit, type StepView } from '../define.ts'
import { boundCondition, mayBeSpared, provesBound } from '../partition-bounds.ts'
import { makesPartition } from '../partitions.ts'
import { plainSql } from '../plain-sql.ts'
import { defaultPartition, storesOf } from '../stored-rows.ts'

type Attach = Move<Change<'attach-partition'>>

/** Indexes and foreign keys of the parent that the table lacks: they are built, or checked, while it is locked. */
const lacking = ({ change: { child } }: Attach, { moves }: StepView): readonly string[] =>
  moves.flatMap(({ change }) => {
    if (!change.implied) return []
    if (change.kind === 'create-index' && change.index.relation === child) return [localName(change.name)]
    return change.kind === 'add-constraint' && change.on === child && change.constraint.type !== 'check' ? [change.name] : []
  })

const remedyOf = ({ change: { parent, child, bound }, before }: Attach): Remedy | undefined => {
  const above = before.tables.get(parent)
  const condition = above && boundCondition(above, bound)
  if (condition === undefined) return undefined
  const name = quoteIdentifier(`${localName(child)}_bound`)
  return {
    title: 'Prove its rows beforehand',
    steps: [
      { when: 'instead', sql: [plainSql(`ALTER TABLE ${child} ADD CONSTRAINT ${name} CHECK (${condition}) NOT VALID`)] },
      {
        when: 'next deployment',
        sql: [
          `ALTER TABLE ${child} VALIDATE CONSTRAINT ${name}`,
          `ALTER TABLE ${parent} ATTACH PARTITION ${child} ${printBound(bound)}`,
          `ALTER TABLE ${child} DROP CONSTRAINT ${name}`,
        ].map(plainSql),
        note: 'VALIDATE reads the rows while others read and write them; ATTACH then reads none.',
      },
    ],
  }
}

const ofTable = (move: Attach, view: StepView): readonly PolicyHit[] => {
  const { parent, child, bound } = move.change
  const table = view.step.before.tables.get(child)
  if (!table || !isUsed(move, child)) return []
  const proven = provesBound(move.before, parent, table, bound)
  const built = lacking(move, view)
  if (proven !== 'no' && built.length === 0) return []
  const remedy = proven === 'no' ? remedyOf(move) : undefined
  const also = built.length === 0 ? '' : `${proven === 'no' ? ', and' : ''} gets ${built.join(', ')}`
  return [
    {
      message:
        `${display(child)} ${proven === 'no' ? `is read from end to end for the bound of ${display(parent)}` : ''}${also}, while nobody can read or write it.`.replace(
          '  ',
          ' ',
        ),
      object: keyOf('table', child),
      relation: child,
      lock: { relation: child, mode: 'ACCESS EXCLUSIVE', duration: built.length > 0 ? 'index build' : 'scan' },
      claim: { scans: storesOf(view.step.before, child) },
      ...(remedy ? { remedy } : {}),
      ...(built.length > 0 ? { help: `Make what its parent has (${built.join(', ')}) on ${display(child)} beforehand, without blocking.` } : {}),
    },
  ]
}

const ofDefault = (move: Attach, parent: RelationName): readonly PolicyHit[] => {
  const other = defaultPartition(move.before, parent)
  if (other === undefined || move.change.bound.is_default === true || !isUsed(move, other) || mayBeSpared(move.before, parent, other)) return []
  return [
    {
      message: `The default partition ${display(other)} is read from end to end for rows of the new partition, while nobody can read or write it.`,
      object: keyOf('table', other),
      relation: other,
      lock: { relation: other, mode: 'ACCESS EXCLUSIVE', duration: 'scan' },
      claim: { scans: storesOf(move.before, other) },
      help: `Add a CHECK to ${display(other)} that excludes the new bound (NOT VALID, then VALIDATE in the next deployment) and attach after that.`,
    },
  ]
}

export const attachPartitionScan = defineStepRule({
  id: 'attach-partition-scan',
  severity: 'warning',
  weighs: 'rows',
  summary: 'A table in use is attached as a partition and read from end to end for it.',
  why: 'Without a CHECK that says the same as the bound, ATTACH PARTITION reads the whole table, and the default partition, under ACCESS EXCLUSIVE.',
  instead:
    'Give the table a CHECK that says what the bound says, NOT VALID; validate it in a migration of the next deployment, then attach the table and drop the CHECK.',
  judges: {
    'attach-partition'(move, view) {
      return makesPartition(move, view) ? undefined : [...ofTable(move, view), ...ofDefault(move, move.change.parent)]
    },
  },
  bad: [
    {
      shows: 'a table without a CHECK',
      given: 'CREATE TABLE logs (id bigint NOT NULL, note text) PARTITION BY RANGE (id); CREATE TABLE old_logs (id bigint NOT NULL, note text)',
      sql: 'ALTER TABLE logs ATTACH PARTITION old_logs FOR VALUES FROM (0) TO (1000)',
      rows: 'INSERT INTO old_logs SELECT generate_series(1, 9)',
    },
    {
      shows: 'a CHECK that was never validated',
      given:
        'CREATE TABLE logs (id bigint NOT NULL, note text) PARTITION BY RANGE (id); CREATE TABLE old_logs (id bigint NOT NULL, note text); ALTER TABLE old_logs ADD CONSTRAINT bound CHECK (id >= 0 AND id < 1000) NOT VALID',
      sql: 'ALTER TABLE logs ATTACH PARTITION old_logs FOR VALUES FROM (0) TO (1000)',
    },
    {
      shows: 'a CHECK that spares the scan, and an index of the parent that the table lacks',
      given:
        'CREATE TABLE logs (id bigint NOT NULL, note text) PARTITION BY RANGE (id); CREATE INDEX logs_note_idx ON logs (note); CREATE TABLE old_logs (id bigint NOT NULL, note text, CHECK (id >= 0 AND id < 1000))',
      sql: 'ALTER TABLE logs ATTACH PARTITION old_logs FOR VALUES FROM (0) TO (1000)',
    },
    {
      shows: 'a default partition beside a new one',
      given:
        'CREATE TABLE logs (id bigint NOT NULL) PARTITION BY RANGE (id); CREATE TABLE logs_rest PARTITION OF logs DEFAULT; CREATE TABLE old_logs (id bigint NOT NULL CHECK (id >= 0 AND id < 1000))',
      sql: 'ALTER TABLE logs ATTACH PARTITION old_logs FOR VALUES FROM (0) TO (1000)',
    },
  ],
  good: [
    {
      shows: 'a valid CHECK that says the same',
      given:
        'CREATE TABLE logs (id bigint NOT NULL, note text) PARTITION BY RANGE (id); CREATE TABLE old_logs (id bigint NOT NULL, note text, CHECK (id >= 0 AND id < 1000))',
      sql: 'ALTER TABLE logs ATTACH PARTITION old_logs FOR VALUES FROM (0) TO (1000)',
    },
    {
      shows: 'a CHECK that says more',
      given:
        "CREATE TABLE logs (at date, note text) PARTITION BY RANGE (at); CREATE TABLE old_logs (at date, note text, CHECK (at IS NOT NULL AND at >= '2030-02-01' AND at < '2030-03-01'))",
      sql: "ALTER TABLE logs ATTACH PARTITION old_logs FOR VALUES FROM ('2030-01-01') TO ('2031-01-01')",
    },
    {
      shows: 'a table that the same batch makes',
      given: 'CREATE TABLE logs (id bigint NOT NULL) PARTITION BY RANGE (id)',
      sql: 'CREATE TABLE new_logs (id bigint NOT NULL); ALTER TABLE logs ATTACH PARTITION new_logs FOR VALUES FROM (0) TO (1000)',
    },
  ],
})
