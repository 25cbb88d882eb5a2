/** `--since` and `--all`: what has landed already is shown and counted, but only what is new decides. */
import { isHistoryFile, isSnapshotFile, readHistory } from '../drizzle/history.ts'
import type { Project } from '../model/config.ts'
import { ToolError } from '../model/error.ts'
import type { Finding } from '../model/finding.ts'
import type { History, Migration } from '../model/history.ts'
import type { Report } from '../model/report.ts'
import type { Judging, World } from '../model/world.ts'
import { historyRules } from '../rules/index.ts'
import { reportedRules } from '../rules/reported.ts'

/** Where a team's work lands when the configuration does not say it. */
export const upstreams = ['origin/HEAD', 'origin/main', 'origin/master']

const shallow = 'The clone is shallow. Fetch the whole history: git fetch --unshallow, or fetch-depth: 0 of actions/checkout.'

/** The first ref that git knows. A ref that somebody named must be known. Throws `no-repository`, `no-such-ref`. */
const chooseRef = async (world: World, named: string | undefined): Promise<string | undefined> => {
  if ((await world.git.root()) === undefined) {
    if (named === undefined) return undefined
    throw new ToolError('no-repository', `There is no git repository here to look for ${named} in.`, {
      help: 'Leave --since out, or run it inside the repository.',
    })
  }
  for (const ref of named === undefined ? upstreams : [named]) if ((await world.git.resolve(ref)) !== undefined) return ref
  if (named === undefined) return undefined
  throw new ToolError('no-such-ref', `git knows no ref ${named}.`, { help: (await world.git.isShallow()) ? shallow : `Fetch it first: git fetch origin.` })
}

const mergeBase = async (world: World, ref: string, named: boolean): Promise<string | undefined> => {
  const base = await world.git.mergeBase(ref, 'HEAD')
  if (base !== undefined || !named) return base
  throw new ToolError('no-merge-base', `${ref} and HEAD have no common commit.`, {
    help: (await world.git.isShallow()) ? shallow : 'Name a ref that HEAD was branched from.',
  })
}

type Place = Pick<Project, 'folder' | 'ledger'>

/** A folder at a commit; undefined where it was not there then. Throws what reading a folder throws. */
const historyAt = async (world: World, commit: string, { folder, ledger }: Place): Promise<History | undefined> => {
  // Snapshots are big, and say nothing of what has landed.
  const files = await world.git.filesAt(commit, folder, (path) => isHistoryFile(path) && !isSnapshotFile(path))
  return files.length === 0 ? undefined : readHistory(folder, files, ledger)
}

/** Migrations of a folder at a commit; none where it was not there then. Throws what reading a folder throws, and `folder-broken` where something of it is torn: what is missing would be taken for what never was. */
export const wholeMigrationsIn = async (world: World, commit: string, place: Place): Promise<readonly Migration[]> => {
  const history = await historyAt(world, commit, place)
  const [fault] = history?.faults ?? []
  if (fault) throw new ToolError('folder-broken', `the folder is not whole at that commit (${fault.path}: ${fault.type.replaceAll('-', ' ')})`)
  return history?.migrations ?? []
}

/** The same as far as they can be read; none where the folder could not be read then. */
export const migrationsAt = async (world: World, commit: string, place: Place): Promise<readonly Migration[]> => {
  try {
    return (await historyAt(world, commit, place))?.migrations ?? []
  } catch (error) {
    if (error instanceof ToolError) return []
    throw error
  }
}

const below = (finding: Finding, folder: string): boolean =>
  finding.file === undefined || folder === '.' || finding.file === folder || finding.file.startsWith(`${folder.replace(/\/$/, '')}/`)

/** True for what is said of a folder as a whole (the history's rules, and what a replay has shown): it is as wrong today as on the day it landed. */
const isFoldersOwn = ({ rule }: Finding): boolean => Object.hasOwn(historyRules, rule) || Object.hasOwn(reportedRules, rule)

const marked = (report: Report, isOld: (finding: Finding) => boolean): Report => ({
  ...report,
  findings: report.findings.map((finding) => (finding.migration !== undefined && isOld(finding) ? { ...finding, old: true } : finding)),
})

/** A project, and what of it has landed already. */
export type Landed = {
  readonly project: Project
  /** The commit at which it stands so. */
  readonly commit: string
  readonly migrations: readonly Migration[]
  /** Their tags. */
  readonly landed: ReadonlySet<string>
}

/**
 * What has landed of each project: at the merge base with `since`, with the configuration's `landed`, or with the upstream's default branch. Undefined where nothing is known to have
 * landed: everything is asked for, or there is no such branch. Throws `no-repository`, `no-such-ref`, `no-merge-base` for a ref that was named.
 */
export const landedOf = async (world: World, { since, all }: Judging): Promise<readonly Landed[] | undefined> => (all ? undefined : upstreamOf(world, since))

/** What has landed of one project, by its folder. */
export const landedIn = async (world: World, folder: string, judging: Judging = world.judging): Promise<Landed | undefined> =>
  (await landedOf(world, judging))?.find(({ project }) => project.folder === folder)

/** What stands in the upstream branch (or at the merge base with `since`), whatever is to be judged; undefined where there is no such branch. Throws as `landedOf`. */
export const upstreamOf = async (world: World, since: string | undefined): Promise<readonly Landed[] | undefined> => {
  const named = since ?? world.config.landed
  const ref = await chooseRef(world, named)
  const commit = ref === undefined ? undefined : await mergeBase(world, ref, named !== undefined)
  if (commit === undefined) return undefined
  return Promise.all(
    (await world.projects()).map(async (project) => {
      const migrations = await migrationsAt(world, commit, project)
      return { project, commit, migrations, landed: new Set(migrations.map(({ tag }) => tag)) }
    }),
  )
}

/**
 * Marks what does not decide as old. With `since`, or the configuration's `landed`: findings of migrations that are there at the merge base with it. Otherwise those
 * that are there at the merge base with the upstream's default branch; where there is no such branch, or nothing is new against it, all that is not the folder's own.
 * `all` judges everything. Throws what `landedOf` throws.
 */
export const judgeNew = async (world: World, report: Report, judging: Judging): Promise<Report> => {
  const { since, all } = judging
  if (all || report.chosen || ((since ?? world.config.landed) === undefined && report.findings.every(({ migration }) => migration === undefined))) return report
  const projects = await landedOf(world, judging)
  const foldersOwnDecide = (): Report => marked(report, (finding) => !isFoldersOwn(finding))
  if (!projects || (since === undefined && !(await anyNew(world, projects)))) return foldersOwnDecide()
  return marked(report, (finding) => projects.some(({ project, landed }) => landed.has(finding.migration ?? '') && below(finding, project.folder)))
}

/** Whether a folder has a migration that has not landed. One that cannot be read has none: the report says so already. */
const anyNew = async (world: World, projects: readonly Landed[]): Promise<boolean> => {
  for (const { project, landed } of projects) {
    try {
      const { migrations } = await world.history({ type: 'folder', path: project.folder })
      if (migrations.some(({ tag }) => !landed.has(tag))) return true
    } catch (error) {
      if (!(error instanceof ToolError)) throw error
    }
  }
  return false
}
