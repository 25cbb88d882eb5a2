/** Which extensions a script needs: those it makes, and those whose well-known names it uses. */
import type { Tree } from '../model/json.ts'
import type { Script } from '../model/statement.ts'
import { child, list, strings, text, walk } from './tree.ts'

/** Names that only an extension brings, by extension. Not a full list: the names that migrations are seen to use without making the extension. */
const known: Readonly<Record<string, readonly string[]>> = {
  pgcrypto: ['digest', 'hmac', 'crypt', 'gen_salt', 'gen_random_bytes', 'pgp_sym_encrypt', 'pgp_sym_decrypt', 'encrypt', 'decrypt'],
  'uuid-ossp': ['uuid_generate_v1', 'uuid_generate_v1mc', 'uuid_generate_v3', 'uuid_generate_v4', 'uuid_generate_v5', 'uuid_nil', 'uuid_ns_dns', 'uuid_ns_url'],
  pg_trgm: ['similarity', 'word_similarity', 'show_trgm', 'gin_trgm_ops', 'gist_trgm_ops'],
  vector: ['vector', 'halfvec', 'sparsevec', 'vector_l2_ops', 'vector_cosine_ops', 'vector_ip_ops', 'cosine_distance', 'l2_distance', 'inner_product'],
  citext: ['citext'],
  hstore: ['hstore', 'gin_hstore_ops'],
  ltree: ['ltree', 'lquery', 'ltxtquery', 'gist_ltree_ops'],
  postgis: ['geometry', 'geography', 'st_point', 'st_makepoint', 'st_distance', 'st_dwithin'],
  unaccent: ['unaccent'],
  cube: ['cube'],
  isn: ['isbn', 'isbn13', 'issn', 'ean13'],
}

const owners: ReadonlyMap<string, string> = new Map(Object.entries(known).flatMap(([extension, names]) => names.map((name) => [name, extension] as const)))

/** The extension that brings a name, where it is one of the well-known ones. */
export const extensionOf = (name: string): string | undefined => owners.get(name)

const owner = (name: string): readonly string[] => {
  const extension = extensionOf(name)
  return extension === undefined ? [] : [extension]
}

/** The name that a node calls, indexes by or has as its type, if it does; every node of every history is asked. */
const namesIn = (node: Tree): readonly string[] => {
  const names =
    'FuncCall' in node
      ? list(child(node, 'FuncCall'), 'funcname')
      : 'IndexElem' in node
        ? list(child(node, 'IndexElem'), 'opclass')
        : 'typemod' in node
          ? list(node, 'names')
          : undefined
  const last = names === undefined ? undefined : strings(names).at(-1)
  return last === undefined ? [] : [last]
}

const mentionPattern = new RegExp(`\\b(?:${[...owners.keys()].join('|')})\\b|\\bU&"`, 'i')

/** False for most statements, fast: none of the names stands in the text. A name written as `U&"…"` could be any. */
const mayUse = (sql: string): boolean => mentionPattern.test(sql)

/** Functions that the scripts make themselves are not an extension's. */
const madeHere = (scripts: readonly Pick<Script, 'statements'>[]): ReadonlySet<string> =>
  new Set(
    scripts.flatMap(({ statements }) =>
      statements.flatMap(({ tree }) => [strings(list(tree, 'funcname')).at(-1) ?? '', strings(list(tree, 'typeName')).at(-1) ?? '']),
    ),
  )

/** Functions of an extension that are called in the text of a body: DO, and functions in SQL, which PostgreSQL checks when they are made. */
const inBody = (body: string): readonly string[] => [...body.matchAll(/\b([a-z_0-9]+)\s*\(/gi)].flatMap((match) => owner((match[1] ?? '').toLowerCase()))

export type ExtensionsIn = {
  /** Made by CREATE EXTENSION. */
  readonly created: readonly string[]
  /** Used without being made anywhere: the database is expected to have them. */
  readonly assumed: readonly string[]
}

/** The extensions that scripts make and use. */
export const extensionsIn = (scripts: readonly Pick<Script, 'statements'>[]): ExtensionsIn => {
  const created = new Set<string>()
  const used = new Set<string>()
  const own = madeHere(scripts)
  for (const { statements } of scripts) {
    for (const { node, tree, text: sql } of statements) {
      if (node === 'CreateExtensionStmt') created.add(text(tree, 'extname') ?? '')
      if (!mayUse(sql)) continue
      if (node === 'DoStmt' || node === 'CreateFunctionStmt') for (const extension of inBody(sql)) used.add(extension)
      walk(tree, (part) => {
        for (const name of namesIn(part)) if (!own.has(name)) for (const extension of owner(name)) used.add(extension)
        return undefined
      })
    }
  }
  return { created: [...created], assumed: [...used].filter((extension) => !created.has(extension)) }
}
