/** Whether production holds duplicates that a new unique index refuses. */
import type { Batch, Move } from '../changes/batch.ts'
import { indexColumns } from '../changes/columns-of.ts'
import { columnsIn } from '../changes/expressions.ts'
import { columnOn } from '../changes/found-by.ts'
import type { Change } from '../model/change.ts'
import type { Tree } from '../model/json.ts'
import { child, list, text, walk } from '../sql/tree.ts'
import { columnBefore, isWrittenBefore, relationBefore } from './origins.ts'
import { duplicateRows } from './prechecks.ts'

/** The query; undefined where the batch makes or renames what it would ask for. */
export const duplicatePrecheck = (move: Move<Change<'create-index'>>, batch: Batch): string | undefined => {
  const { index } = move.change
  const columns = indexColumns(index)
  const isOld = (column: string): boolean => columnBefore(batch, move, index.relation, column)?.column === column
  if (!index.unique || relationBefore(batch, move, index.relation) !== index.relation || !columns.every(isOld)) return undefined
  return duplicateRows(index.relation, index.elements, index)
}

/** What must all hold. */
const conjuncts = (condition: Tree | undefined): readonly Tree[] => {
  const both = child(condition, 'BoolExpr')
  if (text(both, 'boolop') === 'AND_EXPR') return list(both, 'args').flatMap(conjuncts)
  return condition ? [condition] : []
}

/** True when the condition may hold for a row whose columns are NULL. */
const takesNull = (condition: Tree): boolean => {
  let takes = false
  walk(condition, (node) => {
    const isOr = text(child(node, 'BoolExpr'), 'boolop') === 'OR_EXPR'
    if (isOr || child(node, 'NullTest')?.nulltesttype === 'IS_NULL' || child(node, 'CoalesceExpr') || child(node, 'BooleanTest')) takes = true
    return !takes
  })
  return takes
}

/**
 * False where no row can have a duplicate: a column of the key, or one that the index's condition asks about, is new in the batch and NULL in every row. (NULLs are distinct
 * unless the index says otherwise.)
 */
export const mayHoldDuplicates = (move: Move<Change<'create-index'>>, batch: Batch): boolean => {
  const { index } = move.change
  const isEmpty = (column: string): boolean => {
    const attribute = columnOn(move.before, index.relation, column)
    const isNull = attribute && attribute.default === undefined && !attribute.identity && !attribute.generated
    return isNull === true && columnBefore(batch, move, index.relation, column) === undefined
  }
  const inKey = !index.nullsNotDistinct && index.elements.some(({ on }) => typeof on === 'string' && isEmpty(on))
  const inCondition = conjuncts(index.where).some((condition) => !takesNull(condition) && [...columnsIn(condition)].some(isEmpty))
  return !(inKey || inCondition) || isWrittenBefore(batch, move, index.relation)
}
