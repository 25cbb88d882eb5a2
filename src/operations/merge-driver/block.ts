/** A block of ours in a text that is somebody else's: put in, and taken out without a trace. */

const begin = '# >>> pgstrata'
const end = '# <<< pgstrata'
/** Says that the line before had no end, so that it can be left without one again. */
const joined = ' (the line above had no end)'

const block = /# >>> pgstrata( \(the line above had no end\))?\r?\n[\s\S]*?# <<< pgstrata(?:\r?\n|$)/

/** The text without it. */
export const withoutBlock = (text: string): string => {
  const found = block.exec(text)
  if (!found) return text
  const before = text.slice(0, found.index)
  return (found[1] === undefined ? before : before.replace(/\r?\n$/, '')) + text.slice(found.index + found[0].length)
}

/** The text with the block: where it stands already, otherwise at the end. */
export const withBlock = (text: string, lines: readonly string[]): string => {
  const found = block.exec(text)
  const own = (mark: string): string => `${begin}${mark}\n${lines.join('\n')}\n${end}\n`
  if (found) return text.slice(0, found.index) + own(found[1] ?? '') + text.slice(found.index + found[0].length)
  return text === '' || text.endsWith('\n') ? text + own('') : `${text}\n${own(joined)}`
}
