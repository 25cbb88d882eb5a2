/** Types that statements name as objects: ALTER TYPE, DROP TYPE, COMMENT ON TYPE. */
import type { Catalog, Type } from '../model/catalog.ts'
import type { Tree } from '../model/json.ts'
import { display, localName, type QualifiedName, schemaOf } from '../model/name.ts'
import { strings } from '../sql/tree.ts'
import { chooseName } from './names.ts'
import type { Reading } from './reading.ts'
import { notUnderstood, refuse } from './refusal.ts'

/** The user type that String nodes name; refuses with 42704, a relation's row type with 42809. */
export const typeNamed = (reading: Reading, nodes: readonly Tree[]): QualifiedName => {
  const parts = strings(nodes)
  const name = reading.find(
    parts,
    (candidate) => reading.catalog.types.has(candidate) || reading.catalog.tables.has(candidate) || reading.catalog.views.has(candidate),
  )
  if (name === undefined) return extensionMember(reading, parts) ?? refuse('42704', `type "${parts.join('.')}" does not exist`)
  return reading.catalog.types.has(name) ? name : refuse('42809', `${display(name)} is a table's row type`)
}

/** A type that the catalog does not know may come from an extension: memory cannot follow it. */
const extensionMember = (reading: Reading, parts: readonly string[]): undefined =>
  extensionOf(parts.at(-1) ?? '') !== undefined && reading.catalog.extensions.has(extensionOf(parts.at(-1) ?? '') ?? '')
    ? notUnderstood(`the type ${parts.join('.')} belongs to an extension`)
    : undefined

/** Types, operator classes and functions of well-known extensions: what a catalog's objects may use of them. Source: their control and SQL files. */
const members: Readonly<
  Record<string, { readonly types?: string; readonly classes?: RegExp; readonly functions?: RegExp; readonly requires?: readonly string[] }>
> = {
  vector: { types: 'vector halfvec sparsevec', classes: /^(vector|halfvec|sparsevec|bit)_(l2|ip|cosine|l1|hamming|jaccard)_ops$/ },
  citext: { types: 'citext' },
  hstore: { types: 'hstore ghstore', classes: /^(gin|gist|btree|hash)_hstore_ops$/ },
  ltree: { types: 'ltree lquery ltxtquery ltree_gist', classes: /^(gist|hash)?_?_?ltree_ops$/ },
  cube: { types: 'cube', classes: /cube_ops$/ },
  seg: { types: 'seg' },
  isn: { types: 'ean13 isbn13 ismn13 issn13 isbn ismn issn upc' },
  lo: { types: 'lo' },
  intarray: { types: 'query_int intbig_gkey', classes: /^(gin__int_ops|gist__int(big)?_ops)$/ },
  earthdistance: { types: 'earth', requires: ['cube'], functions: /^(ll_to_earth|earth_box|earth_distance|earth)$/ },
  postgis: { types: 'geometry geography box2d box3d geometry_dump spheroid', functions: /^st_/ },
  postgis_raster: { types: 'raster', requires: ['postgis'] },
  pg_trgm: { types: 'gtrgm', classes: /^(gin|gist)_trgm_ops$/, functions: /^(similarity|word_similarity|strict_word_similarity|show_trgm)$/ },
  'uuid-ossp': { functions: /^uuid_(generate_v[1345](mc)?|nil|ns_(dns|url|oid|x500))$/ },
  pgcrypto: { functions: /^(crypt|gen_salt|digest|hmac|gen_random_bytes|pgp_(sym|pub)_(en|de)crypt(_bytea)?|armor|dearmor)$/ },
  unaccent: { functions: /^unaccent$/ },
  fuzzystrmatch: { functions: /^(levenshtein(_less_equal)?|soundex|difference|metaphone|d?metaphone(_alt)?)$/ },
}

/** The extension that a type of that name belongs to, as far as is known. */
const extensionOf = (type: string): string | undefined => Object.keys(members).find((extension) => members[extension]?.types?.split(' ').includes(type))

/** What an extension is known to hold. */
export const membersOf = (
  extension: string,
): {
  readonly types: ReadonlySet<string>
  readonly classes: (name: string) => boolean
  readonly functions: (name: string) => boolean
  readonly requires: readonly string[]
} => {
  const known = members[extension]
  return {
    types: new Set(known?.types?.split(' ') ?? []),
    classes: (name) => known?.classes?.test(name) ?? false,
    functions: (name) => known?.functions?.test(name.toLowerCase()) ?? false,
    requires: known?.requires ?? [],
  }
}

/** Where a new type goes; refuses a type (or a relation with a row type) of that name with 42710. */
export const newType = (reading: Reading, nodes: readonly Tree[]): QualifiedName => {
  const name = reading.newName(strings(nodes))
  refuseTakenType(reading.catalog, name)
  return name
}

/** Refuses a name that a type has already (42710). */
export const refuseTakenType = (catalog: Catalog, name: QualifiedName): void => {
  if (catalog.types.has(name) || catalog.tables.has(name) || catalog.views.has(name)) refuse('42710', `type "${localName(name)}" already exists`)
}

/** The type of that name and kind; refuses with 42704. */
export const userType = <K extends Type['kind']>(catalog: Catalog, name: QualifiedName, kind: K): Extract<Type, { kind: K }> => {
  const type = catalog.types.get(name) ?? refuse('42704', `type "${display(name)}" does not exist`)
  return type.kind === kind ? (type as Extract<Type, { kind: K }>) : refuse('42809', `${display(name)} is not ${kind === 'enum' ? 'an enum' : `a ${kind}`}`)
}

/** A free name for a domain's constraint: no constraint of a table or domain in the schema has it. */
export const chooseDomainConstraintName = (
  catalog: Catalog,
  domain: QualifiedName,
  label: 'check' | 'not_null',
  also: ReadonlySet<string> = new Set(),
): string => chooseName(localName(domain), undefined, label, (name) => also.has(name) || constraintInSchema(catalog, schemaOf(domain), name))

const constraintInSchema = (catalog: Catalog, schema: string, name: string): boolean => {
  for (const [owner, table] of catalog.tables) {
    if (schemaOf(owner) === schema && (table.constraints.has(name) || table.columns.some(({ notNull }) => notNull && notNull.name === name))) return true
  }
  for (const [owner, type] of catalog.types) {
    if (type.kind === 'domain' && schemaOf(owner) === schema && (type.constraints.has(name) || (type.notNull && type.notNull.name === name))) return true
  }
  return false
}
