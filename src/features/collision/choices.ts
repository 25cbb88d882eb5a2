/** What somebody decided where the tool may not. */
import { displayKey } from '../../model/name.ts'
import type { Conflict, Way } from './commute.ts'

/** By a conflict's key; `*` stands for every one that has the way. */
export type Choices = ReadonlyMap<string, string>

/** A statement of mine, whatever line it stands on. */
const statementOf = ({ mine: [first] }: Conflict): string => `${first?.tag ?? ''}#${(first?.statement ?? 0) + 1}`

/** How conflicts are called on the command line, in their order: the same while lines move. Several of a class about one object are told apart by mine's statement. */
export const conflictKeys = (conflicts: readonly Conflict[]): readonly string[] => {
  const objects = conflicts.map(({ name, objects: [object] }) => (object === undefined ? undefined : `${name}:${displayKey(object).replaceAll(' ', '-')}`))
  return conflicts.map((conflict, at) => {
    const key = objects[at]
    if (key === undefined) return `${conflict.name}:${statementOf(conflict)}`
    return objects.indexOf(key) === objects.lastIndexOf(key) ? key : `${key}:${statementOf(conflict)}`
  })
}

/** The way out of a conflict: the one that was chosen for it, the one that was chosen for all, or the one that loses nothing; the first that it has. Undefined where somebody has to decide. */
export const chosenWay = (conflict: Conflict, key: string, choices: Choices): Way | undefined => {
  const wanted = [choices.get(key), choices.get('*'), conflict.settles]
  const ways = conflict.ways.filter(({ id, who, sql }) => who === 'tool' && (sql !== undefined || id === 'keep'))
  return wanted.map((id) => ways.find((way) => way.id === id)).find((way) => way !== undefined)
}
