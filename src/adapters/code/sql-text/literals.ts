/** Values of enum columns: literals, and parameters whose strings are known, that are compared with a column or written to it. */
import type { Tree } from '../../../model/json.ts'
import { child, list, text, unwrap } from '../../../sql/tree.ts'
import { columnIn } from './columns.ts'
import type { ColumnName } from './nouns.ts'
import type { Reading } from './reading.ts'
import type { Meaning, Scope } from './scopes.ts'
import { holeOf } from './spelling.ts'

const hasValues = ({ schema, table, column }: ColumnName, { tables }: Reading): boolean => {
  const known = tables.find({ schema, name: table })?.columns.find(({ name }) => name === column)
  return known?.enumType !== undefined || known?.values !== undefined
}

/** The elements of an array literal, as far as they need no quotes. */
const elementsOf = (literal: string): readonly string[] =>
  /^\{.*\}$/s.test(literal)
    ? literal
        .slice(1, -1)
        .split(',')
        .map((element) => element.trim().replace(/^"(.*)"$/, '$1'))
        .filter((element) => element !== '')
    : [literal]

/** The strings that an expression may be; a CASE and a coalesce may be one of several. */
const stringsOf = (expression: Tree | undefined, reading: Reading): readonly string[] => {
  if (!expression) return []
  const [node, content] = unwrap(expression)
  const all = (nodes: readonly Tree[]) => nodes.flatMap((inner) => stringsOf(inner, reading))
  switch (node) {
    case 'A_Const': {
      const value = child(content, 'sval')
      return value ? elementsOf(text(value, 'sval') ?? '') : []
    }
    case 'ParamRef':
      return reading.spelling.holes[holeOf(Number(content.number ?? 0))]?.strings ?? []
    case 'TypeCast':
    case 'CollateClause':
      return stringsOf(child(content, 'arg'), reading)
    case 'List':
      return all(list(content, 'items'))
    case 'A_ArrayExpr':
      return all(list(content, 'elements'))
    case 'RowExpr':
    case 'CoalesceExpr':
      return all(list(content, 'args'))
    case 'CaseExpr':
      return [
        ...list(content, 'args').flatMap((when) => stringsOf(child(child(when, 'CaseWhen'), 'result'), reading)),
        ...stringsOf(child(content, 'defresult'), reading),
      ]
    default:
      return []
  }
}

const record = (meaning: Meaning, expression: Tree | undefined, access: 'read' | 'write', reading: Reading): void => {
  if (!meaning.column.from.some((column) => hasValues(column, reading))) return
  for (const value of stringsOf(expression, reading)) reading.found.column(meaning, { access, role: 'literal', value })
}

export const recordWritten = (meaning: Meaning, expression: Tree | undefined, reading: Reading): void => record(meaning, expression, 'write', reading)

const asTree = (value: unknown): Tree | undefined => (Array.isArray(value) ? { List: { items: value } } : (value as Tree | undefined))

const compared = (column: Tree | undefined, others: readonly (Tree | undefined)[], scope: Scope, reading: Reading): void => {
  if (others.every((other) => stringsOf(other, reading).length === 0)) return
  const meaning = columnIn(column, scope, reading)
  if (meaning) for (const other of others) record(meaning, other, 'read', reading)
}

/** `a = 'x'`, `a IN ('x', 'y')`, `a = ANY ('{x,y}')`, `a IS DISTINCT FROM 'x'`. */
export const recordCompared = (content: Tree, scope: Scope, reading: Reading): void => {
  const [left, right] = [asTree(content.lexpr), asTree(content.rexpr)]
  compared(left, [right], scope, reading)
  compared(right, [left], scope, reading)
}

/** `CASE a WHEN 'x' THEN …`. */
export const recordCases = (content: Tree, scope: Scope, reading: Reading): void => {
  const subject = child(content, 'arg')
  if (subject)
    compared(
      subject,
      list(content, 'args').map((when) => child(child(when, 'CaseWhen'), 'expr')),
      scope,
      reading,
    )
}
