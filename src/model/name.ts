/**
 * Names as keys. A qualified name is its own SQL spelling, always quoted: `"public"."users"`. So it can stand in a Map, in SQL and in JSON alike, and
 * a member of a relation (a column, a constraint, a policy) is one part longer: `"public"."users"."id"`.
 */
declare const brand: unique symbol

/** Schema and name, each quoted: `"public"."users"`. */
export type QualifiedName = string & { readonly [brand]: 'qualified' }
/** The qualified name of a relation (table, view, index, sequence). */
export type RelationName = QualifiedName

/** The kinds of things that a catalog holds, in PostgreSQL's words (COMMENT ON's, lower case). */
export type ObjectKind =
  | 'schema'
  | 'extension'
  | 'role'
  | 'type'
  | 'domain constraint'
  | 'sequence'
  | 'table'
  | 'column'
  | 'constraint'
  | 'index'
  | 'view'
  | 'routine'
  | 'trigger'
  | 'policy'
  | 'rule'
  | 'default privileges'
  | 'definition'
  | 'database'

/** One thing in a catalog: its kind, a blank, its quoted name: `column "public"."users"."id"`. A routine's name ends in its argument types. */
export type ObjectKey = `${ObjectKind} ${string}`

const split = new Map<string, readonly string[]>()

/** Quotes one identifier, always. */
export const quoteIdentifier = (name: string): string => `"${name.includes('"') ? name.replaceAll('"', '""') : name}"`

/** The qualified name of `name` in `schema` (both unquoted). */
export const qualified = (schema: string, name: string): QualifiedName => `${quoteIdentifier(schema)}.${quoteIdentifier(name)}` as QualifiedName

/** The quoted name of a member of `owner`: column, constraint, policy, trigger. */
export const member = (owner: QualifiedName, name: string): string => `${owner}.${quoteIdentifier(name)}`

/** The qualified name that a longer one begins with: the table of `column "public"."t"."c"`, a routine's own name before its argument types. */
export const leadingName = (name: string): QualifiedName => {
  const [schema, own] = partsOf(name)
  return qualified(schema ?? '', own ?? '')
}

/** The unquoted parts of a quoted name. */
export const partsOf = (quoted: string): readonly string[] => {
  const known = split.get(quoted)
  if (known) return known
  const parts = quoted.includes('""')
    ? [...quoted.matchAll(/"((?:[^"]|"")*)"/g)].map((match) => (match[1] ?? '').replaceAll('""', '"'))
    : quoted.split('"').filter((_part, at) => at % 2 === 1)
  split.set(quoted, parts)
  return parts
}

/** The schema of a qualified name, unquoted. */
export const schemaOf = (name: QualifiedName): string => partsOf(name)[0] ?? ''

/** The last part of a qualified name, unquoted. */
export const localName = (name: QualifiedName): string => partsOf(name)[1] ?? ''

/** The schema of pgstrata's own tables in an environment. It is no part of anybody's design. */
export const ownSchema = 'pgstrata'

/** How the schemas and columns begin that `rollback --archive` makes: no part of anybody's design. */
export const archivePrefix = 'pgstrata_archive_'

/** Whether a quoted name, or the key of an object, is one of an archive's: its schema, something in it, or a column that was set aside. */
export const isArchived = (name: string): boolean => name.includes(`"${archivePrefix}`)

/** The same name in another schema. */
export const inSchema = (name: QualifiedName, schema: string): QualifiedName => qualified(schema, localName(name))

const plain = /^[a-z_][a-z0-9_$]*$/

/** An identifier as a person writes it: quoted only where PostgreSQL would need it. */
export const displayIdentifier = (name: string): string => (plain.test(name) ? name : quoteIdentifier(name))

/** A quoted name as a person writes it: `users`, `auth.users`, `users.id`; the schema `public` is left out. */
export const display = (quoted: string): string => {
  const parts = partsOf(quoted)
  const shown = parts.length > 1 && parts[0] === 'public' ? parts.slice(1) : parts
  return shown.map(displayIdentifier).join('.')
}

/** The key of a thing. */
export const keyOf = (kind: ObjectKind, name: string): ObjectKey => `${kind} ${name}`

/** The kind and the quoted name inside a key. */
export const parseKey = (key: ObjectKey): { readonly kind: ObjectKind; readonly name: string } => {
  const at = key.indexOf('"')
  return { kind: key.slice(0, at - 1) as ObjectKind, name: key.slice(at) }
}

const displayType = (quoted: string): string => display(quoted).replace(/^pg_catalog[.]/, '')

/** A key as a person reads it: `column users.id`. */
export const displayKey = (key: ObjectKey): string => {
  const { kind, name } = parseKey(key)
  if (kind !== 'routine') return `${kind} ${display(name)}`
  const [own = name] = /^(?:"(?:[^"]|"")*"[.]?)*/.exec(name) ?? []
  return `routine ${display(own)}${name.slice(own.length).replaceAll(/"(?:[^"]|"")*"(?:[.]"(?:[^"]|"")*")*/g, displayType)}`
}
