/** How deep a text is nested, before it is parsed: the parser is native code, and where it runs out of stack the whole process ends. */

const deepest = 1000
const mostBranches = 1500

/** `(`, `[`, `{` by their codes: every character of every file comes by here. */
const opens = (code: number): boolean => code === 40 || code === 91 || code === 123
const closes = (code: number): boolean => code === 41 || code === 93 || code === 125

/** Brackets in strings count too: a text that a person wrote has no thousand of them open. */
const hasDeepBrackets = (text: string): boolean => {
  let depth = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (opens(code)) depth++
    else if (depth > 0 && closes(code)) depth--
    if (depth > deepest) return true
  }
  return false
}

/** Each `else if` is inside the one before it. */
const hasManyBranches = (text: string): boolean => text.includes('else if') && text.split('else if').length > mostBranches

export const isTooDeep = (text: string): boolean => hasDeepBrackets(text) || hasManyBranches(text)
