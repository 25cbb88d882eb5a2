/** What a Drizzle snapshot can say of a catalog, object by object, and how far two of them are alike without asking PostgreSQL. */
import { equal } from '../../changes/equal.ts'
import { printDefault, printElement, printPolicyBody, printSequenceOptions } from '../../changes/print.ts'
import { displayType, typeNode } from '../../changes/types.ts'
import type { Attribute, Catalog, Constraint, Expression, Index, IndexElement, Policy, TypeReference, View } from '../../model/catalog.ts'
import { display, type RelationName } from '../../model/name.ts'
import { identifiers, printExpression, printOptions, printStatement, quoteLiteral } from '../../sql/print.ts'
import { child, flag, list, mapTree, stringValue } from '../../sql/tree.ts'

/** `spelling`: perhaps the same to PostgreSQL, which alone can tell. */
export type Likeness = 'same' | 'spelling' | 'other'

const worst = (...found: readonly Likeness[]): Likeness => (found.includes('other') ? 'other' : found.includes('spelling') ? 'spelling' : 'same')
const surely = (same: boolean): Likeness => (same ? 'same' : 'other')
const perhaps = (same: boolean): Likeness => (same ? 'same' : 'spelling')

export const hasSubselect = (expression: Expression): boolean => {
  let nested = false
  mapTree(expression, (node) => {
    if ('SubLink' in node) nested = true
    return node
  })
  return nested
}

/** An expression over one table: its columns without the table's name. A sub-select keeps them. */
export const bare = (expression: Expression): Expression => {
  let nested = false
  const stripped = mapTree(expression, (node) => {
    if ('SubLink' in node) nested = true
    const reference = child(node, 'ColumnRef')
    const fields = list(reference, 'fields')
    const last = fields.at(-1)
    return reference && last && fields.length > 1 && stringValue(last) !== undefined ? { ColumnRef: { ...reference, fields: [last] } } : node
  })
  return nested ? expression : stripped
}

/** Both or neither, and then alike. */
const expressions = (a: Expression | undefined, b: Expression | undefined): Likeness =>
  a === undefined || b === undefined ? surely(a === b) : perhaps(equal(bare(a), bare(b)))

const types = (a: TypeReference, b: TypeReference): Likeness => {
  if (equal(a, b)) return 'same'
  return a.array !== b.array || (a.schema !== undefined && b.schema !== undefined && (a.schema !== b.schema || a.name !== b.name)) ? 'other' : 'spelling'
}

/** A literal's cast to the column's own type says nothing. */
const uncast = (value: Expression, type: TypeReference): Expression => {
  const made = child(value, 'TypeCast')
  const inner = child(made, 'arg')
  const { typmods: _modifiers, ...named } = typeNode({ ...type, typmods: [] })
  const { typmods: _others, ...cast } = child(made, 'typeName') ?? {}
  return inner && 'A_Const' in inner && equal(named, cast) ? inner : value
}

type Default = Attribute['default']

/** The default as the column has it: a serial's, another sequence's, an expression. NULL is none. */
export const saidDefault = (catalog: Catalog, { default: value, type }: Attribute): 'serial' | Exclude<Default, undefined> | undefined => {
  if (value === undefined) return undefined
  if ('sequence' in value) return catalog.sequences.get(value.sequence as RelationName)?.ownedBy?.mode === 'auto' ? 'serial' : value
  const expression = uncast(value as Expression, type)
  return flag(child(expression, 'A_Const'), 'isnull') ? undefined : expression
}

const texts = new Set(['text', 'varchar', 'bpchar'])

/** Two texts that differ are not the same text. */
const literals = (a: Expression, b: Expression, { schema, name }: TypeReference): boolean => {
  const [one, other] = [a, b].map((value) => child(child(value, 'A_Const'), 'sval'))
  return one !== undefined && other !== undefined && ((schema === 'pg_catalog' && texts.has(name)) || (schema !== undefined && schema !== 'pg_catalog'))
}

const defaults = (a: readonly [Catalog, Attribute], b: readonly [Catalog, Attribute]): Likeness => {
  const [one, other] = [saidDefault(...a), saidDefault(...b)]
  if (one === undefined || other === undefined || one === 'serial' || other === 'serial') return surely(one === other)
  if (equal(one, other)) return 'same'
  if ('sequence' in one || 'sequence' in other) return 'other'
  return literals(one as Expression, other as Expression, a[1].type) ? 'other' : 'spelling'
}

/** The sequence of an identity keeps its name while tables and columns are renamed, and Drizzle never names it in ALTER: only its options count. */
const identities = (a: readonly [Catalog, Attribute], b: readonly [Catalog, Attribute]): Likeness => {
  const said = ([catalog, { identity }]: readonly [Catalog, Attribute]): unknown =>
    identity && { always: identity.always, options: catalog.sequences.get(identity.sequence)?.options }
  return surely(equal(said(a), said(b)))
}

export const columnLikeness = (a: readonly [Catalog, Attribute], b: readonly [Catalog, Attribute]): Likeness =>
  worst(
    surely((a[1].notNull === false) === (b[1].notNull === false)),
    types(a[1].type, b[1].type),
    defaults(a, b),
    identities(a, b),
    expressions(a[1].generated?.expression, b[1].generated?.expression),
    surely((a[1].generated?.stored ?? true) === (b[1].generated?.stored ?? true)),
  )

const pairs = ({ columns, referenced }: Extract<Constraint, { type: 'foreign key' }>): readonly string[] =>
  columns.map((column, at) => JSON.stringify([column, referenced[at]])).sort()

/** Keys, checks and foreign keys without what snapshots cannot say: deferral, NOT VALID, NO INHERIT, MATCH FULL, INCLUDE. */
export const constraintLikeness = (a: Constraint, b: Constraint): Likeness => {
  if (a.type === 'foreign key' && b.type === 'foreign key')
    return surely(a.references === b.references && a.onUpdate === b.onUpdate && a.onDelete === b.onDelete && equal(pairs(a), pairs(b)))
  if (a.type === 'check' && b.type === 'check') return expressions(a.expression, b.expression)
  if ((a.type === 'primary key' && b.type === 'primary key') || (a.type === 'unique' && b.type === 'unique'))
    return surely(equal(a.columns, b.columns) && a.nullsNotDistinct === b.nullsNotDistinct)
  return 'other'
}

const elements = (a: IndexElement, b: IndexElement): Likeness => {
  const order = ({ descending, nulls }: IndexElement): unknown => [descending ?? false, nulls ?? (descending ? 'first' : 'last')]
  const rest = worst(perhaps(equal(order(a), order(b))), perhaps(equal(a.operatorClass, b.operatorClass)), perhaps(equal(a.collation, b.collation)))
  if (typeof a.on === 'string' && typeof b.on === 'string') return worst(surely(a.on === b.on), rest)
  return typeof a.on === 'string' || typeof b.on === 'string' ? 'spelling' : worst(expressions(a.on, b.on), rest)
}

/** Indexes without INCLUDE, NULLS NOT DISTINCT and tablespace: snapshots have no place for them. */
export const indexLikeness = (a: Index, b: Index): Likeness => {
  if (a.relation !== b.relation || a.method !== b.method || a.unique !== b.unique || a.elements.length !== b.elements.length) return 'other'
  return worst(
    ...a.elements.map((element, at) => elements(element, b.elements[at] ?? element)),
    expressions(a.where, b.where),
    perhaps(equal(a.options, b.options)),
  )
}

export const policyLikeness = (a: Policy, b: Policy): Likeness =>
  worst(
    surely(a.permissive === b.permissive && a.command === b.command && equal([...a.roles].sort(), [...b.roles].sort())),
    expressions(a.using, b.using),
    expressions(a.check, b.check),
  )

export const viewLikeness = (a: View, b: View): Likeness =>
  worst(
    surely(a.materialized === b.materialized && equal(a.columns, b.columns)),
    perhaps(equal(a.query, b.query) && equal(a.options, b.options) && a.checkOption === b.checkOption),
  )

const expressionText = (value: Exclude<ReturnType<typeof saidDefault>, 'serial' | undefined>): string =>
  'sequence' in value ? `nextval('${display(value.sequence as string)}')` : printDefault(value)

export const columnText = (catalog: Catalog, column: Attribute): string => {
  const value = saidDefault(catalog, column)
  const sequence = column.identity && printSequenceOptions(catalog.sequences.get(column.identity.sequence)?.options ?? {})
  return [
    displayType(column.type),
    ...(value === undefined ? [] : value === 'serial' ? ['serial'] : [`DEFAULT ${expressionText(value)}`]),
    ...(column.identity ? [`GENERATED ${column.identity.always ? 'ALWAYS' : 'BY DEFAULT'} AS IDENTITY${sequence ? ` (${sequence})` : ''}`] : []),
    ...(column.generated
      ? [`GENERATED ALWAYS AS (${printExpression(bare(column.generated.expression))}) ${column.generated.stored ? 'STORED' : 'VIRTUAL'}`]
      : []),
    ...(column.notNull ? ['NOT NULL'] : []),
  ].join(' ')
}

/** A constraint as far as a snapshot can say it. */
export const constraintText = (constraint: Constraint): string => {
  switch (constraint.type) {
    case 'foreign key':
      return `FOREIGN KEY (${identifiers(constraint.columns)}) REFERENCES ${display(constraint.references)} (${identifiers(constraint.referenced)}) ON UPDATE ${constraint.onUpdate.toUpperCase()} ON DELETE ${constraint.onDelete.toUpperCase()}`
    case 'check':
      return `CHECK (${printExpression(bare(constraint.expression))})`
    case 'exclusion':
      return 'EXCLUDE'
    default:
      return `${constraint.type.toUpperCase()}${constraint.nullsNotDistinct ? ' NULLS NOT DISTINCT' : ''} (${identifiers(constraint.columns)})`
  }
}

export const indexText = (name: RelationName, index: Index): string => {
  const shown = index.elements.map((element) => printElement(typeof element.on === 'string' ? element : { ...element, on: bare(element.on) })).join(', ')
  const options = Object.keys(index.options).length > 0 ? ` WITH (${printOptions(index.options)})` : ''
  return `${index.unique ? 'UNIQUE ' : ''}INDEX ${display(name)} ON ${display(index.relation)} USING ${index.method} (${shown})${options}${index.where ? ` WHERE ${printExpression(bare(index.where))}` : ''}`
}

export const policyText = (policy: Policy): string =>
  `AS ${policy.permissive ? 'PERMISSIVE' : 'RESTRICTIVE'} FOR ${policy.command.toUpperCase()} ${printPolicyBody(policy)}`

export const viewText = (view: View): string => `${view.materialized ? 'MATERIALIZED ' : ''}VIEW AS ${printStatement(view.query)}`

export const enumText = (labels: readonly string[]): string => `ENUM (${labels.map(quoteLiteral).join(', ')})`
