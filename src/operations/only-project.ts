/** The project that is meant where one is wanted. */
import type { Project } from '../model/config.ts'
import { ToolError } from '../model/error.ts'

/** Throws `no-project`, `several-projects`. */
export const onlyProject = (projects: readonly Project[]): Project => {
  const [first, ...others] = projects
  if (!first) throw new ToolError('no-project', 'There is no Drizzle project here.', { help: 'Name the migrations folder with --folder.' })
  if (others.length === 0) return first
  throw new ToolError(
    'several-projects',
    `There are ${projects.length} Drizzle projects: ${projects.map(({ name, folder }) => `${name} (${folder})`).join(', ')}.`,
    {
      help: 'Choose one with --project NAME, or name its migrations folder with --folder.',
    },
  )
}
