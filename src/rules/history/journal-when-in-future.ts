import { journalPath } from '../../drizzle/journal.ts'
import { defineHistoryRule } from '../define.ts'
import { cleanFolder, exampleTime } from '../examples.ts'

/** Clocks of a team differ by this much (milliseconds). */
const tolerance = 5 * 60_000

export const journalWhenInFuture = defineHistoryRule({
  id: 'journal-when-in-future',
  severity: 'error',
  summary: 'A migration’s time lies in the future.',
  why: 'Once a database has run it, every migration that is generated before that moment counts as older and is skipped silently.',
  instead: 'If no database has run it, set its time to now. If some have, restamp the ledger row (`created_at`) and the journal together.',
  bad: [{ shows: 'A year ahead.', files: cleanFolder, now: exampleTime(1) - 365 * 86_400_000, also: [] }],
  good: [{ shows: 'All of it is past.', files: cleanFolder }],
  check: ({ history, now }) =>
    history.migrations
      .filter(({ when }) => when > now + tolerance)
      .map(({ tag, when, path, entry }) => ({
        message: `${tag} is dated ${new Date(when).toISOString()}, which is in the future.`,
        migration: tag,
        ...(entry ? { path: journalPath, line: entry.line } : { path }),
      })),
})
