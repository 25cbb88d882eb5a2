import { defineHistoryRule } from '../define.ts'
import { cleanFolder } from '../examples.ts'

export const crlf = defineHistoryRule({
  id: 'crlf',
  severity: 'warning',
  summary: 'A SQL file has Windows line ends.',
  why: 'Drizzle’s ledger holds the sha256 of the whole text. The same file checked out with other line ends has another hash, and looks edited.',
  instead: 'Keep the bytes as they are where databases have run it. For new files: `*.sql text eol=lf` in .gitattributes.',
  bad: [{ shows: 'CR LF.', files: { ...cleanFolder, '0001_name.sql': 'ALTER TABLE users\r\n  ADD COLUMN name text;\r\n' } }],
  good: [{ shows: 'LF.', files: { ...cleanFolder, '0001_name.sql': 'ALTER TABLE users\n  ADD COLUMN name text;\n' } }],
  check: ({ history }) =>
    history.migrations
      .filter(({ sql }) => sql?.includes('\r\n'))
      .map(({ tag, path, sql }) => ({
        message: `${path} has Windows line ends (CR LF).`,
        path,
        migration: tag,
        line: (sql ?? '').slice(0, sql?.indexOf('\r\n')).split('\n').length,
      })),
})
