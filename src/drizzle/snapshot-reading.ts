/** Parts that snapshots of all versions say in the same way. */
import type { Tree } from '../model/json.ts'
import { qualified, type RelationName } from '../model/name.ts'
import type { SnapshotColumn, SnapshotSequenceOptions, SnapshotView } from './snapshot-catalog.ts'
import { field, has, part, sequenceNumber, viewOptions, word, yes } from './snapshot-json.ts'

export const nameOf = (tree: Tree): string => word(tree, 'name') ?? ''

/** An absent or empty schema is `public`. */
export const schemaIn = (tree: Tree, key = 'schema'): string => word(tree, key) || 'public'

export const nameIn = (tree: Tree): RelationName => qualified(schemaIn(tree), nameOf(tree))

export const byNameIn = (trees: readonly Tree[]): ReadonlyMap<RelationName, Tree> => new Map(trees.map((tree) => [nameIn(tree), tree]))

export const readSequenceOptions = (tree: Tree, increment = 'increment', cache = 'cache'): SnapshotSequenceOptions => ({
  ...field('increment', sequenceNumber(word(tree, increment))),
  ...field('minValue', sequenceNumber(word(tree, 'minValue'))),
  ...field('maxValue', sequenceNumber(word(tree, 'maxValue'))),
  ...field('startWith', sequenceNumber(word(tree, 'startWith'))),
  ...field('cache', sequenceNumber(word(tree, cache))),
  cycle: yes(tree, 'cycle'),
})

/** How a column fills itself, beside its default. */
export const readGeneration = (column: Tree): Pick<SnapshotColumn, 'generated' | 'identity'> => {
  const identity = part(column, 'identity')
  return {
    ...field('generated', word(part(column, 'generated'), 'as')),
    ...(has(column, 'identity')
      ? { identity: { ...readSequenceOptions(identity), always: word(identity, 'type') === 'always', sequence: nameOf(identity) } }
      : {}),
  }
}

export const readView = (view: Tree): SnapshotView => ({
  schema: schemaIn(view),
  name: nameOf(view),
  definition: word(view, 'definition') ?? '',
  materialized: yes(view, 'materialized'),
  options: viewOptions(part(view, 'with')),
  withNoData: yes(view, 'withNoData'),
  ...field('using', word(view, 'using') || undefined),
  ...field('tablespace', word(view, 'tablespace') || undefined),
})
