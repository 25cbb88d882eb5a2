/** Components that show what the server answers: rows that came to them through their properties, and values of the types that they declare. */
import type { CodeMention, CodeUse } from '../../../model/code.ts'
import { isTest } from '../is-test.ts'
import type { Following } from '../machine/index.ts'
import type { Asked } from './asked.ts'
import type { Sources } from './sources.ts'
import { propertyWords } from './words.ts'

/** All that they link to, as far as the code that reaches the database. */
const closureOf = (paths: readonly string[], linked: Sources['linked'], isServer: (path: string) => boolean): ReadonlySet<string> => {
  const found = new Set(paths)
  for (const path of found) if (!isServer(path)) for (const file of linked(path)) found.add(file)
  return found
}

/** Those of the files from which the server's code is reached, by types too. */
const leading = (files: ReadonlySet<string>, linked: Sources['linked'], isServer: (path: string) => boolean): ReadonlySet<string> => {
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
  /** Files with such a key from which no code of the server is reached. */
  readonly apart: readonly string[]
}

/** Whether a file of the browser's side has the key of a column in it. */
export const namesKeys = ({ columns }: Asked, { note, text }: Pick<Sources, 'note' | 'text'>): ((path: string) => boolean) => {
  const words = propertyWords(columns.map(({ column }) => column.key))
  return (path) => !isTest(path) && note(path).browser && words.mayBeIn(note(path).vocabulary) && words.areIn(text(path))
}

/** `reaches`: the file reaches the database by its imports, as a component does that imports a server action. */
export const findComponents = (asked: Asked, ground: Sources, reaches: (path: string) => boolean): Components => {
  const { sources, note, linked } = ground
  const isServer = (path: string): boolean => reaches(path) && !note(path).browser
  const files = sources.filter(namesKeys(asked, ground))
  const around = leading(closureOf(files, linked, isServer), linked, isServer)
  return { files: files.filter((path) => around.has(path)), around, apart: files.filter((path) => !around.has(path)) }
}

const mentionOf = ({ file, line, table, column, value, confidence }: CodeUse): CodeMention => ({
  file,
  line,
  category: 'ui',
  table,
  ...(column === undefined ? {} : { column }),
  ...(value === undefined ? {} : { value }),
  confidence,
})

/** Follows the components, and answers what all that runs in the browser does with rows. */
export const uiMentions = ({ files }: Components, following: Following, { note }: Pick<Sources, 'note'>): readonly CodeMention[] => {
  const before = following.size
  for (const path of files) following.followInBrowser(path)
  const uses = following.usesOf((at) => at >= before || following.inBrowser(at))
  return uses.filter(({ file }) => note(file).browser).map(mentionOf)
}
