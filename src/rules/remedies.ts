/** Remedies that several rules give, with the words that fit the runner. */
import { printIndex } from '../changes/print.ts'
import type { Index } from '../model/catalog.ts'
import type { Remedy } from '../model/finding.ts'
import type { RelationName } from '../model/name.ts'
import { plainSql } from './plain-sql.ts'

/** What must run outside of a transaction: first by hand or a job, then a statement in the migration that finds it done. */
export const outsideMigrator = (title: string, first: readonly string[], inMigration: readonly string[]): Remedy => ({
  title,
  steps: [
    { when: 'outside', sql: first.map(plainSql), note: 'Before the migration is deployed; not in a transaction.' },
    { when: 'instead', sql: inMigration.map(plainSql), note: 'Finds it done, and makes it on new databases.' },
  ],
})

/** A constraint that new rows obey at once, and old rows are checked for without keeping writers waiting. `alone`: the statement says nothing else. */
export const notValidFirst = (title: string, add: readonly string[], validate: readonly string[], alone: boolean): Remedy => ({
  title,
  steps: [
    { when: 'instead', sql: add.map(plainSql), note: 'Holds for new rows from now on; locks for a moment.' },
    {
      when: 'next deployment',
      sql: validate.map(plainSql),
      note: 'Reads the old rows while everybody reads and writes. In a later transaction: this one still holds its locks.',
    },
  ],
  ...(alone ? { mechanical: true as const } : {}),
})

/** An index is dropped outside of the migrator; the migration finds it gone. */
export const dropIndexOutside = (index: RelationName): Remedy => ({
  title: 'Drop it without blocking anyone',
  steps: [
    {
      when: 'outside',
      sql: [plainSql(`DROP INDEX CONCURRENTLY IF EXISTS ${index}`)],
      note: 'Before the migration is deployed; not in a transaction.',
    },
    { when: 'instead', sql: [plainSql(`DROP INDEX IF EXISTS ${index}`)], note: 'Finds it gone, and drops it on other databases.' },
  ],
})

/** An index is built outside of the migrator; the migration finds it there. */
export const buildIndexOutside = (name: RelationName, index: Index): Remedy =>
  outsideMigrator(
    'Build it without blocking writes',
    [printIndex(name, index, true)],
    [printIndex(name, index, false).replace(' INDEX ', ' INDEX IF NOT EXISTS ')],
  )
