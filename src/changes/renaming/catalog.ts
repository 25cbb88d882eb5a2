/** Everything in a catalog that names what is renamed follows. */
import type { Catalog, Definition } from '../../model/catalog.ts'
import type { RelationName } from '../../model/name.ts'
import { changed, mapEntries, mapItems } from '../edit.ts'
import { followKey } from './keys.ts'
import { partsToFollow } from './mentions.ts'
import type { Renaming } from './new-names.ts'
import { followIndex, followSequence, followView } from './relations.ts'
import { followRoutine } from './routines.ts'
import { followTable } from './tables.ts'
import { followTree } from './trees.ts'
import { followUserType } from './types.ts'

/** The columns of a table or view, by name. */
const columnsOf = (catalog: Catalog, relation: RelationName): ReadonlySet<string> =>
  new Set(catalog.tables.get(relation)?.columns.map(({ name }) => name) ?? catalog.views.get(relation)?.columns ?? [])

const followDefinitionEntry = (definition: Definition, renaming: Renaming): Definition =>
  changed(definition, { create: followTree(definition.create, renaming), alters: mapItems(definition.alters, (alter) => followTree(alter, renaming)) })

/** Facts (comments, privileges, owners) under their things' new names. */
export const followFacts = (catalog: Catalog, renaming: Renaming): Catalog => {
  let next = catalog
  for (const map of ['comments', 'privileges', 'owners', 'defaultPrivileges'] as const) {
    if (next[map].size > 0) next = mapEntries(next, map, (value, key) => ({ key: followKey(key, renaming), value }))
  }
  return next
}

/** The catalog with every holder of a name changed; what does not name anything renamed is shared. */
export const followNames = (catalog: Catalog, renaming: Renaming): Catalog => {
  const relation = renaming.relation.bind(renaming)
  let next = mapEntries(catalog, 'tables', (table, name) => {
    const parts = partsToFollow(name, table, renaming)
    return { key: relation(name), value: parts.length > 0 ? followTable(name, table, renaming, parts) : table }
  })
  next = mapEntries(next, 'indexes', (index, name) => ({ key: relation(name), value: followIndex(index, renaming, columnsOf(catalog, index.relation)) }))
  next = mapEntries(next, 'sequences', (sequence, name) => ({ key: relation(name), value: followSequence(sequence, renaming) }))
  next = mapEntries(next, 'views', (view, name) => ({ key: relation(name), value: followView(name, view, renaming) }))
  next = mapEntries(next, 'types', (type, name) => ({ key: renaming.type(name), value: followUserType(name, type, renaming) }))
  next = mapEntries(next, 'routines', (routine, key) => ({ key: renaming.routineKey(key), value: followRoutine(key, routine, renaming) }))
  next = mapEntries(next, 'definitions', (definition, key) => ({ key: renaming.definition(key), value: followDefinitionEntry(definition, renaming) }))
  next = mapEntries(next, 'extensions', (extension, name) => ({
    key: name,
    value: extension.schema === undefined ? extension : changed(extension, { schema: renaming.schema(extension.schema) }),
  }))
  return followFacts(next, renaming)
}
