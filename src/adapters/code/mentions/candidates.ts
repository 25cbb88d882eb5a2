/** Which files may mention what is asked: told without their texts. */
import type { Asked } from './asked.ts'
import type { Candidate, Kind } from './finder.ts'
import { tablesLinked } from './links.ts'
import type { Finders } from './look.ts'
import type { Sources } from './sources.ts'

const kinds = ['tests', 'repeated', 'names', 'sql'] as const satisfies readonly Kind[]

export const candidatesOf = (
  { columns }: Asked,
  finders: Finders,
  { sources, note, linked }: Sources,
  hasTree: (path: string) => boolean,
): readonly Candidate[] => {
  const tablesOf = tablesLinked(columns, linked)
  return sources.flatMap((path) => {
    const known = note(path)
    const may = kinds.filter((kind) => finders[kind].mayBeIn(path, known))
    const tables = may.includes('tests') ? tablesOf(path) : []
    const left = tables.length > 0 ? may : may.filter((kind) => kind !== 'tests')
    return left.length === 0 ? [] : { path, kinds: left, browser: known.browser, linked: tables, hasTree: hasTree(path) }
  })
}
