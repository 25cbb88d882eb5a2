/** Pairs of tables that a batch locks in an order opposite to that of the application's own statements. */
import { type Batch, type BatchStep, isAtLeast } from '../changes/batch.ts'
import { refersTo } from '../changes/found-by.ts'
import type { RelationName } from '../model/name.ts'
import { waitsIn } from './lock-waits.ts'

/**
 * A foreign key's parent locked first and its child afterwards. An INSERT into the child locks the child (ROW EXCLUSIVE) and then, to check the key, the parent
 * (ROW SHARE): one of the two is killed as a deadlock when both meet.
 */
export type OppositeOrder = { readonly parent: RelationName; readonly child: RelationName; readonly first: BatchStep; readonly second: BatchStep }

/** All such pairs of a batch (a child that is dropped gets no more rows), in the order in which they are completed. */
export const oppositeOrders = (batch: Batch): readonly OppositeOrder[] => {
  const waits = waitsIn(batch)
  return waits.flatMap((second) => {
    const earlier = waits.find(
      (first) =>
        first.at.position < second.at.position &&
        first.at.transaction === second.at.transaction &&
        first.relation !== second.relation &&
        // ROW SHARE, which the check of a foreign key takes, waits for these two modes only.
        isAtLeast(first.mode, 'EXCLUSIVE') &&
        !second.at.moves.some(({ change }) => change.kind === 'drop-table' && change.name === second.relation) &&
        refersTo(first.at.step.before, second.relation, first.relation) &&
        !isAtLeast(first.at.held.get(second.relation) ?? 'ACCESS SHARE', 'SHARE') &&
        !isAtLeast(second.at.held.get(second.relation) ?? 'ACCESS SHARE', 'SHARE') &&
        !first.at.footprint.locks.some(({ relation, mode }) => relation === second.relation && isAtLeast(mode, 'SHARE')),
    )
    return earlier ? [{ parent: earlier.relation, child: second.relation, first: earlier.at, second: second.at }] : []
  })
}
