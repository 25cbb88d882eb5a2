/** A compiler in a process of its own: it can be stopped at any moment, and its memory is not ours. */
import { spawn } from 'node:child_process'
import type { Installed } from './installed.ts'
import { program } from './program.ts'

/** Texts of files instead of those on the disk, by their absolute paths with forward slashes. */
export type Texts = Readonly<Record<string, string>>

/** An error in a file; `start` counts UTF-16 units. */
export type CompilerError = { readonly file: string; readonly start: number; readonly code: number; readonly message: string }

export type Checked = {
  /** Those of the files that were asked about which the project loads. */
  readonly held: readonly string[]
  /** What it says of options that it has no more. */
  readonly removed: readonly string[]
  readonly errors: readonly CompilerError[]
}

/** Its process is ended when it is disposed of. */
export type Compiler = AsyncDisposable & {
  /** The files that a tsconfig.json names, directly or by a pattern. */
  files(config: string): Promise<readonly string[]>
  /** All errors of a project. `of`: files that it is also asked about, once for each project. */
  check(config: string, texts: Texts, of?: readonly string[]): Promise<Checked>
  /** Forgets a project. */
  close(config: string): Promise<void>
}

/** Megabytes that the process may hold; TypeScript 7 has a process of its own below it. */
const memory = 4096

type Told = { readonly id: number } & ({ readonly answer: unknown } | { readonly error: string })
type Waiting = { readonly done: (answer: unknown) => void; readonly fail: (error: unknown) => void }

/** The line that tells what went wrong; Node prints its own version last. */
const reasonIn = (said: string): string => {
  const lines = said.split('\n').filter((line) => line.trim() !== '')
  return (lines.find((line) => /^(?:\w*Error\b|FATAL)/.test(line)) ?? lines.at(-1) ?? 'it said nothing').trim()
}

/** Every question is refused when the signal fires or the process ends. */
export const startCompiler = ({ engine, version, module }: Installed, root: string, signal: AbortSignal): Compiler => {
  const given = JSON.stringify({ engine, module, root })
  const child = spawn(process.execPath, [`--max-old-space-size=${memory}`, '--input-type=module', '-e', program, '--', given], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  const waiting = new Map<number, Waiting>()
  let ended: unknown
  let said = ''
  let next = 0
  const end = (error: unknown): void => {
    ended ??= error
    for (const { fail } of waiting.values()) fail(ended)
    waiting.clear()
    child.kill('SIGKILL')
  }
  const closed = new Promise<void>((done) => {
    child.once('close', () => {
      end(new Error(`TypeScript ${version} ended: ${reasonIn(said)}`))
      done()
    })
  })
  const stop = (): void => end(signal.reason)
  if (signal.aborted) stop()
  signal.addEventListener('abort', stop)
  child.stderr?.on('data', (part: Buffer) => {
    said = (said + part.toString('utf8')).slice(-4096)
  })
  child.on('error', end)
  child.on('message', (told: Told) => {
    const asked = waiting.get(told.id)
    waiting.delete(told.id)
    if ('error' in told) asked?.fail(new Error(`TypeScript ${version}: ${told.error}`))
    else asked?.done(told.answer)
  })
  const ask = <T>(name: 'files' | 'check' | 'close', about: unknown): Promise<T> =>
    new Promise<T>((done, fail) => {
      if (ended !== undefined) return fail(ended)
      const id = next++
      waiting.set(id, { done: (answer) => done(answer as T), fail })
      child.send({ id, ask: name, about })
    })
  return {
    files: (config) => ask('files', config),
    check: (config, texts, of) => ask('check', { config, texts, of }),
    close: (config) => ask('close', config),
    async [Symbol.asyncDispose]() {
      signal.removeEventListener('abort', stop)
      end(new Error(`TypeScript ${version} was closed`))
      await closed
    },
  }
}
