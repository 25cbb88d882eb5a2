/** What very old drizzle-kit (0.20) left out of its snapshots, and 1.0 wants before it converts them. */
import type { Json, Tree } from '../model/json.ts'
import { part } from './snapshot-json.ts'

const defaults: Tree = { isUnique: false, concurrently: false, method: 'btree', with: {} }

const count = (text: string, word: string): number => text.split(word).length - 1

/** Whether an index of the snapshot lacks something; asked of the text, for most snapshots lack nothing. */
export const lacksFields = (text: string): boolean => count(text, '"isUnique"') > Math.min(count(text, '"concurrently"'), count(text, '"method"'))

const each = (tree: Tree, change: (value: Tree) => Tree): Tree =>
  Object.fromEntries(Object.entries(tree).map(([key, value]): [string, Json] => [key, change(value as Tree)]))

/** The snapshot with what its indexes lack, in PostgreSQL's own defaults. */
export const withFields = (text: string): string => {
  const snapshot = JSON.parse(text) as Tree
  const index = (one: Tree): Tree => ({ ...one, ...Object.fromEntries(Object.entries(defaults).filter(([key]) => !(key in one))) })
  const tables = each(part(snapshot, 'tables'), (table) => ({ ...table, indexes: each(part(table, 'indexes'), index) }))
  return `${JSON.stringify({ ...snapshot, tables }, null, 2)}${text.endsWith('\n') ? '\n' : ''}`
}
