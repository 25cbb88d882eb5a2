/** Constants in the trees of expressions, and expressions over the columns of one row. */
import { referencedColumn } from '../changes/expressions.ts'
import type { Expression } from '../model/catalog.ts'
import type { Tree } from '../model/json.ts'
import { printExpression } from '../sql/print.ts'
import { child, flag, isTree, list, mapTree, stringValue, text, walk } from '../sql/tree.ts'

const integerText = (node: Tree | undefined): string | undefined => (node ? String(node.ival ?? 0) : undefined)

const booleanText = (node: Tree | undefined): string | undefined => (node ? String(flag(node, 'boolval')) : undefined)

/** What stands inside of casts and collations. */
export const uncast = (node: Tree): Tree => {
  const inner = child(child(node, 'TypeCast') ?? child(node, 'CollateClause'), 'arg')
  return inner ? uncast(inner) : node
}

/** A constant's text, as a literal of any type holds it (`5`, `true`, `abc`); casts are looked through. Undefined: NULL, or no constant. */
export const constantText = (node: Tree | undefined): string | undefined => {
  if (!node) return undefined
  const constant = child(uncast(node), 'A_Const')
  if (!constant || flag(constant, 'isnull')) return undefined
  const string = child(constant, 'sval')
  if (string) return text(string, 'sval') ?? ''
  return integerText(child(constant, 'ival')) ?? text(child(constant, 'fval'), 'fval') ?? booleanText(child(constant, 'boolval'))
}

export const isNullConstant = (node: Tree): boolean => flag(child(uncast(node), 'A_Const'), 'isnull')

/** The items of `IN (…)`, of `ANY (ARRAY[…])` or of `ANY ('{…}')`; undefined where one is no constant. */
export const constantList = (node: Tree | undefined): readonly string[] | undefined => {
  if (!node) return undefined
  const bare = uncast(node)
  const items = child(bare, 'List') ? list(child(bare, 'List'), 'items') : child(bare, 'A_ArrayExpr') ? list(child(bare, 'A_ArrayExpr'), 'elements') : undefined
  if (items) {
    const texts = items.filter((item) => !isNullConstant(item)).map(constantText)
    return texts.includes(undefined) ? undefined : (texts as readonly string[])
  }
  const written = constantText(bare)
  return written !== undefined && /^\{[^"\\{}]*\}$/.test(written) ? written.slice(1, -1).split(',').filter(Boolean) : undefined
}

/** All constants of an expression, as texts. */
export const constantsIn = (expression: Expression): readonly string[] => {
  const texts = new Set<string>()
  walk(expression, (node) => {
    const constant = child(node, 'A_Const') ? constantText(node) : undefined
    if (constant !== undefined) texts.add(constant)
    return undefined
  })
  return [...texts]
}

/** An expression whose columns stand without their table, so that it can be asked of any row with the same columns. */
export const bare = (expression: Expression): Expression =>
  mapTree(expression, (node) => {
    const reference = child(node, 'ColumnRef')
    const fields = list(reference, 'fields')
    const last = fields.at(-1)
    return fields.length > 1 && isTree(last) && stringValue(last) !== undefined ? { ColumnRef: { ...reference, fields: [last] } } : node
  })

/** `bare`, as SQL. */
export const bareSql = (expression: Expression): string => printExpression(bare(expression))

/** A domain's condition with a column in the place of VALUE. */
export const aboutColumn = (condition: Expression, column: string): Expression =>
  mapTree(condition, (node) => (referencedColumn(node) === 'value' ? { ColumnRef: { fields: [{ String: { sval: column } }] } } : node))
