/** The SQL that leads from what has landed to what one side wants of some objects. */
import { diff } from '../../../changes/diff.ts'
import { put } from '../../../changes/edit.ts'
import { columnOn } from '../../../changes/found-by.ts'
import { partMaps } from '../../../changes/presence.ts'
import { NotUnderstood } from '../../../changes/refusal.ts'
import { toSql } from '../../../changes/to-sql.ts'
import type { Catalog, Table, Type } from '../../../model/catalog.ts'
import type { Change } from '../../../model/change.ts'
import { PostgresRefusal } from '../../../model/error.ts'
import { leadingName, type ObjectKey, parseKey, partsOf, type RelationName } from '../../../model/name.ts'
import { isAkin } from './guesses.ts'

const withColumns = (own: readonly Table['columns'][number][], wanted: Table['columns']): Table['columns'] => [
  ...own.map((column) => wanted.find(({ name }) => name === column.name) ?? column),
  ...wanted.filter(({ name }) => !own.some((column) => column.name === name)),
]

/** A table with everything of the other one; what only the first has stays. */
const merged = (own: Table | undefined, wanted: Table): Table =>
  own === undefined
    ? wanted
    : {
        ...wanted,
        columns: withColumns(own.columns, wanted.columns),
        constraints: new Map([...own.constraints, ...wanted.constraints]),
        policies: new Map([...own.policies, ...wanted.policies]),
        triggers: new Map([...own.triggers, ...wanted.triggers]),
        rules: new Map([...own.rules, ...wanted.rules]),
      }

/** Labels of both: those that are wanted and not there come last. */
const withLabels = (own: Type | undefined, wanted: Type): Type =>
  own?.kind === 'enum' && wanted.kind === 'enum' ? { kind: 'enum', labels: [...new Set([...own.labels, ...wanted.labels])] } : wanted

const withPart = (catalog: Catalog, from: Catalog, object: ObjectKey, kind: keyof typeof partMaps): Catalog => {
  const on = leadingName(object)
  const part = partsOf(object).at(-1) ?? ''
  const [table, value] = [catalog.tables.get(on), (from.tables.get(on)?.[partMaps[kind]] as ReadonlyMap<string, unknown> | undefined)?.get(part)]
  if (!table || value === undefined) return catalog
  return put(catalog, 'tables', on, {
    ...table,
    [partMaps[kind]]: new Map<string, unknown>([...(table[partMaps[kind]] as ReadonlyMap<string, unknown>), [part, value]]),
  })
}

const withColumn = (catalog: Catalog, from: Catalog, object: ObjectKey): Catalog => {
  const on = leadingName(object)
  const table = catalog.tables.get(on)
  const wanted = from.tables.get(on)?.columns.filter(({ name }) => name === partsOf(object).at(-1)) ?? []
  return table ? put(catalog, 'tables', on, { ...table, columns: withColumns(table.columns, wanted) }) : catalog
}

const maps = { sequence: 'sequences', index: 'indexes', view: 'views', schema: 'schemas', extension: 'extensions', routine: 'routines' } as const

/** The catalog with an object as the other one has it; without what the other one has not. */
const withObject = (catalog: Catalog, from: Catalog, object: ObjectKey): Catalog => {
  const { kind, name } = parseKey(object)
  const key = name as RelationName
  switch (kind) {
    case 'table': {
      const wanted = from.tables.get(key)
      return wanted ? put(catalog, 'tables', key, merged(catalog.tables.get(key), wanted)) : catalog
    }
    case 'type': {
      const wanted = from.types.get(key)
      return wanted ? put(catalog, 'types', key, withLabels(catalog.types.get(key), wanted)) : catalog
    }
    case 'column':
      return withColumn(catalog, from, object)
    case 'constraint':
    case 'policy':
    case 'trigger':
    case 'rule':
      return withPart(catalog, from, object, kind)
    case 'sequence':
    case 'index':
    case 'view':
    case 'schema':
    case 'extension':
    case 'routine': {
      const own = kind === 'schema' || kind === 'extension' ? (partsOf(name)[0] ?? '') : name
      const wanted = (from[maps[kind]] as ReadonlyMap<string, unknown>).get(own)
      return wanted === undefined ? catalog : put(catalog, maps[kind], own as never, wanted as never)
    }
    default:
      return catalog
  }
}

/** Changes after which rows are gone. */
const losing: ReadonlySet<Change['kind']> = new Set(['drop-table', 'drop-column', 'drop-attribute'])

/** `aboutRows`: rows are lost, or have to fit another type. */
export type Regenerated = { readonly sql: readonly string[]; readonly aboutRows: 'lost' | 'cast' | undefined }

const castIn = (catalog: Catalog, change: Change): boolean =>
  change.kind === 'set-column-type' && !isAkin(columnOn(catalog, change.on, change.column)?.type, change.to)

const aboutRows = (catalog: Catalog, changes: readonly Change[]): Regenerated['aboutRows'] => {
  if (changes.some(({ kind }) => losing.has(kind))) return 'lost'
  return changes.some((change) => castIn(catalog, change)) ? 'cast' : undefined
}

/** Statements that give `catalog` these objects as `from` has them; undefined where there are none, or memory cannot say. */
export const regenerated = (catalog: Catalog, from: Catalog, objects: Iterable<ObjectKey>): Regenerated | undefined => {
  try {
    const goal = [...objects].reduce((current, object) => withObject(current, from, object), catalog)
    const changes = diff(catalog, goal)
    return changes.length === 0 ? undefined : { sql: toSql(changes, catalog), aboutRows: aboutRows(catalog, changes) }
  } catch (error) {
    if (error instanceof PostgresRefusal || error instanceof NotUnderstood) return undefined
    throw error
  }
}
