/**
 * JSON as text with positions. Snapshots are big (one folder held 86 MB of them) and only their head is wanted, but a fault anywhere in them must be found:
 * this scanner checks the whole grammar (RFC 8259) on the bytes and builds nodes only down to the wanted depth. Unlike `JSON.parse` it says where a fault is, sees keys
 * that stand twice, and makes no strings and objects of what nobody asks for.
 */

/** A value's stretch of bytes, and its members down to the wanted depth. */
export type JsonNode = { readonly start: number; readonly end: number; readonly members: readonly JsonMember[] }
/** A member of an object; elements of an array have their index as key. */
export type JsonMember = { readonly key: string; readonly keyStart: number; readonly value: JsonNode }

/** Why a text is not JSON, at which byte. */
export class JsonFault extends Error {
  readonly offset: number
  constructor(message: string, offset: number) {
    super(message)
    this.name = 'JsonFault'
    this.offset = offset
  }
}

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COMMA = 0x2c
const COLON = 0x3a
const MINUS = 0x2d
const OBJECT = 0x7b
const OBJECT_END = 0x7d
const ARRAY = 0x5b
const ARRAY_END = 0x5d
const LINE_FEED = 0x0a

const SPACE = 1
const PLAIN = 2
/** What each byte may be: blank between tokens, plain inside a string. */
const classes = Uint8Array.from({ length: 256 }, (_, byte) =>
  [0x20, 0x0a, 0x0d, 0x09].includes(byte) ? SPACE | (byte === 0x20 ? PLAIN : 0) : byte < 0x20 || byte === QUOTE || byte === BACKSLASH ? 0 : PLAIN,
)
const classOf = (byte: number | undefined): number => (byte === undefined ? 0 : (classes[byte] ?? 0))
const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= 0x30 && byte <= 0x39
const isHex = (byte: number | undefined): boolean => byte !== undefined && (isDigit(byte) || ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x66))
const escapes = new Set([...'"\\/bfnrt'].map((character) => character.charCodeAt(0)))

const shown = (bytes: Uint8Array, at: number): string => {
  if (at >= bytes.length) return 'the file ends too early'
  if (bytes[at] === 0xef && bytes[at + 1] === 0xbb && bytes[at + 2] === 0xbf) return 'a byte order mark stands before the JSON'
  return `unexpected ${JSON.stringify(
    textOf(bytes, at, at + 12)
      .split('\n')[0]
      ?.slice(0, 8) ?? '',
  )}`
}

const unexpected = (bytes: Uint8Array, at: number): JsonFault => new JsonFault(shown(bytes, at), Math.min(at, bytes.length))

const skipSpace = (bytes: Uint8Array, from: number): number => {
  let at = from
  while ((classOf(bytes[at]) & SPACE) !== 0) at++
  return at
}

/** The end of an escape sequence that begins at the backslash. */
const skipEscape = (bytes: Uint8Array, at: number): number => {
  const letter = bytes[at + 1]
  if (letter !== undefined && escapes.has(letter)) return at + 2
  if (letter !== 0x75) throw unexpected(bytes, at)
  for (let digit = at + 2; digit < at + 6; digit++) if (!isHex(bytes[digit])) throw unexpected(bytes, digit)
  return at + 6
}

const skipString = (bytes: Uint8Array, from: number): number => {
  let at = from + 1
  for (;;) {
    while ((classOf(bytes[at]) & PLAIN) !== 0) at++
    if (bytes[at] === QUOTE) return at + 1
    if (bytes[at] !== BACKSLASH) throw unexpected(bytes, at)
    at = skipEscape(bytes, at)
  }
}

const skipDigits = (bytes: Uint8Array, from: number): number => {
  if (!isDigit(bytes[from])) throw unexpected(bytes, from)
  let at = from
  while (isDigit(bytes[at])) at++
  return at
}

const skipNumber = (bytes: Uint8Array, from: number): number => {
  let at = bytes[from] === MINUS ? from + 1 : from
  at = bytes[at] === 0x30 ? at + 1 : skipDigits(bytes, at)
  if (bytes[at] === 0x2e) at = skipDigits(bytes, at + 1)
  if (bytes[at] === 0x65 || bytes[at] === 0x45) at = skipDigits(bytes, at + (bytes[at + 1] === 0x2b || bytes[at + 1] === MINUS ? 2 : 1))
  return at
}

const words = new Map(['true', 'false', 'null'].map((word) => [word.charCodeAt(0), [...word].map((letter) => letter.charCodeAt(0))]))

const skipWord = (bytes: Uint8Array, at: number): number => {
  const word = words.get(bytes[at] ?? 0) ?? []
  for (let index = 0; index < word.length; index++) if (bytes[at + index] !== word[index]) throw unexpected(bytes, at)
  if (word.length === 0) throw unexpected(bytes, at)
  return at + word.length
}

const skipScalar = (bytes: Uint8Array, at: number): number => {
  const byte = bytes[at]
  if (byte === QUOTE) return skipString(bytes, at)
  if (byte === MINUS || isDigit(byte)) return skipNumber(bytes, at)
  return skipWord(bytes, at)
}

/** Past a key and its colon, to the value. */
const skipKey = (bytes: Uint8Array, at: number): number => {
  if (bytes[at] !== QUOTE) throw unexpected(bytes, at)
  const colon = skipSpace(bytes, skipString(bytes, at))
  if (bytes[colon] !== COLON) throw unexpected(bytes, colon)
  return skipSpace(bytes, colon + 1)
}

/** The end of the value that begins at `from`, its grammar checked. A loop and not a recursion: depth is the file's choice. */
const skipValue = (bytes: Uint8Array, from: number): number => {
  const closers: number[] = []
  let at = from
  for (;;) {
    const byte = bytes[at]
    if (byte === OBJECT || byte === ARRAY) {
      const closer = byte === OBJECT ? OBJECT_END : ARRAY_END
      at = skipSpace(bytes, at + 1)
      if (bytes[at] !== closer) {
        closers.push(closer)
        if (closer === OBJECT_END) at = skipKey(bytes, at)
        continue
      }
      at++
    } else at = skipScalar(bytes, at)
    for (;;) {
      const closer = closers[closers.length - 1]
      if (closer === undefined) return at
      at = skipSpace(bytes, at)
      if (bytes[at] === COMMA) {
        at = skipSpace(bytes, at + 1)
        if (closer === OBJECT_END) at = skipKey(bytes, at)
        break
      }
      if (bytes[at] !== closer) throw unexpected(bytes, at)
      closers.pop()
      at++
    }
  }
}

const decoder = new TextDecoder()
const textOf = (bytes: Uint8Array, from: number, to: number): string => decoder.decode(bytes.subarray(from, to))

const readNode = (bytes: Uint8Array, start: number, depth: number): JsonNode => {
  const opener = bytes[start]
  if (depth === 0 || (opener !== OBJECT && opener !== ARRAY)) return { start, end: skipValue(bytes, start), members: [] }
  const closer = opener === OBJECT ? OBJECT_END : ARRAY_END
  const members: JsonMember[] = []
  let at = skipSpace(bytes, start + 1)
  if (bytes[at] === closer) return { start, end: at + 1, members }
  for (;;) {
    const keyStart = at
    const valueStart = opener === OBJECT ? skipKey(bytes, at) : at
    const key = opener === OBJECT ? (JSON.parse(textOf(bytes, keyStart, skipString(bytes, keyStart))) as string) : String(members.length)
    const value = readNode(bytes, valueStart, depth - 1)
    members.push({ key, keyStart, value })
    at = skipSpace(bytes, value.end)
    if (bytes[at] === closer) return { start, end: at + 1, members }
    if (bytes[at] !== COMMA) throw unexpected(bytes, at)
    at = skipSpace(bytes, at + 1)
  }
}

/** Checks a whole JSON text and answers its nodes down to `depth` (0: none, 1: the members of the root). Throws `JsonFault`. */
export const scanJson = (bytes: Uint8Array, depth: number): JsonNode => {
  const root = readNode(bytes, skipSpace(bytes, 0), depth)
  const rest = skipSpace(bytes, root.end)
  if (rest < bytes.length) throw unexpected(bytes, rest)
  return root
}

/** The value of a node, as `JSON.parse` gives it. */
export const parsedValue = (bytes: Uint8Array, node: JsonNode): unknown => JSON.parse(textOf(bytes, node.start, node.end))

/** The last member of that name, as `JSON.parse` has it. */
export const memberOf = (node: JsonNode, key: string): JsonNode | undefined => node.members.findLast((member) => member.key === key)?.value

/** Line and column, both from 1, of a byte. Columns count UTF-16 units, as editors do. */
export const placeOf = (bytes: Uint8Array, offset: number): { readonly line: number; readonly column: number } => {
  const before = textOf(bytes, 0, offset)
  const lineStart = before.lastIndexOf('\n') + 1
  return { line: before.split('\n').length, column: before.length - lineStart + 1 }
}

/** The lines (from 1) of bytes that are asked for from first to last. */
export const linesOf = (bytes: Uint8Array): ((offset: number) => number) => {
  let line = 1
  let at = 0
  return (offset) => {
    for (let next = bytes.indexOf(LINE_FEED, at); next !== -1 && next < offset; next = bytes.indexOf(LINE_FEED, at)) {
      line++
      at = next + 1
    }
    return line
  }
}

const marker = /^(?:<{7}|>{7}|\|{7})(?: |\r?$)/m

/** The line (from 1) of git's first conflict marker, or undefined. A lone `=======` is none: it also underlines headings in comments. */
export const conflictMarkerLine = (text: string): number | undefined => {
  if (!text.includes('<<<<<<<') && !text.includes('>>>>>>>')) return undefined
  const at = text.search(marker)
  return at < 0 ? undefined : text.slice(0, at).split('\n').length
}
