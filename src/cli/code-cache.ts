/**
 * Loads the command line's body (dist/body.cjs) with the bytecode that V8 kept of an earlier run: about 100 ms of processor time less for each run (docs/decisions/0014).
 * Nothing here is needed for a right answer: what cannot be read, is not ours, or is another build's, is as if it were not there.
 */
import { hash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { getHeapCodeStatistics, getHeapStatistics } from 'node:v8'
import { Script } from 'node:vm'
import { cacheDirectory } from '../adapters/store/directory.ts'
import type * as Body from './body.ts'
import { readKept, touchKept, writeKept } from './kept-files.ts'

declare const PGSTRATA_BUILD: string

export type Loaded = {
  readonly body: typeof Body
  /** Keeps the bytecode of what has run, unless most of it was there already. To be called when a run has ended well. */
  keep(): void
}

/** V8 copies bytecode that does not begin at a multiple of eight bytes: a digest, and how much bytecode the process had that kept it, negative after a large run. */
const digestBytes = 32
const headerBytes = digestBytes + 8
/** A run that calls what none before it has called keeps that too, when it is this much more. */
const worthKeeping = 1.1
/** Microseconds of processor time since the body was loaded. A shorter run is not asked how much it has compiled: to count that takes two to four milliseconds. */
const short = 150_000
/** Bytes. To count is to look at all that is on the heap: 50 ms for 100 MB. One large run does so, the next ones have nothing to add. */
const large = 48 * 1024 * 1024
/** A few builds with all their verbs: about 60 MB. */
const filesKept = 40

const digest = (bytes: Uint8Array): Buffer => hash('sha256', bytes, 'buffer')

type Kept = {
  readonly bytecode: Buffer
  readonly compiled: number
  /** A large run has added to it. */
  readonly isLarge: boolean
}

const read = (path: string): Kept | undefined => {
  const bytes = readKept(path)
  if (!bytes || bytes.length < headerBytes || !digest(bytes.subarray(digestBytes)).equals(bytes.subarray(0, digestBytes))) return undefined
  touchKept(path)
  const compiled = bytes.readDoubleLE(digestBytes)
  return { bytecode: bytes.subarray(headerBytes), compiled: Math.abs(compiled), isLarge: compiled < 0 }
}

const write = (path: string, { bytecode, compiled, isLarge }: Kept): void => {
  const size = Buffer.alloc(headerBytes - digestBytes)
  size.writeDoubleLE(isLarge ? -compiled : compiled)
  const content = Buffer.concat([size, bytecode])
  writeKept(path, [digest(content), content], filesKept)
}

/** Options of Node's own, some of which make V8 refuse bytecode that was made without them. */
const nodeOptions = (): string => {
  const options = [...process.execArgv, process.env.NODE_OPTIONS ?? ''].join(' ').trim()
  return options === '' ? '' : hash('sha256', options, 'hex').slice(0, 8)
}

/** Each verb has its own: the bytecode is that of the functions which a run called. */
const pathFor = (verb: string): string => {
  const { version, arch, platform } = process
  const name = [PGSTRATA_BUILD.slice(0, 16), version, platform, arch, nodeOptions(), /^[a-z]+$/.test(verb) ? verb : 'other']
  return join(cacheDirectory(), 'code', name.filter((part) => part !== '').join('-'))
}

const compiledBytes = (): number => getHeapCodeStatistics().bytecode_and_metadata_size

const isLarge = (): boolean => getHeapStatistics().used_heap_size > large

const isShort = (since: NodeJS.CpuUsage): boolean => {
  const { user, system } = process.cpuUsage(since)
  return user + system < short
}

/** What `import()` is in the body: the build puts it in its place. */
const importFrom = (specifier: string): Promise<unknown> => import(specifier)

/** Loads the body for a verb. `program` is the address of dist/cli.cjs. */
export const loadBody = (program: string, verb: string): Loaded => {
  const begun = process.cpuUsage()
  const filename = join(dirname(fileURLToPath(program)), 'body.cjs')
  const path = pathFor(verb)
  const kept = read(path)
  // The build sees to it that the file is ASCII; V8 keeps such a text in half the memory, and has it sooner. It is a function already, for a text that is put together is copied.
  const script = new Script(readFileSync(filename, 'latin1'), {
    filename,
    ...(kept ? { cachedData: kept.bytecode } : {}),
  })
  const module = { exports: {} as typeof Body }
  const requireBeside = createRequire(program)
  const resolve = (specifier: string): string => pathToFileURL(requireBeside.resolve(specifier)).href
  script.runInThisContext()(module.exports, requireBeside, module, program, resolve, importFrom)
  const before = script.cachedDataRejected === true ? undefined : kept
  return {
    body: module.exports,
    keep: () => {
      if (before && isShort(begun)) return
      const large = isLarge()
      if (before?.isLarge && large) return
      const compiled = compiledBytes()
      const isMore = before === undefined || compiled > before.compiled * worthKeeping || large
      if (isMore) write(path, { bytecode: script.createCachedData(), compiled, isLarge: large || before?.isLarge === true })
    },
  }
}
