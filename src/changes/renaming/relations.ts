/** Indexes, views and sequences that follow names. */
import type { Index, Sequence, View } from '../../model/catalog.ts'
import type { RelationName } from '../../model/name.ts'
import { changed, mapItems, mapValues } from '../edit.ts'
import { followKey } from './keys.ts'
import type { Renaming } from './new-names.ts'
import { followTree, type OwnTable } from './trees.ts'
import { followDefinition, followElement } from './values.ts'

/** `columns`: those of the relation that the index is on. */
export const followIndex = (index: Index, renaming: Renaming, columns: ReadonlySet<string>): Index => {
  const to = renaming.relation(index.relation)
  const own: OwnTable = { from: index.relation, to, columns }
  return changed(index, {
    relation: to,
    elements: mapItems(index.elements, (element) => followElement(element, renaming, own)),
    ...(index.where ? { where: followTree(index.where, renaming, own) } : {}),
    ...(index.attachedTo ? { attachedTo: renaming.relation(index.attachedTo) } : {}),
  })
}

export const followView = (name: RelationName, view: View, renaming: Renaming): View => {
  const own: OwnTable = { from: name, to: renaming.relation(name), columns: new Set(view.columns) }
  return changed(view, {
    query: followTree(view.query, renaming),
    reads: mapItems(view.reads, (key) => followKey(key, renaming)),
    rules: mapValues(view.rules, (rule) => followDefinition(rule, renaming, own)),
    triggers: mapValues(view.triggers, (trigger) => followDefinition(trigger, renaming, own)),
  })
}

export const followSequence = (sequence: Sequence, renaming: Renaming): Sequence =>
  sequence.ownedBy ? changed(sequence, { ownedBy: changed(sequence.ownedBy, { table: renaming.relation(sequence.ownedBy.table) }) }) : sequence
