/** What goes with a dropped thing although the statement does not name it, and would have held it back without CASCADE. */
import type { BatchStep, Move } from '../changes/batch.ts'
import { comesWithParent } from '../changes/children.ts'
import { droppedKey, isDrop } from '../changes/drop-change.ts'
import type { Catalog } from '../model/catalog.ts'
import type { Change } from '../model/change.ts'
import { display, displayKey, keyOf, member, type ObjectKey, partsOf, type RelationName, schemaOf } from '../model/name.ts'

/** One thing that CASCADE takes, as a message names it. */
export type Taken = { readonly change: Change; readonly shown: string; readonly holdsRows: boolean }

const tableOf = (change: Change): RelationName | undefined =>
  'on' in change && typeof change.on === 'string'
    ? (change.on as RelationName)
    : change.kind === 'drop-table' || change.kind === 'drop-view'
      ? change.name
      : undefined

type Statement = Pick<BatchStep, 'moves'>

const drops = ({ moves }: Statement, test: (change: Change) => boolean): boolean => moves.some(({ change }) => test(change))

/** True for what goes silently: parts of a dropped column or table, copies in partitions. */
const goesByItself = (statement: Statement, { change, before }: Move): boolean => {
  if (comesWithParent(change, before)) return true
  const on = 'on' in change ? change.on : undefined
  if (on !== undefined && drops(statement, (other) => other.kind === 'drop-table' && other.name === on)) return true
  switch (change.kind) {
    case 'drop-constraint': {
      const constraint = before.tables.get(change.on)?.constraints.get(change.name)
      return (
        drops(statement, (other) => other.kind === 'drop-column' && other.on === change.on) ||
        (constraint?.type === 'foreign key' && drops(statement, (other) => other.kind === 'drop-table' && other.name === constraint.references))
      )
    }
    case 'drop-index': {
      const relation = before.indexes.get(change.name)?.relation
      return drops(statement, (other) => (other.kind === 'drop-column' && other.on === relation) || tableOf(other) === relation)
    }
    case 'drop-table': {
      const parent = before.tables.get(change.name)?.partitionOf?.parent
      return parent !== undefined && drops(statement, (other) => other.kind === 'drop-table' && other.name === parent)
    }
    case 'drop-definition':
      return change.object.startsWith('definition "statistics"')
    default:
      return false
  }
}

/** The key of what a change drops; undefined for a change that drops nothing. */
const takenKey = (change: Change): ObjectKey | undefined => (isDrop(change) ? droppedKey(change) : undefined)

const isThere = (catalog: Catalog, change: Change): boolean => {
  switch (change.kind) {
    case 'drop-table':
      return catalog.tables.has(change.name)
    case 'drop-view':
      return catalog.views.has(change.name)
    case 'drop-index':
      return catalog.indexes.has(change.name)
    case 'drop-routine':
      return catalog.routines.has(change.name)
    case 'drop-column':
      return catalog.tables.get(change.on)?.columns.some(({ name }) => name === change.column) ?? false
    case 'drop-attribute': {
      const type = catalog.types.get(change.type)
      return type?.kind === 'composite' && type.attributes.some(({ name }) => name === change.attribute)
    }
    case 'drop-constraint':
      return catalog.tables.get(change.on)?.constraints.has(change.name) ?? false
    case 'drop-trigger':
      return catalog.tables.get(change.on)?.triggers.has(change.name) ?? false
    case 'drop-policy':
      return catalog.tables.get(change.on)?.policies.has(change.name) ?? false
    case 'set-default':
      return catalog.tables.get(change.on)?.columns.some(({ name, default: value }) => name === change.column && value !== undefined) ?? false
    default:
      return false
  }
}

const shownAs = ({ change, before }: Move): string | undefined => {
  const key = takenKey(change)
  if (change.kind === 'drop-constraint' && before.tables.get(change.on)?.constraints.get(change.name)?.type === 'foreign key')
    return `foreign key ${display(member(change.on, change.name))}`
  if (key !== undefined) return displayKey(key)
  return change.kind === 'set-default' && change.to === undefined
    ? `the default of ${displayKey(keyOf('column', member(change.on, change.column)))}`
    : undefined
}

/**
 * What CASCADE takes from others: not what the statement names, not what goes by itself, not what the batch makes anew. What stands inside of a dropped schema
 * is no other's.
 */
export const takenByCascade = (statement: Statement, after: Catalog): readonly Taken[] => {
  const schemas = new Set(statement.moves.flatMap(({ change }) => (change.kind === 'drop-schema' ? [change.name] : [])))
  const isInside = (change: Change): boolean => {
    const on = tableOf(change)
    if (on !== undefined) return schemas.has(schemaOf(on))
    const [first, second] = partsOf(takenKey(change) ?? '')
    return change.kind === 'drop-definition' ? second !== undefined && schemas.has(second) : first !== undefined && schemas.has(first)
  }
  return statement.moves.flatMap((move): readonly Taken[] => {
    const { change } = move
    const shown = change.implied ? shownAs(move) : undefined
    if (shown === undefined || isInside(change) || goesByItself(statement, move) || isThere(after, change)) return []
    return [{ change, shown, holdsRows: ['drop-table', 'drop-column', 'drop-attribute'].includes(change.kind) }]
  })
}
