/**
 * PostgreSQL's parser and nothing else: the least that a program in Node does that wants the syntax trees of these files. The floor in `npm run bench:lint -- --profile`.
 * The flags of V8 are those of the command line (docs/decisions/0002), and the WebAssembly is called as there (docs/decisions/0013).
 */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { setFlagsFromString } from 'node:v8'

for (const flag of ['--wasm-tiering-budget=2000000000', '--liftoff-only', '--wasm-lazy-validation']) setFlagsFromString(flag)
const wasm = await createRequire(import.meta.url)('libpg-query/wasm/libpg-query.js')()
const [encoder, decoder] = [new TextEncoder(), new TextDecoder()]

const parse = (sql) => {
  const room = sql.length * 3 + 1
  const text = wasm._malloc(room)
  const { written } = encoder.encodeInto(sql, wasm.HEAPU8.subarray(text, text + room - 1))
  wasm.HEAPU8[text + written] = 0
  const result = wasm._wasm_parse_query_raw(text)
  const [tree, error] = [wasm.HEAPU32[result >> 2], wasm.HEAPU32[(result + 8) >> 2]]
  const answer = error ? undefined : JSON.parse(decoder.decode(wasm.HEAPU8.subarray(tree, wasm.HEAPU8.indexOf(0, tree))))
  wasm._wasm_free_parse_result(result)
  wasm._free(text)
  return answer
}

for (const file of process.argv.slice(2)) parse(readFileSync(file, 'utf8'))
process.exit(0)
