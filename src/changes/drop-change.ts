/** Between an object and the change that drops it: either one from the other. */
import type { Catalog } from '../model/catalog.ts'
import type { Change, ChangeKind } from '../model/change.ts'
import {
  displayKey,
  keyOf,
  leadingName,
  member,
  type ObjectKey,
  parseKey,
  partsOf,
  type QualifiedName,
  quoteIdentifier,
  type RelationName,
} from '../model/name.ts'
import { isDefault } from './dependents.ts'
import { notUnderstood } from './refusal.ts'

/** The kinds that drop an object. NOT NULL is none: it is a fact of its column. */
export type DropKind = Exclude<Extract<ChangeKind, `drop-${string}`>, 'drop-not-null'>

/** True for a change that drops an object. */
export const isDrop = (change: Change): change is Change<DropKind> => change.kind.startsWith('drop-') && change.kind !== 'drop-not-null'

/** The key of the object that a change drops. `dropChange` leads back, but for a role: roles are the cluster's, and nothing takes one along. */
export const droppedKey = (change: Change<DropKind>): ObjectKey => {
  switch (change.kind) {
    case 'drop-table':
      return keyOf('table', change.name)
    case 'drop-view':
      return keyOf('view', change.name)
    case 'drop-index':
      return keyOf('index', change.name)
    case 'drop-sequence':
      return keyOf('sequence', change.name)
    case 'drop-type':
      return keyOf('type', change.name)
    case 'drop-routine':
      return keyOf('routine', change.name)
    case 'drop-column':
      return keyOf('column', member(change.on, change.column))
    case 'drop-attribute':
      return keyOf('column', member(change.type, change.attribute))
    case 'drop-constraint':
      return keyOf('constraint', member(change.on, change.name))
    case 'drop-domain-constraint':
      return keyOf('domain constraint', member(change.domain, change.name))
    case 'drop-trigger':
      return keyOf('trigger', member(change.on, change.name))
    case 'drop-policy':
      return keyOf('policy', member(change.on, change.name))
    case 'drop-rule':
      return keyOf('rule', member(change.on, change.name))
    case 'drop-definition':
      return change.object
    case 'drop-schema':
      return keyOf('schema', quoteIdentifier(change.name))
    case 'drop-extension':
      return keyOf('extension', quoteIdentifier(change.name))
    case 'drop-role':
      return keyOf('role', quoteIdentifier(change.name))
  }
}

/** The change that drops an object. Throws NotUnderstood for one that no change drops. */
export const dropChange = (catalog: Catalog, object: ObjectKey): Change => {
  const { kind, name } = parseKey(object)
  const parts = partsOf(name)
  const own = parts.at(-1) ?? ''
  const on = leadingName(object)
  if (isDefault(object)) return { kind: 'set-default', on, column: own, to: undefined }
  switch (kind) {
    case 'table':
      return catalog.views.has(name as RelationName) ? { kind: 'drop-view', name: name as RelationName } : { kind: 'drop-table', name: name as RelationName }
    case 'view':
      return { kind: 'drop-view', name: name as RelationName }
    case 'index':
      return { kind: 'drop-index', name: name as RelationName, concurrently: false }
    case 'sequence':
      return { kind: 'drop-sequence', name: name as RelationName }
    case 'type':
      return { kind: 'drop-type', name: name as QualifiedName }
    case 'routine':
      return { kind: 'drop-routine', name }
    case 'column':
      return catalog.types.has(on) ? { kind: 'drop-attribute', type: on, attribute: own } : { kind: 'drop-column', on, column: own }
    case 'constraint':
      return { kind: 'drop-constraint', on, name: own }
    case 'domain constraint':
      return { kind: 'drop-domain-constraint', domain: on, name: own }
    case 'trigger':
      return { kind: 'drop-trigger', on, name: own }
    case 'policy':
      return { kind: 'drop-policy', on, name: own }
    case 'rule':
      return { kind: 'drop-rule', on, name: own }
    case 'definition':
      return { kind: 'drop-definition', object }
    case 'schema':
      return { kind: 'drop-schema', name: own }
    case 'extension':
      return { kind: 'drop-extension', name: own }
    default:
      return notUnderstood(`dropping ${displayKey(object)}`)
  }
}
