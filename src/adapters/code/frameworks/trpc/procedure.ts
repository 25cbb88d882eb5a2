/** Procedures: what `t.procedure` grows to with middleware and input, and the resolver at its end. */
import { join } from '../../machine/join.ts'
import { ownValue } from '../../own-value.ts'
import { any, Model, native, type Site, type Value } from '../../value.ts'
import type { Chain } from '../common/chain.ts'
import { validated } from '../common/validated.ts'
import { isCallable } from '../where.ts'
import { contextOf } from './context.ts'

/** `t.middleware(fn)`, and several of them one behind the other. */
export class Middleware extends Model {
  readonly what = 'trpc middleware'
  readonly parts: readonly Value[]
  constructor(parts: readonly Value[]) {
    super()
    this.parts = parts
  }
  override get(name: string): Value | undefined {
    if (name !== 'unstable_pipe' && name !== 'concat') return undefined
    return native(name, ({ args: [more = any] }) => new Middleware([...this.parts, ...partsOf(more)]))
  }
}

const partsOf = (middleware: Value): readonly Value[] => (middleware instanceof Middleware ? middleware.parts : [middleware])

type Known = {
  readonly context: Value
  readonly chain: Chain
  readonly input: Value
  /** Functions that the procedure gives its middleware: checks of permission. */
  readonly meta?: Value
}

/** `t.procedure` with what was added to it. */
export class Builder extends Model {
  readonly what = 'trpc procedure builder'
  readonly known: Known
  constructor(known: Known) {
    super()
    this.known = known
  }
  override get(name: string): Value | undefined {
    if (['query', 'mutation', 'subscription'].includes(name))
      return native(name, ({ args: [resolver = any], ...site }) => new Procedure(this.known, resolver, site))
    const grow = ownValue(growths, name)
    return native(name, ({ args: [given = any], ...site }) => (grow === undefined ? this : new Builder(grow(this.known, given, site))))
  }
}

/** `unstable_concat` puts another builder's middleware behind. */
const concat = (known: Known, given: Value): Known => (given instanceof Builder ? { ...known, chain: given.known.chain.after(known.chain) } : known)

/** Plain words in it say nothing, and the middleware is followed once for all. */
const holdsFunctions = (meta: Value, site: Site): boolean => [...site.machine.entries(meta, site).known.values()].some(isCallable)

const growths: Readonly<Record<string, (known: Known, given: Value, site: Site) => Known>> = {
  use: (known, given) => ({ ...known, chain: partsOf(given).reduce((chain: Chain, part) => chain.with(part), known.chain) }),
  input: (known, given, site) => ({ ...known, input: join(known.input, validated(given, site)) }),
  meta: (known, given, site) => (holdsFunctions(given, site) ? { ...known, meta: given } : known),
  concat,
  unstable_concat: concat,
}

export class Procedure extends Model {
  readonly what = 'trpc procedure'
  readonly site: Site
  readonly resolver: Value
  readonly #known: Known
  #options: { readonly context: Value; readonly value: Value } | undefined
  constructor(known: Known, resolver: Value, site: Site) {
    super()
    this.#known = known
    this.resolver = resolver
    this.site = site
  }
  /** Runs the context, the middleware and the resolver. `given` is the context where none was declared. */
  run(given: Value, site: Site): Value {
    const declared = contextOf(this.#known.context, site)
    const { meta } = this.#known
    const context = this.#known.chain.run(declared.kind === 'any' ? given : declared, site, meta && { meta })
    if (this.#options?.context !== context) this.#options = { context, value: site.machine.object({ ctx: context, input: this.#known.input }, any) }
    return isCallable(this.resolver) ? site.machine.invoke(this.resolver, [this.#options.value], site) : any
  }
}
