/** Words in texts, found with one pass over each. */

const escaped = (word: string): string => word.replaceAll(/[^\w\s]/g, String.raw`\$&`)

/** One pattern for all of them; undefined where there are none. Longer ones first: of two that begin alike the whole one is found. */
const anyOf = (words: Iterable<string>): string | undefined => {
  const all = [...new Set(words)].sort((a, b) => b.length - a.length)
  return all.length === 0 ? undefined : all.map(escaped).join('|')
}

/** Tells whether a text has one of the words as a whole one. */
export const havingWord = (words: Iterable<string>): ((text: string) => boolean) => {
  const all = anyOf(words)
  if (all === undefined) return () => false
  const pattern = new RegExp(String.raw`(?<![\w$])(?:${all})(?![\w$])`)
  return (text) => pattern.test(text)
}

/** The values that a text has in quotes. */
export const quotedIn = (values: Iterable<string>): ((text: string) => ReadonlySet<string>) => {
  const all = anyOf(values)
  if (all === undefined) return () => new Set()
  const pattern = new RegExp(String.raw`(["'\`])(${all})\1`, 'g')
  return (text) => new Set([...text.matchAll(pattern)].map(([, , value = '']) => value))
}

/** Tells whether a text has one of the words where a property is named: `x.word`, `{ word }`, `x['word']`. */
export const havingProperty = (words: Iterable<string>): ((text: string) => boolean) => {
  const all = anyOf(words)
  if (all === undefined) return () => false
  const pattern = new RegExp(String.raw`[.{,'"]\s*(?:${all})(?![\w$])`)
  return (text) => pattern.test(text)
}

/** Tells whether a text has SQL that may be over one of the tables. */
export const havingTable = (names: Iterable<string>): ((text: string) => boolean) => {
  const all = anyOf(names)
  if (all === undefined) return () => false
  const pattern = new RegExp(String.raw`\b(?:from|join|into|update|table)\s+(?:only\s+)?(?:"?\w+"?\.)?"?(?:${all})(?![\w$])`, 'i')
  return (text) => pattern.test(text)
}
