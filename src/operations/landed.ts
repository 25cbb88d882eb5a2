/** `--since` and `--all`: what has landed already is shown and counted, but only what is new decides. */
import { readHistory } from '../drizzle/history.ts'
import type { Project } from '../model/config.ts'
import { ToolError } from '../model/error.ts'
import type { Finding } from '../model/finding.ts'
import type { Report } from '../model/report.ts'
import type { World } from '../model/world.ts'
import { historyRules } from '../rules/index.ts'
import { reportedRules } from '../rules/reported.ts'

export type Judged = {
  /** Only migrations that are absent at the merge base with this ref are judged. */
  readonly since?: string
  readonly all: boolean
}

/** Where a team's work lands when the configuration does not say it. */
const upstreams = ['origin/HEAD', 'origin/main', 'origin/master']

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

/** Tags of a project at a commit; none where it had no folder then, or one that could not be read. */
const tagsAt = async (world: World, commit: string, { folder, ledger }: Project): Promise<ReadonlySet<string>> => {
  const files = await world.git.filesAt(commit, folder)
  if (files.length === 0) return new Set()
  try {
    return new Set(readHistory(folder, files, ledger).migrations.map(({ tag }) => tag))
  } catch (error) {
    if (error instanceof ToolError) return new Set()
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

/**
 * Marks what does not decide as old. With `since`, or the configuration's `landed`: findings of migrations that are there at the merge base with it. Otherwise those
 * that are there at the merge base with the upstream's default branch; where there is no such branch, or nothing is new against it, all that is not the folder's own.
 * `all` judges everything. Throws `no-repository`, `no-such-ref`, `no-merge-base` for a ref that was named.
 */
export const judgeNew = async (world: World, report: Report, { since, all }: Judged): Promise<Report> => {
  const named = since ?? world.config.landed
  if (all || (named === undefined && report.findings.every(({ migration }) => migration === undefined))) return report
  const ref = await chooseRef(world, named)
  const base = ref === undefined ? undefined : await mergeBase(world, ref, named !== undefined)
  const foldersOwnDecide = (): Report => marked(report, (finding) => !isFoldersOwn(finding))
  if (base === undefined) return foldersOwnDecide()
  const projects = await Promise.all((await world.projects()).map(async (project) => ({ project, landed: await tagsAt(world, base, project) })))
  if (since === undefined && !(await anyNew(world, projects))) return foldersOwnDecide()
  return marked(report, (finding) => projects.some(({ project, landed }) => landed.has(finding.migration ?? '') && below(finding, project.folder)))
}

/** Whether a folder has a migration that has not landed. One that cannot be read has none: the report says so already. */
const anyNew = async (world: World, projects: readonly { readonly project: Project; readonly landed: ReadonlySet<string> }[]): Promise<boolean> => {
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
