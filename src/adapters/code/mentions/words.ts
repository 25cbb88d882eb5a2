/** Words in texts, found with one pass over each text that may have them. */
import { mayHave, mayHaveAny } from '../vocabulary.ts'
import type { Looking } from './looking.ts'

type Texts = Pick<Looking, 'text' | 'note'>

const escaped = (word: string): string => word.replaceAll(/[^\w\s]/g, String.raw`\$&`)

/** One pattern for all of them; undefined where there are none. Longer ones first: of two that begin alike the whole one is found. */
const anyOf = (words: Iterable<string>): string | undefined => {
  const all = [...new Set(words)].sort((a, b) => b.length - a.length)
  return all.length === 0 ? undefined : all.map(escaped).join('|')
}

/** Files are read only where they may have one of the words. */
const having = (words: readonly string[], { text, note }: Texts, pattern: RegExp): ((path: string) => boolean) => {
  const may = mayHaveAny(words)
  return (path) => may(note(path).vocabulary) && pattern.test(text(path))
}

/** Tells whether a file has one of the words as a whole one. */
export const havingWord = (words: readonly string[], texts: Texts): ((path: string) => boolean) => {
  const all = anyOf(words)
  return all === undefined ? () => false : having(words, texts, new RegExp(String.raw`(?<![\w$])(?:${all})(?![\w$])`))
}

/** The values that a file has in quotes; none where it may have one of them at most. */
export const quotedIn = (values: readonly string[], { text, note }: Texts): ((path: string) => ReadonlySet<string>) => {
  const all = anyOf(values)
  if (all === undefined) return () => new Set()
  const pattern = new RegExp(String.raw`(["'\`])(${all})\1`, 'g')
  const tests = [...new Set(values)].map(mayHave)
  return (path) => {
    const { vocabulary } = note(path)
    const isWorth = tests.filter((test) => test(vocabulary)).length > 1
    return new Set(isWorth ? [...text(path).matchAll(pattern)].map(([, , value = '']) => value) : [])
  }
}

/** Tells whether a file has one of the words where a property is named: `x.word`, `{ word }`, `x['word']`. */
export const havingProperty = (words: readonly string[], texts: Texts): ((path: string) => boolean) => {
  const all = anyOf(words)
  return all === undefined ? () => false : having(words, texts, new RegExp(String.raw`[.{,'"]\s*(?:${all})(?![\w$])`))
}

/** Tells whether a file has SQL that may be over one of the tables. */
export const havingTable = (names: readonly string[], texts: Texts): ((path: string) => boolean) => {
  const all = anyOf(names)
  if (all === undefined) return () => false
  return having(names, texts, new RegExp(String.raw`\b(?:from|join|into|update|table)\s+(?:only\s+)?(?:"?\w+"?\.)?"?(?:${all})(?![\w$])`, 'i'))
}
