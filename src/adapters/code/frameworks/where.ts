/** Where a function or a class stands, for entries that are named elsewhere. */
import type { CodePlace } from '../../../model/code.ts'
import type { Value } from '../value.ts'

export const whereOf = (value: Value, otherwise: CodePlace): CodePlace => {
  if (value.kind === 'function') return { file: value.scope.file.path, line: value.scope.file.tree.functions[value.fn]?.at ?? otherwise.line }
  if (value.kind === 'class') return { file: value.scope.file.path, line: value.scope.file.tree.classes[value.index]?.at ?? otherwise.line }
  return otherwise
}

/** Whether there is something to call: a function, or a model that may know how. Calling anything else would only hand over what it is called with. */
export const isCallable = (value: Value): boolean =>
  value.kind === 'function' || value.kind === 'model' || (value.kind === 'union' && value.of.some((one) => one.kind === 'function' || one.kind === 'model'))
