/** The name of the variable that a call is the value of: `const getPosts = createServerFn()…`. */
import type { Site, Value } from '../../value.ts'

/** `inside` is a function that stands in the call, and leads to the file's tree. */
export const nameAt = ({ place }: Site, inside: Value): string | undefined => {
  if (inside.kind !== 'function' || inside.scope.file.path !== place.file) return undefined
  const { tree, notice } = inside.scope.file
  notice.isRead = true
  const { functions, bindings } = tree
  for (const { body } of functions)
    for (const statement of body)
      if (statement.k === 'let' && statement.to.k === 'name' && statement.e?.at === place.line) return bindings[statement.to.b]?.name
  return undefined
}
