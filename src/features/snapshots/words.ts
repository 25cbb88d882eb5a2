/** The things of a catalog in drizzle-kit's words: types, defaults and expressions as the texts that it would have written. */
import { printDefault } from '../../changes/print.ts'
import { displayType, isUserMade, printCollation, sequenceType, typeNode } from '../../changes/types.ts'
import type { SnapshotForeignKey, SnapshotIndexElement, SnapshotPolicy, SnapshotSequenceOptions } from '../../drizzle/snapshot-catalog.ts'
import type { ColumnWords, IndexWords, ViewWords } from '../../drizzle/snapshot-parts.ts'
import type { Attribute, Catalog, Constraint, Expression, Index, IndexElement, Options, Policy, Sequence, TypeReference, View } from '../../model/catalog.ts'
import { localName, quoteIdentifier, type RelationName, schemaOf } from '../../model/name.ts'
import { dotted, printExpression, printStatement } from '../../sql/print.ts'
import { child, list, mapTree, stringValue } from '../../sql/tree.ts'
import { bare, hasSubselect, saidDefault } from './objects.ts'

/** drizzle-kit 0.31 sets the precision of timestamps off by a blank, and says the time zone behind it. */
const moments: { readonly [name: string]: readonly [word: string, blank: string, zone: string] } = {
  timestamp: ['timestamp', ' ', ''],
  timestamptz: ['timestamp', ' ', ' with time zone'],
  time: ['time', '', ''],
  timetz: ['time', '', ' with time zone'],
}

/** Stands around a table and its column while an expression is printed. */
const mark = '\u0001'
const marked = new RegExp(`"${mark}([^${mark}]*)${mark}([^${mark}]*)${mark}"`, 'g')

/** An expression over one table as drizzle-kit writes it: each column behind its table, both quoted. A sub-select stays as it is. */
const expressionText = (table: string, expression: Expression): string => {
  const plain = bare(expression)
  if (plain === expression && hasSubselect(expression)) return printExpression(expression)
  const named = mapTree(plain, (node) => {
    const reference = child(node, 'ColumnRef')
    const [field, ...more] = list(reference, 'fields')
    const name = field && stringValue(field)
    return reference && name !== undefined && more.length === 0
      ? { ColumnRef: { ...reference, fields: [{ String: { sval: `${mark}${table}${mark}${name}${mark}` } }] } }
      : node
  })
  return printExpression(named).replaceAll(marked, (_, owner: string, name: string) => `"${owner}"."${name}"`)
}

const castText = (type: TypeReference): string =>
  printExpression({ TypeCast: { arg: { A_Const: { isnull: true } }, typeName: typeNode({ ...type, array: false }) } }).replace(
    /^(?:NULL::|CAST\(NULL AS (.*)\)$)/,
    '$1',
  )

const plainWord = /^[a-z_][a-z0-9_]*$/

/** A type without its `[]`. */
const typeWords = (catalog: Catalog, type: TypeReference): Pick<ColumnWords, 'type' | 'typeSchema'> => {
  const { name, schema } = type
  if (isUserMade(type)) {
    const known = [...catalog.types].find(([key]) => schemaOf(key) === schema && localName(key) === name)?.[1]
    const needed = known?.kind === 'enum' || schema !== 'public' || !plainWord.test(name)
    return { type: name, ...(needed && schema !== undefined ? { typeSchema: schema } : {}) }
  }
  const moment = schema === 'pg_catalog' ? moments[name] : undefined
  if (moment) {
    const [precision] = type.typmods.map((typmod) => printExpression(typmod as Expression))
    const [word, blank, zone] = moment
    return { type: `${word}${precision === undefined ? '' : `${blank}(${precision})`}${zone}` }
  }
  if (schema === 'pg_catalog' && (name === 'interval' || name === 'char')) return { type: castText(type) }
  return { type: displayType({ ...type, array: false }) }
}

const serials = { smallint: 'smallserial', integer: 'serial', bigint: 'bigserial' } as const

/** A literal for JSON carries its type. */
const defaultText = (expression: Expression, { schema, name, array }: TypeReference): string => {
  const text = printDefault(expression)
  return !array && schema === 'pg_catalog' && (name === 'json' || name === 'jsonb') && 'A_Const' in expression ? `${text}::${name}` : text
}

const bounds = { smallint: '32767', integer: '2147483647', bigint: '9223372036854775807' } as const
const lowest = { smallint: '-32768', integer: '-2147483648', bigint: '-9223372036854775808' } as const

/** All options of a sequence, as drizzle-kit lists them. */
export const sequenceWords = (options: Options, type: Sequence['type']): SnapshotSequenceOptions => {
  const down = options.increment?.startsWith('-') ?? false
  const minValue = options.minvalue ?? (down ? lowest[type] : '1')
  const maxValue = options.maxvalue ?? (down ? '-1' : bounds[type])
  return {
    increment: options.increment ?? '1',
    startWith: options.start ?? (down ? maxValue : minValue),
    minValue,
    maxValue,
    cache: options.cache ?? '1',
    cycle: options.cycle === 'true',
  }
}

const identityWords = (catalog: Catalog, { identity, type }: Attribute): Pick<ColumnWords, 'identity'> =>
  identity
    ? {
        identity: {
          ...sequenceWords(catalog.sequences.get(identity.sequence)?.options ?? {}, sequenceType(type) ?? 'bigint'),
          always: identity.always,
          sequence: localName(identity.sequence),
        },
      }
    : {}

export const columnWords = (catalog: Catalog, table: string, column: Attribute): ColumnWords => {
  const value = saidDefault(catalog, column)
  const serial = value === 'serial' ? sequenceType(column.type) : undefined
  return {
    name: column.name,
    ...(serial ? { type: serials[serial] } : typeWords(catalog, column.type)),
    array: column.type.array,
    notNull: column.notNull !== false,
    ...(value === undefined || value === 'serial'
      ? {}
      : { default: 'sequence' in value ? printDefault(value) : defaultText(value as Expression, column.type) }),
    ...(column.generated ? { generated: expressionText(table, column.generated.expression) } : {}),
    ...identityWords(catalog, column),
  }
}

export const foreignKeyWords = (name: string, key: Extract<Constraint, { type: 'foreign key' }>): SnapshotForeignKey => ({
  name,
  columns: key.columns,
  ownName: true,
  references: { schema: schemaOf(key.references), name: localName(key.references) },
  referenced: key.referenced,
  onUpdate: key.onUpdate,
  onDelete: key.onDelete,
})

export const checkText = expressionText

/** An expression as it may stand in an index: a call by itself, all else in parentheses. */
const elementText = (on: string | Expression): string =>
  typeof on === 'string' ? on : 'FuncCall' in on ? printExpression(bare(on)) : `(${printExpression(bare(on))})`

const elementWords = ({ on, collation, operatorClass, descending, nulls }: IndexElement): SnapshotIndexElement => ({
  // A collation has no place of its own: it stands in an expression.
  value: collation ? `${typeof on === 'string' ? quoteIdentifier(on) : elementText(on)}${printCollation(collation)}` : elementText(on),
  isExpression: typeof on !== 'string' || collation !== undefined,
  descending: descending === true,
  nullsFirst: nulls === undefined ? descending === true : nulls === 'first',
  ...(operatorClass
    ? { operatorClass: operatorClass.length === 1 && plainWord.test(operatorClass[0] ?? '') ? (operatorClass[0] ?? '') : dotted(operatorClass) }
    : {}),
})

export const indexWords = (name: RelationName, index: Index): IndexWords => ({
  name: localName(name),
  elements: index.elements.map(elementWords),
  unique: index.unique,
  method: index.method,
  options: index.options,
  ...(index.where ? { where: expressionText(localName(index.relation), index.where) } : {}),
})

const roleWords = new Set(['PUBLIC', 'CURRENT_USER', 'CURRENT_ROLE', 'SESSION_USER'])

export const policyWords = (name: string, { permissive, command, roles, using, check }: Policy): SnapshotPolicy => ({
  name,
  permissive,
  command,
  roles: roles.map((role) => (roleWords.has(role) ? role.toLowerCase() : role)),
  ...(using ? { using: printExpression(bare(using)) } : {}),
  ...(check ? { check: printExpression(bare(check)) } : {}),
})

export const viewWords = (name: RelationName, view: View): ViewWords => ({
  schema: schemaOf(name),
  name: localName(name),
  definition: printStatement(view.query),
  materialized: view.materialized,
  options: { ...view.options, ...(view.checkOption ? { check_option: view.checkOption } : {}) },
  withNoData: !view.withData,
  ...(view.accessMethod ? { using: view.accessMethod } : {}),
  ...(view.tablespace ? { tablespace: view.tablespace } : {}),
})
