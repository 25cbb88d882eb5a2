/** Routines that follow names; of the renamed one its own name too. */
import type { Routine } from '../../model/catalog.ts'
import type { Tree } from '../../model/json.ts'
import { partsOf } from '../../model/name.ts'
import { child, stringNode } from '../../sql/tree.ts'
import { changed } from '../edit.ts'
import type { Renaming } from './new-names.ts'
import { followTree } from './trees.ts'

export const followRoutine = (key: string, routine: Routine, renaming: Renaming): Routine => {
  const tree = followTree(routine.definition, renaming)
  const [from, to] = [partsOf(key), partsOf(renaming.routineKey(key))]
  const own = from[0] === to[0] && from[1] === to[1] ? tree : followOwnRoutine(tree, to[0] ?? '', to[1] ?? '')
  return changed(routine, { definition: own })
}

/** The routine's own name in its CREATE tree. */
const followOwnRoutine = (definition: Tree, schema: string, name: string): Tree => {
  const nodes = [stringNode(schema), stringNode(name)]
  const rename = (tree: Tree): Tree => ({ ...tree, ...('defnames' in tree ? { defnames: nodes } : { funcname: nodes }) })
  for (const node of ['CreateFunctionStmt', 'DefineStmt']) {
    const content = child(definition, node)
    if (content) return { ...definition, [node]: rename(content) }
  }
  return rename(definition)
}
