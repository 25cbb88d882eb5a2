/** Containers of dependencies: tsyringe, TypeDI, InversifyJS and Awilix. What is registered for a token, or the class that is one, is what is given for it. */
import { ownValue } from '../own-value.ts'
import { any, type CallSite, Model, native, type Site, type Value } from '../value.ts'
import { perMachine } from './common/per-machine.ts'
import { registrationsOf, tokenOf } from './common/registrations.ts'
import { examples } from './containers/examples.ts'
import { defineFramework } from './define.ts'
import { made, resolved } from './nestjs/container.ts'
import { decorator } from './nestjs/marks.ts'

const register = (token: Value | undefined, give: (site: Site) => Value, { machine }: Site): void => {
  const name = token && tokenOf(token)
  if (name !== undefined) registrationsOf(machine).set(name, give)
}

const itself =
  (value: Value = any) =>
  () =>
    value
const resolve = native('container resolve', (site) => resolved(site.args[0] ?? any, site))

/** `bind(token).to(Class).inSingletonScope()`. */
class Binding extends Model {
  readonly what = 'container binding'
  readonly #token: Value
  constructor(token: Value) {
    super()
    this.#token = token
  }
  override get(name: string): Value {
    return native(`container binding ${name}`, (site) => this.#bind(name, site))
  }
  #bind(name: string, site: CallSite): Value {
    const [value = any] = site.args
    if (name === 'to' || name === 'toService') register(this.#token, (at) => resolved(value, at), site)
    else if (name === 'toConstantValue') register(this.#token, itself(value), site)
    else if (name === 'toDynamicValue' || name === 'toFactory')
      register(this.#token, (at) => at.machine.awaited(at.machine.invoke(value, [container], at), at), site)
    return this
  }
}

/** `{ id, value }`, `{ id, type }`, `{ id, factory }` of TypeDI, else a token and its value. */
const set = native('container set', (site) => {
  const [first = any, value] = site.args
  if (value) return void register(first, itself(value), site)
  const part = (name: string): Value => site.machine.get(first, name, site)
  const [type, factory] = [part('type'), part('factory')]
  register(
    part('id'),
    (at) => (type.kind === 'class' ? resolved(type, at) : factory.kind === 'any' ? part('value') : at.machine.invoke(factory, [any], at)),
    site,
  )
  return undefined
})

const methods: Readonly<Record<string, Value>> = {
  resolve,
  get: resolve,
  getAsync: resolve,
  resolveAll: native('container resolveAll', (site) => site.machine.array(resolved(site.args[0] ?? any, site))),
  getAll: native('container getAll', (site) => site.machine.array(resolved(site.args[0] ?? any, site))),
  register: native('container register', (site) => {
    const [token, provider = any] = site.args
    register(token, (at) => made(provider, at), site)
    return container
  }),
  registerSingleton: native('container registerSingleton', (site) => {
    const [token, of = token] = site.args
    if (of !== token) register(token, (at) => resolved(of ?? any, at), site)
    return container
  }),
  registerInstance: native('container registerInstance', (site) => {
    register(site.args[0], itself(site.args[1]), site)
    return container
  }),
  createChildContainer: native('container createChildContainer', () => container),
  bind: native('container bind', ({ args }) => new Binding(args[0] ?? any)),
  rebind: native('container rebind', ({ args }) => new Binding(args[0] ?? any)),
  set,
}

class Container extends Model {
  readonly what = 'container'
  override get(name: string): Value | undefined {
    return ownValue(methods, name)
  }
  override construct(): Value {
    return this
  }
}

const container = new Container()

/** `@Service('users')` registers its class. */
const service = native('@Service', ({ args: [id] }) =>
  native('@Service()', (site) => {
    const [of] = site.args
    const token = id?.kind === 'object' ? site.machine.get(id, 'id', site) : id
    if (of && token && token.kind !== 'any') register(token, (at) => resolved(of, at), site)
    return of
  }),
)

/** `asClass(Users).singleton()`, `asFunction(make)`, `asValue(db)`. */
class Registered extends Model {
  readonly what = 'awilix registration'
  readonly #make: (site: Site) => Value
  #made: Value | undefined
  constructor(make: (site: Site) => Value) {
    super()
    this.#make = make
  }
  override get(name: string): Value {
    return native(`awilix ${name}`, () => this)
  }
  /** Who asks for it while it is made gets nothing. */
  give(site: Site): Value {
    if (this.#made) return this.#made
    this.#made = any
    this.#made = this.#make(site)
    return this.#made
  }
}

const cradleOf = perMachine(() => new Cradle())

/** What classes and functions are given as their one argument. */
class Cradle extends Model {
  readonly what = 'awilix cradle'
  readonly #known = new Map<string, Registered>()
  put(name: string, value: Value): void {
    if (value instanceof Registered) this.#known.set(name, value)
  }
  override get(name: string, site: Site): Value | undefined {
    return this.#known.get(name)?.give(site)
  }
}

const registered = (what: string, make: (value: Value, site: Site) => Value): Value =>
  native(what, ({ args: [value = any] }) => new Registered((site) => make(value, site)))

class AwilixContainer extends Model {
  readonly what = 'awilix container'
  override get(name: string, { machine }: Site): Value | undefined {
    const cradle = cradleOf(machine)
    if (name === 'cradle') return cradle
    if (name === 'createScope') return native('awilix createScope', () => this)
    if (name === 'resolve') return native('awilix resolve', (site) => cradle.get(machine.strings(site.args[0] ?? any)[0] ?? '', site) ?? any)
    return name === 'register' ? native('awilix register', (site) => this.#register(site)) : undefined
  }
  #register(site: CallSite): Value {
    const [first = any, value = any] = site.args
    const cradle = cradleOf(site.machine)
    for (const name of site.machine.strings(first)) cradle.put(name, value)
    for (const [name, one] of site.machine.entries(first, site).known) cradle.put(name, one)
    return this
  }
}

const decorators: Readonly<Record<string, Value>> = Object.fromEntries(
  ['injectable', 'singleton', 'scoped', 'autoInjectable', 'registry', 'Service'].map((name) => [name, decorator(name)]),
)
const inject = decorator('Inject')

const ofPackage: Readonly<Record<string, Readonly<Record<string, Value>>>> = {
  tsyringe: { ...decorators, container, inject },
  inversify: { ...decorators, Container: container, inject },
  typedi: { Container: container, default: container, Service: service, Inject: inject },
  awilix: {
    createContainer: native('awilix createContainer', () => new AwilixContainer()),
    asClass: registered('awilix asClass', (of, site) => site.machine.construct(of, [cradleOf(site.machine)], site)),
    asFunction: registered('awilix asFunction', (make, site) => site.machine.invoke(make, [cradleOf(site.machine)], site)),
    asValue: registered('awilix asValue', (value) => value),
  },
}

export const containers = defineFramework({
  id: 'containers',
  title: 'Containers of dependencies (tsyringe, TypeDI, InversifyJS, Awilix)',
  packages: Object.keys(ofPackage),
  starts: [],
  imported: (from, [name = '']) => ownValue(ofPackage[from] ?? {}, name),
  examples,
})
