/** The parser with the memory that the command line gives it. */
import { createRequire } from 'node:module'
import { expect, it } from 'vitest'
import { instantiateFrom } from '../../src/cli/parser-memory.ts'
import { openParser, type WasmFactory } from '../../src/sql/libpg-query.ts'

const require = createRequire(import.meta.url)
const file = 'libpg-query/wasm/libpg-query.js'

type Options = { readonly locateFile: () => string; readonly instantiateWasm: ReturnType<typeof instantiateFrom> }
type Loaded = Awaited<ReturnType<WasmFactory>>

const withSharedMemory = async (): Promise<Loaded> => {
  const path = require.resolve(file.replace(/js$/, 'wasm'))
  const factory = require(file) as (options: Options) => Promise<Loaded>
  return factory({ locateFile: () => path, instantiateWasm: instantiateFrom(path) })
}

it('the parser answers the same in memory that V8 does not count, also after it has grown', async () => {
  const wasm = await withSharedMemory()
  const [ours, theirs] = [await openParser(async () => wasm), await openParser(require(file) as WasmFactory)]
  expect(wasm.HEAPU8.buffer).toBeInstanceOf(SharedArrayBuffer)
  const texts = ['CREATE TABLE "größe" (id int DEFAULT 1)', "SELECT '🦊', 1 +", '']
  const answer = ({ parse }: typeof ours, text: string): string => {
    try {
      return parse(text)
    } catch (error) {
      return String(error)
    }
  }
  const before = wasm.HEAPU8.length
  const compareAll = (): void => {
    for (const text of texts) expect(answer(ours, text)).toBe(answer(theirs, text))
  }
  compareAll()
  const big = wasm._malloc(before)
  expect(wasm.HEAPU8.length).toBeGreaterThan(before)
  compareAll()
  wasm._free(big)
})
