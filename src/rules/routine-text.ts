/** Bodies of functions as text: PostgreSQL does not look into them when what they name changes. */
import type { Catalog, Routine } from '../model/catalog.ts'
import { displayKey, keyOf, localName, type QualifiedName, type RelationName } from '../model/name.ts'
import { child, list, strings, text } from '../sql/tree.ts'

/** A body without comments; empty where it is no text (BEGIN ATOMIC): PostgreSQL follows names there. */
const bodyOf = ({ definition }: Routine): string => {
  const option = list(child(definition, 'CreateFunctionStmt'), 'options')
    .map((node) => child(node, 'DefElem'))
    .find((node) => text(node, 'defname') === 'as')
  return strings(list(child(child(option, 'arg'), 'List'), 'items'))
    .join('\n')
    .replaceAll(/--[^\n]*|\/\*[\s\S]*?\*\//g, ' ')
}

/** A pattern for a name in SQL text; case counts where the name needs quotes. */
const mention = (name: string, before = ''): RegExp =>
  new RegExp(`(?<![\\w$])${before}"?${name.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')}"?(?![\\w$])`, /^[a-z0-9_$]+$/.test(name) ? 'i' : '')

/** Long or joined names are hardly used for anything else. */
const isTelling = (column: string): boolean => column.includes('_') || /[A-Z]/.test(column) || column.length > 8

const shown = (name: string): string => `${displayKey(keyOf('routine', name)).slice('routine '.length)}`

const calledByTriggers = (catalog: Catalog, on: RelationName): ReadonlySet<string> =>
  new Set(
    [...(catalog.tables.get(on)?.triggers.values() ?? [])].map(
      ({ definition }) => strings(list(child(definition, 'CreateTrigStmt') ?? definition, 'funcname')).at(-1) ?? '',
    ),
  )

/** Routines whose text names a column: as NEW or OLD's in a trigger function of the table, or together with the table where the name is a telling one. */
export const routinesNaming = (catalog: Catalog, on: RelationName, column: string): readonly string[] => {
  if (catalog.routines.size === 0) return []
  const triggered = calledByTriggers(catalog, on)
  const asRow = mention(column, '(?:new|old|NEW|OLD)\\s*\\.\\s*')
  const [plain, table] = [mention(column), mention(localName(on))]
  return [...catalog.routines].flatMap(([name, routine]) => {
    const body = bodyOf(routine)
    const local = localName(name.slice(0, name.indexOf('(')) as QualifiedName)
    const isRead = triggered.has(local) && asRow.test(body)
    return isRead || (isTelling(column) && plain.test(body) && table.test(body)) ? [shown(name)] : []
  })
}

/** Routines whose text names a relation. */
export const routinesNamingRelation = (catalog: Catalog, on: RelationName): readonly string[] => {
  const [schema, local] = [on.split('.')[0] ?? '', localName(on)]
  const table = mention(
    local,
    `(?:(?:from|join|into|update|table|FROM|JOIN|INTO|UPDATE|TABLE)\\s+)(?:only\\s+|ONLY\\s+)?(?:${schema.replaceAll('"', '"?')}\\.)?`,
  )
  return [...catalog.routines].flatMap(([name, routine]) => (table.test(bodyOf(routine)) ? [shown(name)] : []))
}
