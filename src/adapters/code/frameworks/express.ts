/** Express: apps and routers, mounted below paths, with what middleware leaves in the request and the response. */
import { any, Model, native, type Value } from '../value.ts'
import { defineFramework } from './define.ts'
import { examples } from './express/examples.ts'
import { ExpressApplication, ExpressRequest, ExpressResponse } from './express/request.ts'
import { ExpressRouter } from './express/router.ts'

class RouterConstructor extends Model {
  readonly what = 'express Router'
  override call(): Value {
    return new ExpressRouter()
  }
  override construct(): Value {
    return new ExpressRouter()
  }
}

const router = new RouterConstructor()

/** `express()`, with `express.Router()` on it. */
class ExpressModule extends Model {
  readonly what = 'express'
  override get(name: string): Value | undefined {
    return name === 'Router' ? router : undefined
  }
  override call(): Value {
    return new ExpressRouter()
  }
}

const express_ = new ExpressModule()

/** Wrappers that call the handler they are given. */
const wrapper = native('express async handler', ({ args: [handler = any] }) => handler)

const wrappers: ReadonlySet<string> = new Set(['express-async-handler', 'express-async-handler-ts', '@reactgular/express-async'])

const routers: ReadonlySet<string> = new Set(['Express', 'Application', 'Router', 'IRouter', 'Core'])

const exported = (from: string, [name = '', ...rest]: readonly string[]): Value | undefined => {
  if (wrappers.has(from)) return rest.length === 0 ? wrapper : undefined
  if (name === 'default' || name === '*') return rest.length === 0 ? express_ : exported(from, rest)
  return name === 'Router' && rest.length === 0 ? router : undefined
}

export const express = defineFramework({
  id: 'express',
  title: 'Express',
  packages: ['express', 'express-async-handler'],
  imported: exported,
  typed: (_from, name, [, , body = any]) => {
    if (name === 'Request') return new ExpressRequest(new ExpressApplication(), undefined, false, body)
    if (name === 'Response') return new ExpressResponse(new ExpressApplication())
    return routers.has(name) ? new ExpressRouter() : undefined
  },
  examples,
})
