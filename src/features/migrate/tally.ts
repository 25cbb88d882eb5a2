/** What of each migration has run, and is committed. */
import type { Migration } from '../../model/history.ts'
import type { Unfinished } from './progress.ts'
import { type Finished, type RanStatement, type Running, timeOf } from './running.ts'
import type { Run } from './segments.ts'

export class Tally {
  readonly finished: Finished[] = []
  /** Why something of it could not be noted beside the ledger. */
  unrecorded: string | undefined
  readonly #of: Pick<Running, 'unfinished' | 'told'>
  readonly #ran = new Map<Migration, RanStatement[]>()
  readonly #done = new Map<Migration, number>()

  constructor(of: Pick<Running, 'unfinished' | 'told'>) {
    this.#of = of
  }

  /** As an earlier run has left it. */
  begun(migration: Migration): Unfinished | undefined {
    return this.#of.unfinished.find(({ tag }) => tag === migration.tag)
  }

  /** By an earlier run. */
  isDone({ migration, step }: Run): boolean {
    const begun = this.begun(migration)
    return begun !== undefined && step.statement.index < begun.statements
  }

  /** How many of its statements are done, though it is not finished. */
  done(migration: Migration): number {
    return this.#done.get(migration) ?? this.begun(migration)?.statements ?? 0
  }

  /** The database knows how far it is. */
  isKnown(migration: Migration): boolean {
    return this.#done.has(migration) || this.begun(migration) !== undefined
  }

  reached(migration: Migration, statements: number): void {
    this.#done.set(migration, statements)
  }

  ran(migration: Migration, statements: readonly RanStatement[]): void {
    this.#ran.set(migration, [...(this.#ran.get(migration) ?? []), ...statements])
  }

  finish(migration: Migration): void {
    const statements = this.#ran.get(migration) ?? []
    this.finished.push({ migration, milliseconds: timeOf(statements), statements, resumed: this.begun(migration) !== undefined })
    this.#of.told({ type: 'finished', migration })
  }
}
