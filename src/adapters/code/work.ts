/** What a worker thread does until it is ended: it reads texts, makes the trees of files, and looks for mentions. */
import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads'
import { Agenda, type Task } from './agenda.ts'
import { type Claims, claim, finish, finishEmpty } from './claims.ts'
import { isDirect } from './direct.ts'
import { lowerSource } from './lower/index.ts'
import { type Finders, findersOf, worthOf } from './mentions/look.ts'
import type { Looked, Made, Noted, Search, Wish } from './messages.ts'
import { digestOf, noted, readBytes, unread } from './notes.ts'
import { bytesOf } from './tree-bytes.ts'

export type Job = {
  readonly root: string
  readonly sources: readonly string[]
  /** Wishes come in here, and what was made goes out. */
  readonly port: MessagePort
  /** One for each source: its tree. */
  readonly claims: Claims
  /** The same for notes. */
  readonly readers: Claims
  /** Bytes that were made by all threads and nobody has taken yet. */
  readonly ahead: Int32Array
}

/** Milliseconds; the one who takes a tree wakes the thread earlier. */
const longestPause = 50

/** A file that is gone is left to the one who asks for it. */
const make = ({ root, sources, port, claims, ahead }: Job, at: number): void => {
  const path = sources[at] ?? ''
  const text = readBytes(root, path)
  if (text) {
    const bytes = bytesOf(lowerSource(path, text.toString('utf8')))
    Atomics.add(ahead, 0, bytes.length)
    port.postMessage({ at, digest: digestOf(text), bytes } satisfies Made, [bytes.buffer])
  }
  finish(claims, at)
}

/** Whether the file's tree is wanted for sure, though nobody has asked for it yet. */
const read = ({ root, sources, port, readers }: Job, at: number): boolean => {
  const path = sources[at] ?? ''
  const note = noted(root, path)
  if (note !== unread) port.postMessage({ at, note } satisfies Noted)
  finish(readers, at)
  return isDirect(path, note)
}

/** A file that has a tree already, or is to have one, is looked through by the one who has that. */
const look = ({ root, port, claims }: Job, { number, candidates, positions, lookers }: Search, finders: Finders, at: number): void => {
  const [candidate, position] = [candidates[at], positions[at]]
  const text = candidate && readBytes(root, candidate.path)
  if (!text || position === undefined) return finish(lookers, at)
  const source = text.toString('utf8')
  const ask = worthOf(finders, candidate, source)
  if (!ask) return finishEmpty(lookers, at)
  if (!candidate.hasTree && claim(claims, position)) {
    const tree = lowerSource(candidate.path, source)
    const bytes = bytesOf(tree)
    const made: Made = { at: position, digest: digestOf(text), bytes }
    port.postMessage({ ...made, search: number, candidate: at, findings: ask(tree), broken: tree.broken } satisfies Looked, [bytes.buffer])
    finish(claims, position)
  }
  finish(lookers, at)
}

/** The same search is asked about again and again. */
const findersFor = (): ((search: Search) => Finders) => {
  let known: { readonly number: number; readonly finders: Finders } | undefined
  return ({ number, asked }) => {
    if (known?.number !== number) known = { number, finders: findersOf(asked) }
    return known.finders
  }
}

export const work = (job: Job): void => {
  const { port, claims, readers, ahead } = job
  const agenda = new Agenda()
  const finders = findersFor()
  const next = (): Task | undefined => {
    for (;;) {
      for (let more = receiveMessageOnPort(port); more; more = receiveMessageOnPort(port)) agenda.hear(more.message)
      const bytes = Atomics.load(ahead, 0)
      const task = agenda.next(bytes)
      if (task !== 'wait') return task
      Atomics.wait(ahead, 0, bytes, longestPause)
    }
  }
  const run = (task: Task): void => {
    switch (task.kind) {
      case 'note':
        if (claim(readers, task.at) && read(job, task.at)) agenda.mayMake(task.at)
        return
      case 'tree':
        return claim(claims, task.at) ? make(job, task.at) : undefined
      case 'candidate':
        return claim(task.of.lookers, task.at) ? look(job, task.of, finders(task.of), task.at) : undefined
    }
  }
  port.on('message', (first: Wish | Search) => {
    agenda.hear(first)
    for (let task = next(); task; task = next()) run(task)
  })
}
