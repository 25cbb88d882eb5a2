/** Rows that one side writes, and what the other side changes about the rows that there may be. */
import { constraintsOn, indexesOn, refersTo } from '../../../changes/found-by.ts'
import { userTypeName } from '../../../changes/types.ts'
import type { Attribute, Catalog } from '../../../model/catalog.ts'
import type { Change } from '../../../model/change.ts'
import { type ObjectKey, parseKey, type QualifiedName, type RelationName } from '../../../model/name.ts'
import type { Effect } from './acts.ts'
import { namesIn } from './needs.ts'
import type { Alone } from './orders.ts'

/** A statement about rows of a side, and the statements of the other one that say which rows may be there. */
export type RowsDecide = { readonly landed: Effect; readonly mine: Effect; readonly object: ObjectKey }

const isAboutRows = ({ changes }: Effect): boolean => changes.some(({ kind }) => kind === 'change-data')

const written = ({ changes }: Effect): readonly RelationName[] => changes.flatMap((change) => (change.kind === 'change-data' ? change.relations : []))

/** Relations of which a statement reads or writes rows. */
const used = (effect: Effect): ReadonlySet<string> => {
  const { certain, possible } = namesIn(effect)
  const named = [...certain, ...possible].flatMap((key) => (/^(table|view) /.test(key) ? [parseKey(key).name] : []))
  return new Set([...written(effect), ...named])
}

const needsValue = ({ notNull, default: value, identity, generated }: Attribute): boolean => notNull !== false && value === undefined && !identity && !generated

const isPlainIndex = ({ index }: Change<'create-index'>): boolean =>
  !index.unique && index.where === undefined && index.elements.every(({ on }) => typeof on === 'string')

/** The relation of which a change says what its rows may be, or how they are written. */
const limitedBy = (change: Change, before: Catalog): string | undefined => {
  switch (change.kind) {
    case 'set-not-null':
    case 'add-constraint':
    case 'drop-constraint':
    case 'validate-constraint':
    case 'alter-constraint':
    case 'set-column-type':
    case 'set-generated':
    case 'set-identity':
    case 'drop-column':
    case 'rename-column':
    case 'create-trigger':
    case 'replace-trigger':
    case 'set-trigger-enabled':
    case 'drop-trigger':
    case 'create-rule':
    case 'replace-rule':
    case 'drop-rule':
      return change.on
    case 'set-default':
      return change.to === undefined && before.tables.get(change.on)?.columns.some(({ name, notNull }) => name === change.column && notNull)
        ? change.on
        : undefined
    case 'add-column':
      return needsValue(change.attribute) ||
        change.attribute.generated ||
        userTypeName(change.attribute.type) !== undefined ||
        change.attribute.default !== undefined
        ? change.on
        : undefined
    case 'create-index':
      return isPlainIndex(change) ? undefined : change.index.relation
    case 'drop-index': {
      const index = before.indexes.get(change.name)
      return index?.unique ? index.relation : undefined
    }
    case 'attach-partition':
    case 'detach-partition':
      return change.parent
    case 'create-table':
      return change.table.partitionOf?.parent
    case 'drop-table':
    case 'rename-table':
    case 'drop-view':
    case 'rename-view':
    case 'replace-view':
      return change.name
    case 'set-schema':
      return /^(table|view) /.test(change.object) ? parseKey(change.object).name : undefined
    case 'drop-sequence':
    case 'alter-sequence':
      return before.sequences.get(change.name)?.ownedBy?.table
    default:
      return undefined
  }
}

const typeLimitedBy = (change: Change): QualifiedName | undefined => {
  switch (change.kind) {
    case 'rename-enum-value':
    case 'set-enum-values':
      return change.type
    case 'add-domain-constraint':
    case 'drop-domain-constraint':
    case 'set-domain-not-null':
    case 'validate-domain-constraint':
      return change.domain
    case 'drop-type':
    case 'rename-type':
      return change.name
    default:
      return undefined
  }
}

const hasType = (catalog: Catalog, relations: ReadonlySet<string>, type: QualifiedName): string | undefined =>
  [...relations].find((name) => catalog.tables.get(name as RelationName)?.columns.some((column) => userTypeName(column.type) === type))

/** What a statement that is about the catalog says of the rows that another one reads or writes. */
const limit = (rows: Effect, limiting: Effect): ObjectKey | undefined => {
  const relations = used(rows)
  for (const change of limiting.changes) {
    const type = typeLimitedBy(change)
    const on = type === undefined ? limitedBy(change, limiting.step.before) : hasType(rows.step.before, relations, type)
    if (on !== undefined && relations.has(on)) return `table ${on}`
  }
  return undefined
}

const hasKey = (catalog: Catalog, on: RelationName): boolean =>
  constraintsOn(catalog, on).some(({ type }) => type !== 'check') || indexesOn(catalog, on).some(([, { unique }]) => unique)

/** A table with keys that both write, or two that a foreign key ties together. */
const meeting = (landed: Effect, mine: Effect): ObjectKey | undefined => {
  const { before } = mine.step
  for (const a of written(landed)) {
    for (const b of written(mine)) {
      if (a === b ? hasKey(before, a) : refersTo(before, a, b) || refersTo(before, b, a)) return `table ${b}`
    }
  }
  return undefined
}

/** Pairs of which rows decide whether they get along. */
export const rowsDeciding = (landed: Alone, mine: Alone): readonly RowsDecide[] =>
  mine.effects.flatMap((m) =>
    landed.effects.flatMap((l) => {
      const object = (isAboutRows(m) ? limit(m, l) : undefined) ?? (isAboutRows(l) ? limit(l, m) : undefined) ?? meeting(l, m)
      return object === undefined ? [] : [{ landed: l, mine: m, object }]
    }),
  )
