/** Views behind those that they name. */
import { tokenPattern } from '../sql/tokens.ts'

/** The names that stand in a text of SQL, unquoted. */
const namesIn = (sql: string): ReadonlySet<string> =>
  new Set([...sql.matchAll(tokenPattern)].map(([token]) => (token.startsWith('"') ? token.slice(1, -1).replaceAll('""', '"') : token.toLowerCase())))

export type Naming<T> = { readonly nameOf: (item: T) => string; readonly textOf: (item: T) => string }

/** The items, each behind those whose names its text holds, otherwise as they were. Schemas are not looked at: one too many before another does no harm. */
export const inOrder = <T>(items: readonly T[], { nameOf, textOf }: Naming<T>): readonly T[] => {
  const named = new Map(items.map((item) => [item, namesIn(textOf(item))]))
  const seen = new Set<T>()
  const ordered: T[] = []
  const add = (item: T): void => {
    if (seen.has(item)) return
    seen.add(item)
    for (const other of items) if (named.get(item)?.has(nameOf(other))) add(other)
    ordered.push(item)
  }
  for (const item of items) add(item)
  return ordered
}
