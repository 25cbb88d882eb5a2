/** State that travels with a request: `req.user`, `res.locals`, `c.set('user', …)`. What an earlier middleware put in, a later one sees. */
import { Model, type Site, type Value } from '../../value.ts'
import { either } from './values.ts'

const most = 8

export class Bag extends Model {
  readonly what: string
  readonly #before: Bag | undefined
  readonly #settled: boolean
  readonly #own = new Map<string, Value>()
  /** `settled`: many handlers share it, so what one of them puts in does not replace what middleware did. */
  constructor(what: string, before?: Bag, settled = false) {
    super()
    this.what = what
    this.#before = before
    this.#settled = settled
  }

  /** The latest middleware that sets a name wins. */
  held(name: string): Value | undefined {
    return this.#own.get(name) ?? this.#before?.held(name)
  }

  /** Alternatives end somewhere: code that sets what it has just read would add one with each reading. */
  put(name: string, value: Value): void {
    if (this.#settled && this.#before?.held(name) !== undefined) return
    const old = this.#own.get(name)
    if (old?.kind !== 'union' || old.of.length < most) this.#own.set(name, old === undefined ? value : either([old, value]))
  }

  override get(name: string, _site: Site): Value | undefined {
    return this.held(name)
  }

  override set(name: string, value: Value): void {
    this.put(name, value)
  }

  override names(): readonly string[] {
    return [...new Set([...this.#own.keys(), ...(this.#before?.names() ?? [])])]
  }
}
