/** What `migrate` answers. */
import type { Applied, Failure, Outcome, Retry } from '../../features/migrate/run.ts'
import type { Blocker } from '../../features/migrate/watch.ts'
import type { Finding } from '../../model/finding.ts'
import type { History, Migration } from '../../model/history.ts'
import type { Json } from '../../model/json.ts'
import type { Block, Text } from '../../model/report.ts'
import { fileOf } from '../../rules/place.ts'
import { reportedFinding } from '../../rules/report.ts'
import { plural } from '../plural.ts'

const seconds = (milliseconds: number): string => (milliseconds < 1_000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1_000).toFixed(1)} s`)

const age = (value: number | undefined): string =>
  value === undefined ? '' : ` for ${value < 120 ? `${Math.round(value)} s` : `${Math.round(value / 60)} min`}`

/** A session that holds a lock, as a person finds it again. */
export const blockerText = ({ pid, application, user, state, seconds: held }: Blocker): string =>
  `pid ${pid} (${[application, user].filter((part) => part !== '').join(', ') || 'unnamed'}), ${state}${age(held)}`

const lineOf = (statement: NonNullable<Failure['statement']>, position: number | undefined): number =>
  statement.start.line + (position === undefined ? 0 : statement.text.slice(0, Math.max(0, position - 1)).split('\n').length - 1)

const leftText = ({ done, migration }: Failure): string =>
  done === 0
    ? 'Nothing of it is left'
    : `${plural(done, 'statement')} of ${migration.tag} ${done === 1 ? 'is' : 'are'} done, and known: the next migrate goes on behind`

const waitedText = ({ blockers }: Failure): string => (blockers.length === 0 ? '' : ` It waited for ${blockers.map(blockerText).join('; ')}.`)

/** The finding of a run that did not come to its end. */
export const failureFinding = (history: History, failure: Failure): Finding => {
  const { migration, statement, message, sqlstate, why, help } = failure
  const state = sqlstate === undefined ? '' : ` (SQLSTATE ${sqlstate})`
  const hint =
    help ??
    (why === 'locked'
      ? 'Run it again when the table is quieter; --lock-timeout and --retries give it longer, --cancel-blockers asks what holds it to stop.'
      : undefined)
  return reportedFinding(
    'migration-failed',
    `${migration.tag}: ${message}${state}. ${leftText(failure)}.${waitedText(failure)}`,
    {
      file: fileOf(history, migration),
      migration: migration.tag,
      ...(statement ? { line: lineOf(statement, failure.position), statement: statement.index + 1 } : {}),
    },
    statement === undefined ? 'transaction' : `statement ${statement.index}`,
    hint === undefined ? {} : { help: hint },
  )
}

const statementData = (statements: Applied['statements']): Json =>
  statements.map(({ statement, milliseconds, waited }) => ({ line: statement.start.line, ms: Math.round(milliseconds), waited: Math.round(waited) }))

export const appliedData = ({ migration, milliseconds, statements, resumed }: Applied): Json => ({
  tag: migration.tag,
  ms: Math.round(milliseconds),
  resumed,
  statements: statementData(statements),
})

export const retryData = ({ migration, attempt, milliseconds, blockers }: Retry): Json => ({
  tag: migration.tag,
  attempt,
  ms: Math.round(milliseconds),
  blockers: blockers.map(({ pid, application, user, state, seconds: held }) => ({ pid, application, user, state, seconds: held ?? null })),
})

export const failureData = ({ migration, statement, message, sqlstate, why, done }: Failure): Json => ({
  tag: migration.tag,
  statement: statement === undefined ? null : statement.index + 1,
  message,
  sqlstate: sqlstate ?? null,
  why,
  done,
})

/** The migration's own work, and what was waited for before it. */
const workText = ({ milliseconds, statements }: Applied): string => {
  const waited = statements.reduce((sum, each) => sum + each.waited, 0)
  return `${seconds(milliseconds)}${waited > 0 ? `, ${seconds(waited)} of it waiting for locks` : ''}`
}

const longest = ({ statements }: Applied): Text => {
  const [slow] = statements.toSorted((a, b) => b.milliseconds - a.milliseconds)
  if (!slow || statements.length < 2 || slow.milliseconds < 100) return ''
  return [{ text: `longest: ${slow.statement.text.replace(/\s+/g, ' ').slice(0, 60)} (${seconds(slow.milliseconds)})`, tone: 'muted' }]
}

export const appliedBlocks = ({ applied, retries }: Outcome): readonly Block[] => [
  ...(applied.length === 0
    ? []
    : [
        {
          type: 'table' as const,
          columns: [{ title: 'applied' }, { title: 'statements', align: 'right' as const }, { title: 'time' }, { title: '' }],
          rows: applied.map((each): readonly Text[] => [
            [{ text: each.migration.tag, tone: 'good' }, ...(each.resumed ? [' (gone on with)'] : [])],
            String(each.statements.length),
            workText(each),
            longest(each),
          ]),
        },
      ]),
  ...retries.map(
    ({ migration, attempt, milliseconds, blockers }): Block => ({
      type: 'text',
      text: [
        { text: `${migration.tag} was tried again (${attempt}): its locks were not to be had in ${seconds(milliseconds)}`, tone: 'warn' },
        blockers.length === 0 ? '.' : `; held by ${blockers.map(blockerText).join('; ')}.`,
      ],
    }),
  ),
]

export const tagTree = (title: string, migrations: readonly Migration[]): readonly Block[] =>
  migrations.length === 0
    ? []
    : [{ type: 'tree', root: { text: `${title} (${migrations.length})`, children: migrations.map(({ tag }) => ({ text: tag, children: [] })) } }]
