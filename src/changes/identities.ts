/** What PostgreSQL knows tables, columns, types, labels, constraints and indexes by, whatever they are called: two looks tell which of them were renamed. */

import type { Catalog } from '../model/catalog.ts'
import type { Change } from '../model/change.ts'
import { PostgresRefusal } from '../model/error.ts'
import { keyOf, type QualifiedName, qualified, type RelationName, schemaOf } from '../model/name.ts'
import type { Session } from '../model/session.ts'
import { applyAll } from './index.ts'

type Kind = 'table' | 'column' | 'type' | 'label' | 'constraint' | 'index' | 'sequence'

/** `owner`: the key of the table, type or (of a label) type that it belongs to. */
type Known = { readonly kind: Kind; readonly schema: string; readonly name: string; readonly owner: string | undefined }

/** By OID, or the table's OID and attnum. */
export type Identities = ReadonlyMap<string, Known>

const ours = `n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'`

const sql = `SELECT 'table' AS kind, 'r' || c.oid AS key, n.nspname AS schema, c.relname AS name, NULL AS owner FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p') AND ${ours}
UNION ALL SELECT 'column', 'a' || c.oid || '.' || a.attnum, n.nspname, a.attname, 'r' || c.oid FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped AND ${ours}
UNION ALL SELECT 'type', 't' || t.oid, n.nspname, t.typname, NULL FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace WHERE t.typtype IN ('e', 'd') AND ${ours}
UNION ALL SELECT 'label', 'e' || e.oid, n.nspname, e.enumlabel, 't' || t.oid FROM pg_enum e JOIN pg_type t ON t.oid = e.enumtypid JOIN pg_namespace n ON n.oid = t.typnamespace WHERE ${ours}
UNION ALL SELECT 'constraint', 'k' || k.oid, n.nspname, k.conname, 'r' || k.conrelid FROM pg_constraint k JOIN pg_namespace n ON n.oid = k.connamespace WHERE k.conrelid <> 0 AND k.contype IN ('p', 'u', 'f', 'c', 'x') AND ${ours}
UNION ALL SELECT CASE c.relkind WHEN 'S' THEN 'sequence' ELSE 'index' END, 'r' || c.oid, n.nspname, c.relname, NULL FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('i', 'I', 'S') AND ${ours}`

/** Asks the session's database. Reads pg_class, pg_attribute, pg_type, pg_enum and pg_constraint. */
export const identitiesOf = async (session: Session): Promise<Identities> =>
  new Map(
    (await session.query(sql)).map((row) => [
      String(row.key),
      { kind: row.kind as Kind, schema: String(row.schema), name: String(row.name), owner: row.owner === null ? undefined : String(row.owner) },
    ]),
  )

/** In the order in which they are renamed: what lies in a table after it. */
const order: readonly Kind[] = ['table', 'column', 'type', 'label', 'constraint', 'index', 'sequence']

/** An owner is called already as it was before. */
const renamesOf = (was: Known, is: Known, owner: Known | undefined): readonly Change[] => {
  const [now, on] = [qualified(is.schema, is.name), owner && (qualified(owner.schema, owner.name) as RelationName)]
  const moved = qualified(was.schema, is.name)
  const named = { from: is.name, to: was.name }
  const move: readonly Change[] =
    was.schema === is.schema ? [] : [{ kind: 'set-schema', object: keyOf(is.kind === 'type' ? 'type' : 'table', now), to: was.schema }]
  const isRenamed = was.name !== is.name
  switch (is.kind) {
    case 'table':
      return [...move, ...(isRenamed ? [{ kind: 'rename-table', name: moved as RelationName, to: was.name } as const] : [])]
    case 'type':
      return [...move, ...(isRenamed ? [{ kind: 'rename-type', name: moved as QualifiedName, to: was.name } as const] : [])]
    case 'sequence':
      return isRenamed ? [{ kind: 'rename-sequence', name: moved as RelationName, to: was.name }] : []
    case 'index':
      return isRenamed ? [{ kind: 'rename-index', name: moved as RelationName, to: was.name }] : []
    case 'column':
      return isRenamed && on ? [{ kind: 'rename-column', on, ...named }] : []
    case 'constraint':
      return isRenamed && on ? [{ kind: 'rename-constraint', on, ...named }] : []
    case 'label':
      return isRenamed && on ? [{ kind: 'rename-enum-value', type: on, ...named }] : []
  }
}

/** What stands in a name that comes back, and was not there before: it goes. */
const inTheWay = (change: Change, { tables }: Catalog): Change | undefined => {
  if (change.kind === 'rename-table') {
    const name = qualified(schemaOf(change.name), change.to) as RelationName
    return tables.has(name) ? { kind: 'drop-table', name } : undefined
  }
  if (change.kind !== 'rename-column') return undefined
  return tables.get(change.on)?.columns.some(({ name }) => name === change.to) ? { kind: 'drop-column', on: change.on, column: change.to } : undefined
}

const tried = (changes: readonly Change[], catalog: Catalog): Catalog | undefined => {
  try {
    return applyAll(changes, catalog)
  } catch (error) {
    if (error instanceof PostgresRefusal) return undefined
    throw error
  }
}

/** The changes that give everything its earlier name which is still there and has another one; `catalog` is the later one. What cannot be renamed is left. */
export const renamesBack = (before: Identities, after: Identities, catalog: Catalog): readonly Change[] => {
  const found: Change[] = []
  let current = catalog
  const renamed = [...after].flatMap(([key, is]) => {
    const was = before.get(key)
    return was && (was.name !== is.name || was.schema !== is.schema) ? [{ was, is }] : []
  })
  for (const { was, is } of renamed.toSorted((a, b) => order.indexOf(a.is.kind) - order.indexOf(b.is.kind))) {
    for (const change of renamesOf(was, is, was.owner === undefined ? undefined : before.get(was.owner))) {
      const blocking = inTheWay(change, current)
      const changes = [...(blocking ? [blocking] : []), change]
      const next = tried(changes, current)
      if (!next) continue
      found.push(...changes)
      current = next
    }
  }
  return found
}
