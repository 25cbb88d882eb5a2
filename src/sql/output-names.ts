/** The names that PostgreSQL gives to output columns without an AS (`FigureColname` in parse_target.c, 18). */
import type { Tree } from '../model/json.ts'
import { child, list, stringValue, text, unwrap } from './tree.ts'

/** A name, and whether it is better than a cast's type around it. */
type Figured = { readonly name: string; readonly strong: boolean } | undefined

const strong = (name: string | undefined): Figured => (name === undefined ? undefined : { name, strong: true })

const fixed: { readonly [node: string]: string } = {
  A_ArrayExpr: 'array',
  RowExpr: 'row',
  CoalesceExpr: 'coalesce',
  GroupingFunc: 'grouping',
  XmlSerialize: 'xmlserialize',
  JsonParseExpr: 'json',
  JsonScalarExpr: 'json_scalar',
  JsonSerializeExpr: 'json_serialize',
  JsonObjectConstructor: 'json_object',
  JsonArrayConstructor: 'json_array',
  JsonArrayQueryConstructor: 'json_array',
  JsonObjectAgg: 'json_objectagg',
  JsonArrayAgg: 'json_arrayagg',
  MergeSupportFunc: 'merge_action',
}

const valueFunctions: { readonly [op: string]: string } = {
  SVFOP_CURRENT_DATE: 'current_date',
  SVFOP_CURRENT_TIME: 'current_time',
  SVFOP_CURRENT_TIME_N: 'current_time',
  SVFOP_CURRENT_TIMESTAMP: 'current_timestamp',
  SVFOP_CURRENT_TIMESTAMP_N: 'current_timestamp',
  SVFOP_LOCALTIME: 'localtime',
  SVFOP_LOCALTIME_N: 'localtime',
  SVFOP_LOCALTIMESTAMP: 'localtimestamp',
  SVFOP_LOCALTIMESTAMP_N: 'localtimestamp',
  SVFOP_CURRENT_ROLE: 'current_role',
  SVFOP_CURRENT_USER: 'current_user',
  SVFOP_USER: 'user',
  SVFOP_SESSION_USER: 'session_user',
  SVFOP_CURRENT_CATALOG: 'current_catalog',
  SVFOP_CURRENT_SCHEMA: 'current_schema',
}

const xmlFunctions: { readonly [op: string]: string } = {
  IS_XMLCONCAT: 'xmlconcat',
  IS_XMLELEMENT: 'xmlelement',
  IS_XMLFOREST: 'xmlforest',
  IS_XMLPARSE: 'xmlparse',
  IS_XMLPI: 'xmlpi',
  IS_XMLROOT: 'xmlroot',
}

const jsonFunctions: { readonly [op: string]: string } = { JSON_EXISTS_OP: 'json_exists', JSON_QUERY_OP: 'json_query', JSON_VALUE_OP: 'json_value' }

const lastName = (nodes: readonly Tree[]): string | undefined => nodes.map(stringValue).findLast((name) => name !== undefined)

/** The name of a sub-select's first output column. */
const firstOutput = (statement: Tree | undefined): string | undefined => {
  if (!statement) return undefined
  if (list(statement, 'valuesLists').length > 0) return 'column1'
  if (child(statement, 'larg')) return firstOutput(child(statement, 'larg'))
  const target = child(list(statement, 'targetList')[0], 'ResTarget')
  return text(target, 'name') ?? figure(child(target, 'val'))?.name
}

const ofSubLink = (content: Tree): Figured => {
  if (content.subLinkType === 'EXISTS_SUBLINK') return strong('exists')
  if (content.subLinkType === 'ARRAY_SUBLINK') return strong('array')
  return content.subLinkType === 'EXPR_SUBLINK' ? strong(firstOutput(child(child(content, 'subselect'), 'SelectStmt'))) : undefined
}

const figure = (expression: Tree | undefined): Figured => {
  if (!expression) return undefined
  const [node, content] = unwrap(expression)
  if (fixed[node] !== undefined) return strong(fixed[node])
  switch (node) {
    case 'ColumnRef':
      return strong(lastName(list(content, 'fields')))
    case 'A_Indirection':
      return strong(lastName(list(content, 'indirection'))) ?? figure(child(content, 'arg'))
    case 'FuncCall':
      return strong(lastName(list(content, 'funcname')))
    case 'A_Expr':
      return content.kind === 'AEXPR_NULLIF' ? strong('nullif') : undefined
    case 'TypeCast': {
      const inside = figure(child(content, 'arg'))
      const type = lastName(list(child(content, 'typeName'), 'names'))
      return inside?.strong || type === undefined ? inside : { name: type, strong: false }
    }
    case 'CollateClause':
      return figure(child(content, 'arg'))
    case 'SubLink':
      return ofSubLink(content)
    case 'CaseExpr': {
      const otherwise = figure(child(content, 'defresult'))
      return otherwise?.strong ? otherwise : { name: 'case', strong: false }
    }
    case 'MinMaxExpr':
      return strong(content.op === 'IS_LEAST' ? 'least' : 'greatest')
    case 'SQLValueFunction':
      return strong(valueFunctions[text(content, 'op') ?? ''])
    case 'XmlExpr':
      return strong(xmlFunctions[text(content, 'op') ?? ''])
    case 'JsonFuncExpr':
      return strong(jsonFunctions[text(content, 'op') ?? ''])
    default:
      return undefined
  }
}

/** The name of an output column that the query gives none. */
export const outputName = (expression: Tree): string => figure(expression)?.name ?? '?column?'
