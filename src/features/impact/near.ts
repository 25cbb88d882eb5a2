/** What stands near something in the code without being a use of it: mentions, and what could not be followed. */
import type { CodeGap, CodeMention } from '../../model/code.ts'
import type { CodeIndex } from './search.ts'
import type { Wanted } from './wanted.ts'

/** As a whole word: the name of one index is the beginning of another's. */
const hasName = (text: string, name: string): boolean => {
  const words = /[\w$]/
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1)) {
    if (!words.test(text[at - 1] ?? ' ') && !words.test(text[at + name.length] ?? ' ')) return true
  }
  return false
}

const isMentioned = ({ columns, value, texts }: Wanted, { text, ...mention }: CodeMention): boolean => {
  if (text !== undefined && [...(texts ?? [])].some((name) => hasName(text, name))) return true
  const wanted = mention.table === undefined ? undefined : columns.get(mention.table)
  if (wanted === undefined || (value !== undefined && mention.value !== value)) return false
  return wanted === 'all' || (mention.column !== undefined && wanted.has(mention.column))
}

/** Files that name it outside of the ways from entries. */
export const mentionsOf = ({ facts }: CodeIndex, wanted: Wanted): readonly CodeMention[] => facts.mentions.filter((mention) => isMentioned(wanted, mention))

/** What was not followed and may hide a use: gaps that name a table of it, and those in the files that were found. */
export const gapsNear = ({ facts }: CodeIndex, { columns }: Wanted, files: ReadonlySet<string>): readonly CodeGap[] =>
  facts.gaps.filter(({ table, file }) => (table === undefined ? files.has(file) : columns.has(table)))
