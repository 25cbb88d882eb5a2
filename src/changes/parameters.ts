/** The parameters of routines, as CREATE FUNCTION's and CREATE PROCEDURE's trees have them. */
import type { Tree } from '../model/json.ts'
import { child, list } from '../sql/tree.ts'

/** The parameters that the content of a CREATE FUNCTION declares, in order. */
export const parametersOf = (definition: Tree): readonly Tree[] => list(definition, 'parameters').map((node) => child(node, 'FunctionParameter') ?? node)

/** With how many arguments a routine can be called. */
export const argumentCount = (definition: Tree): { readonly least: number; readonly most: number } => {
  const inputs = parametersOf(definition).filter(({ mode }) => mode !== 'FUNC_PARAM_OUT' && mode !== 'FUNC_PARAM_TABLE')
  return {
    least: inputs.filter(({ defexpr, mode }) => defexpr === undefined && mode !== 'FUNC_PARAM_VARIADIC').length,
    most: inputs.some(({ mode }) => mode === 'FUNC_PARAM_VARIADIC') ? Number.POSITIVE_INFINITY : inputs.length,
  }
}
