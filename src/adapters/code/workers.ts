/** Worker threads that read texts and make trees ahead of the one who follows the files. What none of them has begun with he makes himself. */
import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads'
import { type Claims, claim, isEmpty, isFree, newClaims, waitFor } from './claims.ts'
import type { Asked } from './mentions/asked.ts'
import type { Candidate } from './mentions/finder.ts'
import type { Looked, Made, Noted, Search, Wish } from './messages.ts'
import type { Note } from './notes.ts'
import type { Job } from './work.ts'

export type Workers = {
  /** All texts will be asked for, from the first one on: threads begin at the end. */
  read(): void
  /** What a thread has noted of a file; undefined where that is left to the caller. */
  note(path: string): Note | undefined
  /** These will be asked for, the soonest first, and before all that was wanted earlier; others perhaps. Files of the sources only. */
  want(surely: readonly string[], perhaps: readonly string[]): void
  /** What was made of a file; undefined where that is left to the caller, and no thread will begin with it any more. */
  take(path: string): Made | undefined
  /** Candidates are looked through while no tree is wanted, from the last one on; what was looked for before is forgotten. Files of the sources only. */
  look(asked: Asked, candidates: readonly Candidate[]): Lookout
  areAtWork(): boolean
  close(): Promise<void>
}

/** What came of looking into a candidate, by its position; undefined where that is left to the caller, and no thread will begin with it any more. */
export type Lookout = (at: number) => Looked | 'nothing' | undefined

/** Below this many files a thread costs more to start than it saves. */
const fewFiles = 60
/** The same for texts alone. */
const fewTexts = 500
/** The same for texts that are searched. */
const fewCandidates = 500
/** Beside the one who follows. */
const mostThreads = 3
/** Milliseconds that a thread may take for a file that is asked for. One that has died never ends. */
const longestWait = 2_000

/** In the bundle it lies beside this file, or above the folder of chunks. There is none beside the sources. */
const workerFile = (): string | undefined => {
  const here = fileURLToPath(new URL('.', import.meta.url))
  return [here, join(here, '..')].map((folder) => join(folder, 'lower-worker.js')).find((path) => existsSync(path))
}

/** Megabytes. A tree is garbage as soon as it is bytes: with as much room as this hardly any is alive when it is collected. */
const youngGeneration = 96

type Thread = { readonly worker: Worker; readonly port: MessagePort }

const startThread = (file: string, job: Omit<Job, 'port'>): Thread => {
  const { port1, port2 } = new MessageChannel()
  const worker = new Worker(file, {
    workerData: { ...job, port: port2 } satisfies Job,
    transferList: [port2],
    resourceLimits: { maxYoungGenerationSizeMb: youngGeneration },
  })
  // A thread that dies has made less; nothing else is lost.
  worker.on('error', () => undefined)
  worker.unref()
  return { worker, port: port1 }
}

/** `file` is the program of a thread. */
export const startWorkers = (root: string, sources: readonly string[], file = workerFile()): Workers => {
  const positionOf = new Map(sources.map((path, at) => [path, at]))
  const claims = newClaims(sources.length)
  const readers = newClaims(sources.length)
  const ahead = new Int32Array(new SharedArrayBuffer(4))
  const threads: Thread[] = []
  const made = new Map<number, Made>()
  /** Trees that were made to be looked through: nobody has to make room for them. */
  const beside = new Map<number, Made>()
  const looked = new Map<number, Looked>()
  let searches = 0
  const notes = new Map<number, Note>()

  const start = (program: string): void => {
    const count = Math.max(1, Math.min(mostThreads, availableParallelism() - 1))
    while (threads.length < count) threads.push(startThread(program, { root, sources, claims, readers, ahead }))
  }
  const leave = ({ bytes }: Made): void => {
    Atomics.sub(ahead, 0, bytes.length)
    Atomics.notify(ahead, 0)
  }
  const takeIn = (): void => {
    for (const { port } of threads)
      for (let more = receiveMessageOnPort(port); more; more = receiveMessageOnPort(port)) {
        const one: Made | Noted | Looked = more.message
        if ('note' in one) notes.set(one.at, one.note)
        else if ('findings' in one) {
          beside.set(one.at, one)
          if (one.search === searches) looked.set(one.candidate, one)
        } else made.set(one.at, one)
      }
  }
  const send = (message: Wish | Search): void => {
    for (const { port } of threads) port.postMessage(message)
  }
  const lookoutFor =
    (lookers: Claims): Lookout =>
    (at) => {
      if (threads.length === 0 || claim(lookers, at)) return undefined
      waitFor(lookers, at, longestWait)
      if (isEmpty(lookers, at)) return 'nothing'
      takeIn()
      return looked.get(at)
    }
  const unclaimed = (paths: readonly string[]): readonly number[] => paths.flatMap((path) => positionOf.get(path) ?? []).filter((at) => isFree(claims, at))
  return {
    read() {
      if (file === undefined || sources.length < fewTexts) return
      start(file)
      send({ notes: sources.map((_, at) => at).reverse(), surely: [], perhaps: [] })
    },
    note(path) {
      const at = positionOf.get(path)
      if (threads.length === 0 || at === undefined || claim(readers, at)) return undefined
      waitFor(readers, at, longestWait)
      takeIn()
      return notes.get(at)
    },
    want(surely, perhaps) {
      if (file === undefined || (threads.length === 0 && surely.length + perhaps.length < fewFiles)) return
      start(file)
      const wish: Wish = { notes: [], surely: unclaimed(surely), perhaps: unclaimed(perhaps) }
      if (wish.surely.length + wish.perhaps.length > 0) send(wish)
    },
    take(path) {
      const at = positionOf.get(path)
      if (threads.length === 0 || at === undefined || claim(claims, at)) return undefined
      waitFor(claims, at, longestWait)
      takeIn()
      const one = made.get(at)
      made.delete(at)
      if (one) leave(one)
      return one ?? beside.get(at)
    },
    look(asked, candidates) {
      const lookers = newClaims(candidates.length)
      searches++
      looked.clear()
      if (file === undefined || (threads.length === 0 && candidates.length < fewCandidates)) return () => undefined
      start(file)
      const positions = Int32Array.from(candidates, ({ path }) => positionOf.get(path) ?? -1)
      send({ number: searches, asked, candidates, positions, lookers })
      return lookoutFor(lookers)
    },
    areAtWork: () => threads.length > 0,
    async close() {
      await Promise.all(
        threads.splice(0).map(async ({ worker, port }) => {
          port.close()
          await worker.terminate()
        }),
      )
    },
  }
}
