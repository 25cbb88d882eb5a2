/** Tables of pg_catalog that show relations: pg_class, its columns and its indexes. */
import type { Index } from '../../model/catalog.ts'
import { localName, qualified, type RelationName, schemaOf } from '../../model/name.ts'
import { constraintIndexes } from '../names.ts'
import { printIndex } from '../print.ts'
import { eachIndex, eachSequence, eachTable, eachType, eachView, type Maker, together } from './maker.ts'
import { namespaceOid, relationOid, typeOid } from './oids.ts'
import { present, type Row, unknown, type Value } from './row.ts'

/** An index; `index` is absent for one that a constraint owns. */
type Shown = { readonly name: RelationName; readonly on: RelationName; readonly unique: boolean; readonly primary: boolean; readonly index?: Index }

const anyIndex = (row: (shown: Shown) => Row): Maker =>
  together(
    eachIndex((name, index) => [row({ name, on: index.relation, unique: index.unique, primary: false, index })]),
    eachTable((on, table) =>
      [...constraintIndexes(table)].map((name) => {
        const type = table.constraints.get(name)?.type
        return row({ name: qualified(schemaOf(on), name), on, unique: type !== 'exclusion', primary: type === 'primary key' })
      }),
    ),
  )

const kinds = { table: 'r', partitioned: 'p', foreign: 'f' } as const

const relationRow = (name: RelationName, relkind: string, more: { readonly [column: string]: Value } = {}): Row => ({
  oid: relationOid(name),
  relname: localName(name),
  relnamespace: namespaceOid(schemaOf(name)),
  relkind,
  relrowsecurity: false,
  relforcerowsecurity: false,
  relispartition: false,
  ...more,
})

export const pgClass = together(
  eachTable((name, table) => [
    relationRow(name, kinds[table.kind], {
      relrowsecurity: table.rowSecurity,
      relforcerowsecurity: table.forceRowSecurity,
      relispartition: table.partitionOf !== undefined,
      relpersistence: table.persistence === 'unlogged' ? 'u' : 'p',
    }),
  ]),
  eachView((name, { materialized }) => [relationRow(name, materialized ? 'm' : 'v')]),
  anyIndex(({ name }) => relationRow(name, 'i')),
  eachSequence((name) => [relationRow(name, 'S')]),
  eachType((name, { kind }) => (kind === 'composite' ? [relationRow(name, 'c')] : [])),
)

export const pgAttribute = together(
  eachTable((on, { columns }) =>
    columns.map((attribute, at) => ({
      attrelid: relationOid(on),
      attname: attribute.name,
      attnotnull: attribute.notNull !== false,
      attisdropped: false,
      attnum: at + 1,
      atthasdef: attribute.default !== undefined || attribute.generated !== undefined,
      attidentity: attribute.identity ? (attribute.identity.always ? 'a' : 'd') : '',
      attgenerated: attribute.generated ? (attribute.generated.stored ? 's' : 'v') : '',
      atttypid: attribute.type.schema === undefined || attribute.type.array ? unknown : typeOid(qualified(attribute.type.schema, attribute.type.name)),
    })),
  ),
  eachView((on, { columns }) => columns.map((attname, at) => ({ attrelid: relationOid(on), attname, attnotnull: false, attisdropped: false, attnum: at + 1 }))),
)

export const pgIndex = anyIndex(({ name, on, unique, primary }) => ({
  indexrelid: relationOid(name),
  indrelid: relationOid(on),
  indisunique: unique,
  indisprimary: primary,
  indisvalid: true,
}))

export const pgIndexes = anyIndex(({ name, on, index }) => ({
  schemaname: schemaOf(name),
  tablename: localName(on),
  indexname: localName(name),
  indexdef: index ? printIndex(name, index, false) : present,
}))

export const pgInherits = eachTable((name, { inherits, partitionOf }) =>
  [...inherits, ...(partitionOf ? [partitionOf.parent] : [])].map((parent) => ({ inhrelid: relationOid(name), inhparent: relationOid(parent) })),
)
