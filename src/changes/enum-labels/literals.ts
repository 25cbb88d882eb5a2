/** A label in trees: the literals that stand for it, by what they are compared with, cast to, or put beside. */
import type { Json, Tree } from '../../model/json.ts'
import { type QualifiedName, qualified } from '../../model/name.ts'
import { child, isTree, list, strings, stringValue, text } from '../../sql/tree.ts'
import { mapItems } from '../edit.ts'
import type { Holding, Typing } from './holding.ts'

/** A label's new name, and what the columns hold that a tree refers to. */
export type Rename = { readonly type: QualifiedName; readonly from: string; readonly to: string; readonly typing: Typing }

const holdingOfName = (typeName: Tree | undefined, { type }: Rename): Holding | undefined => {
  const [schema, name] = strings(list(typeName, 'names'))
  if (schema === undefined || name === undefined || qualified(schema, name) !== type) return undefined
  return list(typeName, 'arrayBounds').length > 0 ? 'many' : 'one'
}

/** An element of an array literal: quoted, or plain with backslashes. */
const element = /"((?:[^"\\]|\\[\s\S])*)"|((?:[^{}",\\]|\\[\s\S])+)/g
const withoutBackslashes = (value: string): string => value.replace(/\\([\s\S])/g, '$1')

/** `{a,b}` with a label renamed; whether an element is quoted stays, so that renaming back gives the same text. */
const inArrayText = (value: string, from: string, to: string): string =>
  value.replace(element, (whole: string, quoted: string | undefined, plain: string | undefined) => {
    if (quoted !== undefined) return withoutBackslashes(quoted) === from ? `"${to.replaceAll(/["\\]/g, '\\$&')}"` : whole
    return withoutBackslashes((plain ?? '').trim()) === from ? to.replaceAll(/[{}",\\\s]/g, '\\$&') : whole
  })

const constant = (value: string): Tree => ({ A_Const: { sval: { sval: value } } })

/** An expression of which it is known what it holds: its literals are labels. */
export const asHolding = (expression: Json | undefined, holding: Holding, rename: Rename): Json | undefined => {
  if (!isTree(expression)) return expression
  const sval = child(child(expression, 'A_Const'), 'sval')
  if (sval) {
    const value = text(sval, 'sval') ?? ''
    const next = holding === 'one' ? (value === rename.from ? rename.to : value) : inArrayText(value, rename.from, rename.to)
    return next === value ? expression : constant(next)
  }
  const items = (node: string, key: string, inner: Holding): Json => {
    const content = child(expression, node) ?? {}
    const next = mapItems(list(content, key), (item) => asHolding(item, inner, rename) as Tree)
    return next === content[key] ? expression : { [node]: { ...content, [key]: next } }
  }
  if ('A_ArrayExpr' in expression && holding === 'many') return items('A_ArrayExpr', 'elements', 'one')
  if ('List' in expression) return items('List', 'items', 'one')
  if ('CoalesceExpr' in expression) return items('CoalesceExpr', 'args', holding)
  return expression
}

/** What an expression holds, as far as its form tells. */
const holdingIn = (expression: Json | undefined, rename: Rename): Holding | undefined => {
  if (!isTree(expression)) return undefined
  const cast = child(expression, 'TypeCast')
  if (cast) return holdingOfName(child(cast, 'typeName'), rename)
  const reference = child(expression, 'ColumnRef')
  if (reference) return rename.typing(list(reference, 'fields').map((field) => stringValue(field) ?? ''))
  const array = child(expression, 'A_ArrayExpr')
  if (array) return list(array, 'elements').some((item) => holdingIn(item, rename) === 'one') ? 'many' : undefined
  for (const node of ['CoalesceExpr', 'MinMaxExpr']) {
    const found = list(child(expression, node), 'args')
      .map((item) => holdingIn(item, rename))
      .find(Boolean)
    if (found) return found
  }
  const element = child(expression, 'A_Indirection')
  return element && 'A_Indices' in (list(element, 'indirection')[0] ?? {}) && holdingIn(element.arg, rename) === 'many' ? 'one' : undefined
}

const inComparison = (content: Tree, rename: Rename): Tree => {
  const kind = text(content, 'kind') ?? 'AEXPR_OP'
  const [left, right] = [holdingIn(content.lexpr, rename), holdingIn(content.rexpr, rename)]
  const isAny = kind === 'AEXPR_OP_ANY' || kind === 'AEXPR_OP_ALL'
  const ofLeft = isAny ? (right === 'many' ? 'one' : undefined) : right
  const ofRight = isAny ? (left === 'one' ? 'many' : undefined) : left
  const lexpr = ofLeft ? asHolding(content.lexpr, ofLeft, rename) : content.lexpr
  const rexpr = ofRight ? asHolding(content.rexpr, ofRight, rename) : content.rexpr
  return lexpr === content.lexpr && rexpr === content.rexpr ? content : { ...content, ...(lexpr ? { lexpr } : {}), ...(rexpr ? { rexpr } : {}) }
}

const inCase = (content: Tree, rename: Rename): Tree => {
  const whens = list(content, 'args').map((item) => child(item, 'CaseWhen'))
  const tested = holdingIn(content.arg, rename)
  const result = [...whens.map((when) => holdingIn(when?.result, rename)), holdingIn(content.defresult, rename)].find(Boolean)
  const next = (value: Json | undefined, holding: Holding | undefined): Json | undefined => (holding ? asHolding(value, holding, rename) : value)
  const args = mapItems(list(content, 'args'), (item) => {
    const when = child(item, 'CaseWhen')
    if (!when) return item
    const [expr, value] = [next(when.expr, tested), next(when.result, result)]
    return expr === when.expr && value === when.result ? item : { CaseWhen: { ...when, ...(expr ? { expr } : {}), ...(value ? { result: value } : {}) } }
  })
  const defresult = next(content.defresult, result)
  return args === content.args && defresult === content.defresult ? content : { ...content, args, ...(defresult ? { defresult } : {}) }
}

const inArguments = (content: Tree, rename: Rename): Tree => {
  const holding = list(content, 'args')
    .map((item) => holdingIn(item, rename))
    .find(Boolean)
  const args = holding ? mapItems(list(content, 'args'), (item) => asHolding(item, holding, rename) as Tree) : list(content, 'args')
  return args === content.args ? content : { ...content, args }
}

const inField = (content: Tree, key: string, holding: Holding | undefined, rename: Rename): Tree => {
  const next = holding ? asHolding(content[key], holding, rename) : content[key]
  return next === content[key] || next === undefined ? content : { ...content, [key]: next }
}

const nodes: { readonly [node: string]: (content: Tree, rename: Rename) => Tree } = {
  TypeCast: (content, rename) => inField(content, 'arg', holdingOfName(child(content, 'typeName'), rename), rename),
  A_Expr: inComparison,
  CaseExpr: inCase,
  CoalesceExpr: inArguments,
  MinMaxExpr: inArguments,
  FunctionParameter: (content, rename) => inField(content, 'defexpr', holdingOfName(child(content, 'argType'), rename), rename),
}

/** A tree with the label renamed; what is below a node is dealt with first. */
export const inTree = <T extends Json>(value: T, rename: Rename): T => {
  if (Array.isArray(value)) return mapItems(value as readonly Json[], (item) => inTree(item, rename)) as T
  if (!isTree(value)) return value
  let next: Record<string, Json> | undefined
  for (const key in value) {
    const item = value[key] as Json
    if (typeof item !== 'object' || item === null) continue
    const below = inTree(item, rename)
    const change = nodes[key]
    const mapped = change && isTree(below) ? change(below, rename) : below
    if (mapped !== item) (next ??= { ...value })[key] = mapped
  }
  return (next ?? value) as T
}
