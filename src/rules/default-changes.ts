/** What a batch as a whole does to a column's default. */
import type { Batch, Move } from '../changes/batch.ts'
import { equal } from '../changes/equal.ts'
import { columnOn } from '../changes/found-by.ts'
import { printDefault } from '../changes/print.ts'
import type { Attribute, Expression } from '../model/catalog.ts'
import type { Change } from '../model/change.ts'
import { printExpression } from '../sql/print.ts'
import { child } from '../sql/tree.ts'
import { columnAfter, columnBefore, movesAfter } from './origins.ts'

export type DefaultChange = { readonly from: string; readonly to: string | undefined; readonly now: Attribute }

/** The default before and after the batch, on the last statement that sets it; undefined where it stays, or where there was no column or no default before. */
export const defaultChange = (move: Move<Change<'set-default'>>, batch: Batch): DefaultChange | undefined => {
  const { change } = move
  if (change.implied) return undefined
  const again = movesAfter(batch, move).some(({ change: next }) => next.kind === 'set-default' && next.on === change.on && next.column === change.column)
  const [old, now] = [columnBefore(batch, move, change.on, change.column), columnAfter(batch, move, change.on, change.column)]
  const before = old && columnOn(batch.before, old.on, old.column)
  const after = now && columnOn(batch.after, now.on, now.column)
  if (again || before?.default === undefined || !after || after.identity || after.generated) return undefined
  const from = printDefault(before.default)
  const to = after.default && printDefault(after.default)
  // A default whose column got another type is written anew with it.
  return equal(before.default, after.default) || (after.default !== undefined && bare(before.default) === bare(after.default))
    ? undefined
    : { from, to, now: after }
}

/** The value without what only says its type: casts, and the quotes of a number. */
const bare = (value: NonNullable<Attribute['default']>): string => {
  if ('sequence' in value) return printDefault(value)
  const inner = child(child(value as Expression, 'TypeCast'), 'arg')
  if (inner) return bare(inner)
  const constant = child(value as Expression, 'A_Const')
  return constant ? printExpression(value as Expression).replace(/^'(.*)'$/s, '$1') : printDefault(value)
}
