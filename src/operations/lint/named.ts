/** Files by name, where they are migrations of a project. */
import type { Project } from '../../model/config.ts'
import { ToolError } from '../../model/error.ts'
import type { History } from '../../model/history.ts'
import type { World } from '../../model/world.ts'
import { fileOf } from '../../rules/place.ts'

export type Named = {
  readonly project: Project
  readonly history: History
  readonly pending: { readonly type: 'together'; readonly migrations: ReadonlySet<number> }
}

/** The migrations of a project that the paths name; undefined where one of them is none of it. */
const positionsOf = ({ files }: World, history: History, paths: readonly string[]): ReadonlySet<number> | undefined => {
  const positions = new Map(history.migrations.map((migration) => [files.place(fileOf(history, migration)), migration.index]))
  const found = paths.map((path) => positions.get(files.place(path)))
  return found.every((index) => index !== undefined) ? new Set(found) : undefined
}

/** The projects here; none where nobody has set one up, for a lone file needs none. */
const projectsHere = async (world: World): Promise<readonly Project[]> => {
  try {
    return await world.projects()
  } catch (error) {
    if (error instanceof ToolError) return []
    throw error
  }
}

const historyHere = async (world: World, { folder }: Project): Promise<History | undefined> => {
  try {
    return await world.history({ type: 'folder', path: folder }, { snapshots: false })
  } catch (error) {
    if (error instanceof ToolError) return undefined
    throw error
  }
}

/** The project that has all the files, with the migrations up to the last of them: what comes later changes nothing for these. */
export const namedIn = async (world: World, paths: readonly string[]): Promise<Named | undefined> => {
  for (const project of paths.includes('-') ? [] : await projectsHere(world)) {
    const history = await historyHere(world, project)
    const migrations = history && positionsOf(world, history, paths)
    if (!history || !migrations) continue
    const behind = Math.max(...migrations) + 1
    return { project, history: { ...history, migrations: history.migrations.slice(0, behind) }, pending: { type: 'together', migrations } }
  }
  return undefined
}
