/** Conditions of DO blocks, answered from the catalog in memory: yes, no, or unknown. */
import type { Tree } from '../model/json.ts'
import { evaluate } from './conditions/evaluate.ts'
import { truth } from './conditions/logic.ts'
import type { Variables } from './conditions/scope.ts'
import type { Reading } from './reading.ts'
import type { Known } from './system-tables.ts'

export type { Variables } from './conditions/scope.ts'

export type Answer = 'yes' | 'no' | 'unknown'

/** The value of an expression; undefined where rows or the server decide. Refuses what PostgreSQL refuses, as a cast of a missing name to regclass. */
export const knownValue = (reading: Reading, expression: Tree, variables: Variables): Known | undefined => {
  const value = evaluate({ reading, variables }, expression)
  return typeof value === 'symbol' ? undefined : value
}

/** Answers a condition from the catalog; NULL counts as no, as in IF. */
export const answer = (reading: Reading, condition: Tree, variables: Variables = new Map()): Answer => {
  const value = truth(evaluate({ reading, variables }, condition))
  return value === true ? 'yes' : value === false || value === null ? 'no' : 'unknown'
}
