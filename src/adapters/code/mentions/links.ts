/** Which tables a file imports: directly, or through a barrel or a helper. */
import type { AskedColumn } from './asked.ts'

const mostSteps = 3

const nowhere: ReadonlySet<string> = new Set()

/** The wanted files that a file imports over so many steps, itself among them. Files share most of what they import, and each is asked once for each number of steps. */
const reaching = (wanted: ReadonlySet<string>, linked: (path: string) => readonly string[]): ((path: string, steps: number) => ReadonlySet<string>) => {
  const known = Array.from({ length: mostSteps + 1 }, () => new Map<string, ReadonlySet<string>>())
  const within = (path: string, steps: number): ReadonlySet<string> => {
    const before = known[steps]?.get(path)
    if (before) return before
    const further = steps === 0 ? [] : linked(path).flatMap((file) => [...within(file, steps - 1)])
    const found = wanted.has(path) ? [path, ...further] : further
    const all = found.length === 0 ? nowhere : new Set(found)
    known[steps]?.set(path, all)
    return all
  }
  return within
}

/** Numbers of the tables that are asked about. */
export const tablesLinked = (columns: readonly AskedColumn[], linked: (path: string) => readonly string[]): ((path: string) => readonly number[]) => {
  const files = new Map(columns.map(({ table, of }) => [table, of.file]))
  const within = reaching(new Set(files.values()), linked)
  return (path) => {
    const found = within(path, mostSteps)
    return [...files].flatMap(([table, file]) => (found.has(file) ? [table] : []))
  }
}
