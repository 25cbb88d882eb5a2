/** Names, as people write them, and what there is of that name. */
import { nearest } from '../../../model/config-schema.ts'
import { ToolError } from '../../../model/error.ts'

/** Something with the words that it may be called by. */
export type Named<T> = { readonly value: T; readonly names: readonly string[]; readonly shown: string }

const noSuch = (what: string, word: string, all: readonly Named<unknown>[]): ToolError => {
  const words = all.flatMap(({ names }) => names)
  const near = nearest(word, words)
  const listed = [...new Set(all.map(({ shown }) => shown))].slice(0, 12).join(', ')
  return new ToolError('no-such-target', `There is no ${what} ${word}.`, {
    help: near === undefined ? (listed === '' ? `No ${what} was found at all.` : `There is: ${listed}.`) : `Did you mean ${near}?`,
  })
}

/** The one thing that a word names. `whole`: the word with what stands before it, for messages. Throws `no-such-target`, `ambiguous-target`. */
export const theOne = <T>(what: string, word: string, all: readonly Named<T>[], same: (value: T) => string): T => {
  const found = new Map(all.filter(({ names }) => names.includes(word)).map((named) => [same(named.value), named]))
  const [first, ...others] = [...found.values()]
  if (!first) throw noSuch(what, word, all)
  if (others.length === 0) return first.value
  throw new ToolError('ambiguous-target', `${word} names ${found.size} ${what}s.`, {
    help: `Say which: ${[first, ...others].map(({ shown }) => shown).join(' or ')}.`,
  })
}
