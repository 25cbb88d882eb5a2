/** What `migrate` answers. */
import type { Applied, Failure, Outcome, Retry } from '../../features/migrate/run.ts'
import type { Trial } from '../../features/migrate/trial.ts'
import type { Blocker } from '../../features/migrate/watch.ts'
import type { Finding, Unknown } from '../../model/finding.ts'
import type { History, Migration } from '../../model/history.ts'
import type { Json } from '../../model/json.ts'
import type { Block, Report, Text, Tone } from '../../model/report.ts'
import { fileOf } from '../../rules/place.ts'
import { reportedFinding } from '../../rules/report.ts'
import { plural } from '../plural.ts'
import { type Prepared, stops } from './look.ts'
import type { Target } from './target.ts'

const seconds = (milliseconds: number): string => (milliseconds < 1_000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1_000).toFixed(1)} s`)

const age = (value: number | undefined): string =>
  value === undefined ? '' : ` for ${value < 120 ? `${Math.round(value)} s` : `${Math.round(value / 60)} min`}`

/** A session that holds a lock, as a person finds it again. */
const blockerText = ({ pid, application, user, state, seconds: held }: Blocker): string =>
  `pid ${pid} (${[application, user].filter((part) => part !== '').join(', ') || 'unnamed'}), ${state}${age(held)}`

const lineOf = (statement: NonNullable<Failure['statement']>, position: number | undefined): number =>
  statement.start.line + (position === undefined ? 0 : statement.text.slice(0, Math.max(0, position - 1)).split('\n').length - 1)

const leftText = ({ done, migration }: Failure): string =>
  done === 0
    ? 'Nothing of it is left'
    : `${plural(done, 'statement')} of ${migration.tag} ${done === 1 ? 'is' : 'are'} done, and known: the next migrate goes on behind`

const waitedText = ({ blockers }: Failure): string => (blockers.length === 0 ? '' : ` It waited for ${blockers.map(blockerText).join('; ')}.`)

/** The finding of a run that did not come to its end. */
const failureFinding = (history: History, failure: Failure): Finding => {
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

const appliedData = ({ migration, milliseconds, statements, resumed }: Applied): Json => ({
  tag: migration.tag,
  ms: Math.round(milliseconds),
  resumed,
  statements: statementData(statements),
})

const retryData = ({ migration, attempt, milliseconds, blockers }: Retry): Json => ({
  tag: migration.tag,
  attempt,
  ms: Math.round(milliseconds),
  blockers: blockers.map(({ pid, application, user, state, seconds: held }) => ({ pid, application, user, state, seconds: held ?? null })),
})

const failureData = ({ migration, statement, message, sqlstate, why, done }: Failure): Json => ({
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

const appliedBlocks = ({ applied, retries }: Outcome, title: string): readonly Block[] => [
  ...(applied.length === 0
    ? []
    : [
        {
          type: 'table' as const,
          columns: [{ title }, { title: 'statements', align: 'right' as const }, { title: 'time' }, { title: '' }],
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

const tagTree = (title: string, migrations: readonly Migration[]): readonly Block[] =>
  migrations.length === 0
    ? []
    : [{ type: 'tree', root: { text: `${title} (${migrations.length})`, children: migrations.map(({ tag }) => ({ text: tag, children: [] })) } }]

/** What came of it, and of a dry run where it was. */
export type Ran = {
  readonly prepared: Prepared
  readonly outcome: Outcome
  readonly dry?: { readonly where: 'copy' | 'environment'; readonly shown: string; readonly leftOut: Trial['leftOut']; readonly unknown: readonly Unknown[] }
  /** Why versions are not noted in our own ledger. */
  readonly unrecorded?: string
}

const text = (words: string, tone: Tone): Block => ({ type: 'text', text: [{ text: words, tone }] })

const dryBlocks = ({ dry }: Ran): readonly Block[] =>
  dry === undefined
    ? []
    : [
        { type: 'definition', items: [{ term: 'dry run', text: dry.shown }] },
        ...dry.leftOut.map(({ migration, line, words }) => text(`Left out: ${words} (${migration.path}:${line}) takes no transaction.`, 'warn')),
      ]

const stateBlocks = ({ prepared: { plan, findings }, outcome: { applied, failure }, dry }: Ran): readonly Block[] => {
  if (stops(findings) && applied.length === 0 && !failure) return [text('Nothing was run.', 'bad')]
  if (plan.run.length === 0) return [text('Nothing is pending.', 'good')]
  return dry ? [text(`Nothing of it stays${failure ? '' : ': all of it runs'}.`, failure ? 'plain' : 'good')] : []
}

/** The answer of a run that took `duration` milliseconds. */
export const reportOf = (history: History, target: Target, ran: Ran, duration: number): Report => {
  const { prepared, outcome, dry } = ran
  const { plan, findings, state } = prepared
  const { applied, failure } = outcome
  const done = dry ? [] : applied
  const left = plan.run.filter(({ tag }) => !done.some(({ migration }) => migration.tag === tag))
  const back = plan.applied.at(-1)
  const rollback = done.length === 0 ? undefined : back ? `pgstrata rollback --to ${back.tag}` : 'pgstrata rollback --all'
  return {
    operation: 'migrate',
    analysed: { migrations: history.migrations.length, rows: prepared.ledger.rows.length },
    findings: [...findings, ...(failure ? [failureFinding(history, failure)] : [])],
    data: {
      environment: target.name,
      state,
      dryRun: dry?.where ?? null,
      planned: plan.run.map(({ tag }) => tag),
      applied: done.map(appliedData),
      tried: dry ? applied.map(appliedData) : [],
      leftOut: (dry?.leftOut ?? []).map(({ migration, line, words }) => ({ tag: migration.tag, line, words })),
      retried: outcome.retries.map(retryData),
      failed: failure ? failureData(failure) : null,
      pending: [...left, ...plan.later].map(({ tag }) => tag),
      duration: Math.round(duration),
      rollback: rollback ?? null,
    },
    blocks: [
      { type: 'heading', level: 1, text: target.name },
      ...dryBlocks(ran),
      ...appliedBlocks(outcome, dry ? 'tried' : 'applied'),
      ...(dry && !failure ? [] : tagTree(done.length > 0 || failure ? 'still pending' : 'pending', left)),
      ...tagTree('left for later by --to', plan.later),
      ...stateBlocks(ran),
      ...(ran.unrecorded === undefined
        ? []
        : [
            text(
              `Time and version are not noted in pgstrata.schema_versions: ${ran.unrecorded}. Once, as a user who may: pgstrata version ${target.name} --sync.`,
              'muted',
            ),
          ]),
      ...(rollback ? [{ type: 'definition' as const, items: [{ term: 'the way back', text: rollback }] }] : []),
    ],
    unknown: [
      ...(dry?.unknown ?? []),
      ...(failure?.why === 'lost'
        ? [{ what: `whether ${failure.migration.tag} is applied`, why: failure.message, help: 'pgstrata migrate tells, and goes on.' }]
        : []),
    ],
    chosen: true,
  }
}
