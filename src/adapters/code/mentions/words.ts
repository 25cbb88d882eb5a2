/** Words that are looked for in files: most files are sorted out by their vocabulary, and the others by one pass over their text. */
import { mayHave, mayHaveAny, type Vocabulary } from '../vocabulary.ts'

export type Words = {
  /** Whether a text may have one of them; false is certain. */
  mayBeIn(vocabulary: Vocabulary): boolean
  areIn(text: string): boolean
}

const noWords: Words = { mayBeIn: () => false, areIn: () => false }

const escaped = (word: string): string => word.replaceAll(/[^\w\s]/g, String.raw`\$&`)

/** One pattern for all of them; undefined where there are none. Longer ones first: of two that begin alike the whole one is found. */
const anyOf = (words: Iterable<string>): string | undefined => {
  const all = [...new Set(words)].sort((a, b) => b.length - a.length)
  return all.length === 0 ? undefined : all.map(escaped).join('|')
}

/** `pattern` is around a pattern of all of them. */
const wordsBy = (words: readonly string[], pattern: (all: string) => RegExp): Words => {
  const all = anyOf(words)
  if (all === undefined) return noWords
  const found = pattern(all)
  return { mayBeIn: mayHaveAny(words), areIn: (text) => found.test(text) }
}

/** As whole words. */
export const wholeWords = (words: readonly string[]): Words => wordsBy(words, (all) => new RegExp(String.raw`(?<![\w$])(?:${all})(?![\w$])`))

/** Where a property is named: `x.word`, `{ word }`, `x['word']`. */
export const propertyWords = (words: readonly string[]): Words => wordsBy(words, (all) => new RegExp(String.raw`[.{,'"]\s*(?:${all})(?![\w$])`))

/** Where SQL names a table. */
export const tableWords = (names: readonly string[]): Words =>
  wordsBy(names, (all) => new RegExp(String.raw`\b(?:from|join|into|update|table)\s+(?:only\s+)?(?:"?\w+"?\.)?"?(?:${all})(?![\w$])`, 'i'))

/** Values in quotes, of which one alone says nothing. */
export type Quoted = {
  /** Whether a text may have two of them; false is certain. */
  mayBeIn(vocabulary: Vocabulary): boolean
  /** Each once. */
  in(text: string): readonly string[]
}

export const quoted = (values: readonly string[]): Quoted => {
  const all = anyOf(values)
  if (all === undefined) return { mayBeIn: () => false, in: () => [] }
  const pattern = new RegExp(String.raw`(["'\`])(${all})\1`, 'g')
  const tests = [...new Set(values)].map(mayHave)
  return {
    mayBeIn: (vocabulary) => tests.filter((test) => test(vocabulary)).length > 1,
    in: (text) => [...new Set([...text.matchAll(pattern)].map(([, , value = '']) => value))],
  }
}
