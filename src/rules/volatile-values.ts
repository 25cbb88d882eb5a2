/** Values that PostgreSQL has to compute for each row of a table: a new column of them is a rewrite. */
import { isConstrainedDomain } from '../changes/domain-columns.ts'
import { userTypeName } from '../changes/types.ts'
import { isVolatile } from '../changes/volatility.ts'
import type { Attribute, Catalog, Expression, Routine, TypeReference } from '../model/catalog.ts'
import { display, qualified } from '../model/name.ts'
import { child, list, strings, stringValue, text, walk } from '../sql/tree.ts'

/** Why a value is computed row by row. `certain`: PostgreSQL surely does; otherwise it depends on what the function is. */
export type PerRow = {
  readonly why: string
  readonly certain: boolean
  /** Even without a default each row is checked. */
  readonly checked?: true
}

const optionOf = (routine: Routine, name: string): string | undefined => {
  const options = list(child(routine.definition, 'CreateFunctionStmt'), 'options').map((option) => child(option, 'DefElem'))
  const found = options.find((option) => text(option, 'defname') === name)
  return stringValue(found?.arg)
}

const routinesNamed = (catalog: Catalog, schema: string, name: string): readonly Routine[] =>
  [...catalog.routines].filter(([key]) => key.startsWith(`${qualified(schema, name)}(`)).map(([, routine]) => routine)

/** A user's function: volatile unless declared otherwise. One in SQL may be replaced by its body, which may be a constant. */
const ownCall = (catalog: Catalog, schema: string, name: string): PerRow | undefined => {
  const found = routinesNamed(catalog, schema, name)
  const why = `${display(qualified(schema, name))}() is volatile`
  if (found.length === 0) return { why, certain: false }
  const volatile = found.filter((routine) => (optionOf(routine, 'volatility') ?? 'volatile') === 'volatile')
  if (volatile.length === 0) return undefined
  return { why, certain: found.length === 1 && volatile.every((routine) => optionOf(routine, 'language') === 'plpgsql') }
}

const callIn = (catalog: Catalog, node: Parameters<typeof child>[0]): PerRow | undefined => {
  const called = child(node, 'FuncCall')
  if (!called) return undefined
  const names = strings(list(called, 'funcname'))
  const [schema = '', name = ''] = names.length > 1 ? names.slice(-2) : ['pg_catalog', names[0]]
  if (schema !== 'pg_catalog') return ownCall(catalog, schema, name)
  return isVolatile({ FuncCall: { funcname: [{ String: { sval: name } }] } }) ? { why: `${name}() gives another value for each row`, certain: true } : undefined
}

const inExpression = (catalog: Catalog, expression: Expression): PerRow | undefined => {
  let found: PerRow | undefined
  walk(expression, (node) => {
    found ??= callIn(catalog, node)
    return found === undefined
  })
  return found
}

const domainDefault = (catalog: Catalog, type: TypeReference): Expression | undefined => {
  const name = type.array ? undefined : userTypeName(type)
  const domain = name === undefined ? undefined : catalog.types.get(name)
  return domain?.kind === 'domain' ? (domain.default ?? domainDefault(catalog, domain.base)) : undefined
}

/** Why a new column's default is computed for each row; undefined where PostgreSQL computes it once, and for sequences, identities and generated columns. */
export const computedPerRow = (catalog: Catalog, { type, default: value, identity, generated }: Attribute): PerRow | undefined => {
  if (identity || generated || (value !== undefined && 'sequence' in value)) return undefined
  if (isConstrainedDomain(catalog, type))
    return { why: `the domain ${type.name} has constraints that each row is checked against`, certain: true, checked: true }
  const expression = value ?? domainDefault(catalog, type)
  return expression === undefined ? undefined : inExpression(catalog, expression as Expression)
}
