import type { Type } from '../../model/catalog.ts'
import type { Tree } from '../../model/json.ts'
import { display, keyOf, localName, type QualifiedName, schemaOf } from '../../model/name.ts'
import { child, list, optionNamed, stringNode, strings, text } from '../../sql/tree.ts'
import { defineChange, noFootprint } from '../define.ts'
import { readDomain } from '../domains.ts'
import { put } from '../edit.ts'
import { clipIdentifier, makeObjectName, relationKind } from '../names.ts'
import { printCreateType } from '../print-types.ts'
import type { Reading } from '../reading.ts'
import { notUnderstood, refuse } from '../refusal.ts'
import { newType, refuseTakenType } from '../type-names.ts'
import { readCollation } from '../types.ts'

const create = (reading: Reading, name: QualifiedName, type: Type): void => reading.emit({ kind: 'create-type', name, type })

const readEnum = (reading: Reading, node: Tree): void => {
  const labels = list(node, 'vals').map((value) => text(child(value, 'String'), 'sval') ?? '')
  const twice = labels.find((label, at) => labels.indexOf(label) !== at)
  const name = newType(reading, list(node, 'typeName'))
  if (twice !== undefined) refuse('23505', 'duplicate key value violates unique constraint "pg_enum_typid_label_index"', `Label "${twice}" is given twice.`)
  create(reading, name, { kind: 'enum', labels })
}

const readComposite = (reading: Reading, node: Tree): void => {
  const range = child(node, 'typevar') ?? {}
  const name = newType(
    reading,
    [text(range, 'schemaname'), text(range, 'relname')].flatMap((part) => (part === undefined ? [] : [stringNode(part)])),
  )
  const attributes = list(node, 'coldeflist').map((element) => {
    const definition = child(element, 'ColumnDef')
    const collation = readCollation(child(definition, 'collClause'))
    return { name: text(definition, 'colname') ?? '', type: reading.typeReference(child(definition, 'typeName') ?? {}), ...(collation ? { collation } : {}) }
  })
  const seen = new Set<string>()
  for (const attribute of attributes) {
    if (seen.has(attribute.name)) refuse('42701', `column "${attribute.name}" specified more than once`)
    seen.add(attribute.name)
  }
  create(reading, name, { kind: 'composite', attributes })
}

/** A tree with the type's own name qualified. */
const owned = (reading: Reading, name: QualifiedName, node: Tree, key: 'typeName' | 'defnames'): Tree => ({
  ...reading.expression(node),
  [key]: [schemaOf(name), localName(name)].map(stringNode),
})

const readRange = (reading: Reading, node: Tree): void => {
  const name = newType(reading, list(node, 'typeName'))
  create(reading, name, { kind: 'range', definition: withMultirange(name, owned(reading, name, node, 'typeName')) })
}

/** The multirange type's name, said where it is implied: it stays when the range is renamed (`makeMultirangeTypeName`). */
const withMultirange = (name: QualifiedName, node: Tree): Tree => {
  const params = list(node, 'params')
  if (optionNamed(params, 'multirange_type_name')) return node
  const local = localName(name)
  // Cut to a name's length from the end, but for the word that is added.
  const multirange = local.includes('range') ? clipIdentifier(local.replace('range', 'multirange')) : makeObjectName(local, undefined, 'multirange')
  const typeName: Tree = { names: [schemaOf(name), multirange].map(stringNode), typemod: -1 }
  return { ...node, params: [...params, { DefElem: { defname: 'multirange_type_name', arg: { TypeName: typeName }, defaction: 'DEFELEM_UNSPEC' } }] }
}

/** A shell is filled by the full definition: a type of its own afterwards. */
const readBase = (reading: Reading, node: Tree): void => {
  const name = reading.newName(strings(list(node, 'defnames')))
  const existing = reading.catalog.types.get(name)
  const isShell = existing?.kind === 'base' && list(existing.definition, 'definition').length === 0
  if (isShell && list(node, 'definition').length > 0) return notUnderstood('a shell type is filled')
  refuseTakenType(reading.catalog, name)
  create(reading, name, { kind: 'base', definition: owned(reading, name, node, 'defnames') })
}

export const createType = defineChange({
  kind: 'create-type',
  summary: 'A type is made: an enum, a composite type, a domain, a range or a base type.',
  reads: {
    CreateEnumStmt: readEnum,
    CompositeTypeStmt: readComposite,
    CreateRangeStmt: readRange,
    CreateDomainStmt(reading, node) {
      const name = newType(reading, list(node, 'domainname'))
      create(reading, name, readDomain(reading, name, node))
    },
    'DefineStmt OBJECT_TYPE': readBase,
  },
  apply({ name, type }, catalog) {
    refuseTakenType(catalog, name)
    if (type.kind === 'composite' && relationKind(catalog, name) !== undefined) refuse('42P07', `relation "${localName(name)}" already exists`)
    return put(catalog, 'types', name, type)
  },
  invert: ({ name }) => [{ kind: 'drop-type', name }],
  toSql: ({ name, type }) => printCreateType(name, type),
  footprint: () => noFootprint,
  describe: ({ name, type }) =>
    type.kind === 'enum'
      ? `enum ${display(name)} is made, with ${type.labels.length} labels`
      : `${type.kind === 'domain' ? 'domain' : `${type.kind} type`} ${display(name)} is made`,
  touches: ({ name }) => [keyOf('type', name)],
  examples: [
    { sql: `CREATE TYPE mood AS ENUM ('sad', 'it''s ok', 'glad')` },
    { sql: `CREATE TYPE nothing AS ENUM ()` },
    { given: `CREATE TYPE mood AS ENUM ('sad')`, sql: `CREATE TYPE person AS (name text COLLATE "C", moods mood[], size numeric(10, 2))` },
    { sql: `CREATE DOMAIN positive AS int DEFAULT 1 NOT NULL CHECK (VALUE > 0) CHECK (VALUE < 100) CONSTRAINT odd CHECK (VALUE % 2 = 1)` },
    { sql: `CREATE DOMAIN code AS varchar(10) COLLATE "C" DEFAULT 'x' || 'y'` },
    { sql: `CREATE TYPE span AS RANGE (subtype = float8, subtype_diff = float8mi)` },
    { sql: `CREATE TYPE shell` },
  ],
})
