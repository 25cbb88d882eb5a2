/** Judging one project's folder, as `doctor`, `check` and `lint` do. */
import picomatch from 'picomatch/posix.js'
import type { Project } from '../model/config.ts'
import { ToolError } from '../model/error.ts'
import type { Finding, Unknown } from '../model/finding.ts'
import type { History, Migration } from '../model/history.ts'
import type { World } from '../model/world.ts'
import type { HistoryView } from '../rules/define.ts'
import { judgeHistory } from '../rules/run.ts'
import { readScript } from '../sql/script.ts'
import { upstreamOf } from './landed.ts'

export type Examined = { readonly project: Project; readonly history: History; readonly findings: readonly Finding[]; readonly caveats: readonly string[] }

const statementsInChunk = ({ sql }: Migration): readonly number[] => readScript(sql ?? '').chunks.map(({ statements }) => statements)

/** What git knows of edits, and what it cannot know. */
const editsOf = async (world: World, folder: string): Promise<{ readonly edited: HistoryView['edited']; readonly caveats: readonly string[] }> => {
  try {
    if ((await world.git.root()) === undefined) return { edited: [], caveats: ['not in a git repository: edits after a commit cannot be seen'] }
    const caveats = (await world.git.isShallow()) ? ['the clone is shallow: edits before its first commit cannot be seen'] : []
    return { edited: await world.git.editedAfterAdded(folder), caveats }
  } catch (error) {
    if (!(error instanceof ToolError)) throw error
    return { edited: [], caveats: [`edits after a commit cannot be seen: ${error.message}`] }
  }
}

const matching = (patterns: readonly string[], files: readonly string[]): readonly string[] => {
  const matches = picomatch([...patterns, ...patterns.map((pattern) => `${pattern.replace(/\/$/, '')}/**`)].map((pattern) => pattern.replace(/^[.]\//, '')))
  return files.filter((file) => /[.][cm]?[jt]sx?$/.test(file) && matches(file))
}

/** How the project stands against the upstream branch; nothing where there is none, or git cannot say. */
const upstreamView = async (world: World, { folder, schema }: Project, history: History): Promise<Pick<HistoryView, 'landed' | 'schemaChanges'>> => {
  try {
    const upstream = (await upstreamOf(world, world.judging.since))?.find(({ project }) => project.folder === folder)
    if (!upstream || upstream.migrations.length === 0) return {}
    const { commit, migrations } = upstream
    // Beside a new migration nobody asks whether the schema changed, and git need not look through the whole working tree.
    const isNew = history.migrations.some(({ tag }) => !upstream.landed.has(tag))
    return { landed: { commit, migrations }, schemaChanges: isNew ? [] : matching(schema, await world.git.changedSince(commit)) }
  } catch (error) {
    if (error instanceof ToolError && world.judging.since === undefined) return {}
    throw error
  }
}

/** Judges one project's folder; `check` and `lint` share it, with the history that they have read and the counts that they know. Throws what reading a folder throws. */
export const examine = async (
  world: World,
  project: Project,
  read?: History,
  counts: HistoryView['statementsInChunk'] = statementsInChunk,
): Promise<Examined> => {
  const history = read ?? (await world.history({ type: 'folder', path: project.folder }))
  const { edited, caveats } = await editsOf(world, project.folder)
  const upstream = await upstreamView(world, project, history)
  const findings = judgeHistory({ history, edited, ...upstream, now: world.now(), statementsInChunk: counts }, world.config.policy)
  return { project, history, findings, caveats: [...project.notes, ...caveats] }
}

/** What a project is called at the head of its part of a report. */
export const titleOf = ({ name, folder }: Project): string => (name === folder ? folder : `${name}: ${folder}`)

/** One project of several that cannot be read. Throws on what is no `ToolError`. */
export const unreadable = (project: Project, error: unknown): Unknown => {
  if (!(error instanceof ToolError)) throw error
  return { what: titleOf(project), why: error.message, ...(error.help === undefined ? {} : { help: error.help }) }
}
