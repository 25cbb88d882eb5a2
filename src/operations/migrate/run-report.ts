/** What any run in an environment answers: what was done, waited for and tried again, and where it ended. */
import type { Failure, Finished, Outcome, Retry } from '../../features/migrate/running.ts'
import type { Trial } from '../../features/migrate/trial.ts'
import type { Blocker } from '../../features/migrate/watch.ts'
import type { Finding, Unknown } from '../../model/finding.ts'
import type { Migration } from '../../model/history.ts'
import type { Json } from '../../model/json.ts'
import { plural } from '../../model/numbers.ts'
import { type Block, type Text, toned } from '../../model/report.ts'
import { reportedFinding } from '../../rules/report.ts'

const seconds = (milliseconds: number): string => (milliseconds < 1_000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1_000).toFixed(1)} s`)

const age = (value: number | undefined): string =>
  value === undefined ? '' : ` for ${value < 120 ? `${Math.round(value)} s` : `${Math.round(value / 60)} min`}`

/** A session that holds a lock, as a person finds it again. */
const blockerText = ({ pid, application, user, state, seconds: held }: Blocker): string =>
  `pid ${pid} (${[application, user].filter((part) => part !== '').join(', ') || 'unnamed'}), ${state}${age(held)}`

const lineOf = (statement: NonNullable<Failure['statement']>, position: number | undefined): number =>
  statement.start.line + (position === undefined ? 0 : statement.text.slice(0, Math.max(0, position - 1)).split('\n').length - 1)

/** Where a person finds what was run; without lines where the text is no file. */
type Place = { readonly file: string; readonly hasLines: boolean }

/** What a direction calls its things. `next`: the command that goes on. */
export type RunWords = {
  readonly rule: 'migration-failed' | 'rollback-stopped'
  readonly placeOf: (migration: Migration) => Place
  readonly next: string
  /** It was only tried: what was done there is done nowhere. */
  readonly isDry: boolean
}

const leftText = ({ why, done }: Failure, { next, isDry }: RunWords): string => {
  if (isDry) return 'It was only tried, and nothing of it stays'
  const known = `${plural(done, 'statement')} of it ${done === 1 ? 'is' : 'are'} done, and known: the next ${next} goes on behind`
  if (why === 'lost') return done === 0 ? 'Nobody has heard whether it is done' : `Nobody has heard whether the rest of it is done. ${known}`
  return done === 0 ? 'Nothing of it is left' : known
}

const waitedText = ({ blockers }: Failure): string => (blockers.length === 0 ? '' : ` It waited for ${blockers.map(blockerText).join('; ')}.`)

/** What helps where the server has said nothing. */
const hintFor = ({ why }: Failure, { next }: RunWords): string | undefined => {
  if (why === 'stopped') return `pgstrata ${next} goes on from there.`
  return why === 'locked'
    ? 'Run it again when the table is quieter; --lock-timeout and --retries give it longer, --cancel-blockers asks what holds it to stop.'
    : undefined
}

/** The finding of a run that did not come to its end. */
export const failureFinding = (failure: Failure, words: RunWords): Finding => {
  const { migration, statement, message, sqlstate, help } = failure
  const { file, hasLines } = words.placeOf(migration)
  const state = sqlstate === undefined ? '' : ` (SQLSTATE ${sqlstate})`
  const hint = help ?? hintFor(failure, words)
  return reportedFinding(
    words.rule,
    `${migration.tag}: ${message.replace(/\.$/, '')}${state}. ${leftText(failure, words)}.${waitedText(failure)}`,
    {
      file,
      migration: migration.tag,
      ...(statement && hasLines ? { line: lineOf(statement, failure.position), statement: statement.index + 1 } : {}),
    },
    statement === undefined ? 'transaction' : `statement ${statement.index}`,
    hint === undefined ? {} : { help: hint },
  )
}

/** Nobody has heard the end of it. `together`: what else stood in its transaction. */
export const lostUnknown = ({ failure }: Outcome, what: string, { next, isDry }: RunWords, together: readonly Migration[] = []): readonly Unknown[] => {
  if (failure?.why !== 'lost' || isDry) return []
  const tags = new Set([failure.migration, ...together].map(({ tag }) => tag))
  return [
    { what: `whether ${[...tags].join(', ')} ${tags.size === 1 ? 'is' : 'are'} ${what}`, why: failure.message, help: `pgstrata ${next} tells, and goes on.` },
  ]
}

const statementData = (statements: Finished['statements']): Json =>
  statements.map(({ statement, milliseconds, waited }) => ({ line: statement.start.line, ms: Math.round(milliseconds), waited: Math.round(waited) }))

export const finishedData = ({ migration, milliseconds, statements, resumed }: Finished): Json => ({
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

const failureData = ({ migration, statement, message, sqlstate, why, done }: Failure, { isDry }: Pick<RunWords, 'isDry'>): Json => ({
  tag: migration.tag,
  statement: statement === undefined ? null : statement.index + 1,
  message,
  sqlstate: sqlstate ?? null,
  why,
  done: isDry ? 0 : done,
})

/** What every run says for machines of what it tried and where it stopped. */
export const runData = ({ finished, retries, failure }: Outcome, dry: DryRun | undefined, words: RunWords): { readonly [key: string]: Json } => ({
  tried: dry ? finished.map(finishedData) : [],
  leftOut: leftOutData(dry),
  retried: retries.map(retryData),
  failed: failure ? failureData(failure, words) : null,
})

/** The migration's own work, and what was waited for before it. */
const workText = ({ milliseconds, statements }: Finished): string => {
  const waited = statements.reduce((sum, each) => sum + each.waited, 0)
  return `${seconds(milliseconds)}${waited > 0 ? `, ${seconds(waited)} of it waiting for locks` : ''}`
}

const longest = ({ statements }: Finished): Text => {
  const [slow] = statements.toSorted((a, b) => b.milliseconds - a.milliseconds)
  if (!slow || statements.length < 2 || slow.milliseconds < 100) return ''
  return [{ text: `longest: ${slow.statement.text.replace(/\s+/g, ' ').slice(0, 60)} (${seconds(slow.milliseconds)})`, tone: 'muted' }]
}

export const finishedBlocks = ({ finished, retries }: Outcome, title: string): readonly Block[] => [
  ...(finished.length === 0
    ? []
    : [
        {
          type: 'table' as const,
          columns: [{ title }, { title: 'statements', align: 'right' as const }, { title: 'time' }, { title: '' }],
          rows: finished.map((each): readonly Text[] => [
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

/** It was only tried. */
export type DryRun = {
  readonly where: 'copy' | 'environment'
  readonly shown: string
  readonly leftOut: Trial['leftOut']
  readonly unknown: readonly Unknown[]
}

export const dryBlocks = (dry: DryRun | undefined): readonly Block[] =>
  dry === undefined
    ? []
    : [
        { type: 'definition', items: [{ term: 'dry run', text: dry.shown }] },
        ...dry.leftOut.map(({ migration, line, words }) => toned(`Left out: ${words} (${migration.tag}, line ${line}) takes no transaction.`, 'warn')),
      ]

/** `what` of our own ledger; nothing stands on it. */
export const unrecordedBlocks = (what: string, why: string | undefined, environment: string): readonly Block[] =>
  why === undefined
    ? []
    : [toned(`${what} not noted in pgstrata.schema_versions: ${why}. Once, as a user who may: pgstrata version ${environment} --sync.`, 'muted')]

export const dryText = (failed: boolean): Block => toned(`Nothing of it stays${failed ? '' : ': all of it runs'}.`, failed ? 'plain' : 'good')

const leftOutData = (dry: DryRun | undefined): Json => (dry?.leftOut ?? []).map(({ migration, line, words }) => ({ tag: migration.tag, line, words }))

export const tagTree = (title: string, migrations: readonly Migration[]): readonly Block[] =>
  migrations.length === 0
    ? []
    : [{ type: 'tree', root: { text: `${title} (${migrations.length})`, children: migrations.map(({ tag }) => ({ text: tag, children: [] })) } }]
