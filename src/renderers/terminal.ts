/** Lines for a terminal: tones as ANSI, width as a terminal counts it, wrapping with an indent. */
import stringWidth from 'fast-string-width'
import { wrapAnsi } from 'fast-wrap-ansi'
import type { Text, Tone } from '../model/report.ts'
import { clean, plain } from './text.ts'

export type Glyphs = {
  readonly [K in
    | 'error'
    | 'warning'
    | 'note'
    | 'unknown'
    | 'clean'
    | 'settled'
    | 'arrow'
    | 'dot'
    | 'bar'
    | 'rule'
    | 'branch'
    | 'last'
    | 'trunk'
    | 'ellipsis']: string
}

const unicodeGlyphs: Glyphs = {
  error: '✗',
  warning: '▲',
  note: '●',
  unknown: '?',
  clean: '✓',
  settled: '○',
  arrow: '→',
  dot: '·',
  bar: '│',
  rule: '─',
  branch: '├─ ',
  last: '└─ ',
  trunk: '│  ',
  ellipsis: '…',
}

const asciiGlyphs: Glyphs = {
  error: 'x',
  warning: '!',
  note: '*',
  unknown: '?',
  clean: 'ok',
  settled: 'o',
  arrow: '->',
  dot: '-',
  bar: '|',
  rule: '-',
  branch: '|- ',
  last: '`- ',
  trunk: '|  ',
  ellipsis: '...',
}

const typographic: Readonly<Record<string, string>> = {
  '’': "'",
  '‘': "'",
  '“': '"',
  '”': '"',
  '…': '...',
  '–': '-',
  '—': '-',
  '→': '->',
  '·': '-',
  // The marks of states; each has a letter beside it.
  '✓': '+',
  '✎': '~',
  '●': '*',
  '▲': '!',
  '⇄': '<>',
  '⊘': 'o',
  '⊠': '#',
  '≡': '=',
}
/** Our own words have typographic marks; names and SQL stay as they are. */
const asAscii = (text: string): string => text.replace(/[^\x00-\x7f]/g, (mark) => typographic[mark] ?? mark)

const codes: Readonly<Record<Exclude<Tone, 'plain'>, readonly [number, number]>> = {
  good: [32, 39],
  bad: [31, 39],
  warn: [33, 39],
  muted: [90, 39],
  strong: [1, 22],
}

/** How to draw on one terminal. */
export type Terminal = {
  readonly width: number
  readonly glyphs: Glyphs
  /** A text in a tone; control characters are taken out of it. */
  paint(text: string, tone: Tone): string
  /** A report's text with its own tones. */
  text(text: Text): string
}

const narrowest = 40

export const terminal = ({ color, width, unicode }: { readonly color: boolean; readonly width: number; readonly unicode: boolean }): Terminal => {
  const paint = (text: string, tone: Tone): string => {
    const safe = unicode ? clean(text) : asAscii(clean(text))
    if (!color || tone === 'plain' || safe === '') return safe
    const [on, off] = codes[tone]
    return `\u001b[${on}m${safe}\u001b[${off}m`
  }
  return {
    width: Math.max(narrowest, Math.floor(width) || narrowest),
    glyphs: unicode ? unicodeGlyphs : asciiGlyphs,
    paint,
    text: (text) =>
      typeof text === 'string'
        ? paint(text, 'plain')
        : text.map((span) => (typeof span === 'string' ? paint(span, 'plain') : paint(span.text, span.tone))).join(''),
  }
}

/** Most texts are such, and each of their characters takes one column. */
const plainAscii = /^[\x20-\x7e]*$/

/** Columns that a text takes. */
export const widthOf = (text: string): number => (plainAscii.test(text) ? text.length : stringWidth(text))

/** Lines of at most `width` columns. A word that is longer is broken. */
export const wrap = (text: string, width: number): readonly string[] => wrapAnsi(text, Math.max(1, width), { hard: true }).split('\n')

/** A first line behind `head`, the others behind as many blanks, nothing wider than `width`. */
export const hanging = (head: string, text: string, width: number): readonly string[] => {
  const indent = widthOf(head)
  return wrap(text, width - indent).map((line, index) => `${index === 0 ? head : ' '.repeat(indent)}${line}`.trimEnd())
}

/** Fills a text with blanks to `width` columns. */
export const pad = (text: string, width: number, align: 'left' | 'right' = 'left'): string => {
  const blanks = ' '.repeat(Math.max(0, width - widthOf(text)))
  return align === 'right' ? blanks + text : text + blanks
}

/** Columns of the widest line of a text. */
export const naturalWidth = (text: Text): number => Math.max(0, ...plain(text).split('\n').map(widthOf))
