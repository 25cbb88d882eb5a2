/** Worker threads that answer questions about files. From the sources there are none, and this thread answers. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { answer, type FileAnswer, type Question } from './work.ts'

export type Workers = {
  ask(question: Question): Promise<readonly FileAnswer[]>
  close(): Promise<void>
}

/** Below this many files a thread costs more to start than it saves. */
const fewFiles = 60
const filesAtOnce = 64

/** In the bundle it lies beside this file, or above the folder of chunks. */
const workerFile = (): string | undefined => {
  const here = fileURLToPath(new URL('.', import.meta.url))
  return [here, join(here, '..')].map((folder) => join(folder, 'lower-worker.js')).find((path) => existsSync(path))
}

class Thread {
  readonly #worker: Worker
  readonly #waiting = new Map<number, { done: (answers: readonly FileAnswer[]) => void; fail: (error: Error) => void }>()
  #next = 0

  constructor(file: string) {
    this.#worker = new Worker(file)
    this.#worker.on('message', ({ id, answer: answers }: { readonly id: number; readonly answer: readonly FileAnswer[] }) => {
      this.#waiting.get(id)?.done(answers)
      this.#waiting.delete(id)
    })
    this.#worker.on('error', (error: Error) => this.#fail(error))
    this.#worker.on('exit', () => this.#fail(new Error('A thread that reads sources has ended.')))
  }

  #fail(error: Error): void {
    for (const { fail } of this.#waiting.values()) fail(error)
    this.#waiting.clear()
  }

  ask(question: Question): Promise<readonly FileAnswer[]> {
    return new Promise((done, fail) => {
      const id = this.#next++
      this.#waiting.set(id, { done, fail })
      this.#worker.postMessage({ id, question })
    })
  }

  async close(): Promise<void> {
    await this.#worker.terminate()
  }
}

const portions = (paths: readonly string[]): (readonly string[])[] => {
  const all: (readonly string[])[] = []
  for (let at = 0; at < paths.length; at += filesAtOnce) all.push(paths.slice(at, at + filesAtOnce))
  return all
}

/** Each thread takes the next portion when it is done with its last one. */
const shared = async (threads: readonly Thread[], question: Question): Promise<readonly FileAnswer[]> => {
  const waiting = portions(question.paths)
  const answers: FileAnswer[] = []
  const work = async (thread: Thread): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) answers.push(...(await thread.ask({ ...question, paths: next })))
  }
  await Promise.all(threads.map(work))
  return answers
}

export const startWorkers = (count = 2): Workers => {
  const file = workerFile()
  const threads: Thread[] = []
  return {
    async ask(question) {
      if (file === undefined || question.paths.length < fewFiles) return answer(question)
      while (threads.length < count) threads.push(new Thread(file))
      return shared(threads, question)
    },
    async close() {
      await Promise.all(threads.splice(0).map((thread) => thread.close()))
    },
  }
}
