import { defineHistoryRule } from '../define.ts'
import { cleanFolder } from '../examples.ts'

export const byteOrderMark = defineHistoryRule({
  id: 'byte-order-mark',
  severity: 'error',
  summary: 'A SQL file begins with a byte order mark.',
  why: 'Drizzle sends the file as it is, and PostgreSQL answers with a syntax error at the first, invisible, character. psql leaves the mark out, so it works there.',
  instead: 'Save the file as UTF-8 without a byte order mark, before any database has run it.',
  bad: [{ shows: 'A mark before the first word.', files: { ...cleanFolder, '0001_name.sql': '\uFEFFALTER TABLE users ADD COLUMN name text;' } }],
  good: [{ shows: 'None.', files: cleanFolder }],
  check: ({ history }) =>
    history.migrations
      .filter(({ sql }) => sql?.startsWith('\uFEFF'))
      .map(({ tag, path }) => ({ message: `${path} begins with a byte order mark: PostgreSQL refuses it.`, path, line: 1, migration: tag })),
})
