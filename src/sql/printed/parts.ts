/** What the roads from printed objects to statements share: reading printed values, names, and the objects around one. */
import type { Json } from '../../model/json.ts'
import { partsOf, quoteIdentifier } from '../../model/name.ts'
import { type PrintedCatalog, type PrintedObject, printedKey } from '../../model/printed.ts'

/** The order in which statements can run; what else an order needs is found by trying again. */
export const phases = [
  'schema',
  'role',
  'extension',
  'collation',
  'type',
  'sequence',
  'routine',
  'language',
  'table',
  'own check',
  'column setting',
  'owned sequence',
  'key',
  'index',
  'reference',
  'attach',
  'partial index',
  'view',
  'view index',
  'trigger',
  'rule',
  'row security',
  'policy',
  'table setting',
  'definition',
  'definition part',
  'comment',
  'owner',
  'privilege',
  'column privilege',
  'default privilege',
] as const
export type Phase = (typeof phases)[number]

export type PhasedSql = { readonly phase: Phase; readonly sql: string }

/** One printed object as statements; undefined where there is no statement for it. */
export type Road = (object: PrintedObject, around: Surroundings) => readonly PhasedSql[] | undefined

/** A statement of one phase. */
export const at = (phase: Phase, ...statements: readonly string[]): readonly PhasedSql[] => statements.map((sql) => ({ phase, sql }))

type Value = { readonly [key: string]: Json }

/** A printed value's text, or undefined. */
export const textOf = (value: Value, key: string): string | undefined =>
  typeof value[key] === 'string' ? (value[key] as string) : typeof value[key] === 'number' ? String(value[key]) : undefined

/** A printed value's flag. */
export const isSet = (value: Value, key: string): boolean => value[key] === true

/** A printed value's list. */
export const listOf = (value: Value, key: string): readonly Json[] => (Array.isArray(value[key]) ? (value[key] as readonly Json[]) : [])

/** A printed value's object, as pairs of texts. */
export const pairsOf = (value: Value, key: string): readonly (readonly [string, string])[] => {
  const found = value[key]
  return typeof found === 'object' && found !== null && !Array.isArray(found) ? Object.entries(found).map(([name, each]) => [name, String(each)]) : []
}

/** What `introspect` writes in place of a secret. */
const masked = '***'

/** True where a value holds a secret that was not read. */
export const isMasked = (value: Value, key: string): boolean => pairsOf(value, key).some(([, each]) => each === masked)

/** A name as the server writes it (`public."Users"`) with all parts quoted. */
export const requoted = (name: string): string =>
  [...name.matchAll(/"((?:[^"]|"")*)"|([^."]+)/g)].map((match) => quoteIdentifier(match[1]?.replaceAll('""', '"') ?? match[2] ?? '')).join('.')

/** The relation or type that a printed member belongs to: the first two parts. */
export const ownerIdentity = (identity: string): string => {
  // Nearly all names have no quotes in them, and then the second part ends at the fourth quote.
  if (identity.startsWith('"') && !identity.includes('""')) {
    const second = identity.indexOf('"', 1) + 2
    const end = identity.indexOf('"', second + 1)
    if (end !== -1) return identity.slice(0, end + 1)
  }
  return partsOf(identity).slice(0, 2).map(quoteIdentifier).join('.')
}

/** The last part of an identity, quoted. */
export const lastPart = (identity: string): string => quoteIdentifier(partsOf(identity).at(-1) ?? '')

/** `f(integer)` → `f`: what clauses that name a function want. */
export const withoutArguments = (signature: string): string => signature.slice(0, signature.lastIndexOf('('))

/** A definition's text without its last semicolon. */
export const unterminated = (text: string): string => text.trim().replace(/;$/, '')

/** Objects by kind and by what they belong to. */
export class Surroundings {
  /** The role, as the server writes its name, that owns what has no owner of its own in memory. */
  readonly migratingRole: string
  readonly #objects = new Map<string, PrintedObject>()
  readonly #members = new Map<string, PrintedObject[]>()

  constructor({ objects }: PrintedCatalog, migratingRole: string) {
    this.migratingRole = migratingRole
    for (const object of objects) {
      this.#objects.set(printedKey(object), object)
      const owner = `${object.kind} ${ownerIdentity(object.identity)}`
      const members = this.#members.get(owner)
      if (members) members.push(object)
      else this.#members.set(owner, [object])
    }
  }

  /** The object of that kind and identity. */
  get(kind: string, identity: string): PrintedObject | undefined {
    return this.#objects.get(printedKey({ kind, identity }))
  }

  /** Members of that kind of a relation or type. */
  members(kind: string, owner: string): readonly PrintedObject[] {
    return this.#members.get(`${kind} ${owner}`) ?? []
  }

  /** Columns or attributes in their order. */
  columns(kind: 'column' | 'attribute', owner: string): readonly PrintedObject[] {
    return [...this.members(kind, owner)].sort((a, b) => Number(a.value.position) - Number(b.value.position))
  }

  /** What the storage facet says of an object (`table "s"."t"`). */
  storage(target: string): PrintedObject['value'] {
    return this.get('storage', target)?.value ?? {}
  }

  /** A role as a statement names it: the migrating one stands for whoever runs it. */
  role(name: string): string {
    return name === this.migratingRole ? 'CURRENT_USER' : name
  }
}
