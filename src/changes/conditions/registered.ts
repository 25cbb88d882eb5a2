/** Object identifiers by name (`regclass`, `regtype`, `regnamespace`), and casts from and to them. */
import type { Tree } from '../../model/json.ts'
import { displayIdentifier, localName, partsOf, type QualifiedName, qualified, schemaOf } from '../../model/name.ts'
import { list, strings } from '../../sql/tree.ts'
import { splitName } from '../columns.ts'
import { relationKind } from '../names.ts'
import type { Reading } from '../reading.ts'
import { refuse } from '../refusal.ts'
import { isOid, namespaceOid, parseOid, relationOid, systemSchemas, typeOid, unknown, type Value } from '../system-tables.ts'
import { isUserType, resolveTypeName } from '../types.ts'
import { truth } from './logic.ts'

/** Finds an object by its name in a text. NULL: there is none. */
type Find = (reading: Reading, name: string) => Value

/** A name in a system schema is unknown. */
const relationNamed: Find = (reading, name) => {
  const parts = splitName(name)
  if (parts.length > 1 && ['pg_catalog', 'information_schema'].includes(parts[0] ?? '')) return unknown
  const found = reading.find(parts, (candidate) => relationKind(reading.catalog, candidate) !== undefined)
  return found === undefined ? null : relationOid(found)
}

const typeNamed: Find = (reading, name) => {
  const { catalog, searchPath } = reading
  const parts = splitName(name.replace(/\(.*\)|\[\]$/g, ''))
  const { schema, name: local } = resolveTypeName(parts, catalog, searchPath)
  if (schema === 'pg_catalog') return typeOid(qualified(schema, local))
  const found = reading.find(parts, (candidate) => isUserType(catalog, candidate))
  if (found !== undefined) return typeOid(found)
  return catalog.extensions.size > 0 ? unknown : null
}

const namespaceNamed: Find = ({ catalog }, name) => {
  const [schema = ''] = splitName(name)
  return catalog.schemas.has(schema) || systemSchemas.includes(schema) ? namespaceOid(schema) : null
}

/** The types of object identifiers, and what PostgreSQL says of a name that is not there. */
export const registered: ReadonlyMap<string, { readonly find: Find; readonly what: string; readonly missing: string }> = new Map([
  ['regclass', { find: relationNamed, what: 'relation', missing: '42P01' }],
  ['regtype', { find: typeNamed, what: 'type', missing: '42704' }],
  ['regnamespace', { find: namespaceNamed, what: 'schema', missing: '3F000' }],
])

/** An object identifier as text: a name that the search path shows is bare. */
const oidText = (reading: Reading, oid: string): string => {
  const { of, name } = parseOid(oid)
  if (of === 'namespace') return displayIdentifier(partsOf(name)[0] ?? '')
  const schema = schemaOf(name as QualifiedName)
  const local = displayIdentifier(localName(name as QualifiedName))
  return reading.searchPath.includes(schema) ? local : `${displayIdentifier(schema)}.${local}`
}

const texts = ['text', 'varchar', 'name', 'bpchar']
const kept = ['oid', 'int4', 'int8', 'int2', 'char']

/** A value after a cast. Refuses the name of an object that is not there. */
export const cast = (reading: Reading, value: Value, typeName: Tree | undefined): Value => {
  const type = strings(list(typeName, 'names')).at(-1) ?? ''
  if (typeof value === 'symbol' || value === null) return value
  const identifiers = registered.get(type)
  if (identifiers) {
    const { find, what, missing } = identifiers
    if (isOid(value)) return value
    return find(reading, String(value)) ?? refuse(missing, `${what} "${value}" does not exist`)
  }
  if (texts.includes(type)) return isOid(value) ? oidText(reading, value) : String(value)
  if (type === 'bool') return truth(value)
  return kept.includes(type) ? value : unknown
}
