/** A repository's objects by name, from one `git cat-file --batch`: to start git once for each question costs more than its answers. */
import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import { createHash } from 'node:crypto'
import type { Socket } from 'node:net'
import { ToolError } from '../../model/error.ts'
import { noteGit, spoilSights } from '../sights.ts'
import { answerText } from './command.ts'
import { startGit } from './run.ts'

export type GitObject = { readonly id: string; readonly type: string; readonly content: Buffer }

const NEWLINE = 0x0a

const objectHeader = /^([0-9a-f]{40}|[0-9a-f]{64}) ([a-z]+) (\d+)$/

type Piece = { readonly object: GitObject | undefined; readonly end: number }

/** The answer that begins at `at`: `id type size`, that many bytes, a newline; or one line that says that there is none. Where it has not arrived yet, how many bytes it needs. */
const pieceAt = (bytes: Buffer, at: number): Piece | number => {
  const newline = bytes.indexOf(NEWLINE, at)
  if (newline < 0) return bytes.length + 1
  const [, id, type, size] = objectHeader.exec(bytes.toString('utf8', at, newline)) ?? []
  if (id === undefined || type === undefined) return { object: undefined, end: newline + 1 }
  const end = newline + 1 + Number(size)
  return end < bytes.length ? { object: { id, type, content: bytes.subarray(newline + 1, end) }, end: end + 1 } : end + 1
}

/** Takes the answers of `git cat-file --batch` apart as they come in, in the order of the questions; undefined for what is not there. */
export class BatchAnswers {
  #parts: Buffer[] = []
  #length = 0
  /** The next answer has at least that many bytes. */
  #needed = 1

  push(part: Buffer): readonly (GitObject | undefined)[] {
    this.#parts.push(part)
    this.#length += part.length
    if (this.#length < this.#needed) return []
    const bytes = Buffer.concat(this.#parts)
    const objects: (GitObject | undefined)[] = []
    let at = 0
    let piece = pieceAt(bytes, at)
    for (; typeof piece !== 'number'; piece = pieceAt(bytes, at)) {
      objects.push(piece.object)
      at = piece.end
    }
    this.#parts = [bytes.subarray(at)]
    this.#length = bytes.length - at
    this.#needed = piece - at
    return objects
  }
}

type Question = { readonly done: (object: GitObject | undefined) => void; readonly fail: (error: unknown) => void }

/** Neither the process nor its pipes keep this one alive while nobody waits for an answer. */
const letGo = (child: ChildProcessWithoutNullStreams): void => {
  child.unref()
  for (const pipe of [child.stdin, child.stdout, child.stderr]) (pipe as Socket).unref()
}

/** A running `git cat-file --batch` in `cwd`, which is inside a repository. */
class Batch implements AsyncDisposable {
  readonly #child: ChildProcessWithoutNullStreams
  readonly #questions: Question[] = []
  readonly #ended: Promise<void>
  /** Why it answers no more. */
  #failure: unknown

  constructor(cwd: string) {
    const { child, ended } = startGit(cwd, ['cat-file', '--batch'])
    this.#child = child
    const answers = new BatchAnswers()
    child.stdout.on('data', (part: Buffer) => {
      for (const object of answers.push(part)) this.#questions.shift()?.done(object)
      if (this.#questions.length === 0) letGo(child)
    })
    const failed = (error: unknown): void => {
      this.#failure = error
      for (const question of this.#questions.splice(0)) question.fail(error)
    }
    this.#ended = ended.then(
      ({ stderr }) => failed(new ToolError('git-failed', `git cat-file ended before it had answered: ${stderr.split('\n')[0] ?? ''}`, { exit: 3 })),
      failed,
    )
    letGo(child)
  }

  read(names: readonly string[]): Promise<readonly (GitObject | undefined)[]> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure)
    const answers = names.map((name) =>
      name.includes('\n') ? Promise.resolve(undefined) : new Promise<GitObject | undefined>((done, fail) => this.#questions.push({ done, fail })),
    )
    ;(this.#child.stdout as Socket).ref()
    this.#child.stdin.write(
      names
        .filter((name) => !name.includes('\n'))
        .map((name) => `${name}\n`)
        .join(''),
    )
    return Promise.all(answers)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.ref()
    this.#child.stdin.end()
    await this.#ended
  }
}

/** A file of a tree. */
export type Blob = { readonly id: string; readonly path: string }

type TreeEntry = { readonly mode: string; readonly name: string; readonly id: string }

/** A tree object's entries: `mode SP name NUL` and the id's bytes. */
export const readTree = (content: Buffer, idBytes: number): readonly TreeEntry[] => {
  const entries: TreeEntry[] = []
  for (let at = 0; at < content.length; ) {
    const end = content.indexOf(0, at)
    const [, mode = '', name = ''] = /^(\d+) (.*)$/s.exec(content.toString('utf8', at, end)) ?? []
    at = end + 1 + idBytes
    entries.push({ mode, name, id: content.toString('hex', end + 1, at) })
  }
  return entries
}

const modes = { tree: '40000', link: '120000', submodule: '160000' }

/** A blob as text, with its SHA-256 (hex). */
export type BlobText = { readonly text: string; readonly hash: string }

export type Objects = AsyncDisposable & {
  /** The objects of these names (`HEAD^{commit}`, an id), in their order; undefined for what is not there. Throws `git-failed`, `no-git`. */
  read(names: readonly string[]): Promise<readonly (GitObject | undefined)[]>
  /** All files below the folder `path` of a commit (its id), by path; symbolic links and submodules are left out. None where there is no such folder. */
  files(commit: string, path: string): Promise<readonly Blob[]>
  /** The blobs with these ids as text, in their order. Throws `git-failed`, also for one that is not there. */
  texts(ids: readonly string[]): Promise<readonly BlobText[]>
}

/** An object's id is the hash of its content: what it names is always the same. */
const beginsWithId = /^[0-9a-f]{40}(?:[0-9a-f]{24})?(?:$|[:^])/

/** Notes what names stand for, in the words of `git cat-file --batch-check`. */
const noteNames = (cwd: string, names: readonly string[], objects: readonly (GitObject | undefined)[]): void => {
  const lines = names.flatMap((name, at) => {
    const object = objects[at]
    if (name.includes('\n') || (object && beginsWithId.test(name))) return []
    return [{ name, answer: object ? `${object.id} ${object.type} ${object.content.length}` : `${name} missing` }]
  })
  if (lines.length === 0) return
  const [input, answer] = [lines.map(({ name }) => `${name}\n`).join(''), lines.map((line) => `${line.answer}\n`).join('')]
  noteGit({ cwd, parameters: ['cat-file', '--batch-check'], input }, answerText({ code: 0, stdout: Buffer.from(answer), stderr: '' }))
}

const lacking = (id: string): ToolError =>
  new ToolError('git-failed', `git lacks the object ${id}.`, { help: 'A partial clone fetches it: git fetch --refetch origin.', exit: 3 })

const textOf = (id: string, object: GitObject | undefined): BlobText => {
  if (!object) throw lacking(id)
  const text = object.content.toString('utf8')
  return { text, hash: createHash('sha256').update(text, 'utf8').digest('hex') }
}

/** Reads from `cwd`, which is inside a repository. `kept`: one git for all questions, until it is disposed, and each blob is read once. */
export const createObjects = (cwd: string, kept: boolean): Objects => {
  let running: Batch | undefined
  const ask = async (names: readonly string[]): Promise<readonly (GitObject | undefined)[]> => {
    if (kept) {
      running ??= new Batch(cwd)
      return running.read(names)
    }
    await using once = new Batch(cwd)
    return await once.read(names)
  }
  const read = async (names: readonly string[]): Promise<readonly (GitObject | undefined)[]> => {
    const objects = await ask(names).catch((error: unknown) => {
      spoilSights()
      throw error
    })
    noteNames(cwd, names, objects)
    return objects
  }
  const known = new Map<string, Promise<BlobText>>()
  const filesIn = async (trees: readonly { readonly id: string; readonly path: string }[]): Promise<readonly Blob[]> => {
    if (trees.length === 0) return []
    const objects = await read(trees.map(({ id }) => id))
    const entries = trees.map(({ id, path }, at) => {
      const object = objects[at]
      if (!object) throw lacking(id)
      return readTree(object.content, object.id.length / 2).map(({ mode, name, id: of }) => ({ mode, id: of, path: path === '' ? name : `${path}/${name}` }))
    })
    const below = await filesIn(entries.flat().filter(({ mode }) => mode === modes.tree))
    return [...entries.flat().filter(({ mode }) => !Object.values(modes).includes(mode)), ...below].map(({ id, path }) => ({ id, path }))
  }
  return {
    read,
    async files(commit, path) {
      const [object] = await read([path === '' ? `${commit}^{tree}` : `${commit}:${path}`])
      const found = object?.type === 'tree' ? await filesIn([{ id: object.id, path }]) : []
      return found.toSorted((a, b) => (a.path < b.path ? -1 : 1))
    },
    texts(ids) {
      const texts = kept ? known : new Map<string, Promise<BlobText>>()
      const unknown = [...new Set(ids)].filter((id) => !texts.has(id))
      const reading = unknown.length === 0 ? Promise.resolve([]) : read(unknown)
      for (const [at, id] of unknown.entries())
        texts.set(
          id,
          reading.then((objects) => textOf(id, objects[at])),
        )
      return Promise.all(ids.flatMap((id) => texts.get(id) ?? []))
    },
    async [Symbol.asyncDispose]() {
      await running?.[Symbol.asyncDispose]()
    },
  }
}
