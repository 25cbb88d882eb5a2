import type { Attribute, Catalog, Constraint, Index, Policy } from '../../model/catalog.ts'
import type { Change } from '../../model/change.ts'
import { displayKey, leadingName, parseKey, partsOf, type RelationName } from '../../model/name.ts'
import { recreateFactsOf } from '../create.ts'
import { defineChange, noFootprint } from '../define.ts'
import { editColumn, editTable, put, withEntry } from '../edit.ts'

const apply = ({ object, to }: Change<'respell'>, catalog: Catalog): Catalog => {
  const { kind, name } = parseKey(object)
  const own = partsOf(name).at(-1) ?? ''
  const on = leadingName(object)
  switch (kind) {
    case 'column':
      return editColumn(catalog, on, own, () => to as Attribute)
    case 'constraint':
      return editTable(catalog, on, (table) => ({ ...table, constraints: withEntry(table.constraints, own, to as Constraint) }))
    case 'policy':
      return editTable(catalog, on, (table) => ({ ...table, policies: withEntry(table.policies, own, to as Policy) }))
    default:
      return put(catalog, 'indexes', name as RelationName, to as Index)
  }
}

/**
 * Changing the type back does not bring the old spelling back (`ARRAY['x'::varchar]::text[]` becomes `ARRAY[('x'::varchar)::text]`, 18.4), so the object is
 * made again from what it was.
 */
const invert = ({ object, from }: Change<'respell'>, before: Catalog): readonly Change[] => {
  const { kind, name } = parseKey(object)
  const own = partsOf(name).at(-1) ?? ''
  const on = leadingName(object)
  const facts = recreateFactsOf(before, object)
  switch (kind) {
    case 'column':
      return [{ kind: 'set-default', on, column: own, to: (from as Attribute).default }]
    case 'constraint':
      return [{ kind: 'drop-constraint', on, name: own }, { kind: 'add-constraint', on, name: own, constraint: from as Constraint }, ...facts]
    case 'policy':
      return [{ kind: 'alter-policy', on, name: own, to: from as Policy }]
    default:
      return [
        { kind: 'drop-index', name: name as RelationName, concurrently: false },
        { kind: 'create-index', name: name as RelationName, index: from as Index, concurrently: false },
        ...facts,
      ]
  }
}

export const respell = defineChange({
  kind: 'respell',
  summary: 'PostgreSQL writes an expression anew by itself: untyped literals get the type they had when the expression was made.',
  apply,
  invert,
  toSql: () => [],
  footprint: () => noFootprint,
  describe: ({ object }) => `${displayKey(object)} means the same, written with typed literals`,
  touches: ({ object }) => [object],
  examples: [{ given: `CREATE TABLE t (a varchar(10) DEFAULT 'x' CHECK (a IN ('x', 'y')))`, sql: 'ALTER TABLE t ALTER COLUMN a TYPE text' }],
})
