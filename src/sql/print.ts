/** SQL texts from values: always quoted, always qualified. */
import type { Expression, Options } from '../model/catalog.ts'
import type { Tree } from '../model/json.ts'
import { quoteIdentifier } from '../model/name.ts'
import { printRaw } from './parser.ts'
import { readStatements } from './script.ts'
import { child, list } from './tree.ts'

const printed = new WeakMap<Tree, string>()

const remember = (tree: Tree, print: (tree: Tree) => string): string => {
  const known = printed.get(tree)
  if (known !== undefined) return known
  const text = print(tree)
  printed.set(tree, text)
  return text
}

/** An expression as SQL, without outer parentheses. DEFAULT and index elements need them. */
export const printExpression = (expression: Expression): string => remember(expression, printRaw)

/** A whole statement's tree (`{ CreateFunctionStmt: … }`) as SQL, without a semicolon. */
export const printStatement = (tree: Tree): string => remember(tree, (statement) => printRaw(statement).replace(/;\s*$/, ''))

/** An expression's tree from its text; throws a SyntaxError when it is none. */
export const readExpression = (sql: string): Expression => {
  const statement = readStatements(`SELECT (${sql})`)[0]
  const target = child(list(statement?.tree, 'targetList')[0], 'ResTarget')
  const value = child(target, 'val')
  if (!value) throw new SyntaxError(`not an expression: ${sql}`)
  return value
}

/** A text as an SQL literal, safe under every setting of standard_conforming_strings. */
export const quoteLiteral = (text: string): string => {
  const quoted = text.replaceAll("'", "''")
  return quoted.includes('\\') ? `E'${quoted.replaceAll('\\', '\\\\')}'` : `'${quoted}'`
}

/** `"a", "b"` */
export const identifiers = (names: readonly string[]): string => names.map(quoteIdentifier).join(', ')

/** Parts of a name, each quoted, joined by dots. */
export const dotted = (parts: readonly string[]): string => parts.map(quoteIdentifier).join('.')

/** Storage parameters: `fillfactor='70', toast.autovacuum_enabled='false'`. */
export const printOptions = (options: Options): string =>
  Object.keys(options)
    .sort()
    .map((key) => `${key.split('.').map(quoteIdentifier).join('.')}=${quoteLiteral(options[key] ?? '')}`)
    .join(', ')
