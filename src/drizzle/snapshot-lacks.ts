/** What drizzle-kit 1.0 stumbles over in the snapshots of older ones when it converts them. */
import type { Json, Tree } from '../model/json.ts'
import { quoteLiteral } from '../sql/print.ts'
import { part, word } from './snapshot-json.ts'

/** Fields of indexes that drizzle-kit 0.20 left out, in PostgreSQL's own defaults. */
const indexFields: Tree = { isUnique: false, concurrently: false, method: 'btree', with: {} }

const count = (text: string, key: string): number => text.split(`"${key}"`).length - 1

/** Whether an index of the snapshot lacks something; asked of the text, for most snapshots lack nothing. */
export const lacksFields = (text: string): boolean => count(text, 'isUnique') > Math.min(count(text, 'concurrently'), count(text, 'method'))

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

const jsonDefault = /"type":\s*"jsonb?",(?:\s*"\w+":\s*(?:true|false),)*\s*"default":\s*"'([^"\\]*)'(?:::jsonb?)?"/g

/** Whether the text may have a default of type JSON that is no JSON. */
export const mayHaveBareTexts = (text: string): boolean => [...text.matchAll(jsonDefault)].some(([, value = '']) => !isJson(value))

/** The text of a column's default where its type is JSON and drizzle-kit 0.31 wrote a text of the code bare: `''` for `'""'`. PostgreSQL takes only the latter. */
const bareText = (column: Tree): string | undefined => {
  if (word(column, 'type') !== 'jsonb' && word(column, 'type') !== 'json') return undefined
  const [, value] = /^'((?:[^']|'')*)'(?:::jsonb?)?$/.exec(typeof column.default === 'string' ? column.default : '') ?? []
  return value === undefined || isJson(value.replaceAll("''", "'")) ? undefined : value.replaceAll("''", "'")
}

const each = (tree: Tree, change: (value: Tree, key: string) => Tree): Tree =>
  Object.fromEntries(Object.entries(tree).map(([key, value]): [string, Json] => [key, change(value as Tree, key)]))

/** Defaults of type JSON that are no JSON, by table, column and text. */
export const bareTexts = (snapshot: Tree): ReadonlySet<string> =>
  new Set(
    Object.entries(part(snapshot, 'tables')).flatMap(([table, tree]) =>
      Object.values(part(tree as Tree, 'columns')).flatMap((column) => {
        const value = bareText(column as Tree)
        return value === undefined ? [] : [`${table} ${word(column as Tree, 'name')} ${value}`]
      }),
    ),
  )

/** The snapshot with what its indexes lack, and JSON for JSON; `kept`: defaults that stay, because the newest snapshot has them and `generate` compares the code with it. */
export const withFields = (text: string, kept: ReadonlySet<string>): string => {
  const snapshot = JSON.parse(text) as Tree
  const index = (one: Tree): Tree => ({ ...one, ...Object.fromEntries(Object.entries(indexFields).filter(([key]) => !(key in one))) })
  const column = (table: string, one: Tree): Tree => {
    const value = bareText(one)
    if (value === undefined || kept.has(`${table} ${word(one, 'name')} ${value}`)) return one
    return { ...one, default: `${quoteLiteral(JSON.stringify(value))}::${word(one, 'type')}` }
  }
  const tables = each(part(snapshot, 'tables'), (table, name) => ({
    ...table,
    columns: each(part(table, 'columns'), (one) => column(name, one)),
    indexes: each(part(table, 'indexes'), index),
  }))
  return `${JSON.stringify({ ...snapshot, tables }, null, 2)}${text.endsWith('\n') ? '\n' : ''}`
}
