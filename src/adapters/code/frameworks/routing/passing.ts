/** Whether a handler calls its `next()`: then it stands before others and does not answer. */
import type { BindingId, FileTree } from '../../tree.ts'
import type { Value } from '../../value.ts'
import { isNode } from '../../walk.ts'

const isRefTo = (value: unknown, binding: BindingId): boolean => isNode(value) && value.k === 'ref' && value.b === binding

/** A call without arguments; `next(error)` does not pass on. Functions inside are looked into too. */
const calls = (part: unknown, binding: BindingId, tree: FileTree): boolean => {
  if (!isNode(part)) return false
  if (part.k === 'call' && isRefTo(part.f, binding) && Array.isArray(part.a) && part.a.length === 0) return true
  if (part.k === 'fn' && typeof part.i === 'number') return calls(tree.functions[part.i]?.body, binding, tree)
  return Object.values(part).some((inner) => calls(inner, binding, tree))
}

/** `parameter`: the position of `next` among the parameters. */
export const passesOn = (value: Value, parameter: number): boolean => {
  if (value.kind !== 'function') return false
  const { tree, notice } = value.scope.file
  notice.isRead = true
  const fn = tree.functions[value.fn]
  const next = fn?.params[parameter]?.to
  return next?.k === 'name' && calls(fn?.body, next.b, tree)
}
