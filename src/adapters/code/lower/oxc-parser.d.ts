/** Parts of the parser that its package exports without types. */
declare module 'oxc-parser/src-js/bindings' {
  import type { OxcError, ParserOptions } from 'oxc-parser'
  /** `program` is the tree as JSON, for `jsonParseAst`. */
  export const parseSync: (path: string, text: string, options: ParserOptions) => { readonly program: string; readonly errors: readonly OxcError[] }
}

declare module 'oxc-parser/src-js/wrap' {
  import type { Program } from 'oxc-parser'
  export const jsonParseAst: (json: string) => Program
}
