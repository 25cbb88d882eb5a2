/** A statement that is being built: it counts when its parts are named, its rows come when it is awaited. */
import { type ArrayValue, any, nextId, type Site, type Value } from '../value.ts'
import { DrizzleModel, type Methods } from './model.ts'

export abstract class Query extends DrizzleModel {
  #list: ArrayValue | undefined
  /** Where it is put together; it may be sent elsewhere. */
  readonly #made: number

  constructor({ node }: Site) {
    super()
    this.#made = node
  }

  /** A row of what it returns; undefined where it returns none. */
  abstract rowValue(): Value | undefined

  /** What `await` gives. */
  protected result(): Value {
    const row = this.rowValue()
    if (row === undefined) return any
    this.#list ??= { kind: 'array', id: nextId(), element: row }
    return this.#list
  }

  override awaited(site: Site): Value {
    this.sent(site)
    return this.result()
  }

  sent(site: Site): void {
    site.machine.ran(this.#made, site)
  }

  /** `then`, `catch` and `finally` are those of any promise. */
  protected override methods(): Methods {
    const itself = (): Value => this
    const rows = (site: Site): Value => this.awaited(site)
    return { prepare: itself, $dynamic: itself, $withCache: itself, getSQL: itself, execute: rows, all: rows }
  }
}

/** The rows of those values that are statements. */
export const rowsOf = (values: readonly Value[]): readonly Value[] => values.flatMap((one) => (one instanceof Query ? (one.rowValue() ?? []) : []))
