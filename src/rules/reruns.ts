/** Whether a migration can run a second time, from its beginning, on what it made itself. */
import type { BatchStep } from '../changes/batch.ts'
import { freshSession } from '../changes/reading.ts'
import { readStep } from '../changes/replay.ts'
import type { Catalog } from '../model/catalog.ts'
import { child, walk } from '../sql/tree.ts'

/** Rows that a second run would add again. */
const addsRowsAgain = ({ step }: BatchStep): boolean => {
  let adds = false
  walk({ [step.statement.node]: step.statement.tree }, (node) => {
    const insert = child(node, 'InsertStmt')
    if (insert && !child(insert, 'onConflictClause')) adds = true
    return !adds
  })
  return adds
}

/** Most files are refused at their first statement: what comes behind it is not read. */
const isRefusedOn = (start: Catalog, steps: readonly BatchStep[]): boolean => {
  let catalog = start
  let session = freshSession
  for (const { step } of steps) {
    const again = readStep(step.migration, step.statement, catalog, session)
    if (again.step.refused) return true
    catalog = again.step.after
    session = again.session
  }
  return false
}

/**
 * True when a file that stopped half-way can be run again: on the catalog that it leaves none of its statements is refused, and none adds rows a second time.
 * `steps`: all of the file's, in order.
 */
export const canRunAgain = (steps: readonly BatchStep[]): boolean => {
  const after = steps.at(-1)?.step.after
  if (!after || steps.some(({ moves }) => moves.some(({ change }) => change.kind === 'opaque'))) return false
  return !steps.some(addsRowsAgain) && !isRefusedOn(after, steps)
}
