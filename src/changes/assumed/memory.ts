/** What reading with assumptions remembers from statement to statement. */
import type { Change } from '../../model/change.ts'
import { keyOf, localName, member, type QualifiedName, qualified, quoteIdentifier, type RelationName, schemaOf } from '../../model/name.ts'
import { droppedKey } from '../drop-change.ts'

/** What is remembered from statement to statement. */
export type Memory = {
  /** Things of which only the name is known: they may have more than memory has. */
  readonly open: Set<string>
  /** Things that were there and that a statement removed or renamed: they are known to be missing. */
  readonly gone: Set<string>
  /** Properties of columns that a statement has set: `not null column "public"."t"."a"`. */
  readonly settled: Set<string>
}

export const freshMemory = (): Memory => ({ open: new Set(), gone: new Set(), settled: new Set() })

/** Under what a relation of any kind is remembered. */
export const relationKey = (name: RelationName): string => `relation ${name}`

/** What a statement's changes tell for later statements: what is gone, and what of a column is known now. */
export const remember = ({ open, gone, settled }: Memory, changes: readonly Change[]): void => {
  const move = (from: string, to: string): void => {
    if (open.delete(from)) open.add(to)
  }
  for (const change of changes) {
    switch (change.kind) {
      case 'drop-table':
      case 'drop-view':
      case 'drop-index':
      case 'drop-sequence':
        gone.add(relationKey(change.name))
        break
      case 'drop-type':
      case 'drop-schema':
      case 'drop-routine':
      case 'drop-definition':
      case 'drop-column':
      case 'drop-attribute':
      case 'drop-constraint':
      case 'drop-domain-constraint':
      case 'drop-policy':
      case 'drop-trigger':
      case 'drop-rule':
      case 'drop-extension':
      case 'drop-role':
        gone.add(droppedKey(change))
        break
      case 'rename-table':
      case 'rename-view':
      case 'rename-index':
      case 'rename-sequence':
        gone.add(relationKey(change.name))
        move(change.name, qualified(schemaOf(change.name), change.to))
        break
      case 'rename-type':
        gone.add(keyOf('type', change.name))
        move(change.name, qualified(schemaOf(change.name), change.to))
        break
      case 'rename-schema':
        gone.add(keyOf('schema', quoteIdentifier(change.from)))
        break
      case 'rename-column':
        gone.add(keyOf('column', member(change.on, change.from)))
        break
      case 'rename-constraint':
        gone.add(keyOf('constraint', member(change.on, change.from)))
        break
      case 'set-not-null':
      case 'drop-not-null':
        settled.add(`not null ${keyOf('column', member(change.on, change.column))}`)
        break
      case 'set-identity':
        settled.add(`identity ${keyOf('column', member(change.on, change.column))}`)
        break
      case 'set-generated':
        settled.add(`generated ${keyOf('column', member(change.on, change.column))}`)
        break
      case 'set-schema': {
        const name = change.object.slice(change.object.indexOf('"')) as QualifiedName
        gone.add(relationKey(name))
        gone.add(keyOf('type', name))
        move(name, qualified(change.to, localName(name)))
        break
      }
      default:
    }
  }
}
