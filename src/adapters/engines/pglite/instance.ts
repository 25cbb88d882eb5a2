/** One PGlite in a worker thread: its WebAssembly never blocks this thread, and can be ended in the middle of a statement. */
import { Worker } from 'node:worker_threads'
import { ToolError } from '../../../model/error.ts'
import type { ExtensionModule } from './packages.ts'
import { workerSource } from './worker-source.ts'

/** A WebAssembly.Module, which only workers look into. */
export type CompiledProgram = object

export type Setup = {
  readonly pglite: string
  readonly extensions: readonly ExtensionModule[]
  /** Files for the folder of extensions. */
  readonly stubs: readonly { readonly file: string; readonly text: string }[]
  /** A data directory to start from; without it initdb makes one. */
  readonly image?: Uint8Array
  /** PGlite's program, compiled. */
  readonly wasm?: CompiledProgram
}

/** PGlite's own, without its search_path: a server's default is what a migration meets in production. */
const startParams = [
  ...['--single', '-F', '-O', '-j'],
  ...['exit_on_error=false', 'log_checkpoints=false', 'io_method=sync', 'jit=off'].flatMap((setting) => ['-c', setting]),
  ...['max_worker_processes', 'max_parallel_workers', 'max_parallel_workers_per_gather', 'max_parallel_maintenance_workers'].flatMap((name) => [
    '-c',
    `${name}=0`,
  ]),
]

/** A small data directory: it is what every database is started from. */
const initDbStartParams = ['--wal-segsize=1']

type Answer = { readonly id: number; readonly bytes: Uint8Array } | { readonly id: number; readonly fault: string }
type Pending = { resolve(bytes: Uint8Array): void; reject(error: Error): void }

const start = 0

export class Instance {
  readonly #worker: Worker
  readonly #pending = new Map<number, Pending>()
  readonly #opened: Promise<Uint8Array>
  #asked = start
  #gone: string | undefined

  constructor(setup: Setup) {
    // Nothing of the caller's: neither loaders nor environment variables. What it prints is not shown, nor read: reading would keep Node from ending.
    this.#worker = new Worker(workerSource, {
      eval: true,
      name: 'pgstrata-pglite',
      workerData: { ...setup, startParams, initDbStartParams },
      execArgv: [],
      env: {},
      stdout: true,
      stderr: true,
    })
    this.#worker.on('message', (answer: Answer) => this.#settle(answer))
    this.#worker.on('error', (error) => this.#lose(`PGlite ended: ${error.message}`))
    this.#worker.on('exit', () => this.#lose('PGlite ended'))
    this.#opened = this.#await(start)
    this.#opened.catch(() => undefined)
  }

  /** Why it is no longer there. */
  get gone(): string | undefined {
    return this.#gone
  }

  /** Waits until it runs. Throws `ToolError` `engine-start-failed`. */
  async ready(): Promise<void> {
    try {
      await this.#opened
    } catch (error) {
      await this.end('it did not start')
      throw new ToolError('engine-start-failed', `PGlite did not start: ${(error as Error).message}`, {
        help: 'Use --engine embedded, or give a server with --engine postgres://…',
        exit: 3,
      })
    }
  }

  /** Sends bytes of PostgreSQL's protocol and answers what comes back. */
  exchange(bytes: Uint8Array): Promise<Uint8Array> {
    return this.#ask('wire', bytes)
  }

  /** The data directory as a tar archive. */
  dump(): Promise<Uint8Array> {
    return this.#ask('dump')
  }

  /** Ends it at once; what runs in it is lost. */
  async end(why: string): Promise<void> {
    this.#lose(why)
    await this.#worker.terminate()
  }

  #ask(kind: 'wire' | 'dump', bytes?: Uint8Array): Promise<Uint8Array> {
    if (this.#gone !== undefined) return Promise.reject(new Error(this.#gone))
    this.#asked += 1
    this.#worker.postMessage({ id: this.#asked, kind, bytes })
    return this.#await(this.#asked)
  }

  /** An idle worker does not keep Node from ending. */
  #await(id: number): Promise<Uint8Array> {
    this.#worker.ref()
    return new Promise((resolve, reject) => this.#pending.set(id, { resolve, reject }))
  }

  #settle(answer: Answer): void {
    const pending = this.#pending.get(answer.id)
    this.#pending.delete(answer.id)
    if (this.#pending.size === 0) this.#worker.unref()
    if ('bytes' in answer) pending?.resolve(answer.bytes)
    else pending?.reject(new Error(answer.fault))
  }

  #lose(why: string): void {
    this.#gone ??= why
    for (const pending of this.#pending.values()) pending.reject(new Error(this.#gone))
    this.#pending.clear()
  }
}
