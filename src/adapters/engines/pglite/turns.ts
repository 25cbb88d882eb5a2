/** Who has a PGlite's one connection. A transaction keeps it; who waits for one that does nothing is refused in the end, for it may be waiting for itself. */

const defaultPatience = 5000

type Waiting = { readonly who: object; answer(granted: boolean): void }

export class Turns {
  readonly #patience: number
  readonly #waiting: Waiting[] = []
  #holder: object | undefined
  #busy = false
  #timer: NodeJS.Timeout | undefined

  constructor(patience: number = defaultPatience) {
    this.#patience = patience
  }

  /** A statement is running. */
  get busy(): boolean {
    return this.#busy
  }

  /** Waits for the turn; false when its holder left a transaction open for too long. */
  async take(who: object): Promise<boolean> {
    if (this.#holder === undefined || (this.#holder === who && !this.#busy)) return this.#grant(who)
    return new Promise((answer) => {
      this.#waiting.push({ who, answer })
      this.#watch()
    })
  }

  /** The statement has ended, and the transaction stays open. */
  keep(): void {
    this.#busy = false
    this.#watch()
  }

  /** The turn goes to the next one. */
  pass(): void {
    this.#busy = false
    this.#holder = undefined
    const next = this.#waiting.shift()
    if (next) next.answer(this.#grant(next.who))
  }

  #grant(who: object): true {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#holder = who
    this.#busy = true
    return true
  }

  /** Only the time counts in which the holder does nothing. */
  #watch(): void {
    if (this.#busy || this.#waiting.length === 0) return
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      for (const { answer } of this.#waiting.splice(0)) answer(false)
    }, this.#patience)
  }
}
