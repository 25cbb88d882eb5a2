/** `zValidator('json', schema)` and its like: what `c.req.valid('json')` is then. */
import { any, type CallSite, Model, native, type Site, type Value } from '../../value.ts'
import { validated } from '../common/validated.ts'
import { HonoContext } from './context.ts'

/** Packages whose validators take a target and a schema. */
export const schemaValidators: ReadonlyMap<string, string> = new Map([
  ['@hono/zod-validator', 'zValidator'],
  ['@hono/valibot-validator', 'vValidator'],
  ['@hono/typebox-validator', 'tbValidator'],
  ['@hono/arktype-validator', 'arktypeValidator'],
  ['@hono/standard-validator', 'sValidator'],
])

export class HonoValidator extends Model {
  readonly what = 'hono validator'
  readonly #target: string
  readonly #value: (context: HonoContext, site: Site) => Value
  constructor(target: string, value: (context: HonoContext, site: Site) => Value) {
    super()
    this.#target = target
    this.#value = value
  }

  /** As the middleware that it is. */
  override call(call: CallSite): Value {
    const [context] = call.args
    if (context instanceof HonoContext) context.validate(this.#target, this.#value(context, call))
    return any
  }
}

const targetOf = ({ machine, args }: CallSite): string => machine.strings(args[0] ?? any)[0] ?? ''

export const schemaValidator = native('hono validator', (call) => {
  const schema = call.args[1] ?? any
  return new HonoValidator(targetOf(call), (_context, site) => validated(schema, site))
})

/** `validator('json', (value, c) => …)` of hono/validator: what the function gives is the valid value. */
export const functionValidator = native('hono validator', (call) => {
  const check = call.args[1] ?? any
  return new HonoValidator(targetOf(call), (context, site) => site.machine.awaited(site.machine.invoke(check, [any, context], site), site))
})

const parts: Readonly<Record<string, string>> = { query: 'query', params: 'param', headers: 'header', cookies: 'cookie' }
const bodies: Readonly<Record<string, string>> = { 'application/json': 'json', 'multipart/form-data': 'form', 'application/x-www-form-urlencoded': 'form' }

/** Validators that the `request` of a `createRoute` stands for. */
export const routeValidators = (route: Value, site: Site): readonly HonoValidator[] => {
  const { machine } = site
  const request = machine.get(route, 'request', site)
  const of = (target: string, schema: Value) => (schema.kind === 'any' ? [] : [new HonoValidator(target, (_context, at) => validated(schema, at))])
  const content = machine.get(machine.get(request, 'body', site), 'content', site)
  return [
    ...Object.entries(parts).flatMap(([name, target]) => of(target, machine.get(request, name, site))),
    ...Object.entries(bodies).flatMap(([type, target]) => of(target, machine.get(machine.get(content, type, site), 'schema', site))),
  ]
}
