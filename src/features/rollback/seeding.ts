/** Which rows a migration is tried over: where it refuses some, it has run over tables that held none of them, and so is its rollback tried. */
import type { Catalog } from '../../model/catalog.ts'
import type { RelationName } from '../../model/name.ts'

export type Seeding = {
  /** How many each table gets, and where their numbers start. */
  readonly rows: number
  readonly offset: number
  /** Tables that stay empty. */
  readonly without: ReadonlySet<RelationName>
  /** Whether columns hold values that the migration's own casts take. */
  readonly fitting: boolean
}

const rowsEach = 12

/** With all tables that refer to them: their rows would need some. */
const withReferring = ({ tables }: Catalog, start: Iterable<RelationName>): ReadonlySet<RelationName> => {
  const found = new Set(start)
  for (let size = -1; size !== found.size; ) {
    size = found.size
    for (const [name, { constraints }] of tables)
      for (const constraint of constraints.values()) if (constraint.type === 'foreign key' && found.has(constraint.references)) found.add(name)
  }
  return found
}

/** All tables with rows. */
export const fullSeeding: Seeding = { rows: rowsEach, offset: 0, without: new Set(), fitting: false }

/**
 * What is tried where the migration refuses the rows of all: one row each, for another row may have a label that stays or a text that is a number; values that its own casts take; then without
 * the tables that it was said to refuse, and without each of the tables.
 */
export const lesserSeedings = (before: Catalog, tables: Iterable<RelationName>, refused: readonly RelationName[]): readonly Seeding[] => {
  const named = refused.filter((table) => before.tables.has(table))
  const without = (some: Iterable<RelationName>): Seeding => ({ ...fullSeeding, without: withReferring(before, some) })
  return [
    ...Array.from({ length: rowsEach }, (_, offset): Seeding => ({ ...fullSeeding, rows: 1, offset })),
    { ...fullSeeding, fitting: true },
    ...(named.length > 0 ? [without(named)] : []),
    ...[...tables].map((table) => without([table])),
  ]
}
