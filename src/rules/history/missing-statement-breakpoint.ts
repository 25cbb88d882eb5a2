import { splitChunks } from '../../sql/chunks.ts'
import { defineHistoryRule } from '../define.ts'
import { cleanFolder } from '../examples.ts'

/** The line on which a chunk begins. */
const lineOf = (sql: string, chunk: number): number => {
  const start = splitChunks(sql)[chunk]?.start ?? 0
  return sql.slice(0, start).split('\n').length
}

export const missingStatementBreakpoint = defineHistoryRule({
  id: 'missing-statement-breakpoint',
  severity: 'note',
  summary: 'Several statements stand between two breakpoints.',
  why: 'They go to the server in one query. That works over the simple protocol; drivers that prepare (neon-http, Data API) refuse it, and an error says less about where it was.',
  instead: 'Put `--> statement-breakpoint` between the statements, before any database has run the file: the change gives it another hash.',
  bad: [
    {
      shows: 'Two statements in one chunk.',
      files: { ...cleanFolder, '0001_name.sql': 'ALTER TABLE users ADD COLUMN name text;\nALTER TABLE users ADD COLUMN age integer;' },
    },
  ],
  good: [
    {
      shows: 'A breakpoint between them.',
      files: {
        ...cleanFolder,
        '0001_name.sql': 'ALTER TABLE users ADD COLUMN name text;\n--> statement-breakpoint\nALTER TABLE users ADD COLUMN age integer;',
      },
    },
  ],
  check: ({ history, statementsInChunk }) =>
    history.migrations.flatMap((migration) => {
      const counts = migration.sql === undefined ? [] : statementsInChunk(migration)
      const first = counts.findIndex((count) => count > 1)
      if (first < 0) return []
      const crowded = counts.filter((count) => count > 1).length
      return [
        {
          message: `${migration.path} has ${crowded === 1 ? 'a chunk' : `${crowded} chunks`} with several statements.`,
          path: migration.path,
          line: lineOf(migration.sql ?? '', first),
          migration: migration.tag,
        },
      ]
    }),
})
