/** Objects that are one definition. */
import type { Catalog, Definition } from '../../model/catalog.ts'
import { changedEntries, type Unit, unit } from './unit.ts'

/** Definitions that stand on others, by type. */
const foundations: Readonly<Record<string, readonly string[]>> = {
  'text search dictionary': ['text search template'],
  'text search configuration': ['text search parser', 'text search dictionary'],
  server: ['foreign data wrapper'],
  'user mapping': ['server'],
  'operator class': ['operator', 'operator family'],
}

const foundationsOf = (b: Catalog, { type }: Definition): readonly string[] => {
  const types = foundations[type]
  return types ? [...b.definitions].filter(([, definition]) => types.includes(definition.type)).map(([object]) => object) : []
}

/** Definitions, each after those that it stands on. */
export const definitionUnits = (a: Catalog, b: Catalog): readonly Unit[] =>
  changedEntries(a.definitions, b.definitions).flatMap(([object, old, definition]) =>
    unit(
      object,
      definition.type === 'collation' ? 'collation' : 'definition',
      [old ? { kind: 'alter-definition', object, to: definition } : { kind: 'create-definition', object, definition }],
      foundationsOf(b, definition),
    ),
  )
