/** DROP of anything: what goes with it, in order. */
import type { Tree } from '../model/json.ts'
import type { ObjectKey } from '../model/name.ts'
import { list, text } from '../sql/tree.ts'
import { dropOrder } from './dependents.ts'
import { dropChange } from './drop-change.ts'
import type { Reading } from './reading.ts'

/** Drops objects and what depends on them; what the statement does not name is implied. */
export const dropObjects = (reading: Reading, targets: readonly ObjectKey[], cascade: boolean, concurrently = false): void => {
  for (const { object, implied } of dropOrder(reading.catalog, targets, cascade)) {
    const change = dropChange(reading.catalog, object)
    if (implied) reading.imply(change)
    else reading.emit(change.kind === 'drop-index' ? { ...change, concurrently } : change)
  }
}

/**
 * Reads a DropStmt. `find` answers an item's key, undefined when it does not exist and need not (IF EXISTS), `'done'` when it was dealt with;
 * it refuses what is missing.
 */
export const dropAll = (reading: Reading, node: Tree, find: (item: Tree) => ObjectKey | undefined | 'done'): void => {
  const targets = list(node, 'objects').flatMap((item) => {
    const found = find(item)
    return found === undefined || found === 'done' ? [] : [found]
  })
  dropObjects(reading, targets, text(node, 'behavior') === 'DROP_CASCADE', node.concurrent === true)
}
