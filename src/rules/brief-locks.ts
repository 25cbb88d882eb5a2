/** Locks that last a moment and hurt as much as others wait: when a word about them is worth a reader's time. */
import { isAtLeast, isUsed, type Move } from '../changes/batch.ts'
import type { LockMode } from '../model/lock.ts'
import type { RelationName } from '../model/name.ts'
import type { PolicyHit, StepView } from './define.ts'

/** True when the transaction holds that lock, or a stronger one, before the statement begins: then the statement waits for nobody. */
export const isHeld = ({ held }: Pick<StepView, 'held'>, relation: RelationName, mode: LockMode): boolean => {
  const already = held.get(relation)
  return already !== undefined && isAtLeast(already, mode)
}

/** True when lock_timeout limits how long the statement waits for its locks. */
export const isLimited = ({ settings }: Pick<StepView, 'settings'>): boolean => {
  const value = settings.get('lock_timeout')?.value
  return value !== undefined && !/^\W*0\D*$/.test(value)
}

type Words = Pick<PolicyHit, 'message' | 'object' | 'help' | 'remedy'>

/**
 * A lock for a moment on a relation in use; nothing where the wait for it is limited already or the batch holds it. It is a note: only where traffic is known
 * to be high do others feel it.
 */
export const briefLock = (move: Move, view: StepView, relation: RelationName, mode: LockMode, words: Words): PolicyHit | undefined =>
  !isUsed(move, relation) || isHeld(view, relation, mode) || isLimited(view)
    ? undefined
    : { ...words, relation, severity: 'note', lock: { relation, mode, duration: 'moment' } }
