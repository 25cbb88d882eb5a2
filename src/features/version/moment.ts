/** A change in the middle of its migration: what its objects were called before the migration, and what they are called after it. */
import type { Attribute, Catalog, Constraint, Table } from '../../model/catalog.ts'
import type { Change } from '../../model/change.ts'
import { inSchema, parseKey, type QualifiedName, qualified, type RelationName, schemaOf } from '../../model/name.ts'

/** A relation or a type, or a column of one. */
type Place = { readonly on: QualifiedName; readonly column?: string }
type Renaming = { readonly at: number; readonly from: Place; readonly to: Place }

/**
 * Code knows a schema by its names alone. So a change is judged by what a name led to before the migration and what it leads to after it: what is dropped and made
 * again in between is not gone.
 */
export type Moment = {
  /** Before and after the statement. */
  readonly before: Catalog
  readonly after: Catalog
  /** Before and after the migration. */
  readonly start: Catalog
  readonly end: Catalog
  /**
   * The names of a relation or type before and after the migration. What the migration makes and then gives the name of another one takes that one's place: its name before the migration is
   * the same.
   */
  startName(name: QualifiedName): QualifiedName
  endName(name: QualifiedName): QualifiedName
  /** What a table or column of before the migration is called after it. */
  lastName(on: RelationName, column: string): Required<Place>
  /** What a column of this moment was called before the migration, or what it takes the place of. */
  startColumn(on: RelationName, column: string): string
  /** Whether that very column was there before the migration. */
  isOld(on: RelationName, column: string): boolean
  /** What a table or column of this moment was before the migration, and what it is after it. */
  oldTable(on: RelationName): Table | undefined
  newTable(on: RelationName): Table | undefined
  oldColumn(on: RelationName, column: string): Attribute | undefined
  newColumn(on: RelationName, column: string): Attribute | undefined
  oldConstraint(on: RelationName, name: string): Constraint | undefined
}

const renamingsOf = (change: Change): readonly Omit<Renaming, 'at'>[] => {
  switch (change.kind) {
    case 'rename-table':
    case 'rename-view':
    case 'rename-type':
    case 'rename-sequence':
    case 'rename-index':
      return [{ from: { on: change.name }, to: { on: qualified(schemaOf(change.name), change.to) } }]
    case 'rename-column':
      return [{ from: { on: change.on, column: change.from }, to: { on: change.on, column: change.to } }]
    case 'set-schema': {
      const { kind, name } = parseKey(change.object)
      return kind === 'table' || kind === 'view' || kind === 'type' || kind === 'sequence'
        ? [{ from: { on: name as QualifiedName }, to: { on: inSchema(name as QualifiedName, change.to) } }]
        : []
    }
    default:
      return []
  }
}

const follow = (place: Place, from: Place, to: Place): Place =>
  place.on === from.on && (from.column === undefined || from.column === place.column)
    ? { on: to.on, ...(to.column === undefined ? (place.column === undefined ? {} : { column: place.column }) : { column: to.column }) }
    : place

export const columnIn = (table: Table | undefined, column: string): Attribute | undefined => table?.columns.find(({ name }) => name === column)

/** Moments of a migration's changes, by their position among them. */
export const momentsOf = (changes: readonly Change[], start: Catalog, end: Catalog): ((at: number, before: Catalog, after: Catalog) => Moment) => {
  const renamings = changes.flatMap((change, at): readonly Renaming[] => renamingsOf(change).map((renaming) => ({ ...renaming, at })))
  const back = (place: Place, at: number): Place =>
    renamings.filter((each) => each.at < at).reduceRight((reached, { from, to }) => follow(reached, to, from), place)
  const forth = (place: Place, at: number): Place =>
    renamings.filter((each) => each.at >= at).reduce((reached, { from, to }) => follow(reached, from, to), place)
  const stands = (name: QualifiedName): boolean => start.tables.has(name) || start.views.has(name) || start.types.has(name) || start.sequences.has(name)
  return (at, before, after) => {
    const startName = (name: QualifiedName): QualifiedName => {
      const [first, last] = [back({ on: name }, at).on, forth({ on: name }, at).on]
      return !stands(first) && stands(last) ? last : first
    }
    const oldTable = (on: RelationName): Table | undefined => start.tables.get(startName(on))
    const ownStart = (on: RelationName, column: string): Place => back({ on, column }, at)
    const isOld = (on: RelationName, column: string): boolean => {
      const place = ownStart(on, column)
      return columnIn(start.tables.get(place.on), place.column ?? column) !== undefined
    }
    const startColumn = (on: RelationName, column: string): string => (isOld(on, column) ? ownStart(on, column) : forth({ on, column }, at)).column ?? column
    return {
      before,
      after,
      start,
      end,
      startName,
      endName: (name) => forth({ on: name }, at).on,
      lastName: (on, column) => ({ column, ...forth({ on, column }, 0) }),
      startColumn,
      isOld,
      oldTable,
      newTable: (on) => end.tables.get(forth({ on }, at).on),
      oldColumn: (on, column) => columnIn(oldTable(on), startColumn(on, column)),
      newColumn(on, column) {
        const place = forth({ on, column }, at)
        return columnIn(end.tables.get(place.on), place.column ?? column)
      },
      oldConstraint: (on, name) => oldTable(on)?.constraints.get(name),
    }
  }
}
