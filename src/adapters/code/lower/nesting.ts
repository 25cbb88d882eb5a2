/** How deep a text is nested, before it is parsed: the parser is native code, and where it runs out of stack the whole process ends. */

const deepest = 1000
const mostBranches = 1500

/** Counted by native code, a fifth of the time that a loop over the characters takes: every file comes by here. */
const countOf = (word: string, text: string): number => {
  let count = 0
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + word.length)) count++
  return count
}

/** Most texts have fewer brackets than may be open. */
const hasManyBrackets = (text: string): boolean => countOf('(', text) + countOf('[', text) + countOf('{', text) > deepest

/** What a character does to the depth, by its code. */
const changes = Int8Array.from({ length: 128 }, (_, code) =>
  '([{'.includes(String.fromCharCode(code)) ? 1 : ')]}'.includes(String.fromCharCode(code)) ? -1 : 0,
)

/** Brackets in strings count too: a text that a person wrote has no thousand of them open. */
const hasDeepBrackets = (text: string): boolean => {
  let depth = 0
  for (let at = 0; at < text.length; at++) {
    const change = changes[text.charCodeAt(at)] ?? 0
    if (change > 0) {
      depth++
      if (depth > deepest) return true
    } else if (change < 0 && depth > 0) depth--
  }
  return false
}

/** Each `else if` is inside the one before it. */
const hasManyBranches = (text: string): boolean => countOf('else if', text) >= mostBranches

export const isTooDeep = (text: string): boolean => (hasManyBrackets(text) && hasDeepBrackets(text)) || hasManyBranches(text)
