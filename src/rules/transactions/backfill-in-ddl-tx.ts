import { type BatchStep, isUsed, type Move } from '../../changes/batch.ts'
import type { Change } from '../../model/change.ts'
import { display, type RelationName } from '../../model/name.ts'
import { type DataStatement, dataStatementsOf, type Locked, lockedMeanwhile, picksByKey } from '../data-statements.ts'
import { defineBatchRule } from '../define.ts'

type Backfill = {
  readonly at: BatchStep
  readonly move: Move<Change<'change-data'>>
  readonly command: DataStatement['command']
  readonly target: RelationName
  /** The table in use whose rows decide how long it takes. */
  readonly worked: RelationName
  readonly locked: Locked
}

const isData = (move: Move): move is Move<Change<'change-data'>> => move.change.kind === 'change-data'

/** A DELETE of every row is `delete-without-where`. */
const isEmptying = ({ command, where, reads }: DataStatement): boolean => command === 'DELETE' && !where && reads.length === 0

/** What a statement does to many rows under a lock that an earlier one took. */
const backfills = (at: BatchStep): readonly Backfill[] => {
  const locked = lockedMeanwhile(at)
  if (!locked) return []
  return at.moves.filter(isData).flatMap((move): readonly Backfill[] => {
    for (const statement of dataStatementsOf(move, at)) {
      const { command, target, where, reads } = statement
      const worked = (command === 'INSERT' ? reads : [target, ...reads]).find((relation) => isUsed(move, relation))
      if (worked !== undefined && !isEmptying(statement) && !picksByKey(where, move.before, worked)) return [{ at, move, command, target, worked, locked }]
    }
    return []
  })
}

export const backfillInDdlTx = defineBatchRule({
  id: 'backfill-in-ddl-tx',
  severity: 'warning',
  weighs: 'rows',
  summary: 'Rows of a table in use are changed in bulk in a transaction that holds a strong lock.',
  why: 'The lock of the DDL, meant for a moment, lasts until the last row is written and the batch has ended: reads or writes of the locked table wait for all of it. Rows that are changed stay locked too, and the dead ones are cleaned up only afterwards.',
  instead:
    'Deploy the DDL alone. Change the rows afterwards in portions, each in a transaction of its own, by a job that is not the migrator; deploy what depends on them (NOT NULL, constraints) after that.',
  check(view) {
    const [first, ...others] = view.batch.steps.flatMap((at) => backfills(at))
    if (!first) return []
    const { at, move, command, target, worked, locked } = first
    const blocked = locked.mode === 'ACCESS EXCLUSIVE' ? 'reads and writes' : 'writes'
    const which = locked.relation === worked ? 'it' : display(locked.relation)
    const more =
      others.length === 0
        ? ''
        : ` ${others.length === 1 ? 'Another statement of the batch does' : `${others.length} more statements of the batch do`} the like.`
    return [
      {
        at,
        message: `${command} works through ${display(worked)} while ${which} is locked against ${blocked} by an earlier statement of the batch.${more}`,
        object: target,
        relation: worked,
        // A new table is filled, and only writes of another one wait.
        ...(command === 'INSERT' && !isUsed(move, target) && locked.mode !== 'ACCESS EXCLUSIVE' ? { severity: 'note' as const } : {}),
        lock: { relation: locked.relation, mode: locked.mode, duration: 'scan' },
        remedy: {
          title: 'Change the rows in portions, outside of the migration',
          steps: [
            {
              when: 'outside',
              sql: [move.change.sql],
              note: 'In portions of some thousand rows by the primary key, each in a transaction of its own, after the DDL is deployed.',
            },
          ],
        },
      },
    ]
  },
  bad: [
    {
      shows: 'a column is added and filled',
      given: 'CREATE TABLE users (id bigint PRIMARY KEY, email text)',
      sql: 'ALTER TABLE users ADD COLUMN domain text;\nUPDATE users SET domain = split_part(email, $$@$$, 2)',
    },
    {
      shows: 'rows move to a new table while another is locked, in two files',
      given: 'CREATE TABLE users (id bigint PRIMARY KEY, email text); CREATE TABLE orders (id bigint PRIMARY KEY)',
      sql: [
        'ALTER TABLE orders ADD COLUMN note text;\nCREATE TABLE emails (user_id bigint, email text)',
        'INSERT INTO emails (user_id, email) SELECT id, email FROM users',
      ],
    },
    {
      shows: 'in a DO block, in another schema, quoted',
      given: 'CREATE SCHEMA "App"; CREATE TABLE "App"."User" ("Id" bigint PRIMARY KEY, "Email" text)',
      sql: `ALTER TABLE "App"."User" ADD COLUMN "Domain" text;\nDO $$ BEGIN UPDATE "App"."User" SET "Domain" = 'x' WHERE "Email" IS NOT NULL; END $$`,
    },
  ],
  good: [
    {
      shows: 'rows are changed, nothing is locked',
      given: 'CREATE TABLE users (id bigint PRIMARY KEY, email text)',
      sql: "UPDATE users SET email = lower(email) WHERE email ~ '[A-Z]'",
    },
    {
      shows: 'a few rows, named by their key',
      given: 'CREATE TABLE users (id bigint PRIMARY KEY, email text)',
      sql: "ALTER TABLE users ADD COLUMN domain text;\nUPDATE users SET domain = 'example.com' WHERE id IN (1, 2)",
    },
    {
      shows: 'constants go into a table',
      given: 'CREATE TABLE plans (id bigint PRIMARY KEY, name text)',
      sql: "ALTER TABLE plans ADD COLUMN price int;\nINSERT INTO plans (id, name, price) VALUES (1, 'free', 0)",
    },
    {
      shows: 'only new tables',
      given: 'CREATE TABLE users (id bigint PRIMARY KEY, email text)',
      sql: 'CREATE TABLE emails (user_id bigint, email text);\nINSERT INTO emails SELECT id, email FROM users',
    },
  ],
})
