/** A connection whose server may be another one in each transaction (a pooler in transaction mode): nothing is left behind on it, so each transaction brings its limits along. */
import type { Client } from 'pg'

/** A text that opens its own transaction, up to the end of that statement. */
const ownBegin = /^(?:\s|--[^\n]*\n|\/\*[\s\S]*?\*\/)*(?:BEGIN|START\s+TRANSACTION)\b[^;]*;?/i

/** As many characters, so that positions of errors stay what they are. */
const blank = (text: string): string => text.replace(/[^\n]/g, ' ')

/** Runs texts one after the other, each in a transaction with the limits: the caller's own where it opens one, else one around it. */
export class Wrapping {
  readonly #client: Client
  readonly #limits: string
  #last: Promise<unknown> = Promise.resolve()

  /** `limits`: statements for the start of a transaction. */
  constructor(client: Client, limits: string) {
    this.#client = client
    this.#limits = limits
  }

  /** Sends a text by `send`; what is asked meanwhile waits. Throws what the driver throws, with no transaction of ours left open. */
  run<T>(sql: string, send: (sql: string) => Promise<T>): Promise<T> {
    const turn = this.#last.then(() => this.#turn(sql, send))
    this.#last = turn.catch(() => undefined)
    return turn
  }

  #turn<T>(sql: string, send: (sql: string) => Promise<T>): Promise<T> {
    if (this.#isOpen()) return send(sql)
    const begin = ownBegin.exec(sql)?.[0]
    return begin === undefined ? this.#around(sql, send) : this.#inOwn(begin, sql, send)
  }

  async #around<T>(sql: string, send: (sql: string) => Promise<T>): Promise<T> {
    try {
      await this.#client.query(`BEGIN;${this.#limits}`)
      const result = await send(sql)
      if (this.#isOpen()) await this.#client.query('COMMIT')
      return result
    } catch (error) {
      if (this.#isOpen()) await this.#client.query('ROLLBACK').catch(() => undefined)
      throw error
    }
  }

  /** Its transaction stays open after an error, as on any connection: the caller rolls back. */
  async #inOwn<T>(begin: string, sql: string, send: (sql: string) => Promise<T>): Promise<T> {
    await this.#client.query(`${begin}\n;${this.#limits}`)
    return send(blank(begin) + sql.slice(begin.length))
  }

  #isOpen(): boolean {
    return this.#client.getTransactionStatus() !== 'I'
  }
}
