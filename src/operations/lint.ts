/** `lint`: every schema change judged by the policy. */
import { ToolError } from '../model/error.ts'
import type { Finding } from '../model/finding.ts'
import type { History } from '../model/history.ts'
import type { Report } from '../model/report.ts'
import type { World } from '../model/world.ts'
import { journalWhenInFuture } from '../rules/history/journal-when-in-future.ts'
import { assertAnalysed } from './analysed.ts'
import { defineOperation } from './define.ts'
import { examine } from './examine.ts'
import type { Fixed } from './lint/fix.ts'
import { fixBlocks, fixData } from './lint/fix-report.ts'
import type { Judgement } from './lint/judged.ts'
import { judgementOn, projectJudgement } from './lint/judgement.ts'
import { namedIn } from './lint/named.ts'
import { type LintOptions, optionsOf } from './lint/options.ts'

/** Mends what is mechanical, in all projects; it is loaded when it is asked for. */
const fixAll = async (world: World, options: LintOptions, files: readonly string[]): Promise<readonly Fixed[]> => {
  if (files.length > 0)
    throw new ToolError('usage', '--fix takes no FILE: it writes the new migrations of a folder anew, with journal and snapshot.', {
      help: 'Leave the FILE out; --folder names the migrations folder.',
    })
  const [{ fixProject }, { projectSubject }, { loadSql }] = await Promise.all([
    import('./lint/fix.ts'),
    import('./lint/subject.ts'),
    import('../sql/parser.ts'),
  ])
  await loadSql()
  const fixed: Fixed[] = []
  for (const project of await world.projects()) fixed.push(await fixProject(world, { ...(await projectSubject(world, project)), project }, options))
  return fixed
}

/** What was judged, with the folder that it was read from. */
type Judged = { readonly history: History; readonly judgement: Judgement }

/** Judges what git has staged; it is loaded when it is asked for. */
const judgeStaged = async (world: World, options: LintOptions, files: readonly string[], fix: boolean): Promise<readonly Judged[]> => {
  if (files.length > 0 || fix) throw new ToolError('usage', '--staged takes neither FILE nor --fix: it judges what git has staged, and writes nothing.')
  const { judgementOf, judgeStaged: judge } = await import('./lint/judge.ts')
  return (await judge(world, options)).map((linted) => ({ history: linted.subject.history, judgement: judgementOf(linted, options) }))
}

/** Files that are migrations of a project are judged on top of those before them, others by themselves. */
const judgeFiles = async (world: World, options: LintOptions, files: readonly string[]): Promise<readonly Judged[]> => {
  const named = await namedIn(world, files)
  if (named) return [{ history: named.history, judgement: await judgementOn(world, named.project, named.history, named.pending, options) }]
  const { judgementOf, judgeFiles: judge } = await import('./lint/judge.ts')
  const linted = await judge(world, files, options)
  return [{ history: linted.subject.history, judgement: judgementOf(linted, options) }]
}

/** The policy's findings, and beside them those of the folder itself, which `check` has as its part `folder`. */
const judgeProjects = async (world: World, options: LintOptions): Promise<readonly Judged[]> => {
  const { only } = options.surroundings
  const asked = ({ rule }: Finding): boolean => only === undefined || only.has(rule)
  const judged: Judged[] = []
  for (const project of await world.projects()) {
    const history = await world.history({ type: 'folder', path: project.folder })
    const judgement = await projectJudgement(world, project, history, options)
    const { findings } = await examine(world, project, history, ({ index }) => judgement.counts[index] ?? [])
    judged.push({ history, judgement: { ...judgement, findings: [...judgement.findings, ...findings.filter(asked)] } })
  }
  return judged
}

/** Days of the calendar apart, two things are measured from a moment: a deprecation since a migration, and a migration that is dated in the future. */
const isPassing = ({ config }: World, findings: readonly Finding[]): boolean =>
  config.policy?.deprecation !== undefined || findings.some(({ rule }) => rule === journalWhenInFuture.id)

const nothingIn = (files: readonly string[]): ToolError =>
  new ToolError('nothing-analysed', `Nothing was analysed: ${files.map((file) => (file === '-' ? 'standard input' : file)).join(', ')} holds no statement.`, {
    help: 'Give a file with SQL in it, or send the SQL to standard input.',
  })

export const lint = defineOperation({
  name: 'lint',
  summary: 'Judges schema changes by the policy: locks, rewrites, lost data, broken code.',
  description:
    'Judges every new migration by the policy, in the batch in which it will run: which locks it takes on tables in use and for how long, what it rewrites, what it loses, what running code trips over. New is what has not landed in the upstream branch (--since names another). Each finding says what to run instead, with your own names.',
  arguments: [
    {
      name: 'FILE',
      description:
        'SQL files to judge: migrations of the folder on top of those before them, any other file by itself (what it names is taken to be there); - reads standard input.',
      required: false,
      variadic: true,
    },
  ],
  flags: {
    rules: { type: 'string', value: 'IDS', description: 'Only these rules, by comma.' },
    pgVersion: { type: 'number', value: 'N', description: 'The major of production’s PostgreSQL; otherwise `postgres` of the config, or 18.' },
    profile: {
      type: 'string',
      value: 'FILE|ENV',
      description: 'Rows and traffic of production: a profile’s file, or an environment to ask; otherwise pgstrata.profile.json where there is one.',
    },
    runner: { type: 'string', value: 'RUNNER', description: 'How pending files are grouped into transactions: drizzle (all in one), per-file or none.' },
    staged: { type: 'boolean', description: 'Judges what the next commit changes, as it is staged in git: for a hook before a commit.' },
    fix: {
      type: 'boolean',
      description: 'Writes the new migrations anew where that is mechanical: NOT VALID now and VALIDATE later, indexes built outside, lock_timeout first.',
    },
  },
  examples: [
    { command: 'pgstrata lint', shows: 'what is wrong with the migrations of this branch' },
    { command: 'pgstrata lint --since origin/main --format github', shows: 'the same in CI, as annotations' },
    { command: 'pgstrata lint - < change.sql', shows: 'one script, judged without a history' },
  ],
  lasting: true,
  async run(world, { arguments: files, flags }): Promise<Report> {
    const options = await optionsOf(world, flags)
    const staged = flags.staged ? await judgeStaged(world, options, files, flags.fix) : undefined
    if (staged?.length === 0) return (await import('./lint/staged.ts')).nothingStaged(await world.projects())
    const fixed = flags.fix ? await fixAll(world, options, files) : []
    const judged = staged ?? (files.length > 0 ? await judgeFiles(world, options, files) : await judgeProjects(world, options))
    const judgements = judged.map(({ judgement }) => judgement)
    const findings = judgements.flatMap((each) => each.findings)
    assertAnalysed(
      judged.map(({ history }) => history),
      findings,
    )
    const sum = (what: keyof Judgement['analysed']): number => judgements.reduce((total, { analysed }) => total + analysed[what], 0)
    if (files.length > 0 && sum('statements') === 0 && findings.length === 0) throw nothingIn(files)
    return {
      operation: 'lint',
      analysed: { migrations: sum('migrations'), statements: sum('statements'), opaque: sum('opaque') },
      findings,
      unknown: [],
      ...(flags.staged || files.length > 0 ? { chosen: true as const } : {}),
      ...(isPassing(world, findings) ? { passing: true as const } : {}),
      data: {
        batches: judgements.flatMap(({ batches }) => batches),
        waivers: judgements.flatMap(({ waivers }) => waivers),
        ...(flags.fix ? { fixes: fixed.map(fixData) } : {}),
      },
      blocks: [...judgements.flatMap(({ blocks }) => blocks), ...fixed.flatMap(fixBlocks)],
    }
  },
})
