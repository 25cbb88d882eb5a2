/** Renames and moves of relations, types, routines and schemas: everything in a catalog that names them follows. */
import type { Catalog, Definition, Routine } from '../model/catalog.ts'
import { keyOf, localName, type ObjectKey, partsOf, type QualifiedName, qualified, quoteIdentifier, type RelationName, schemaOf } from '../model/name.ts'
import { child } from '../sql/tree.ts'
import { mapEntries } from './edit.ts'
import { indexesOn, sequencesOwnedBy } from './found-by.ts'
import { constraintIndexes, relationKind } from './names.ts'
import { argumentCount } from './parameters.ts'
import { followFacts, followNames } from './renaming/catalog.ts'
import { noRenaming, same } from './renaming/new-names.ts'
import { routineParts, typeInKey } from './routine-keys.ts'

/** Relations that move along when a table (or materialised view) changes its schema: indexes, constraints' indexes, owned sequences. */
const movingAlong = (catalog: Catalog, from: RelationName): readonly RelationName[] => {
  const table = catalog.tables.get(from)
  return [
    ...[...(table ? constraintIndexes(table) : [])].map((name) => qualified(schemaOf(from), name)),
    ...indexesOn(catalog, from).map(([name]) => name),
    ...sequencesOwnedBy(catalog, from).map(([name]) => name),
  ]
}

/** All names that a rename or move of a relation gives: its own, and with another schema those of what moves along. */
export const relationMoves = (catalog: Catalog, from: RelationName, to: RelationName): ReadonlyMap<RelationName, RelationName> => {
  const schema = schemaOf(to)
  const along = schemaOf(from) === schema ? [] : movingAlong(catalog, from)
  return new Map([[from, to], ...along.map((name) => [name, qualified(schema, localName(name))] as const)])
}

/** The catalog in which a table, view, index, sequence or composite type has another name or schema. Implied names of its parts stay as they are. */
export const renameRelation = (catalog: Catalog, from: RelationName, to: RelationName): Catalog => {
  const moves = relationMoves(catalog, from, to)
  const kind = relationKind(catalog, from)
  const hasType = kind === 'table' || kind === 'view' || kind === 'composite'
  const names = [...moves.keys()]
  return followNames(catalog, {
    ...noRenaming,
    relation: (name) => moves.get(name) ?? name,
    type: hasType ? (name) => (name === from ? to : name) : same,
    routineKey: hasType ? typeInKey(from, to) : same,
    mentions: names.length === 1 ? (text) => text.includes(from) : (text) => names.some((name) => text.includes(name)),
  })
}

/** The catalog in which an enum, domain, range or base type has another name or schema. */
export const renameType = (catalog: Catalog, from: QualifiedName, to: QualifiedName): Catalog =>
  catalog.types.get(from)?.kind === 'composite'
    ? renameRelation(catalog, from, to)
    : followNames(catalog, {
        ...noRenaming,
        type: (name) => (name === from ? to : name),
        routineKey: typeInKey(from, to),
        mentions: (text) => text.includes(from),
      })

/** With how many arguments a routine can be called; of an aggregate its tree does not say it. */
const callsOf = ({ definition }: Routine): ReturnType<typeof argumentCount> =>
  'DefineStmt' in definition ? { least: 0, most: Number.POSITIVE_INFINITY } : argumentCount(child(definition, 'CreateFunctionStmt') ?? definition)

/**
 * The catalog in which one routine has another name or schema. Calls follow; where several routines share the name, those whose number of arguments fits.
 * `to` is the new key, with the same argument types.
 */
export const renameRoutine = (catalog: Catalog, from: string, to: string): Catalog => {
  const [old, next] = [routineParts(from).name, routineParts(to).name]
  const alone = [...catalog.routines.keys()].filter((key) => key.startsWith(`${old}(`)).length < 2
  const routine = catalog.routines.get(from)
  const { least, most } = routine ? callsOf(routine) : { least: 0, most: 0 }
  return followNames(catalog, {
    ...noRenaming,
    routine: (name, count) => (name === old && (alone || (count !== undefined && count >= least && count <= most)) ? next : name),
    routineKey: (key) => (key === from ? to : key),
    mentions: (text) => text.includes(old),
  })
}

/** The catalog in which a schema has another name. */
export const renameSchema = (catalog: Catalog, from: string, to: string): Catalog => {
  const start = `${quoteIdentifier(from)}.`
  const move = (name: QualifiedName): QualifiedName => (name.startsWith(start) ? qualified(to, localName(name)) : name)
  const inner = new RegExp(`(?<![".])${start.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?=")`, 'g')
  const renamed = mapEntries(catalog, 'schemas', (value, key) => ({ key: key === from ? to : key, value }))
  return followNames(renamed, {
    relation: move,
    type: move,
    routine: move,
    schema: (name) => (name === from ? to : name),
    routineKey: (key) => (key.includes(start) ? key.replaceAll(inner, () => `${quoteIdentifier(to)}.`) : key),
    definition: (key) => {
      const parts = partsOf(key)
      return parts.length === 3 && parts[1] === from ? keyOf('definition', [parts[0] ?? '', to, parts[2] ?? ''].map(quoteIdentifier).join('.')) : key
    },
    mentions: (text) => text.includes(start),
  })
}

/** The catalog in which an object of one definition has another schema or name; its tree is given anew. */
export const moveDefinition = (catalog: Catalog, from: ObjectKey, to: ObjectKey, definition: Definition): Catalog =>
  followFacts(
    mapEntries(catalog, 'definitions', (value, key) => (key === from ? { key: to, value: definition } : { key, value })),
    {
      ...noRenaming,
      definition: (key) => (key === from ? to : key),
    },
  )
