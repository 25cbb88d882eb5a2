/** What a change does to the names of relations: which it makes, moves and removes. */
import type { Catalog } from '../../model/catalog.ts'
import type { Change } from '../../model/change.ts'
import { inSchema, parseKey, qualified, type RelationName, schemaOf } from '../../model/name.ts'
import { relationMoves } from '../renaming.ts'

const relationKinds: ReadonlySet<string> = new Set(['table', 'view', 'index', 'sequence'])

/** Tables that a statement which memory cannot follow may make: those that it names and the catalog does not know. */
const madeUnseen = ({ touches }: Change<'opaque'>, before: Catalog): readonly RelationName[] =>
  touches === 'unknown'
    ? []
    : touches
        .map(parseKey)
        .filter(({ kind, name }) => kind === 'table' && !before.tables.has(name as RelationName) && !before.views.has(name as RelationName))
        .map(({ name }) => name as RelationName)

/** The relations that a change makes. */
export const madeBy = (change: Change, before: Catalog): readonly RelationName[] => {
  switch (change.kind) {
    case 'create-table':
    case 'create-view':
    case 'create-index':
    case 'create-sequence':
      return [change.name]
    case 'opaque':
      return madeUnseen(change, before)
    default:
      return []
  }
}

/** The relation that a change removes. */
export const goneBy = (change: Change): RelationName | undefined => {
  switch (change.kind) {
    case 'drop-table':
    case 'drop-view':
    case 'drop-index':
    case 'drop-sequence':
      return change.name
    default:
      return undefined
  }
}

type Moved = (relation: RelationName) => RelationName

const byMap =
  (moves: ReadonlyMap<RelationName, RelationName>): Moved =>
  (relation) =>
    moves.get(relation) ?? relation

/** Where relations are after a change that renames or moves some; undefined for every other change. */
export const movedBy = (change: Change, before: Catalog): Moved | undefined => {
  switch (change.kind) {
    case 'rename-table':
    case 'rename-view':
    case 'rename-index':
    case 'rename-sequence':
      return byMap(new Map([[change.name, qualified(schemaOf(change.name), change.to)]]))
    case 'rename-schema':
      return (relation) => (schemaOf(relation) === change.from ? inSchema(relation, change.to) : relation)
    case 'set-schema': {
      const { kind, name } = parseKey(change.object)
      if (!relationKinds.has(kind)) return undefined
      const from = name as RelationName
      return byMap(relationMoves(before, from, inSchema(from, change.to)))
    }
    default:
      return undefined
  }
}
