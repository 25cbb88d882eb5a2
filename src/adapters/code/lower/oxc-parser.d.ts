/** Parts of the parser that its package exports without types. */
declare module 'oxc-parser/src-js/bindings' {
  import type { OxcError, ParserOptions } from 'oxc-parser'
  /** `program` is the tree as JSON, for `jsonParseAst`. */
  export const parseSync: (path: string, text: string, options: ParserOptions) => { readonly program: string; readonly errors: readonly OxcError[] }
  /** Leaves the tree in `block`, whose bytes from `start` on are the text; for `deserialize`. */
  export const parseRawSync: (path: string, block: Uint8Array, start: number, size: number, options: ParserOptions) => void
  /** How far its memory is from the next address at which a block may begin. */
  export const getBufferOffset: (memory: Uint8Array) => number
  export const rawTransferSupported: () => boolean
}

declare module 'oxc-parser/src-js/wrap' {
  import type { Program } from 'oxc-parser'
  export const jsonParseAst: (json: string) => Program
}

declare module 'oxc-parser/src-js/generated/constants' {
  export const ACTIVE_SIZE: number
  export const BLOCK_SIZE: number
  export const BUFFER_SIZE: number
}

declare module 'oxc-parser/src-js/generated/deserialize/ts' {
  import type { OxcError, Program } from 'oxc-parser'
  export const deserialize: (
    block: Uint8Array & { int32: Int32Array; float64: Float64Array },
    text: string,
    start: number,
    size: number,
  ) => { readonly program: Program; readonly errors: readonly OxcError[] }
}
