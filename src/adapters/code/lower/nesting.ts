/** How deep a text is nested, before it is parsed: the parser is native code, and where it runs out of stack the whole process ends. */

const deepest = 1000
const mostBranches = 1500

/** What a character does to the depth, by its code. Every character of every file comes by here. */
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
const hasManyBranches = (text: string): boolean => text.includes('else if') && text.split('else if').length > mostBranches

export const isTooDeep = (text: string): boolean => hasDeepBrackets(text) || hasManyBranches(text)
