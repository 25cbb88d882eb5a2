/**
 * Prints of one definition that are not the same text. What PostgreSQL prints and reads again it does not always print alike (measured on 15 to 18, pg_dump and
 * restore): the cast of a list goes to its elements, and ORs that a row comparison nested become one.
 */
import type { Json, Tree } from '../../model/json.ts'
import type { PrintedObject } from '../../model/printed.ts'
import { statementsOf } from '../texts.ts'
import { child, isTree, list, text } from '../tree.ts'

type Value = PrintedObject['value']

const asIs = (definition: string): string => definition
const asExpression = (expression: string): string => `SELECT ${expression}`

/** The texts of each kind that hold expressions, and a statement around each. */
const texts: { readonly [kind: string]: { readonly [key: string]: (written: string) => string } } = {
  constraint: { definition: (definition) => `ALTER TABLE t ADD CONSTRAINT c ${definition}` },
  'domain constraint': { definition: (definition) => `ALTER DOMAIN d ADD CONSTRAINT c ${definition}` },
  index: { definition: asIs },
  view: { definition: asIs },
  trigger: { definition: asIs },
  rule: { definition: asIs },
  statistics: { definition: asIs },
  column: { default: asExpression },
  type: { default: asExpression },
  policy: { using: asExpression, check: asExpression },
}

/** `a AND (b AND c)`: AND and OR are associative, and PostgreSQL evaluates them in the order in which they stand. */
const flat = (node: Tree): Tree => {
  const expression = child(node, 'BoolExpr')
  const operator = text(expression, 'boolop')
  if (!expression || (operator !== 'AND_EXPR' && operator !== 'OR_EXPR')) return node
  const args = list(expression, 'args').flatMap((arg) => {
    const inner = child(arg, 'BoolExpr')
    return inner && text(inner, 'boolop') === operator ? list(inner, 'args') : [arg]
  })
  return { BoolExpr: { ...expression, args } }
}

/** `ARRAY[a, b]::text[]` is `ARRAY[a::text, b::text]`: the array's cast is its elements'. */
const distributed = (node: Tree): Tree => {
  const cast = child(node, 'TypeCast')
  const typeName = child(cast, 'typeName')
  const array = child(child(cast, 'arg'), 'A_ArrayExpr')
  const elements = list(array, 'elements')
  if (!array || !typeName || elements.length === 0 || list(typeName, 'arrayBounds').length !== 1 || elements.some((each) => each.A_ArrayExpr)) return node
  const { arrayBounds: _bounds, ...element } = typeName
  return { A_ArrayExpr: { ...array, elements: elements.map((arg) => ({ TypeCast: { arg, typeName: element } })) } }
}

/** The tree in the one form that both prints lead to; what lies below first. */
const canonical = (value: Json): Json => {
  if (Array.isArray(value)) return value.map((item: Json) => canonical(item))
  if (!isTree(value)) return value
  return flat(distributed(Object.fromEntries(Object.entries(value).map(([key, item]) => [key, canonical(item)]))))
}

const canonicalText = (sql: string): string | undefined => {
  const statements = statementsOf(sql)
  return statements && JSON.stringify(statements.map(({ node, tree }) => [node, canonical(tree)]))
}

/** Whether two values of one kind say the same, some of their texts in another form. The parser must be loaded. */
export const sayTheSame = (kind: string, a: Value, b: Value): boolean =>
  [...new Set([...Object.keys(a), ...Object.keys(b)])].every((key) => {
    const [x, y] = [a[key], b[key]]
    if (JSON.stringify(x) === JSON.stringify(y)) return true
    const written = texts[kind]?.[key]
    if (!written || typeof x !== 'string' || typeof y !== 'string') return false
    const form = canonicalText(written(x))
    return form !== undefined && form === canonicalText(written(y))
  })
