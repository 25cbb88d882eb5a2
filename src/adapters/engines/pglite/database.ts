/** A database of this engine: a PGlite of its own. */
import { ToolError } from '../../../model/error.ts'
import { connect, type PostgresSession } from '../../postgres/session.ts'
import { Instance, type Setup } from './instance.ts'
import { Line } from './line.ts'
import { Turns } from './turns.ts'
import { queryMessage } from './wire.ts'

/** PGlite has no other user and no other database. */
const only = 'postgres'

export class Database {
  readonly instance: Instance
  readonly turns: Turns
  readonly #lines = new Set<Line>()
  #used = false

  private constructor(instance: Instance, patience: number | undefined) {
    this.instance = instance
    this.turns = new Turns(patience)
  }

  /** Starts one. Throws `ToolError` `engine-start-failed`. */
  static async start(setup: Setup, opened: (instance: Instance) => void, patience?: number): Promise<Database> {
    const instance = new Instance(setup)
    opened(instance)
    await instance.ready()
    return new Database(instance, patience)
  }

  async session(): Promise<PostgresSession> {
    await this.#forget()
    const line = new Line(this)
    this.#lines.add(line)
    const session = await connect({
      host: 'pglite',
      user: only,
      database: only,
      sslMode: 'disable',
      connectTimeout: 0,
      stream: () => line,
      explainLoss: () => this.instance.gone,
    })
    return session
  }

  /** Its data directory, as of now: between two transactions. */
  async dump(): Promise<Uint8Array> {
    const dumping = {}
    if (!(await this.turns.take(dumping)))
      throw new ToolError('engine-database-in-use', 'The database cannot be copied: a session has a transaction open in it.', {
        help: 'End the transaction first.',
        exit: 3,
      })
    try {
      await this.instance.exchange(queryMessage('CHECKPOINT'))
      return await this.instance.dump()
    } finally {
      this.turns.pass()
    }
  }

  async end(why: string): Promise<void> {
    await this.instance.end(why)
    for (const line of this.#lines) line.destroy(new Error(why))
  }

  left(line: Line): void {
    this.#lines.delete(line)
  }

  /** The connection outlives its sessions: settings and temporary tables of the last one are taken away before the next one comes. */
  async #forget(): Promise<void> {
    if (this.#used && this.#lines.size === 0 && (await this.turns.take(this))) {
      try {
        await this.instance.exchange(queryMessage('DISCARD ALL'))
      } finally {
        this.turns.pass()
      }
    }
    this.#used = true
  }
}
