import { display } from '../../model/name.ts'
import { defineBatchRule } from '../define.ts'
import { unsafeEnumUses } from '../enum-uses.ts'
import { shown } from '../statement-words.ts'

const given = "CREATE TYPE mood AS ENUM ('sad', 'glad'); CREATE TABLE people (id bigint PRIMARY KEY, mood mood)"
const add = "ALTER TYPE mood ADD VALUE 'calm'"

export const enumValueUsedInBatch = defineBatchRule({
  id: 'enum-value-used-in-batch',
  severity: 'error',
  summary: 'A label is added to an enum and used before the transaction is committed.',
  why: 'PostgreSQL refuses it (55P04, unsafe use of new value), and the whole batch is taken back. Drizzle runs all pending files in one transaction, so it fails across files too; and it depends on what is pending: a database that has applied the first file passes, a new one does not. From PostgreSQL 17 on a label is free to use when the transaction has made the type itself, outside of savepoints and of DO blocks with handlers.',
  instead:
    'Deploy the label first, and what uses it (default, check, index, rows) in a migration of the next deployment. A condition can compare as text meanwhile (column::text).',
  check({ batch, postgres }) {
    return unsafeEnumUses(batch, postgres).map(({ type, label, added, at, move, isNewType }) => ({
      at,
      message: `Label '${label}' of ${display(type)} is used in the transaction that adds it (“${shown(added)}”): PostgreSQL refuses it.`,
      object: `${type} ${label}`,
      ...(move.conditional || (isNewType && postgres < 17) ? {} : { claim: { fails: '55P04' } }),
      remedy: { title: 'Use the label when it is committed', steps: [{ when: 'next deployment' as const, sql: [at.step.statement.text] }] },
    }))
  },
  bad: [
    { shows: 'as a default, in a later file', given, sql: [add, "ALTER TABLE people ALTER COLUMN mood SET DEFAULT 'calm'"] },
    { shows: 'in a row', given, sql: `${add};\nINSERT INTO people (id, mood) VALUES (1, 'calm')` },
    { shows: 'as a default of a new table', given, sql: `${add};\nCREATE TABLE pets (id bigint PRIMARY KEY, mood mood DEFAULT 'calm')` },
    { shows: 'in a new column', given, sql: `${add};\nALTER TABLE people ADD COLUMN usual mood DEFAULT 'calm' NOT NULL` },
    { shows: 'in a check', given, sql: `${add};\nALTER TABLE people ADD CONSTRAINT no_calm CHECK (mood <> 'calm') NOT VALID` },
    {
      shows: 'in the predicate of an index',
      given,
      sql: `${add};\nCREATE INDEX calm_people ON people (id) WHERE mood = 'calm'`,
      also: ['index-not-concurrent'],
    },
    { shows: 'in a condition of an UPDATE, with a cast', given, sql: `${add};\nDELETE FROM people WHERE mood IN ('calm'::mood, 'sad')` },
    { shows: 'in what an UPDATE sets', given, sql: `${add};\nUPDATE people SET mood = 'calm' WHERE mood IS NULL` },
    {
      shows: 'in an array',
      given: `${given}; CREATE TABLE groups (id bigint PRIMARY KEY, moods mood[])`,
      sql: `${add};\nINSERT INTO groups VALUES (1, '{calm}')`,
    },
    { shows: 'in a policy', given, sql: `${add};\nCREATE POLICY calm ON people USING (mood = 'calm')`, also: ['rls-policy'] },
    { shows: 'in a view', given, sql: `${add};\nCREATE VIEW calm AS SELECT id FROM people WHERE mood = 'calm'` },
    { shows: 'in a DO block', given, sql: `${add};\nDO $$ BEGIN UPDATE people SET mood = 'calm' WHERE id = 1; END $$` },
    {
      shows: 'quoted names in another schema, the type renamed in between',
      given: `CREATE SCHEMA "App"; CREATE TYPE "App"."Mood" AS ENUM ('sad'); CREATE TABLE "App"."People" ("Id" bigint PRIMARY KEY, "Mood" "App"."Mood")`,
      sql: `ALTER TYPE "App"."Mood" ADD VALUE 'it''s ok';\nALTER TYPE "App"."Mood" RENAME TO "Feeling";\nALTER TABLE "App"."People" ALTER COLUMN "Mood" SET DEFAULT 'it''s ok'`,
      also: ['rename-type'],
    },
    {
      shows: 'before PostgreSQL 17 a type of the same transaction helps nothing',
      sql: ["CREATE TYPE mood AS ENUM ('sad', 'glad')", add, "CREATE TABLE people (id bigint PRIMARY KEY, mood mood DEFAULT 'calm')"],
      postgres: 15,
    },
    {
      shows: 'a type that was made in a DO block with a handler is no help either',
      sql: [
        "DO $$ BEGIN CREATE TYPE mood AS ENUM ('sad', 'glad'); EXCEPTION WHEN duplicate_object THEN NULL; END $$",
        add,
        "CREATE TABLE people (id bigint PRIMARY KEY, mood mood DEFAULT 'calm')",
      ],
    },
  ],
  good: [
    { shows: 'the label alone', given, sql: add },
    { shows: 'old labels', given, sql: `${add};\nALTER TABLE people ALTER COLUMN mood SET DEFAULT 'glad'` },
    {
      shows: 'the same text in a column of another type',
      given: `${given}; ALTER TABLE people ADD COLUMN note text`,
      sql: `${add};\nUPDATE people SET note = 'calm' WHERE note IS NULL`,
    },
    { shows: 'compared as text', given, sql: `${add};\nUPDATE people SET mood = NULL WHERE mood::text = 'calm'` },
    {
      shows: 'a type that the batch made, on PostgreSQL 17 and later',
      sql: ["CREATE TYPE mood AS ENUM ('sad', 'glad')", add, "CREATE TABLE people (id bigint PRIMARY KEY, mood mood DEFAULT 'calm')"],
    },
    {
      shows: 'a type that is made anew with the label',
      sql: "CREATE TYPE mood AS ENUM ('sad', 'calm');\nCREATE TABLE people (id bigint PRIMARY KEY, mood mood DEFAULT 'calm')",
    },
    { shows: 'a transaction for each file', given, sql: [add, "ALTER TABLE people ALTER COLUMN mood SET DEFAULT 'calm'"], runner: 'per-file' },
  ],
})
