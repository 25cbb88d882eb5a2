/** Whether a statement writes a table anew anyway: what else it checks or builds is then done on the way. */
import { isUsed, type Move } from '../changes/batch.ts'
import { columnOn } from '../changes/found-by.ts'
import { rewriteOf } from '../changes/type-rewrite.ts'
import type { RelationName } from '../model/name.ts'
import type { StepView } from './define.ts'
import { computedPerRow } from './volatile-values.ts'

const rewrites = ({ change, before }: Move): RelationName | undefined => {
  if (change.kind === 'add-column') {
    const { on, attribute } = change
    const value = attribute.default
    const numbered = attribute.identity !== undefined || (value !== undefined && 'sequence' in value)
    return numbered || attribute.generated?.stored === true || computedPerRow(before, attribute) ? on : undefined
  }
  if (change.kind === 'set-generated') return change.to?.stored === true ? change.on : undefined
  if (change.kind === 'set-persistence' || change.kind === 'set-access-method') return change.on
  if (change.kind !== 'set-column-type') return undefined
  const from = columnOn(before, change.on, change.column)?.type
  return from && rewriteOf(before, change.column, from, change.to, change.using) === 'rewrite' ? change.on : undefined
}

const isCause = (move: Move, on: RelationName): boolean => rewrites(move) === on && isUsed(move, on)

/** True when the statement rewrites a table in use: a rule on rewrites says so, and no other needs to. In a DO block each statement counts by itself. */
export const isRewritten = ({ moves, step }: StepView, on: RelationName): boolean => step.statement.node !== 'DoStmt' && moves.some((move) => isCause(move, on))

/** True when another change of the statement rewrites the table too: the table is written anew once. */
export const isRewrittenBesides = ({ moves, step }: StepView, on: RelationName, { change }: Pick<Move, 'change'>): boolean =>
  step.statement.node !== 'DoStmt' && moves.some((move) => move.change !== change && isCause(move, on))
