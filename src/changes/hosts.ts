/** What triggers, rules and policies hang on: tables, and (not policies) views. */
import type { Catalog, RewriteRule, Table, Trigger, View } from '../model/catalog.ts'
import type { Json, Tree } from '../model/json.ts'
import { display, keyOf, localName, member, type ObjectKey, type QualifiedName, type RelationName, schemaOf } from '../model/name.ts'
import { child, flag, list, strings } from '../sql/tree.ts'
import { dropAll } from './drops.ts'
import { drop, put, withEntry } from './edit.ts'
import type { Reading } from './reading.ts'
import { refuse } from './refusal.ts'

type Members = { readonly triggers: Trigger; readonly rules: RewriteRule }

/** The table or view of that name; refuses with 42P01. */
export const hostOf = (catalog: Catalog, on: RelationName): Table | View =>
  catalog.tables.get(on) ?? catalog.views.get(on) ?? refuse('42P01', `relation "${display(on)}" does not exist`)

/** The catalog with one trigger or rule set, or (undefined) removed. */
export const setMember = <M extends keyof Members>(catalog: Catalog, on: RelationName, kind: M, name: string, value: Members[M] | undefined): Catalog => {
  const host = hostOf(catalog, on)
  const members = withEntry(host[kind] as ReadonlyMap<string, Members[M]>, name, value)
  return 'query' in host ? put(catalog, 'views', on, { ...host, [kind]: members }) : put(catalog, 'tables', on, { ...host, [kind]: members })
}

/** Comments, privileges and owners of a thing under its new key. */
export const moveFacts = (catalog: Catalog, from: ObjectKey, to: ObjectKey): Catalog => {
  let next = catalog
  for (const map of ['comments', 'privileges', 'owners'] as const) {
    const fact = catalog[map].get(from)
    if (fact !== undefined) next = put(drop(next, map, from), map, to, fact as never)
  }
  return next
}

/** A RangeVar with the relation that it names, without anything else. */
export const rangeOf = (on: QualifiedName): Tree => ({ schemaname: schemaOf(on), relname: localName(on), inh: true, relpersistence: 'p' })

type MemberKind = 'trigger' | 'rule' | 'policy'

/** The key of the member that an item of DROP TRIGGER, RULE or POLICY names, as `dropAll` wants it. Refuses with 42P01 a missing relation, with 42704 a missing member. */
const droppedMember = (
  reading: Reading,
  item: Tree,
  missingOk: boolean,
  kind: MemberKind,
  has: (on: RelationName, name: string) => boolean,
): ObjectKey | 'done' | undefined => {
  const parts = strings(list(child(item, 'List'), 'items'))
  const name = parts.at(-1) ?? ''
  const range: Tree = { relname: parts.at(-2) ?? '', ...(parts.length > 2 ? { schemaname: parts.at(-3) ?? '' } : {}) }
  if (reading.isTemporary(range)) return 'done'
  const on = missingOk ? reading.findRelation(range) : reading.relation(range)
  if (on === undefined) return undefined
  if (has(on, name)) return keyOf(kind, member(on, name))
  return missingOk ? undefined : refuse('42704', `${kind} "${name}" for ${kind === 'rule' ? 'relation' : 'table'} "${localName(on)}" does not exist`)
}

/** A reader of DROP TRIGGER, RULE or POLICY. */
export const dropsMember =
  (kind: MemberKind, has: (catalog: Catalog, on: RelationName, name: string) => boolean) =>
  (reading: Reading, node: Tree): void =>
    dropAll(reading, node, (item) => droppedMember(reading, item, flag(node, 'missing_ok'), kind, (on, name) => has(reading.catalog, on, name)))

/** An expression as the one column of a SELECT: what the printer is tried on. */
export const asStatement = (expression: Json): Tree => ({
  SelectStmt: { targetList: [{ ResTarget: { val: expression } }], limitOption: 'LIMIT_OPTION_DEFAULT', op: 'SETOP_NONE' },
})
