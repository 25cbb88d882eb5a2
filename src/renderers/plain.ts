/** A finding's details as plain lines, for voices that have text only. */
import type { Finding, FindingLock, Remedy } from '../model/finding.ts'

const waits: Readonly<Record<FindingLock['blocks'], string>> = {
  'reads and writes': 'reads and writes wait',
  writes: 'writes wait',
  'schema changes': 'other schema changes wait',
}

const lasts: Readonly<Record<FindingLock['duration'], string>> = {
  moment: 'for a moment, once it has the lock',
  scan: 'while the table is read',
  rewrite: 'while the table is written anew',
  'index build': 'while the index is built',
}

/** A lock in words: `ACCESS EXCLUSIVE on users: reads and writes wait, while the table is written anew`. */
export const lockText = ({ relation, mode, blocks, duration }: FindingLock): string => `${mode} on ${relation}: ${waits[blocks]}, ${lasts[duration]}`

/** Where a remedy's statements belong. */
export const whenText: Readonly<Record<Remedy['steps'][number]['when'], string>> = {
  before: 'In this migration, before it',
  instead: 'In this migration, instead',
  after: 'In this migration, after it',
  'next deployment': 'In a migration of the next deployment',
  outside: 'Outside of the migrator',
}

/** A statement with one semicolon. */
export const terminated = (statement: string): string => `${statement.replace(/;?\s*$/, '')};`

/** What precedes the query to ask first. */
export const precheckText = 'Ask production first; rows in the answer stand in the way:'

/** What precedes a remedy's statements. */
export const stepText = ({ when, note }: Remedy['steps'][number]): string => `${whenText[when]}${note ? ` (${note.replace(/[.]$/, '')})` : ''}:`

/** A step with its statements. */
export const stepLines = (step: Remedy['steps'][number]): readonly string[] => [stepText(step), ...step.sql.map(terminated)]

/** The lock, the query to ask first, what to run instead. */
export const detailText = ({ lock, precheck, remedy }: Finding): readonly string[] => [
  ...(lock ? [lockText(lock)] : []),
  ...(precheck === undefined ? [] : [precheckText, terminated(precheck)]),
  ...(remedy ? [`${remedy.title}.`, ...remedy.steps.flatMap(stepLines)] : []),
]
