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
import { shortRuns } from './short-runs.ts'
import { setFlagsForShort } from './v8-flags.ts'

declare const PGSTRATA_BUILD: string

export type Loaded = {
  readonly body: typeof Body
  /** Keeps the bytecode of what has run, unless most of it was there already. To be called when a run has ended well. */
  keep(): void
}

/** V8 copies bytecode that does not begin at a multiple of eight bytes: a digest, how much bytecode the process had that kept it, and the longest run that has added to it. */
const digestBytes = 32
const headerBytes = digestBytes + 16
/** A run that calls what none before it has called keeps that too, when it is this much more. */
const worthKeeping = 1.1
/** Microseconds of processor time since the body was loaded. A shorter run is seldom asked how much it has compiled: to count that takes two to four milliseconds. */
const short = 200_000
/** The same for a run that had to compile all that it called. */
const shortWithoutBytecode = 3 * short
/** Of so many short runs one is asked. */
const seldom = 16
/** Short runs in a row, after which bytecode is kept of such runs alone: the first that does so has to compile all that it calls. */
const aRow = 3
/** Bytes. To count is to look at all that is on the heap: 50 ms for 100 MB. One large run does so, the next ones have nothing to add. */
const large = 48 * 1024 * 1024
/** A few builds with all their verbs: about 60 MB. */
const filesKept = 40

const digest = (bytes: Uint8Array): Buffer => hash('sha256', bytes, 'buffer')

const lengths = ['short', 'long', 'large'] as const
type Length = (typeof lengths)[number]

type Kept = {
  readonly bytecode: Buffer
  readonly compiled: number
  /** Of the runs that have added to it. */
  readonly longest: Length
}

const read = (path: string, memory: Buffer): Kept | undefined => {
  const bytes = readKept(path, memory)
  if (!bytes || bytes.length < headerBytes || !digest(bytes.subarray(digestBytes)).equals(bytes.subarray(0, digestBytes))) return undefined
  touchKept(path)
  return {
    bytecode: bytes.subarray(headerBytes),
    compiled: bytes.readDoubleLE(digestBytes),
    longest: lengths[bytes.readDoubleLE(digestBytes + 8)] ?? 'large',
  }
}

const write = (path: string, { bytecode, compiled, longest }: Kept): void => {
  const numbers = Buffer.alloc(headerBytes - digestBytes)
  numbers.writeDoubleLE(compiled)
  numbers.writeDoubleLE(lengths.indexOf(longest), 8)
  const content = Buffer.concat([numbers, bytecode])
  writeKept(path, [digest(content), content], filesKept)
}

/** Options of Node's own, some of which make V8 refuse bytecode that was made without them. */
const nodeOptions = (): string => {
  const options = [...process.execArgv, process.env.NODE_OPTIONS ?? ''].join(' ').trim()
  return options === '' ? '' : hash('sha256', options, 'hex').slice(0, 8)
}

/** Each verb has its own: the bytecode is that of the functions which a run called. */
const pathFor = (verb: string, isShort: boolean): string => {
  const { version, arch, platform } = process
  const name = [PGSTRATA_BUILD.slice(0, 16), version, platform, arch, nodeOptions(), /^[a-z]+$/.test(verb) ? verb : 'other', isShort ? 'short' : '']
  return join(cacheDirectory(), 'code', name.filter((part) => part !== '').join('-'))
}

type Chosen = { readonly path: string; readonly kept: Kept | undefined; readonly isForShort: boolean }

/**
 * Which bytecode a run takes up and adds to. After short runs that is the bytecode of such runs alone: it is a fourth less, where others have called more. There is none until a few of them
 * have followed each other, for one has to begin without any.
 */
const choose = (verb: string, shortBefore: number, memory: Buffer): Chosen => {
  const ofShort = pathFor(verb, true)
  const lean = shortBefore > 0 ? read(ofShort, memory) : undefined
  if (lean) return { path: ofShort, kept: lean, isForShort: true }
  const path = pathFor(verb, false)
  const kept = read(path, memory)
  return kept && kept.longest !== 'short' && shortBefore >= aRow ? { path: ofShort, kept: undefined, isForShort: true } : { path, kept, isForShort: false }
}

const compiledBytes = (): number => getHeapCodeStatistics().bytecode_and_metadata_size

const lengthOf = (since: NodeJS.CpuUsage, limit: number): Length => {
  const { user, system } = process.cpuUsage(since)
  if (user + system < limit) return 'short'
  return getHeapStatistics().used_heap_size > large ? 'large' : 'long'
}

const longerOf = (a: Length, b: Length): Length => (lengths.indexOf(a) > lengths.indexOf(b) ? a : b)

/** What `import()` is in the body: the build puts it in its place. */
const importFrom = (specifier: string): Promise<unknown> => import(specifier)

/** Loads the body for a verb. `program` is the address of dist/cli.cjs. */
export const loadBody = (program: string, verb: string): Loaded => {
  const begun = process.cpuUsage()
  const filename = join(dirname(fileURLToPath(program)), 'body.cjs')
  // The build sees to it that the file is ASCII; V8 keeps such a text in half the memory, and has it sooner. It is a function already, for a text that is put together is copied.
  const bytes = readFileSync(filename)
  const text = bytes.toString('latin1')
  const runs = shortRuns(verb)
  // The text is a copy: its bytes make room for the bytecode.
  const { path, kept, isForShort } = choose(verb, runs.before, bytes)
  if (isForShort) setFlagsForShort()
  const script = new Script(text, {
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
      const length = lengthOf(begun, before ? short : shortWithoutBytecode)
      runs.note(length === 'short')
      // What a long run calls is kept apart.
      if (isForShort && length !== 'short') return
      const isAsked = length !== 'short' || (isForShort && runs.before % seldom === 0)
      if (before && (!isAsked || (length === 'large' && before.longest === 'large'))) return
      const compiled = compiledBytes()
      const isMore = before === undefined || compiled > before.compiled * worthKeeping || length === 'large'
      if (isMore) write(path, { bytecode: script.createCachedData(), compiled, longest: longerOf(length, before?.longest ?? 'short') })
    },
  }
}
