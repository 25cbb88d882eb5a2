/** The package that a file belongs to. */
import type { ProjectFiles } from '../define.ts'
import { parentOf } from '../routing/folders.ts'

/** The nearest directory above with a package.json; the root where there is none. */
const packageOf = (project: ProjectFiles, path: string): string => {
  let directory = parentOf(path)
  while (directory !== '' && !project.has(`${directory}/package.json`)) directory = parentOf(directory)
  return directory
}

/** The path of a file inside its package, without a `src/` at its front. */
export const insidePackage = (project: ProjectFiles, path: string): string => {
  const directory = packageOf(project, path)
  return (directory === '' ? path : path.slice(directory.length + 1)).replace(/^src\//, '')
}

/** A path of the repository from one of its package, whose file `path` is. */
export const inPackage = (project: ProjectFiles, path: string, inside: string): string => {
  const directory = packageOf(project, path)
  return directory === '' ? inside : `${directory}/${inside}`
}
