/** Objects that are one definition: how statements name them, and how they are made, altered and dropped as SQL. */
import type { Catalog, Definition } from '../model/catalog.ts'
import type { Json, Tree } from '../model/json.ts'
import { keyOf, localName, type ObjectKey, parseKey, partsOf, qualified, quoteIdentifier } from '../model/name.ts'
import { printStatement } from '../sql/print.ts'
import { readStatements } from '../sql/script.ts'
import { child, isTree, list, mapTree, optionNamed, stringNode, strings, text } from '../sql/tree.ts'
import { standsInSchema, wordOf } from './definition-words.ts'
import { equal } from './equal.ts'
import { makeObjectName } from './names.ts'
import type { Reading } from './reading.ts'
import { notUnderstood, refuse } from './refusal.ts'
import { roleName } from './roles.ts'
import { readSubscription } from './subscriptions.ts'
import { printType } from './types.ts'

const typesOfNodes: Readonly<Record<string, string>> = {
  CreateStatsStmt: 'OBJECT_STATISTIC_EXT',
  CreatePublicationStmt: 'OBJECT_PUBLICATION',
  CreateSubscriptionStmt: 'OBJECT_SUBSCRIPTION',
  CreateEventTrigStmt: 'OBJECT_EVENT_TRIGGER',
  CreateCastStmt: 'OBJECT_CAST',
  CreateOpClassStmt: 'OBJECT_OPCLASS',
  CreateOpFamilyStmt: 'OBJECT_OPFAMILY',
  CreateConversionStmt: 'OBJECT_CONVERSION',
  CreatePLangStmt: 'OBJECT_LANGUAGE',
  CreateTransformStmt: 'OBJECT_TRANSFORM',
  CreateFdwStmt: 'OBJECT_FDW',
  CreateForeignServerStmt: 'OBJECT_FOREIGN_SERVER',
  CreateUserMappingStmt: 'OBJECT_USER_MAPPING',
  CreateAmStmt: 'OBJECT_ACCESS_METHOD',
  AlterStatsStmt: 'OBJECT_STATISTIC_EXT',
  AlterPublicationStmt: 'OBJECT_PUBLICATION',
  AlterSubscriptionStmt: 'OBJECT_SUBSCRIPTION',
  AlterEventTrigStmt: 'OBJECT_EVENT_TRIGGER',
  AlterOpFamilyStmt: 'OBJECT_OPFAMILY',
  AlterOperatorStmt: 'OBJECT_OPERATOR',
  AlterTSDictionaryStmt: 'OBJECT_TSDICTIONARY',
  AlterTSConfigurationStmt: 'OBJECT_TSCONFIGURATION',
  AlterFdwStmt: 'OBJECT_FDW',
  AlterForeignServerStmt: 'OBJECT_FOREIGN_SERVER',
  AlterUserMappingStmt: 'OBJECT_USER_MAPPING',
  DropUserMappingStmt: 'OBJECT_USER_MAPPING',
  DropSubscriptionStmt: 'OBJECT_SUBSCRIPTION',
}

/** The grammar's object type that a CREATE or ALTER statement is about. */
export const typeOfNode = (node: string, tree: Tree): string => typesOfNodes[node] ?? text(tree, 'kind') ?? ''

/** The keys under which CREATE and ALTER trees hold the object's name as a list, and as a plain text. */
const listKeys = ['defnames', 'opclassname', 'opfamilyname', 'conversion_name', 'cfgname', 'dictname'] as const
const textKeys = ['pubname', 'subname', 'trigname', 'plname', 'servername', 'fdwname', 'amname'] as const

const typeText = (reading: Reading, typeName: Tree): string =>
  printType({ ...reading.typeReference(typeName), typmods: [] })
    .replaceAll('"', '')
    .replace('pg_catalog.', '')

/** `=== (int4, int4)`: what tells operators of one name apart. */
const operatorName = (reading: Reading, name: string, types: readonly (Tree | undefined)[]): string =>
  `${name}(${types.map((type) => (type ? typeText(reading, type) : 'NONE')).join(', ')})`

const option = (tree: Tree, name: string): Tree | undefined => optionNamed(list(tree, 'definition'), name)

/** Names of objects without a schema, or with more in their identity than a name. */
const ownName = (reading: Reading, type: string, tree: Tree): string | undefined => {
  switch (type) {
    case 'OBJECT_CAST':
      return `${typeText(reading, child(tree, 'sourcetype') ?? {})} AS ${typeText(reading, child(tree, 'targettype') ?? {})}`
    case 'OBJECT_TRANSFORM':
      return `${typeText(reading, child(tree, 'type_name') ?? {})} LANGUAGE ${text(tree, 'lang') ?? ''}`
    // Its tree names the wrapper too.
    case 'OBJECT_FOREIGN_SERVER':
      return text(tree, 'servername') ?? ''
    case 'OBJECT_USER_MAPPING':
      return `${roleName(child(tree, 'user'))} SERVER ${text(tree, 'servername') ?? ''}`
    default:
      return undefined
  }
}

/** The parts of the name in a CREATE or ALTER statement's tree, as written. */
const writtenName = (reading: Reading, node: string, tree: Tree): readonly string[] => {
  const type = typeOfNode(node, tree)
  const own = ownName(reading, type, tree)
  if (own !== undefined) return [own]
  const opername = child(tree, 'opername')
  if (opername) {
    const parts = strings(list(opername, 'objname'))
    return [
      ...parts.slice(0, -1),
      operatorName(
        reading,
        parts.at(-1) ?? '',
        list(opername, 'objargs').map((item) => child(item, 'TypeName')),
      ),
    ]
  }
  const listed = listKeys.map((key) => strings(list(tree, key))).find((parts) => parts.length > 0)
  if (!listed) return textKeys.flatMap((key) => (key === 'amname' && type !== 'OBJECT_ACCESS_METHOD' ? [] : (text(tree, key) ?? []))).slice(0, 1)
  const last = listed.at(-1) ?? ''
  if (type === 'OBJECT_OPERATOR')
    return [
      ...listed.slice(0, -1),
      operatorName(
        reading,
        last,
        ['leftarg', 'rightarg'].map((side) => child(child(option(tree, side), 'arg'), 'TypeName')),
      ),
    ]
  return type === 'OBJECT_OPCLASS' || type === 'OBJECT_OPFAMILY' ? [...listed.slice(0, -1), `${last} USING ${text(tree, 'amname') ?? ''}`] : listed
}

const keyIn = (type: string, schema: string | undefined, name: string): ObjectKey =>
  keyOf('definition', [wordOf(type), ...(schema === undefined ? [] : [schema]), name].map(quoteIdentifier).join('.'))

/** Finds an object by the parts of its name; undefined when there is none. */
export const findDefinition = (reading: Reading, type: string, parts: readonly string[]): ObjectKey | undefined => {
  const name = parts.at(-1) ?? ''
  const schemas = standsInSchema(type) ? (parts.length > 1 ? [parts.at(-2) ?? ''] : reading.searchPath) : [undefined]
  return schemas.map((schema) => keyIn(type, schema, name)).find((key) => reading.catalog.definitions.has(key))
}

/** The same; refuses with 42704. */
export const definitionNamed = (reading: Reading, type: string, parts: readonly string[]): ObjectKey =>
  findDefinition(reading, type, parts) ?? refuse('42704', `${wordOf(type)} "${parts.join('.')}" does not exist`)

/** The object that an ALTER statement of its own names. */
export const alteredDefinition = (reading: Reading, node: string, tree: Tree): ObjectKey =>
  definitionNamed(reading, typeOfNode(node, tree), writtenName(reading, node, tree))

/** The parts of a name in DROP, RENAME and OWNER TO. */
export const namedParts = (reading: Reading, type: string, object: Tree | undefined): readonly string[] => {
  const items = list(child(object, 'List'), 'items')
  const withArguments = child(object, 'ObjectWithArgs')
  if (withArguments) {
    const parts = strings(list(withArguments, 'objname'))
    return [
      ...parts.slice(0, -1),
      operatorName(
        reading,
        parts.at(-1) ?? '',
        list(withArguments, 'objargs').map((item) => child(item, 'TypeName')),
      ),
    ]
  }
  const types = items.map((item) => child(item, 'TypeName'))
  if (type === 'OBJECT_CAST') return [`${typeText(reading, types[0] ?? {})} AS ${typeText(reading, types[1] ?? {})}`]
  const parts = object && 'String' in object ? strings([object]) : strings(items)
  if (type === 'OBJECT_TRANSFORM') return [`${typeText(reading, types[0] ?? {})} LANGUAGE ${parts[0] ?? ''}`]
  return type === 'OBJECT_OPCLASS' || type === 'OBJECT_OPFAMILY' ? [...parts.slice(1, -1), `${parts.at(-1) ?? ''} USING ${parts[0] ?? ''}`] : parts
}

/** `t_a_b_stat`, in the table's schema (ChooseExtendedStatisticName). */
const statisticsName = (reading: Reading, tree: Tree): readonly string[] => {
  const on = reading.relation(child(list(tree, 'relations')[0], 'RangeVar') ?? {})
  const schema = partsOf(on)[0] ?? 'public'
  const columns = list(tree, 'exprs')
    .map((item) => text(child(item, 'StatsElem'), 'name') ?? 'expr')
    .join('_')
  for (let pass = 0; ; pass++) {
    const name = makeObjectName(localName(on), columns, pass === 0 ? 'stat' : `stat${pass}`)
    if (!reading.catalog.definitions.has(keyIn('OBJECT_STATISTIC_EXT', schema, name))) return [schema, name]
  }
}

/** A tree with the object's full name in it. */
const withName = (tree: Tree, parts: readonly string[]): Tree => {
  const key = listKeys.find((candidate) => list(tree, candidate).length > 0) ?? (tree.exprs === undefined ? undefined : 'defnames')
  const operatorParts = parts.map((part, at) => (at === parts.length - 1 ? part.replace(/(?<=.)\(.*$| USING .*$/, '') : part))
  return key === undefined ? tree : { ...tree, [key]: operatorParts.map(stringNode) }
}

/** Refuses to hold what cannot be printed back exactly. */
const printable = (statement: Tree, what: string): Tree => {
  const again = readStatements(printStatement(statement))[0]
  const [node] = Object.keys(statement)
  return again && equal(normal(again.tree), normal(node === undefined ? {} : (statement[node] ?? {})))
    ? statement
    : notUnderstood(`${what} cannot be printed back`)
}

/** The last part of a type's name, and an option's text as the name that it is printed as. */
const normalNode = (node: Tree): Tree => {
  if ('names' in node && 'typemod' in node) return { typeName: strings(list(node, 'names')).at(-1) ?? '' }
  const element = child(node, 'DefElem')
  const value = text(child(child(element, 'arg'), 'String') ?? {}, 'sval')
  return element && value !== undefined ? { DefElem: { ...element, arg: { TypeName: { typeName: value } } } } : node
}

const normal = (tree: Json): Json => (isTree(tree) ? mapTree(tree, normalNode) : tree)

/** `deterministic = false` and `provider = icu` are names in this grammar's tree and texts in the printer's: both mean the same. */
const plainOptions = (tree: Tree): Tree =>
  mapTree(tree, (node) => {
    const element = child(node, 'DefElem')
    const names = strings(list(child(child(element, 'arg'), 'TypeName'), 'names'))
    const arg = element?.arg
    if (!element || (names.length !== 1 && !(isTree(arg) && 'Boolean' in arg))) return node
    const value = names[0] ?? String(child(arg as Tree, 'Boolean')?.boolval === true)
    return element.defname === 'provider' || /^(true|false|on|off)$/.test(value) ? { DefElem: { ...element, arg: stringNode(value) } } : node
  })

/** What a CREATE statement makes: its key and its definition, with all names qualified. */
export const readDefinition = (reading: Reading, node: string, tree: Tree): { readonly object: ObjectKey; readonly definition: Definition } => {
  const type = typeOfNode(node, tree)
  const word = wordOf(type)
  const written = writtenName(reading, node, tree)
  const parts = written.length === 0 && type === 'OBJECT_STATISTIC_EXT' ? statisticsName(reading, tree) : written
  if (type === 'OBJECT_SUBSCRIPTION') return { object: keyIn(type, undefined, parts.at(-1) ?? ''), definition: readSubscription(tree) }
  const schema = standsInSchema(type) ? (partsOf(reading.newName(parts))[0] ?? 'public') : undefined
  const { if_not_exists: _guard, replace: _replace, ...content } = plainOptions(reading.expression(tree))
  const named = schema === undefined ? content : withName(content, [schema, parts.at(-1) ?? ''])
  return { object: keyIn(type, schema, parts.at(-1) ?? ''), definition: { type: word, create: printable({ [node]: named }, `the ${word}`), alters: [] } }
}

/** An ALTER statement's tree with the object's full name. */
export const readAlter = (reading: Reading, node: string, tree: Tree, object: ObjectKey): Tree => {
  const parts = partsOf(parseKey(object).name).slice(1)
  return printable(
    { [node]: parts.length > 1 ? withName(plainOptions(reading.expression(tree)), parts) : plainOptions(reading.expression(tree)) },
    'the change',
  )
}

/** `"s"."n"`, `"s".===(int4, int4)`, `"s"."n" USING "btree"`: the object's name as DROP and ALTER write it. */
export const printDefinitionName = (object: ObjectKey): string => {
  const [word, ...parts] = partsOf(parseKey(object).name)
  const name = parts.at(-1) ?? ''
  const schema = parts.length > 1 ? `${quoteIdentifier(parts[0] ?? '')}.` : ''
  switch (word) {
    case 'operator':
      return `${schema}${name}`
    case 'operator class':
    case 'operator family': {
      const at = name.lastIndexOf(' USING ')
      return `${qualified(parts[0] ?? '', name.slice(0, at))} USING ${quoteIdentifier(name.slice(at + ' USING '.length))}`
    }
    case 'cast':
      return `(${name})`
    case 'transform':
      return `FOR ${name}`
    case 'user mapping': {
      const at = name.lastIndexOf(' SERVER ')
      const role = name.slice(0, at)
      return `FOR ${role === 'PUBLIC' || role === 'CURRENT_USER' ? role : quoteIdentifier(role)} SERVER ${quoteIdentifier(name.slice(at + ' SERVER '.length))}`
    }
    default:
      return `${schema}${quoteIdentifier(name)}`
  }
}

/** `COLLATION "s"."n"` */
export const printDefinitionObject = (object: ObjectKey): string => `${(partsOf(parseKey(object).name)[0] ?? '').toUpperCase()} ${printDefinitionName(object)}`

/** The object of that key; refuses with 42704. */
export const definitionOf = (catalog: Catalog, object: ObjectKey): Definition =>
  catalog.definitions.get(object) ?? refuse('42704', `${printDefinitionObject(object)} does not exist`)

/** A definition under another name; refuses to follow where something depends on it. */
export const renamedTree = (tree: Tree, to: string): Tree => {
  const [node] = Object.keys(tree)
  const content = node === undefined ? undefined : child(tree, node)
  if (node === undefined || !content) return tree
  const plain = textKeys.find((key) => text(content, key) !== undefined)
  const listed = listKeys.find((key) => list(content, key).length > 0)
  if (listed) return { [node]: { ...content, [listed]: [...list(content, listed).slice(0, -1), stringNode(to)] } }
  return plain === undefined ? tree : { [node]: { ...content, [plain]: to } }
}

/** The key with another last part. */
export const renamedKey = (object: ObjectKey, to: string): ObjectKey => {
  const parts = partsOf(parseKey(object).name)
  const own = parts.at(-1) ?? ''
  const suffix = / USING .*$/.exec(own)?.[0] ?? ''
  return keyOf('definition', [...parts.slice(0, -1), `${to}${suffix}`].map(quoteIdentifier).join('.'))
}

/** Statements that memory holds as `opaque`, by the grammar's names: what they are and why. For the docs. */
export const opaqueNodes: Readonly<Record<string, string>> = {
  'CreateTableAsStmt OBJECT_TABLE': 'CREATE TABLE AS: the columns have the types of a query, which only the engine knows.',
  'SelectStmt INTO': 'SELECT INTO: as CREATE TABLE AS.',
  ImportForeignSchemaStmt: 'IMPORT FOREIGN SCHEMA: the foreign server says what is made.',
  DropOwnedStmt: 'DROP OWNED: what a role owns in the whole database.',
  ReassignOwnedStmt: 'REASSIGN OWNED: as DROP OWNED.',
  SecLabelStmt: 'SECURITY LABEL: labels of an extension.',
  AlterExtensionContentsStmt: 'ALTER EXTENSION … ADD and DROP: what an extension holds.',
  AlterSystemStmt: 'ALTER SYSTEM: the server, not the database.',
  CreatedbStmt: 'CREATE DATABASE: another database.',
  DropdbStmt: 'DROP DATABASE: another database.',
  AlterDatabaseStmt: 'ALTER DATABASE: its name differs from place to place.',
  AlterDatabaseSetStmt: 'ALTER DATABASE … SET: its name differs from place to place.',
  CreateTableSpaceStmt: 'CREATE TABLESPACE: the server’s disks.',
  DropTableSpaceStmt: 'DROP TABLESPACE: the server’s disks.',
  AlterTableMoveAllStmt: 'ALTER … ALL IN TABLESPACE: everything in a tablespace.',
  AlterCollationStmt: 'ALTER COLLATION … REFRESH VERSION: the version of the server’s library.',
  'TransactionStmt ROLLBACK': 'ROLLBACK: takes back statements before it.',
}
