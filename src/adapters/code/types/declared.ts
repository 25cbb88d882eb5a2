/** Where a schema's text declares a table, its columns and the values of an enum. */
import type { CallExpression, Expression, Node, ObjectProperty, VariableDeclarator } from 'oxc-parser'
import type { Removal } from '../../../model/type-evidence.ts'
import { lineAt, nodesIn } from './nodes.ts'

export type SchemaText = { readonly text: string; readonly nodes: readonly Node[] }

export type Range = { readonly start: number; readonly end: number }

const isDeclarator = (node: Node): node is VariableDeclarator => node.type === 'VariableDeclarator'

const linesOf = ({ text }: SchemaText, { start, end }: Range): readonly [number, number] => [lineAt(text, start), lineAt(text, end)]

/** The constant of that name around the line; names may be declared more than once, in functions. */
export const declarator = (schema: SchemaText, { symbol, line }: Pick<Removal, 'symbol' | 'line'>): VariableDeclarator | undefined => {
  const around = schema.nodes.filter(isDeclarator).filter((node) => {
    const [first, last] = linesOf(schema, node)
    return first <= line && line <= last
  })
  return around.find(({ id }) => id.type === 'Identifier' && id.name === symbol) ?? around.at(-1)
}

/** The whole statement, `export` too; undefined where it declares more than this. */
export const statementOf = ({ nodes }: SchemaText, declared: VariableDeclarator): Range | undefined => {
  const statement = nodes.find((node) => node.type === 'VariableDeclaration' && node.declarations.includes(declared))
  if (statement?.type !== 'VariableDeclaration' || statement.declarations.length > 1) return undefined
  return nodes.find((node) => node.type === 'ExportNamedDeclaration' && node.declaration === statement) ?? statement
}

/** `pgTable(…)` of `pgTable(…).enableRLS()`. */
const makingCall = (node: Node | null): CallExpression | undefined => {
  if (node?.type !== 'CallExpression') return node?.type === 'MemberExpression' ? makingCall(node.object) : undefined
  return node.arguments.length > 1 ? node : makingCall(node.callee)
}

const isExpression = (node: Node): node is Expression => node.type !== 'SpreadElement' && node.type !== 'BlockStatement'

/** A call on that line that gives a name and something else: a table that another call wraps, or that stands in an object. */
const callOn = (schema: SchemaText, line: number): CallExpression | undefined =>
  schema.nodes.find(
    (node): node is CallExpression =>
      node.type === 'CallExpression' && node.arguments.length > 1 && node.arguments[0]?.type === 'Literal' && lineAt(schema.text, node.start) === line,
  )

/** What is handed over as columns: an object, what makes one, or what a function of column types returns. */
export const columnsOf = (schema: SchemaText, removal: Pick<Removal, 'symbol' | 'line'>): Expression | undefined => {
  const declared = declarator(schema, removal)
  const given = (makingCall(declared?.init ?? null) ?? callOn(schema, removal.line))?.arguments[1]
  if (given?.type !== 'ArrowFunctionExpression') return given && isExpression(given) ? given : undefined
  if (given.body.type !== 'BlockStatement') return isExpression(given.body) ? given.body : undefined
  const returned = given.body.body.find((statement) => statement.type === 'ReturnStatement')
  return returned?.argument ?? undefined
}

const isNamed = (node: Node, key: string): node is ObjectProperty => {
  if (node.type !== 'Property' || node.computed) return false
  return node.key.type === 'Identifier' ? node.key.name === key : node.key.type === 'Literal' && node.key.value === key
}

/** The property that makes a column; undefined where it comes with others. */
export const columnIn = (columns: Expression, key: string): ObjectProperty | undefined =>
  columns.type === 'ObjectExpression' ? columns.properties.find((property): property is ObjectProperty => isNamed(property, key)) : undefined

const isText = (node: Node | null, value: string): boolean => node?.type === 'Literal' && node.value === value

/** An element with what parts it from its neighbours, or a property of an object whose values they are. */
const valueWithin = (nodes: readonly Node[], value: string): { readonly range: Range; readonly isProperty: boolean } | undefined => {
  for (const node of nodes) {
    if (node.type === 'ArrayExpression') {
      const at = node.elements.findIndex((element) => isText(element, value))
      const [before, found, after] = [node.elements[at - 1], node.elements[at], node.elements[at + 1]]
      if (found) return { range: { start: after ? found.start : (before?.end ?? found.start), end: after?.start ?? found.end }, isProperty: false }
    }
    if (node.type === 'ObjectExpression') {
      const found = node.properties.find((property) => property.type === 'Property' && isText(property.value, value))
      if (found) return { range: found, isProperty: true }
    }
  }
  return undefined
}

/** A value in the list that a node holds, or in a list of the file that it names. */
export const valueIn = ({ nodes }: SchemaText, node: Node, value: string): ReturnType<typeof valueWithin> => {
  const own = nodesIn(node)
  const names = new Set(own.flatMap((one) => (one.type === 'Identifier' ? [one.name] : [])))
  const named = nodes.filter(isDeclarator).filter(({ id }) => id.type === 'Identifier' && names.has(id.name))
  return valueWithin(own, value) ?? valueWithin(named.flatMap(nodesIn), value)
}
