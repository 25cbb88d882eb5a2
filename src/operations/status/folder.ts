/** The folder that databases are held against. */
import type { Project } from '../../model/config.ts'
import type { History } from '../../model/history.ts'
import type { World } from '../../model/world.ts'
import { assertAnalysed, assertWhole } from '../analysed.ts'
import { onlyProject } from '../only-project.ts'

/** The only project's migrations. Throws `no-project`, `several-projects`, what reading a folder throws, and `folder-broken`. */
export const wholeFolder = async (world: World): Promise<{ readonly project: Project; readonly history: History }> => {
  const project = onlyProject(await world.projects())
  const history = await world.history({ type: 'folder', path: project.folder }, { snapshots: false })
  assertAnalysed([history])
  assertWhole(history, 'nothing can be held against it')
  return { project, history }
}
