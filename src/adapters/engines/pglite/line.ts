/** What the driver takes for its socket: a stream whose other end is a PGlite. So sessions, values and refusals are those of every other server. */
import { Duplex } from 'node:stream'
import type { Instance } from './instance.ts'
import type { Turns } from './turns.ts'
import { type Batch, batchesIn, queryMessage, refusalMessage, statusOf, terminate } from './wire.ts'

const heldByAnother = refusalMessage('55P03', 'another session of this database is in a transaction, and PGlite has one connection')

/** The other end. */
export type Connection = { readonly instance: Instance; readonly turns: Turns; left(line: Line): void }

export class Line extends Duplex {
  readonly #connection: Connection
  #rest: Buffer = Buffer.alloc(0)
  #started = false
  #inTransaction = false
  #work: Promise<void> = Promise.resolve()

  constructor(connection: Connection) {
    super()
    this.#connection = connection
  }

  connect(): this {
    queueMicrotask(() => this.emit('connect'))
    return this
  }

  setNoDelay(): this {
    return this
  }

  setKeepAlive(): this {
    return this
  }

  ref(): this {
    return this
  }

  unref(): this {
    return this
  }

  override _read(): void {
    // Answers are pushed when they come.
  }

  override _write(chunk: Buffer, _: BufferEncoding, done: () => void): void {
    const { batches, rest } = batchesIn(Buffer.concat([this.#rest, chunk]), this.#started)
    this.#rest = rest
    this.#started ||= batches.length > 0
    for (const batch of batches) this.#work = this.#work.then(() => this.#send(batch)).catch((error) => void this.destroy(error as Error))
    done()
  }

  override _final(done: () => void): void {
    void this.#work.finally(() => {
      this.push(null)
      done()
    })
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    void this.#work
      .then(() => this.#leave())
      .catch(() => undefined)
      .finally(() => {
        this.#connection.left(this)
        done(error)
      })
  }

  async #send({ bytes, last }: Batch): Promise<void> {
    if (last === terminate || this.destroyed) return
    if (!(await this.#connection.turns.take(this))) return void this.push(heldByAnother)
    const answer = await this.#exchange(bytes)
    this.push(answer)
  }

  async #exchange(bytes: Buffer): Promise<Uint8Array> {
    const { instance, turns } = this.#connection
    try {
      const answer = await instance.exchange(bytes)
      const status = statusOf(answer)
      if (status === undefined) await instance.end('PGlite ended the connection')
      this.#inTransaction = status === 'T' || status === 'E'
      return answer
    } catch (error) {
      await instance.end(`PGlite failed: ${(error as Error).message}`)
      throw error
    } finally {
      if (this.#inTransaction) turns.keep()
      else turns.pass()
    }
  }

  /** A transaction that is open when its session ends is undone. */
  async #leave(): Promise<void> {
    if (!this.#inTransaction || !(await this.#connection.turns.take(this))) return
    await this.#exchange(queryMessage('ROLLBACK'))
  }
}
