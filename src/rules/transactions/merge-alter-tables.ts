import { type Batch, type BatchStep, footprintOfMove, type Move } from '../../changes/batch.ts'
import { display, type RelationName } from '../../model/name.ts'
import { printStatement } from '../../sql/print.ts'
import { list } from '../../sql/tree.ts'
import { defineBatchRule } from '../define.ts'
import { hasRows } from '../lock-waits.ts'
import { shown } from '../statement-words.ts'

/** True for what PostgreSQL does in the one pass over the rows at the end of an ALTER TABLE: it writes them anew, or looks at CHECK and NOT NULL. Keys and foreign keys have passes of their own. */
const sharesThePass = (move: Move): boolean => {
  const { change } = move
  const { rewrites, scans } = footprintOfMove(move)
  if (rewrites.some((relation) => hasRows(move.before, relation))) return true
  return scans.length > 0 && (change.kind === 'set-not-null' || (change.kind === 'add-constraint' && change.constraint.type === 'check'))
}

/** What an ALTER TABLE does to all rows of its table in that pass. */
const worksOn = ({ step, moves }: BatchStep): { readonly relation: RelationName; readonly how: 'rewrite' | 'scan' } | undefined => {
  if (step.statement.node !== 'AlterTableStmt') return undefined
  const footprints = moves.filter(sharesThePass).map(footprintOfMove)
  const rewritten = footprints.flatMap(({ rewrites }) => rewrites).find((relation) => hasRows(step.before, relation))
  if (rewritten !== undefined) return { relation: rewritten, how: 'rewrite' }
  const scanned = footprints.flatMap(({ scans }) => scans).find((relation) => hasRows(step.before, relation))
  return scanned === undefined ? undefined : { relation: scanned, how: 'scan' }
}

/** Columns that a statement adds or gives another type: a later change of their type cannot stand in the same statement. */
const remade = ({ moves }: BatchStep): ReadonlySet<string> =>
  new Set(moves.flatMap(({ change }) => (change.kind === 'set-column-type' ? [change.column] : change.kind === 'add-column' ? [change.attribute.name] : [])))

const canJoin = (first: BatchStep, second: BatchStep): boolean => {
  const columns = remade(first)
  return !second.moves.some(({ change }) => change.kind === 'set-column-type' && columns.has(change.column))
}

/** Earlier statements of the transaction that work through the same table. */
const before = ({ steps }: Batch, { position, transaction }: BatchStep, relation: RelationName): readonly BatchStep[] =>
  steps.filter((earlier) => earlier.position < position && earlier.transaction === transaction && worksOn(earlier)?.relation === relation)

const merged = (first: BatchStep, second: BatchStep): string => {
  const [a, b] = [first.step.statement.tree, second.step.statement.tree]
  return printStatement({ AlterTableStmt: { ...a, cmds: [...list(a, 'cmds'), ...list(b, 'cmds')] } })
}

export const mergeAlterTables = defineBatchRule({
  id: 'merge-alter-tables',
  severity: 'warning',
  preset: 'taste',
  weighs: 'rows',
  summary: 'Two ALTER TABLE of one table each work through all of its rows.',
  why: 'PostgreSQL rewrites a table and checks CHECK and NOT NULL in a single pass at the end of each ALTER TABLE: written apart, all rows are read or written once for each statement, and the table is locked as much longer. Keys, indexes and foreign keys take a pass each in any case.',
  instead: 'Write the commands into one ALTER TABLE, separated by commas.',
  check({ batch }) {
    return batch.steps.flatMap((at) => {
      const work = worksOn(at)
      const [first, ...others] = work ? before(batch, at, work.relation) : []
      if (!work || !first || others.length > 0 || !canJoin(first, at)) return []
      const done = worksOn(first)?.how === 'rewrite' ? 'has written all rows anew' : 'has looked at all rows'
      const again = work.how === 'rewrite' ? 'writes them once more' : 'looks at them once more'
      return [
        {
          at,
          message: `“${shown(first)}” ${done} of ${display(work.relation)} already; this statement ${again}.`,
          object: work.relation,
          relation: work.relation,
          lock: { relation: work.relation, mode: 'ACCESS EXCLUSIVE' as const, duration: work.how },
          remedy: {
            title: 'One statement, one pass',
            steps: [{ when: 'instead' as const, sql: [merged(first, at)], note: 'Where nothing between the two needs the first.' }],
          },
        },
      ]
    })
  },
  bad: [
    {
      shows: 'two changes of type',
      given: 'CREATE TABLE events (id int PRIMARY KEY, size int, place int)',
      sql: 'ALTER TABLE events ALTER COLUMN size TYPE bigint;\nALTER TABLE events ALTER COLUMN place TYPE bigint',
      also: ['change-type-rewrite'],
    },
    {
      shows: 'two columns that must not be NULL any more',
      given: 'CREATE TABLE events (id int PRIMARY KEY, size int, place int)',
      sql: 'ALTER TABLE events ALTER COLUMN size SET NOT NULL;\nALTER TABLE events ALTER COLUMN place SET NOT NULL',
      also: ['set-not-null'],
    },
  ],
  good: [
    {
      shows: 'two keys, which take a pass each in one statement too',
      given: 'CREATE TABLE b (id int PRIMARY KEY, one int NOT NULL, two int NOT NULL)',
      sql: 'ALTER TABLE b ADD CONSTRAINT one_unique UNIQUE (one);\nALTER TABLE b ADD CONSTRAINT two_unique UNIQUE (two)',
      also: ['unique-constraint-index-build'],
    },
    {
      shows: 'a type that is changed twice',
      given: 'CREATE TABLE events (id int PRIMARY KEY, size int)',
      sql: 'ALTER TABLE events ALTER COLUMN size TYPE bigint;\nALTER TABLE events ALTER COLUMN size TYPE numeric',
      also: ['change-type-rewrite'],
    },
    {
      shows: 'both in one statement',
      given: 'CREATE TABLE events (id int PRIMARY KEY, size int, place int)',
      sql: 'ALTER TABLE events ALTER COLUMN size TYPE bigint, ALTER COLUMN place TYPE bigint',
      also: ['change-type-rewrite'],
    },
    {
      shows: 'two that take a moment',
      given: 'CREATE TABLE events (id int PRIMARY KEY)',
      sql: 'ALTER TABLE events ADD COLUMN a text;\nALTER TABLE events ADD COLUMN b text',
    },
    {
      shows: 'a table that the batch made',
      sql: 'CREATE TABLE events (id int PRIMARY KEY, size int, place int);\nALTER TABLE events ALTER COLUMN size TYPE bigint;\nALTER TABLE events ALTER COLUMN place TYPE bigint',
    },
  ],
})
