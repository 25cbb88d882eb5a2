/**
 * libpg-query's WebAssembly without its own JavaScript door: texts go in and out through TextEncoder and TextDecoder, and the tree's JSON is seen as text before it is
 * parsed. In measured runs that halves the time of parsing a history (docs/decisions/0013). The functions and structs are those of libpg-query 18 (`wasm/index.cjs`).
 */

/** What the package's `wasm/libpg-query.js` answers. Views of the memory are made anew whenever it grows. */
type Wasm = {
  readonly HEAPU8: Uint8Array
  readonly HEAPU32: Uint32Array
  _malloc(bytes: number): number
  _free(at: number): void
  _wasm_parse_query_raw(text: number): number
  _wasm_free_parse_result(result: number): void
  _wasm_parse_plpgsql(text: number): number
  _wasm_free_string(text: number): void
}

export type WasmFactory = () => Promise<Wasm>

/** The parser's own refusal of a text. */
export class SqlError extends Error {
  override readonly name = 'SqlError'
  /** Characters from the text's beginning; undefined where the parser names no place. */
  readonly position: number | undefined

  constructor(message: string, position?: number) {
    super(message)
    this.position = position
  }
}

export type SqlParser = {
  /** The syntax tree of a script, as JSON; throws `SqlError`. */
  readonly parse: (sql: string) => string
  /** The syntax tree of one CREATE FUNCTION or DO statement in PL/pgSQL, as JSON; throws `SqlError`. */
  readonly parsePlPgSql: (sql: string) => string
}

export const openParser = async (factory: WasmFactory): Promise<SqlParser> => {
  const wasm = await factory()
  const encoder = new TextEncoder()
  const decoder = new TextDecoder()

  /** An address that the parser gave, or an error: it answers zero when memory is out. */
  const given = (at: number): number => {
    if (at === 0) throw new Error('the SQL parser is out of memory')
    return at
  }
  const textAt = (at: number): string => decoder.decode(wasm.HEAPU8.subarray(at, wasm.HEAPU8.indexOf(0, at)))
  const wordAt = (at: number): number => wasm.HEAPU32[at >> 2] ?? 0

  /** Calls `work` with the address of a copy of the text that ends with a zero byte. */
  const withText = <T>(text: string, work: (at: number) => T): T => {
    // UTF-8 has at most three bytes for each unit of UTF-16.
    const room = text.length * 3 + 1
    const at = given(wasm._malloc(room))
    try {
      const { written } = encoder.encodeInto(text, wasm.HEAPU8.subarray(at, at + room - 1))
      wasm.HEAPU8[at + written] = 0
      return work(at)
    } finally {
      wasm._free(at)
    }
  }

  /** PgQueryError: message, function, file, line, position of the cursor (from 1 on, 0 for none). */
  const errorAt = (at: number): SqlError => {
    const cursor = wordAt(at + 16)
    return new SqlError(textAt(wordAt(at)), cursor > 0 ? cursor - 1 : undefined)
  }

  return {
    parse: (sql) =>
      withText(sql, (text) => {
        const result = given(wasm._wasm_parse_query_raw(text))
        try {
          // PgQueryParseResult: tree, what went to standard error, error.
          const error = wordAt(result + 8)
          if (error) throw errorAt(error)
          return textAt(wordAt(result))
        } finally {
          wasm._wasm_free_parse_result(result)
        }
      }),
    parsePlPgSql: (sql) =>
      withText(sql, (text) => {
        const result = given(wasm._wasm_parse_plpgsql(text))
        try {
          const answer = textAt(result)
          if (!answer.startsWith('{')) throw new SqlError(answer)
          return answer
        } finally {
          wasm._wasm_free_string(result)
        }
      }),
  }
}
