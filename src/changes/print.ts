/** Parts of DDL as SQL: every name quoted and qualified, every expression as PostgreSQL parsed it. */
import type { Attribute, Catalog, Constraint, Deferral, Expression, Index, IndexElement, Options, Policy, Sequence, Table } from '../model/catalog.ts'
import type { Tree } from '../model/json.ts'
import { localName, type QualifiedName, quoteIdentifier, type RelationName } from '../model/name.ts'
import { dotted, identifiers, printExpression, printOptions, quoteLiteral } from '../sql/print.ts'
import { printForeignOptions } from './foreign-options.ts'
import { chooseConstraintName } from './names.ts'
import { integerTypes, printCollation, printType } from './types.ts'

/** ` WITH (…)`, or nothing. */
export const withOptions = (options: Options): string => (Object.keys(options).length === 0 ? '' : ` WITH (${printOptions(options)})`)

/** ` DEFERRABLE INITIALLY DEFERRED`, or less. */
export const printDeferral = ({ deferrable, initiallyDeferred }: Deferral): string =>
  `${deferrable ? ' DEFERRABLE' : ''}${initiallyDeferred ? ' INITIALLY DEFERRED' : ''}`

const include = (columns: readonly string[]): string => (columns.length === 0 ? '' : ` INCLUDE (${identifiers(columns)})`)

/** One element of an index: a column, or an expression in parentheses; with collation, operator class and order as written. */
export const printElement = (element: IndexElement): string => {
  const on = typeof element.on === 'string' ? quoteIdentifier(element.on) : `(${printExpression(element.on)})`
  const classOptions = element.operatorClassOptions ? ` (${printOptions(element.operatorClassOptions)})` : ''
  const operatorClass = element.operatorClass ? ` ${dotted(element.operatorClass)}${classOptions}` : ''
  return `${on}${printCollation(element.collation)}${operatorClass}${element.descending ? ' DESC' : ''}${element.nulls ? ` NULLS ${element.nulls.toUpperCase()}` : ''}`
}

const printOperator = (operator: readonly string[]): string =>
  operator.length > 1 ? `OPERATOR(${quoteIdentifier(operator[0] ?? '')}.${operator.at(-1)})` : (operator[0] ?? '=')

const state = (constraint: { readonly state: 'valid' | 'not valid' | 'not enforced' }): string =>
  constraint.state === 'valid' ? '' : ` ${constraint.state.toUpperCase()}`

/** A constraint as it stands after its name. */
export const printConstraint = (constraint: Constraint): string => {
  switch (constraint.type) {
    case 'primary key':
    case 'unique': {
      const distinct = constraint.nullsNotDistinct ? ' NULLS NOT DISTINCT' : ''
      const overlaps = constraint.withoutOverlaps ? ' WITHOUT OVERLAPS' : ''
      return `${constraint.type.toUpperCase()}${distinct} (${identifiers(constraint.columns)}${overlaps})${include(constraint.include)}${withOptions(constraint.options)}${printDeferral(constraint)}`
    }
    case 'check':
      return `CHECK (${printExpression(constraint.expression)})${constraint.noInherit ? ' NO INHERIT' : ''}${state(constraint)}`
    case 'foreign key': {
      const columns = (names: readonly string[]): string =>
        constraint.period ? identifiers(names.slice(0, -1)) + `, PERIOD ${identifiers(names.slice(-1))}` : identifiers(names)
      const match = constraint.match === 'full' ? ' MATCH FULL' : ''
      const onUpdate = constraint.onUpdate === 'no action' ? '' : ` ON UPDATE ${constraint.onUpdate.toUpperCase()}`
      const setColumns = constraint.setColumns.length > 0 ? ` (${identifiers(constraint.setColumns)})` : ''
      const onDelete = constraint.onDelete === 'no action' ? '' : ` ON DELETE ${constraint.onDelete.toUpperCase()}${setColumns}`
      return `FOREIGN KEY (${columns(constraint.columns)}) REFERENCES ${constraint.references} (${columns(constraint.referenced)})${match}${onUpdate}${onDelete}${printDeferral(constraint)}${state(constraint)}`
    }
    case 'exclusion': {
      const elements = constraint.elements.map(({ element, operator }) => `${printElement(element)} WITH ${printOperator(operator)}`).join(', ')
      const where = constraint.where ? ` WHERE (${printExpression(constraint.where)})` : ''
      return `EXCLUDE USING ${quoteIdentifier(constraint.method)} (${elements})${include(constraint.include)}${withOptions(constraint.options)}${where}${printDeferral(constraint)}`
    }
  }
}

const sequenceClauses: Readonly<Record<string, string>> = {
  start: 'START WITH',
  increment: 'INCREMENT BY',
  minvalue: 'MINVALUE',
  maxvalue: 'MAXVALUE',
  cache: 'CACHE',
  restart: 'RESTART WITH',
}

/** A sequence's options in the order of the manual; only those that were given. */
export const printSequenceOptions = (options: Options): string => {
  const clauses = Object.keys(sequenceClauses).flatMap((key) => {
    const value = options[key]
    if (value === undefined) return []
    return [value === 'none' ? `NO ${sequenceClauses[key]}` : `${sequenceClauses[key]} ${value}`]
  })
  return [...clauses, ...(options.cycle === undefined ? [] : [options.cycle === 'true' ? 'CYCLE' : 'NO CYCLE'])].join(' ')
}

/** `GENERATED … AS IDENTITY (…)` with the sequence's own name, so that it survives renames of the table. */
export const printIdentity = (identity: NonNullable<Attribute['identity']>, sequence: Sequence | undefined): string =>
  `GENERATED ${identity.always ? 'ALWAYS' : 'BY DEFAULT'} AS IDENTITY (${['SEQUENCE NAME', identity.sequence, printSequenceOptions(sequence?.options ?? {})].filter(Boolean).join(' ')})`

/** A default's value. A function call or cast alone needs no parentheses; any other expression may be no `b_expr`, so it gets them. */
export const printDefault = (value: NonNullable<Attribute['default']>): string =>
  'sequence' in value ? `nextval(${quoteLiteral(value.sequence as string)}::regclass)` : parenthesized(value as Expression)

const plainNodes = ['A_Const', 'FuncCall', 'TypeCast', 'SQLValueFunction']
const parenthesized = (expression: Expression): string => {
  const text = printExpression(expression)
  return plainNodes.some((node) => node in expression) && !/\bAT TIME ZONE\b/i.test(text) ? text : `(${text})`
}

/** The name that PostgreSQL would give a column's NOT NULL by itself: one that no other table of the schema uses. */
export const impliedNotNullName = (catalog: Catalog, on: QualifiedName, column: string): string => chooseConstraintName(catalog, on, column, 'not_null')

const printNotNull = (on: QualifiedName, { name, notNull }: Attribute, catalog: Catalog): string => {
  // One that was not validated comes after its column, by an ALTER TABLE.
  if (!notNull || notNull.notValid) return ''
  const named = notNull.name === impliedNotNullName(catalog, on, name) ? '' : ` CONSTRAINT ${quoteIdentifier(notNull.name)}`
  return `${named} NOT NULL${notNull.noInherit ? ' NO INHERIT' : ''}`
}

/** A column as CREATE TABLE and ADD COLUMN write it. */
export const printColumn = (on: QualifiedName, attribute: Attribute, catalog: Catalog): string => {
  const { name, type, collation, identity, generated, storage, compression, foreignOptions } = attribute
  const value = attribute.default
  return [
    `${quoteIdentifier(name)} ${printType(type)}`,
    storage ? ` STORAGE ${storage.toUpperCase()}` : '',
    compression ? ` COMPRESSION ${quoteIdentifier(compression)}` : '',
    foreignOptions ? printForeignOptions(foreignOptions) : '',
    printCollation(collation),
    value === undefined ? '' : ` DEFAULT ${printDefault(value)}`,
    identity ? ` ${printIdentity(identity, catalog.sequences.get(identity.sequence))}` : '',
    generated ? ` GENERATED ALWAYS AS (${printExpression(generated.expression)}) ${generated.stored ? 'STORED' : 'VIRTUAL'}` : '',
    printNotNull(on, attribute, catalog),
  ].join('')
}

const printNotValid = (on: QualifiedName, { name, notNull }: Attribute): readonly string[] =>
  notNull && notNull.notValid
    ? [`ALTER TABLE ${on} ADD CONSTRAINT ${quoteIdentifier(notNull.name)} NOT NULL ${quoteIdentifier(name)}${notNull.noInherit ? ' NO INHERIT' : ''} NOT VALID`]
    : []

/** An identity's sequence is as its table is, unless it was made otherwise by itself. */
export const printIdentityPersistence = (columns: readonly Attribute[], persistence: Table['persistence'], catalog: Catalog): readonly string[] =>
  columns.flatMap(({ identity }) => {
    const sequence = identity && catalog.sequences.get(identity.sequence)
    return identity && sequence && sequence.persistence !== persistence
      ? [`ALTER SEQUENCE ${identity.sequence} SET ${sequence.persistence === 'unlogged' ? 'UNLOGGED' : 'LOGGED'}`]
      : []
  })

/** What a column has beyond its definition, as statements: a NOT NULL that was not validated, statistics target and options. */
export const printColumnSettings = (on: QualifiedName, attribute: Attribute): readonly string[] => {
  const { name, statistics, options } = attribute
  const alter = `ALTER TABLE ${on} ALTER COLUMN ${quoteIdentifier(name)}`
  return [
    ...printNotValid(on, attribute),
    ...(statistics === undefined ? [] : [`${alter} SET STATISTICS ${statistics}`]),
    ...(options === undefined ? [] : [`${alter} SET (${printOptions(options)})`]),
  ]
}

/** `CREATE INDEX …`. The index goes into its relation's schema, so its name is written without one. */
export const printIndex = (name: RelationName, index: Index, concurrently: boolean): string => {
  const where = index.where ? ` WHERE ${printExpression(index.where)}` : ''
  const tablespace = index.tablespace ? ` TABLESPACE ${quoteIdentifier(index.tablespace)}` : ''
  return (
    `CREATE ${index.unique ? 'UNIQUE ' : ''}INDEX ${concurrently ? 'CONCURRENTLY ' : ''}${quoteIdentifier(localName(name))} ON ${index.only ? 'ONLY ' : ''}${index.relation} ` +
    `USING ${quoteIdentifier(index.method)} (${index.elements.map(printElement).join(', ')})${include(index.include)}${index.nullsNotDistinct ? ' NULLS NOT DISTINCT' : ''}` +
    `${withOptions(index.options)}${tablespace}${where}`
  )
}

const keywordRoles = new Set(['PUBLIC', 'CURRENT_USER', 'CURRENT_ROLE', 'SESSION_USER'])

/** A role's name, or a keyword that stands for one. */
export const printRole = (role: string): string => (keywordRoles.has(role) ? role : quoteIdentifier(role))

/** `TO … USING (…) WITH CHECK (…)` */
export const printPolicyBody = ({ roles, using, check }: Policy): string =>
  `TO ${roles.map(printRole).join(', ')}${using ? ` USING (${printExpression(using)})` : ''}${check ? ` WITH CHECK (${printExpression(check)})` : ''}`

/** ` AS integer`; nothing for bigint, the default. */
export const printSequenceType = (type: Sequence['type']): string => (type === 'bigint' ? '' : ` AS ${integerTypes[type]}`)

const printPartitionBy = (tree: Tree): string => {
  const relation = { relname: 't', inh: true, relpersistence: 'p' }
  const whole = printExpression({ CreateStmt: { relation, tableElts: [], partspec: tree, oncommit: 'ONCOMMIT_NOOP' } })
  return ` ${whole.slice(whole.indexOf('PARTITION BY'))}`
}

/** `FOR VALUES …` or `DEFAULT`. */
export const printBound = (bound: Tree): string => {
  const relation = { relname: 't', inh: true, relpersistence: 'p' }
  const parent = { RangeVar: { relname: 'p', inh: true, relpersistence: 'p' } }
  const whole = printExpression({ CreateStmt: { relation, inhRelations: [parent], partbound: bound, oncommit: 'ONCOMMIT_NOOP' } })
  const at = whole.search(/FOR VALUES|DEFAULT/)
  return whole.slice(at)
}

/** `CREATE TABLE …` with columns and the given constraints inside. */
export const printTable = (name: RelationName, table: Table, catalog: Catalog, constraints: readonly (readonly [string, Constraint])[]): string => {
  const unlogged = table.persistence === 'unlogged' ? 'UNLOGGED ' : ''
  const parts = [
    ...table.columns.filter(({ inherited }) => !inherited || table.inherits.length === 0).map((attribute) => printColumn(name, attribute, catalog)),
    ...constraints
      .filter(([, value]) => table.inherits.length === 0 || value.type !== 'check' || !value.inherited)
      .map(([constraint, value]) => `CONSTRAINT ${quoteIdentifier(constraint)} ${printConstraint(value)}`),
  ].filter(Boolean)
  const body = ` (${parts.length > 0 ? `\n  ${parts.join(',\n  ')}\n` : ''})`
  const inherits = table.inherits.length > 0 ? ` INHERITS (${table.inherits.join(', ')})` : ''
  const partitionBy = table.partitionBy ? printPartitionBy(table.partitionBy) : ''
  const method = table.accessMethod ? ` USING ${quoteIdentifier(table.accessMethod)}` : ''
  const tablespace = table.tablespace ? ` TABLESPACE ${quoteIdentifier(table.tablespace)}` : ''
  const foreign = table.foreign ? ` SERVER ${quoteIdentifier(table.foreign.server)}${printForeignOptions(table.foreign.options)}` : ''
  return `CREATE ${table.kind === 'foreign' ? 'FOREIGN ' : unlogged}TABLE ${name}${body}${inherits}${partitionBy}${method}${withOptions(table.options)}${tablespace}${foreign}`
}
