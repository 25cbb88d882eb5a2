/** Expressions: their columns, functions and sub-selects. */
import type { Json, Tree } from '../../../model/json.ts'
import { child, isTree, list, stringValue } from '../../../sql/tree.ts'
import { recordReference } from './columns.ts'
import type { Role } from './found.ts'
import { recordCases, recordCompared } from './literals.ts'
import type { Reading } from './reading.ts'
import type { Scope } from './scopes.ts'
import { isUnknown } from './spelling.ts'

export const recordFunction = (call: Tree | undefined, { found }: Reading): void => {
  const names = list(call, 'funcname').map((name) => stringValue(name) ?? '')
  // EXTRACT, OVERLAY and the like have no name of their own.
  if (call?.funcformat === 'COERCE_SQL_SYNTAX' || names.length === 0) return
  if (names.some(isUnknown)) found.unread('the name of a function in it is computed')
  else found.function(names.join('.'))
}

const window = (definition: Tree | undefined, scope: Scope, reading: Reading): void => {
  reading.expression(definition?.partitionClause, scope, 'group')
  reading.expression(definition?.orderClause, scope, 'order')
}

const call = (content: Tree, scope: Scope, reading: Reading, role: Role): void => {
  recordFunction(content, reading)
  reading.expression(content.args, scope, role)
  reading.expression(content.agg_filter, scope, 'where')
  reading.expression(content.agg_order, scope, 'order')
  window(child(content, 'over'), scope, reading)
}

const subselect = (content: Tree, scope: Scope, reading: Reading, role: Role): void => {
  reading.expression(content.testexpr, scope, role)
  const query = child(content, 'subselect')
  if (query) reading.query(query, scope, content.subLinkType === 'EXISTS_SUBLINK')
}

const special: { readonly [node: string]: ((content: Tree, scope: Scope, reading: Reading, role: Role) => void) | undefined } = {
  ColumnRef: (content, scope, reading, role) => void recordReference(content, scope, reading, { access: 'read', role }),
  FuncCall: call,
  SubLink: subselect,
  WindowDef: (content, scope, reading) => window(content, scope, reading),
}

/** What is looked at besides the parts of the node. */
const beside: { readonly [node: string]: ((content: Tree, scope: Scope, reading: Reading) => void) | undefined } = {
  A_Expr: recordCompared,
  CaseExpr: recordCases,
}

export const readExpression = (value: Json | undefined, scope: Scope, reading: Reading, role: Role): void => {
  if (Array.isArray(value)) {
    for (const item of value) readExpression(item, scope, reading, role)
    return
  }
  if (!isTree(value)) return
  for (const key in value) {
    const content = value[key]
    const own = special[key]
    if (own && isTree(content)) {
      own(content, scope, reading, role)
      continue
    }
    if (isTree(content)) beside[key]?.(content, scope, reading)
    readExpression(content, scope, reading, role)
  }
}
