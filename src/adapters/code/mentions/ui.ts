/** Components that show what the server answers: rows that came to them through their properties, and values of the types that they declare. */
import type { CodeFunction, CodeMention } from '../../../model/code.ts'
import type { Following } from '../machine/index.ts'
import type { Looking } from './looking.ts'
import { havingProperty } from './words.ts'

/** All that they link to, as far as the code that reaches the database. */
const closureOf = (paths: readonly string[], linked: Looking['linked'], isServer: (path: string) => boolean): ReadonlySet<string> => {
  const found = new Set(paths)
  for (const path of found) if (!isServer(path)) for (const file of linked(path)) found.add(file)
  return found
}

/** Those of the files from which the server's code is reached, by types too. */
const leading = (files: ReadonlySet<string>, linked: Looking['linked'], isServer: (path: string) => boolean): ReadonlySet<string> => {
  const importers = new Map<string, string[]>()
  for (const path of files) if (!isServer(path)) for (const file of linked(path)) importers.set(file, [...(importers.get(file) ?? []), path])
  const found = new Set([...files].filter(isServer))
  for (const path of found) for (const importer of importers.get(path) ?? []) found.add(importer)
  return found
}

export type Components = {
  /** Those with the key of a column in them. */
  readonly files: readonly string[]
  /** What may be followed with them; other files say nothing of rows. */
  readonly around: ReadonlySet<string>
}

/** `reaches`: the file reaches the database by its imports, as a component does that imports a server action. */
export const findComponents = (looking: Looking, reaches: (path: string) => boolean): Components => {
  const { columns, sources, note, linked, isTest } = looking
  const isServer = (path: string): boolean => reaches(path) && !note(path).browser
  const has = havingProperty(
    columns.map(({ column }) => column.key),
    looking,
  )
  const files = sources.filter((path) => !isTest(path) && note(path).browser && has(path))
  const around = leading(closureOf(files, linked, isServer), linked, isServer)
  return { files: files.filter((path) => around.has(path)), around }
}

const mentionsIn = ({ uses }: CodeFunction): readonly CodeMention[] =>
  uses.map(({ file, line, table, column, value, confidence }) => ({
    file,
    line,
    category: 'ui',
    table,
    ...(column === undefined ? {} : { column }),
    ...(value === undefined ? {} : { value }),
    confidence,
  }))

/** Follows the components, and answers what all that runs in the browser does with rows. */
export const uiMentions = ({ files }: Components, following: Following, { note }: Pick<Looking, 'note'>): readonly CodeMention[] => {
  const before = following.functions.length
  for (const path of files) following.followInBrowser(path)
  return following.functions.flatMap((one, at) => (at >= before || following.inBrowser(at) ? mentionsIn(one) : [])).filter(({ file }) => note(file).browser)
}
