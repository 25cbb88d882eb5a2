/** Tables of pg_catalog that show types. */
import { localName, type QualifiedName, qualified, type RelationName, schemaOf } from '../../model/name.ts'
import { eachExtension, eachTable, eachType, eachView, together } from './maker.ts'
import { namespaceOid, relationOid, typeOid } from './oids.ts'
import type { Row, Value } from './row.ts'

const letters = { enum: 'e', domain: 'd', composite: 'c', range: 'r', base: 'b' } as const

/** Types that well-known extensions bring. */
const extensionTypes: Readonly<Record<string, readonly string[]>> = {
  vector: ['vector', 'halfvec', 'sparsevec'],
  citext: ['citext'],
  hstore: ['hstore'],
  ltree: ['ltree', 'lquery', 'ltxtquery'],
  postgis: ['geometry', 'geography', 'box2d', 'box3d'],
  cube: ['cube'],
}

const typeRow = (name: QualifiedName, typtype: string, more: { readonly [column: string]: Value } = {}): Row => ({
  oid: typeOid(name),
  typname: localName(name),
  typnamespace: namespaceOid(schemaOf(name)),
  typtype,
  ...more,
})

/** The type of a relation's rows. */
const rowType = (name: RelationName): readonly Row[] => [typeRow(name, 'c', { typrelid: relationOid(name) })]

export const pgType = together(
  eachType((name, { kind }) => [typeRow(name, letters[kind], { typrelid: kind === 'composite' ? relationOid(name) : 0 })]),
  eachTable(rowType),
  eachView(rowType),
  eachExtension((extension, { schema = 'public' }) => (extensionTypes[extension] ?? []).map((name) => typeRow(qualified(schema, name), 'b'))),
)

export const pgEnum = eachType((name, type) =>
  type.kind === 'enum' ? type.labels.map((enumlabel, at) => ({ enumtypid: typeOid(name), enumlabel, enumsortorder: at + 1 })) : [],
)
