/** What a worker thread does next: texts before trees, and trees, the ones that were wanted last before the others, before it looks for mentions. */
import type { Search, Wish } from './messages.ts'

/** Positions: in `sources`, or among the candidates of the search. */
export type Task = { readonly kind: 'note' | 'tree'; readonly at: number } | { readonly kind: 'candidate'; readonly at: number; readonly of: Search }

/** Bytes that may wait for somebody. Of what is made far ahead much is asked for by nobody. */
const mostAhead = 32 * 1024 * 1024
/** The same of what is made perhaps: there is always room for what is sure. */
const mostPerhapsAhead = 24 * 1024 * 1024

/** The first of what is new is the next; there may be too many for one call of `push`. */
const add = (more: readonly number[], to: number[]): void => {
  for (let at = more.length - 1; at >= 0; at--) to.push(more[at] ?? 0)
}

export class Agenda {
  readonly #notes: number[] = []
  readonly #surely: number[] = []
  readonly #perhaps: number[] = []
  #search: Search | undefined
  /** So many of its candidates are left: the first ones. */
  #left = 0

  hear(message: Wish | Search): void {
    if ('asked' in message) {
      this.#search = message
      this.#left = message.candidates.length
    } else {
      add(message.notes, this.#notes)
      add(message.surely, this.#surely)
      add(message.perhaps, this.#perhaps)
    }
  }

  /** A tree that will be wanted, though nobody has asked for it yet. */
  mayMake(at: number): void {
    this.#perhaps.push(at)
  }

  /** Trees wait while so many bytes lie ahead that there is no room for more; undefined where nothing is left. */
  next(ahead: number): Task | 'wait' | undefined {
    const note = this.#notes.pop()
    if (note !== undefined) return { kind: 'note', at: note }
    const tree = ahead > (this.#surely.length > 0 ? mostAhead : mostPerhapsAhead) ? undefined : (this.#surely.pop() ?? this.#perhaps.pop())
    if (tree !== undefined) return { kind: 'tree', at: tree }
    if (this.#search && this.#left > 0) return { kind: 'candidate', at: --this.#left, of: this.#search }
    return this.#surely.length + this.#perhaps.length > 0 ? 'wait' : undefined
  }
}
