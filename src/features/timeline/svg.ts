/** SVG as text. Everything that a user has named goes through `escaped`. */

/** Characters that XML 1.0 does not take at all. */
const forbidden = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu

export const escaped = (text: string): string =>
  text.replace(forbidden, '\ufffd').replace(/[&<>"']/g, (mark) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' })[mark] ?? mark)

type Attributes = { readonly [name: string]: string | number | undefined }

const rounded = (value: string | number): string => (typeof value === 'number' ? String(Math.round(value * 100) / 100) : escaped(value))

const opened = (name: string, attributes: Attributes): string =>
  `<${name}${Object.entries(attributes)
    .map(([key, value]) => (value === undefined ? '' : ` ${key}="${rounded(value)}"`))
    .join('')}`

/** An element without content. */
export const shape = (name: string, attributes: Attributes): string => `${opened(name, attributes)}/>`

/** An element with others in it. */
export const group = (name: string, attributes: Attributes, content: readonly string[]): string => `${opened(name, attributes)}>${content.join('')}</${name}>`

/** Text in a place; the class says how it looks. */
export const words = (x: number, y: number, style: string, text: string, anchor: 'start' | 'middle' | 'end' = 'start'): string =>
  `${opened('text', { x, y, class: style, ...(anchor === 'start' ? {} : { 'text-anchor': anchor }) })}>${escaped(text)}</text>`

/** What a pointer and a screen reader are told of an element. */
export const titled = (text: string): string => `<title>${escaped(text)}</title>`

const wide = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Extended_Pictographic}/u

/** How wide a text is at most, whichever of the fonts is there. */
export const widthOf = (text: string, size: number, mono = false): number =>
  [...text].reduce(
    (sum, letter) =>
      sum + size * (wide.test(letter) ? 1.1 : mono ? 0.63 : /[A-Z@%mwMW]/.test(letter) ? 0.76 : /[ .,:;'\u2019|ijl()[\]]/.test(letter) ? 0.36 : 0.58),
    0,
  )

/** A text that fits; its head stays, and where its end tells more, that: `tail`. */
export const fitted = (text: string, room: number, size: number, { mono = false, tail = false } = {}): string => {
  if (widthOf(text, size, mono) <= room) return text
  const letters = [...text]
  for (let length = letters.length - 1; length > 0; length--) {
    const part = tail ? `…${letters.slice(letters.length - length).join('')}` : `${letters.slice(0, length).join('').trimEnd()}…`
    if (widthOf(part, size, mono) <= room) return part
  }
  return '…'
}

/** A text in lines of that width. */
export const wrapped = (text: string, room: number, size: number): readonly string[] => {
  const lines: string[] = []
  for (const word of text.split(/\s+/)) {
    const longer = lines.length === 0 ? word : `${lines.at(-1)} ${word}`
    if (lines.length > 0 && widthOf(longer, size) <= room) lines[lines.length - 1] = longer
    else lines.push(word)
  }
  return lines
}
