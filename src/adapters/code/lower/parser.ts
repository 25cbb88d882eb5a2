/** oxc's parser, asked in the fastest way that the machine allows: decision 34. */
import type { ParseResult, ParserOptions } from 'oxc-parser'
import { getBufferOffset, parseRawSync, parseSync, rawTransferSupported } from 'oxc-parser/src-js/bindings'
import { ACTIVE_SIZE, BLOCK_SIZE, BUFFER_SIZE } from 'oxc-parser/src-js/generated/constants'
import { deserialize } from 'oxc-parser/src-js/generated/deserialize/ts'
import { jsonParseAst } from 'oxc-parser/src-js/wrap'

/** What was read of a file, and what of it is no program. */
export type Parsed = { readonly program: ParseResult['program']; readonly errors: readonly ParseResult['errors'][number][] }

/** Where the parser writes a tree: 2 GiB of addresses, of which only what is written takes memory. Shared, for V8 would count all of it to what the process holds, and collect at once. */
type Room = Uint8Array & { int32: Int32Array; float64: Float64Array; readonly block: Uint8Array }

const gigabyte = 2 ** 30
/** The room begins at a multiple of it, which one can only hope for in as much as Node 20 allows: another place is tried then. */
const reserved = 4 * gigabyte
const mostPlaces = 4

const roomIn = (memory: ArrayBufferLike): Room | undefined => {
  const offset = getBufferOffset(new Uint8Array(memory))
  if (offset + BLOCK_SIZE > memory.byteLength) return undefined
  return Object.assign(new Uint8Array(memory, offset, BUFFER_SIZE), {
    int32: new Int32Array(memory, offset, BUFFER_SIZE / 4),
    float64: new Float64Array(memory, offset, BUFFER_SIZE / 8),
    block: new Uint8Array(memory, offset, BLOCK_SIZE),
  })
}

/** Undefined where addresses are scarce, or cost memory: Windows counts what is reserved. */
const findRoom = (): Room | undefined => {
  if (process.platform === 'win32' || !rawTransferSupported()) return undefined
  const places: ArrayBufferLike[] = []
  try {
    while (places.length < mostPlaces) {
      const memory = new SharedArrayBuffer(reserved)
      const room = roomIn(memory)
      if (room) return room
      // The next one lies beside these two, half the distance further.
      places.push(memory, new SharedArrayBuffer(reserved / 2))
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
  }
  return undefined
}

let known: Room | 'none' | undefined

const encoder = new TextEncoder()

/** A character of a string takes three bytes at most. */
const mostBytes = 3

/** The text stands at the end of the room, the tree before it. */
const parseIn = (room: Room, path: string, text: string, options: ParserOptions): Parsed => {
  const size = text.length * mostBytes
  const start = ACTIVE_SIZE - size
  const { written } = encoder.encodeInto(text, new Uint8Array(room.buffer, room.byteOffset + start, size))
  parseRawSync(path, room.block, start, written, options)
  return deserialize(room, text, start, written)
}

const parseByJson = (path: string, text: string, options: ParserOptions): Parsed => {
  const { program, errors } = parseSync(path, text, options)
  return { program: jsonParseAst(program), errors }
}

/** `options.astType` is `ts`. A text has a few MB at most. */
export const parseText = (path: string, text: string, options: ParserOptions): Parsed => {
  known ??= findRoom() ?? 'none'
  return known === 'none' ? parseByJson(path, text, options) : parseIn(known, path, text, options)
}
