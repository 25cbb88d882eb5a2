/** Elysia: instances used by one another, hooks with their scope, and what the context is given on the way to a handler. */
import { ownValue } from '../own-value.ts'
import { any, type CallSite, Model, native, type Value } from '../value.ts'
import { defineFramework } from './define.ts'
import { ElysiaContext } from './elysia/context.ts'
import { examples } from './elysia/examples.ts'
import { ElysiaRouter } from './elysia/router.ts'

class ElysiaConstructor extends Model {
  readonly what = 'elysia constructor'
  override construct(call: CallSite): Value {
    const {
      machine,
      args: [options = any],
    } = call
    return new ElysiaRouter(machine.strings(machine.get(options, 'prefix', call))[0] ?? '')
  }
}

const constructor_ = new ElysiaConstructor()

/** `status(401)`, `error(401)`, `redirect(…)` only make responses. */
const response = native('elysia response', () => any)

const exports_: Readonly<Record<string, Value>> = { Elysia: constructor_, default: constructor_, status: response, error: response }

export const elysia = defineFramework({
  id: 'elysia',
  title: 'Elysia',
  packages: ['elysia'],
  imported: (_from, [name = '', ...rest]) => (rest.length === 0 ? ownValue(exports_, name) : undefined),
  typed: (_from, name) => {
    if (name === 'Context') return new ElysiaContext()
    return name === 'Elysia' ? new ElysiaRouter() : undefined
  },
  examples,
})
