/** From where both sides of a project are read: the commits that meet, or the working tree where they have been put together. */
import { journalPath } from '../../drizzle/journal.ts'
import type { Choices } from '../../features/collision/choices.ts'
import type { Project } from '../../model/config.ts'
import { below } from '../../model/path.ts'
import type { World } from '../../model/world.ts'
import { type Read, readQuestion } from './question.ts'
import { putTogether, type Situation, situateParents } from './situation.ts'

const isBroken = ({ mine }: Read): boolean => mine.history.faults.some(({ type }) => type === 'journal-invalid' || type === 'conflict-markers')

/** In the middle of a merge, with nothing of the folder in conflict any more: git has merged it by itself, or somebody has. */
const isTogether = async (world: World, { folder }: Project, { mine }: Situation): Promise<boolean> =>
  mine.at.type !== 'files' && (await world.git.conflicts(folder)).length === 0 && (await world.files.exists(below(folder, journalPath)))

/** Both sides. A merge that was committed with its marks in it is told by its parents. `named`: the landed branch, if somebody named it. Throws what reading a folder throws. */
export const readSides = async (
  world: World,
  project: Project,
  situation: Situation,
  choices: Choices,
  named: string | undefined,
): Promise<Read | undefined> => {
  const from = (await isTogether(world, project, situation)) ? putTogether(situation) : situation
  const read = await readQuestion(world, project, from, choices)
  if (!read || from.mine.at.type !== 'files' || !isBroken(read)) return read
  if (from !== situation) return readQuestion(world, project, situation, choices)
  const parents = await situateParents(world, named)
  return parents ? readQuestion(world, project, parents, choices) : read
}
