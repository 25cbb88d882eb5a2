/** The words of findings that operations make by running things, not by a rule's own check. They have pages like all rules. */
import type { RuleWords } from './define.ts'

export type ReportedRuleId =
  | 'unparsed'
  | 'refused'
  | 'opaque-statement'
  | 'engine-refuses'
  | 'engine-disagrees'
  | 'extension-missing'
  | 'extension-assumed'
  | 'snapshot-drift'

/** Each id's words. */
export const reportedRules: { readonly [K in ReportedRuleId]: RuleWords<K> } = {
  unparsed: {
    id: 'unparsed',
    severity: 'error',
    summary: 'PostgreSQL’s own parser refuses the SQL of a migration.',
    why: 'The migration fails wherever it runs, and nothing behind it in the same chunk can be judged.',
    instead: 'Mend the statement at the place named. Text for another program (psql’s backslash commands) cannot stand in a migration.',
  },
  refused: {
    id: 'refused',
    severity: 'error',
    summary: 'At this point of the history PostgreSQL refuses the statement.',
    why: 'A new database cannot be built from the folder: every migration behind this one is out of reach.',
    instead: 'Make the statement fit what the migrations before it made (the message says what is missing or there already).',
  },
  'opaque-statement': {
    id: 'opaque-statement',
    severity: 'note',
    summary: 'The in-memory catalog cannot follow the statement.',
    why: 'What it may change is known to PostgreSQL only: the real engine answers for it, and rules see it as unknown, never as safe.',
    instead: 'Nothing needs to be done. Where it can be written without dynamic SQL, more can be said about it.',
  },
  'engine-refuses': {
    id: 'engine-refuses',
    severity: 'error',
    summary: 'The history does not run in a real PostgreSQL.',
    why: 'A new database (a developer’s, a test’s, a new region’s) cannot be built from the folder.',
    instead:
      'Run the migrations on an empty database and mend the statement that the server refuses; what the database must have beforehand belongs into a first migration.',
  },
  'engine-disagrees': {
    id: 'engine-disagrees',
    severity: 'error',
    summary: 'The in-memory catalog differs from PostgreSQL’s. This is a fault of pgstrata.',
    why: 'What is said about these objects cannot be relied on.',
    instead: 'Please report it with the statement that made the object. PostgreSQL’s view is the right one.',
  },
  'extension-missing': {
    id: 'extension-missing',
    severity: 'warning',
    summary: 'The history needs an extension that the engine has not.',
    why: 'The migrations cannot be run here, so the agreement with PostgreSQL is unknown.',
    instead: 'Give a server that has the extension: --engine postgres://….',
  },
  'extension-assumed': {
    id: 'extension-assumed',
    severity: 'note',
    summary: 'The migrations use an extension that none of them makes.',
    why: 'They run only where somebody has made the extension beforehand; a new database is refused.',
    instead: 'Add CREATE EXTENSION IF NOT EXISTS to the first migration that needs it, or to the provisioning of databases.',
  },
  'snapshot-drift': {
    id: 'snapshot-drift',
    severity: 'error',
    summary: 'Drizzle’s snapshot says something else than the SQL makes.',
    why: 'The next drizzle-kit generate starts from the snapshot, so its SQL fails or changes what nobody asked for.',
    instead: 'Write what the SQL makes into the TypeScript schema and generate, or bring the SQL to what the snapshot says with a custom migration.',
  },
}
