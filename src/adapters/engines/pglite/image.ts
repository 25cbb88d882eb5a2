/** The data directory of an empty database, made once and kept in the cache: initdb takes some seconds in WebAssembly. */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Cache } from '../../../model/world.ts'
import { createCache } from '../../store/cache.ts'
import { cacheDirectory } from '../../store/directory.ts'
import { Database } from './database.ts'
import type { CompiledProgram, Instance, Setup } from './instance.ts'

export type Image = { readonly bytes: Uint8Array /** `server_version_num`. */; readonly version: number }

/** How an image is made: another way gives another one. */
const recipe = createHash('sha256').update('wal-segsize=1; COMMENT ON DATABASE postgres IS NULL').digest('hex').slice(0, 12)
const versionBytes = 6

export const defaultCache = (): Cache => createCache({ directory: join(cacheDirectory(), 'pglite'), build: recipe })

const encode = ({ bytes, version }: Image): Uint8Array => Buffer.concat([Buffer.from(String(version)), bytes])
const decode = (stored: Uint8Array): Image => ({
  bytes: stored.subarray(versionBytes),
  version: Number(Buffer.from(stored.subarray(0, versionBytes)).toString()),
})

const make = async (setup: Setup, opened: (instance: Instance) => void): Promise<Image> => {
  const database = await Database.start(setup, opened)
  try {
    const session = await database.session()
    await session.script('COMMENT ON DATABASE postgres IS NULL')
    const { version } = session
    await session.close()
    return { bytes: await database.dump(), version }
  } finally {
    await database.end('the image is made')
  }
}

/** The empty database's image, from the cache if it is there. `opened` hears of the PGlite that makes it. */
export const emptyImage = async (cache: Cache, key: string, setup: Setup, opened: (instance: Instance) => void): Promise<Image> => {
  const stored = await cache.get(key)
  if (stored) return decode(stored)
  const image = await make(setup, opened)
  await cache.put(key, encode(image))
  return image
}

/** What Node has and TypeScript only knows with the browser's types. */
declare const WebAssembly: { compile(bytes: Uint8Array): Promise<CompiledProgram> }

/** PGlite's program, compiled once for all workers; undefined where it cannot be: each worker then does it. */
export const compiled = async (pglite: string): Promise<CompiledProgram | undefined> => {
  try {
    return await WebAssembly.compile(await readFile(join(dirname(pglite), 'pglite.wasm')))
  } catch {
    return undefined
  }
}
