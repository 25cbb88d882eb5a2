/** `c`: what it carries (`c.set`, `c.get`, `c.var`), the validated request, the environment by its type. */
import { any, Model, native, type Site, type Value } from '../../value.ts'
import { Bag } from '../routing/bag.ts'
import { either } from '../routing/values.ts'

/** `c.req` */
class HonoRequest extends Model {
  readonly what = 'hono request'
  readonly #valid: Bag
  constructor(valid: Bag) {
    super()
    this.#valid = valid
  }

  override get(name: string): Value | undefined {
    if (name !== 'valid') return undefined
    return native('c.req.valid', ({ machine, args: [target = any] }) => this.#valid.held(machine.strings(target)[0] ?? ''))
  }
}

/** `c.var` */
class HonoVariables extends Model {
  readonly what = 'hono variables'
  readonly #context: HonoContext
  constructor(context: HonoContext) {
    super()
    this.#context = context
  }

  override get(name: string, site: Site): Value | undefined {
    return this.#context.held(name, site)
  }
}

/** What is around an app: its type, and the bindings that those who serve it give it. */
export class Environment {
  readonly #type: Value
  readonly #given: Value[] = []
  constructor(type: Value) {
    this.#type = type
  }

  give(bindings: Value): void {
    if (bindings.kind !== 'any' && !this.#given.includes(bindings)) this.#given.push(bindings)
  }

  part(name: 'Bindings' | 'Variables', site: Site): Value {
    return this.#type.kind === 'any' ? any : site.machine.get(this.#type, name, site)
  }

  /** `c.env.name` */
  binding(name: string, site: Site): Value {
    const given = either(this.#given.map((one) => site.machine.get(one, name, site)))
    return given.kind === 'any' ? site.machine.get(this.part('Bindings', site), name, site) : given
  }
}

/** `c.env` */
class HonoBindings extends Model {
  readonly what = 'hono bindings'
  readonly #env: Environment
  constructor(env: Environment) {
    super()
    this.#env = env
  }

  override get(name: string, site: Site): Value | undefined {
    return this.#env.binding(name, site)
  }
}

export class HonoContext extends Model {
  readonly what = 'hono context'
  readonly env: Environment
  readonly #bindings: HonoBindings
  readonly #variables: Bag
  readonly #valid: Bag
  readonly #request: HonoRequest
  readonly #var = new HonoVariables(this)
  constructor(env: Environment, before?: HonoContext, settled = false) {
    super()
    this.env = env
    this.#bindings = before ? before.#bindings : new HonoBindings(env)
    this.#variables = new Bag('hono variables', before && before.#variables, settled)
    this.#valid = new Bag('hono validated request', before && before.#valid, settled)
    this.#request = new HonoRequest(this.#valid)
  }

  /** What a middleware has set, else what the type of the app's environment says. */
  held(name: string, site: Site): Value {
    const set = this.#variables.held(name)
    if (set !== undefined && set.kind !== 'any') return set
    return site.machine.get(this.env.part('Variables', site), name, site)
  }

  validate(target: string, value: Value): void {
    this.#valid.put(target, value)
  }

  override get(name: string): Value | undefined {
    if (name === 'req') return this.#request
    if (name === 'var') return this.#var
    if (name === 'env') return this.#bindings
    if (name === 'get') return native('c.get', (call) => this.held(call.machine.strings(call.args[0] ?? any)[0] ?? '', call))
    return name === 'set' ? native('c.set', ({ machine, args }) => this.#set(machine.strings(args[0] ?? any), args[1])) : undefined
  }

  #set(names: readonly string[], value: Value = any): Value {
    for (const name of names) this.#variables.put(name, value)
    return any
  }
}
