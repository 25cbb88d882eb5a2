import { mayBePulled } from '../../sql/commented.ts'
import { defineHistoryRule } from '../define.ts'
import { cleanFolder } from '../examples.ts'

/** Comments only, nested block comments included, or nothing. */
const saysNothing = (sql: string): boolean => sql.replaceAll(/--[^\n]*|\/\*[\s\S]*?\*\//g, '').trim() === ''

export const emptyMigration = defineHistoryRule({
  id: 'empty-migration',
  severity: 'note',
  summary: 'A migration holds no statement.',
  why: 'All empty files of one kind have the same hash, so a ledger cannot tell them apart by it.',
  instead: 'Nothing, if it is a baseline or was emptied on purpose. Otherwise fill it, or remove it before any database has run it.',
  bad: [{ shows: 'What `generate --custom` makes.', files: { ...cleanFolder, '0001_name.sql': '-- Custom SQL migration file, put your code below! --' } }],
  good: [{ shows: 'A statement.', files: cleanFolder }],
  check: ({ history }) =>
    history.migrations
      // What `drizzle-kit pull` wrote has a rule of its own.
      .filter(({ sql, index }) => sql !== undefined && saysNothing(sql) && !(index === 0 && mayBePulled(sql)))
      .map(({ tag, path }) => ({ message: `${path} holds no statement.`, path, migration: tag })),
})
