/** The judgement itself: what costs the time, loaded when no kept answer will do. */
import { besidePath } from '../../features/fix/beside.ts'
import { judgeReplay } from '../../features/judged-replay.ts'
import { lint as judge, type Lint } from '../../features/lint.ts'
import type { Project, Runner } from '../../model/config.ts'
import type { Finding } from '../../model/finding.ts'
import type { History } from '../../model/history.ts'
import { plural } from '../../model/numbers.ts'
import type { Block } from '../../model/report.ts'
import type { World } from '../../model/world.ts'
import { loadSql } from '../../sql/parser.ts'
import { examine } from '../examine.ts'
import { countsOf } from './base.ts'
import { filesAlone } from './files.ts'
import type { Judgement } from './judged.ts'
import type { LintOptions } from './options.ts'
import { batchData, lockTable, waiverData } from './report.ts'
import { type Subject, subjectOf, subjectOnBase } from './subject.ts'

export type Linted = { readonly subject: Subject; readonly result: Lint; readonly findings: readonly Finding[] }

const judged = ({ pending }: Subject, migration: number): boolean => pending.type === 'each' || pending.migrations.has(migration)

/** The folder's own findings are the part `folder` of `check`; here they stand beside the policy's. */
const folderFindings = async (world: World, project: Project | undefined, { history }: Subject): Promise<readonly Finding[]> =>
  project ? (await examine(world, project, history)).findings : []

/** Judges one subject. `withFolder`: also by the rules of the folder itself. */
export const lintSubject = async (world: World, subject: Subject, { runner, surroundings }: LintOptions, withFolder: boolean): Promise<Linted> => {
  const { history, scripts, replayed, pending, project } = subject
  const result = judge({ history, steps: replayed.steps, pending, runner }, surroundings)
  const asked = ({ rule }: Finding): boolean => surroundings.only === undefined || surroundings.only.has(rule)
  const tags = new Set(history.migrations.filter(({ index }) => judged(subject, index)).map(({ tag }) => tag))
  const ofReplay = judgeReplay(history, scripts, replayed).filter(({ migration }) => migration === undefined || tags.has(migration))
  const ofFolder = withFolder ? await folderFindings(world, project, subject) : []
  return { subject, result, findings: [...result.findings, ...[...ofReplay, ...ofFolder].filter(asked)] }
}

const waiverTable = (linted: Linted): readonly Block[] =>
  linted.result.waivers.length === 0
    ? []
    : [
        {
          type: 'table',
          columns: [{ title: 'waiver' }, { title: 'until' }, { title: 'state' }, { title: 'because' }],
          rows: linted.result.waivers.map(({ waiver, state }) => [waiver.rules.join(', '), waiver.until, state, waiver.reason]),
        },
      ]

const assumedShown = 4

const assumedText = (assumed: readonly string[]): string => {
  const shown = assumed.slice(0, assumedShown).join('; ')
  return assumed.length > assumedShown ? `${shown}; and ${assumed.length - assumedShown} more` : shown
}

const judgedText = ({ subject, result }: Linted): string =>
  !subject.project
    ? `${plural(subject.history.migrations.length, 'file')} without a history`
    : subject.pending.type === 'together'
      ? `${plural(subject.pending.migrations.size, 'new migration')} on top of ${subject.history.migrations.length - subject.pending.migrations.size}`
      : `${plural(result.batches.length, 'migration')}, each as if it were the new one`

const runnerText: Readonly<Record<Runner, string>> = {
  drizzle: 'drizzle: all pending files in one transaction',
  'per-file': 'per-file: each file in its own transaction',
  none: 'none: no transaction around the files',
}

const blocksOf = (linted: Linted, { runner, surroundings, majorIsAssumed }: LintOptions): readonly Block[] => [
  { type: 'heading', level: 1, text: linted.subject.title },
  {
    type: 'definition',
    items: [
      { term: 'judged', text: judgedText(linted) },
      { term: 'runner', text: runnerText[runner] },
      ...(linted.subject.assumed ? [{ term: 'assumed', text: assumedText(linted.subject.assumed) }] : []),
      ...(linted.subject.before ? [{ term: 'before', text: `${besidePath(linted.subject.title, 'before')} is taken as done` }] : []),
      {
        term: 'PostgreSQL',
        text: majorIsAssumed ? `${surroundings.postgres}, assumed; postgres of the config says which production has` : String(surroundings.postgres),
      },
    ],
  },
  ...(linted.subject.pending.type === 'together' ? linted.result.batches.flatMap((batch) => lockTable(linted.subject.history, batch)) : []),
  ...waiverTable(linted),
]

/** A judgement as plain data. */
export const judgementOf = ({ subject, result, findings }: Linted, options: LintOptions): Judgement => {
  const { batches } = result
  return {
    title: subject.title,
    analysed: {
      migrations: batches.reduce((sum, { steps }) => sum + new Set(steps.map(({ step }) => step.migration)).size, 0),
      statements: batches.reduce((sum, { steps }) => sum + steps.length, 0),
      opaque: batches.flatMap(({ steps }) => steps.flatMap(({ moves }) => moves)).filter(({ change }) => change.kind === 'opaque').length,
    },
    findings,
    batches: batchData(subject.history, result),
    waivers: waiverData(subject.history, result),
    blocks: blocksOf({ subject, result, findings }, options),
    counts: subject.counts ?? subject.scripts.map(countsOf),
  }
}

/** Judges the pending migrations of a project by the policy, on what is kept of the landed ones where that will do. */
export const judgeProject = async (world: World, project: Project, history: History, pending: Subject['pending'], options: LintOptions): Promise<Judgement> => {
  await loadSql()
  const subject = (await subjectOnBase(world, project, history, pending)) ?? (await subjectOf(world, project, history, pending))
  return judgementOf(await lintSubject(world, subject, options, false), options)
}

/** Judges files that are no migrations of a project. Throws `no-such-file`. */
export const judgeFiles = async (world: World, files: readonly string[], options: LintOptions): Promise<Linted> => {
  await loadSql()
  return lintSubject(world, await filesAlone(world, files), options, false)
}

/** Judges what the next commit changes, of each project in which it changes something. */
export const judgeStaged = async (world: World, options: LintOptions): Promise<readonly Linted[]> => {
  await loadSql()
  const { stagedSubject } = await import('./staged.ts')
  const linted: Linted[] = []
  for (const project of await world.projects()) {
    const staged = await stagedSubject(world, project)
    if (!staged) continue
    const all = await lintSubject(world, staged.subject, options, true)
    linted.push({ ...all, findings: all.findings.filter(staged.concerns) })
  }
  return linted
}
