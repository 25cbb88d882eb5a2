/** What a printed object is called, for people and for patterns. */
import { display, partsOf } from '../../model/name.ts'
import type { PrintedObject } from '../../model/printed.ts'

type Named = Pick<PrintedObject, 'kind' | 'identity'>

/** A facet's identity begins with the kind of what it speaks of: `table "public"."users"`. */
export const targetOf = ({ kind, identity }: Named): { readonly kind: string; readonly identity: string } => {
  const start = identity.indexOf('"')
  const before = start <= 0 ? '' : identity.slice(0, start).trimEnd()
  return /^[a-z -]+$/.test(before) ? { kind: before, identity: identity.slice(start) } : { kind, identity }
}

/** `"public"."add_one"(integer)` → the quoted part, and what follows it. */
const quotedPart = (identity: string): { readonly name: string; readonly rest: string } => {
  const name = /^(?:"(?:[^"]|"")*"[.]?)+/.exec(identity)?.[0] ?? ''
  return { name, rest: identity.slice(name.length) }
}

/** The name as a person writes it, schema `public` left out: `users.email`, `add_one(integer)`. */
export const displayObject = (object: Named): string => {
  const { identity } = targetOf(object)
  const { name, rest } = quotedPart(identity)
  return name === '' ? identity : `${display(name)}${rest}`
}

/** The name with its schema, unquoted, for machines and patterns: `public.users.email`. */
export const dottedName = (object: Named): string => {
  const { identity } = targetOf(object)
  const { name, rest } = quotedPart(identity)
  return name === '' ? identity : `${partsOf(name).join('.')}${rest}`
}

/** Kinds that stand in no schema: their first part is their own name. */
const schemaless = new Set([
  'schema',
  'extension',
  'extension version',
  'role',
  'database',
  'language',
  'foreign data wrapper',
  'server',
  'user mapping',
  'publication',
  'subscription',
  'event trigger',
  'access method',
  'cast',
  'transform',
])

/** The schema that an object stands in; undefined where it stands in none. */
export const schemaOfObject = (object: Named): string | undefined => {
  const target = targetOf(object)
  if (target.kind === 'schema') return partsOf(target.identity)[0]
  if (object.kind === 'default privileges') return undefined
  return schemaless.has(target.kind) ? undefined : partsOf(target.identity)[0]
}
