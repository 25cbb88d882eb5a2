/** What is said of one change. */
import type { Change, ChangeKind } from '../../model/change.ts'
import type { Moment } from './moment.ts'
import { type Bump, compareBumps, type Flag } from './numbers.ts'

/** A class, why, and what the class alone does not say. */
export type Judgement = { readonly bump: Bump; readonly why: string; readonly flags: readonly Flag[] }

/** How a kind of change is judged: always alike, or by what stood before the migration and stands after it. */
export type Judge<K extends ChangeKind> = Judgement | ((change: Change<K>, moment: Moment) => Judgement)

const judged =
  (bump: Bump) =>
  (why: string, ...flags: readonly Flag[]): Judgement => ({ bump, why, flags })

export const none = judged('none')
export const patch = judged('patch')
export const minor = judged('minor')
export const major = judged('major')
export const unknown = judged('unknown')

/** The strongest of some judgements, with the flags of all. */
export const strongest = (first: Judgement, ...others: readonly Judgement[]): Judgement => {
  const decisive = others.reduce((top, next) => (compareBumps(next.bump, top.bump) > 0 ? next : top), first)
  return { ...decisive, flags: [...new Set([first, ...others].flatMap(({ flags }) => flags))] }
}
