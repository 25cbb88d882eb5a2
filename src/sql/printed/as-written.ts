/** Where PostgreSQL's own print, read again, is not what it was: such texts are taken back to the form that was written. */
import type { Json, Tree } from '../../model/json.ts'
import { child, isTree, list, mapTree, strings, text } from '../tree.ts'

/** `old.a IS DISTINCT FROM new.a` of two plain operands, in its parentheses. */
const distinct = /\(([^()]+) IS DISTINCT FROM ([^()]+)\)/.source
const nested = new RegExp(`(\\(+)${distinct}(?: OR ${distinct}\\))+`, 'g')

/**
 * `(a, b, c) IS DISTINCT FROM (d, e, f)` is kept as ORs of two and printed with a parenthesis for each; the parser makes one OR of these. `((a OR b) OR c)` of plain comparisons can only have come
 * from rows, for an OR that was written is flat.
 */
export const rowsAgain = (sql: string): string =>
  sql.replace(nested, (whole, open: string) => {
    const pairs = [...whole.matchAll(new RegExp(distinct, 'g'))].map(([, left = '', right = '']) => [left, right] as const)
    // Two comparisons are alike in both forms.
    if (pairs.length < 3 || open.length < pairs.length - 1) return whole
    const [left, right] = [pairs.map(([each]) => each).join(', '), pairs.map(([, each]) => each).join(', ')]
    return `${open.slice(pairs.length - 1)}(ROW(${left}) IS DISTINCT FROM ROW(${right}))`
  })

const comparisons: Readonly<Record<string, string>> = { AEXPR_OP_ANY: '=', AEXPR_OP_ALL: '<>' }

/**
 * `a IN ('x', 'y')` of a varchar is printed `(a)::text = ANY ((ARRAY['x'::varchar, …])::text[])`; read again, the last cast goes to each element. NOT IN is `<> ALL` likewise.
 */
export const listsAgain = (tree: Tree): Tree =>
  mapTree(tree, (node) => {
    const expression = child(node, 'A_Expr')
    const operator = comparisons[text(expression, 'kind') ?? '']
    if (!expression || operator === undefined || strings(list(expression, 'name')).at(-1) !== operator) return node
    const [left, right] = [child(child(expression, 'lexpr'), 'TypeCast'), child(child(expression, 'rexpr'), 'TypeCast')]
    const elements = list(child(child(right, 'arg'), 'A_ArrayExpr'), 'elements')
    const subject: Json | undefined = left?.arg
    if (elements.length === 0 || subject === undefined || !isTree(subject) || list(child(right, 'typeName'), 'arrayBounds').length === 0) return node
    return { A_Expr: { kind: 'AEXPR_IN', name: [{ String: { sval: operator } }], lexpr: subject, rexpr: { List: { items: elements } } } }
  })
