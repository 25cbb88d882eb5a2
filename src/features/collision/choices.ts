/** What somebody decided where the tool may not. */
import { displayKey } from '../../model/name.ts'
import type { Conflict, Way } from './commute.ts'

/** By a conflict's key; `*` stands for every one that has the way. */
export type Choices = ReadonlyMap<string, string>

/** How a conflict is called on the command line: the same while lines move. */
export const conflictKey = ({ name, objects, mine }: Conflict): string =>
  `${name}:${objects[0] === undefined ? (mine[0]?.tag ?? '') : displayKey(objects[0]).replaceAll(' ', '-')}`

/** The way out of a conflict: the one that was chosen for it, the one that was chosen for all, or the one that loses nothing; the first that it has. Undefined where somebody has to decide. */
export const chosenWay = (conflict: Conflict, choices: Choices): Way | undefined => {
  const wanted = [choices.get(conflictKey(conflict)), choices.get('*'), conflict.settles]
  const ways = conflict.ways.filter(({ id, who, sql }) => who === 'tool' && (sql !== undefined || id === 'keep'))
  return wanted.map((id) => ways.find((way) => way.id === id)).find((way) => way !== undefined)
}
