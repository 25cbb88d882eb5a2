/** Whether the printer can be trusted with a tree: its text, parsed again, must be the same tree. */
import type { Tree } from '../model/json.ts'
import type { Statement } from '../model/statement.ts'
import { printStatement } from '../sql/print.ts'
import { statementsOf } from '../sql/texts.ts'
import { list, mapTree, stringValue } from '../sql/tree.ts'
import { equal } from './equal.ts'
import { isTypeName } from './expressions.ts'
import { notUnderstood } from './refusal.ts'

/** The printer leaves `pg_catalog` out of types' names: it is searched first anyway. */
const plain = (tree: Tree): Tree =>
  mapTree(tree, (node) => {
    const names = isTypeName(node) ? list(node, 'names') : []
    return names.length === 2 && stringValue(names[0]) === 'pg_catalog' ? { ...node, names: names.slice(1) } : node
  })

const attempt = (tree: Tree): string | undefined => {
  try {
    return printStatement(tree)
  } catch {
    return undefined
  }
}

/** The printer writes some texts (a language's name that is no word) as what no parser takes. */
const readAgain = (printed: string): Statement | undefined => statementsOf(printed)?.[0]

/** Why a statement's tree (`{ SelectStmt: … }`) cannot be printed faithfully; undefined when it can. */
export const unprintable = (tree: Tree): string | undefined => {
  const printed = attempt(tree)
  if (printed === undefined) return 'it holds syntax that cannot be written'
  const again = readAgain(printed)
  return again && equal(plain({ [again.node]: again.tree }), plain(tree)) ? undefined : 'it would be written otherwise than it is meant'
}

/** The tree itself; memory cannot follow a statement that it could not write. */
export const printable = (tree: Tree, what: string): Tree => {
  const reason = unprintable(tree)
  return reason === undefined ? tree : notUnderstood(`${what}: ${reason}`)
}
