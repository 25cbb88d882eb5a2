/** `req` and `res`, and what middleware leaves in them for those after it: `req.user`, `res.locals`. */
import { any, native, type Site, type Value } from '../../value.ts'
import { Bag } from '../routing/bag.ts'

/** `app.set('db', db)`, `app.locals`: shared by all requests. */
export class ExpressApplication extends Bag {
  readonly locals = new Bag('express app.locals')
  constructor() {
    super('express application')
  }

  override get(name: string, site: Site): Value | undefined {
    if (name === 'locals') return this.locals
    if (name !== 'get') return super.get(name, site)
    return native('express app.get', ({ machine, args: [key = any] }) => this.held(machine.strings(key)[0] ?? ''))
  }
}

export class ExpressRequest extends Bag {
  readonly #application: ExpressApplication
  readonly #body: Value
  /** `body`: what the type of the request says of it. */
  constructor(application: ExpressApplication, before?: ExpressRequest, settled = false, body: Value = any) {
    super('express request', before, settled)
    this.#application = application
    this.#body = body
  }

  override get(name: string, site: Site): Value | undefined {
    if (name === 'app') return this.#application
    return super.get(name, site) ?? (name === 'body' ? this.#body : undefined)
  }
}

export class ExpressResponse extends Bag {
  readonly #application: ExpressApplication
  readonly #locals: Bag
  constructor(application: ExpressApplication, before?: ExpressResponse, settled = false) {
    super('express response', before, settled)
    this.#application = application
    this.#locals = new Bag('express res.locals', before && before.#locals, settled)
  }

  /** `res.status(200).json(...)`: most methods give the response again. */
  override get(name: string, site: Site): Value | undefined {
    if (name === 'locals') return this.#locals
    return name === 'app' ? this.#application : super.get(name, site)
  }
}

/** What one request is made of. */
export type Exchange = { readonly req: ExpressRequest; readonly res: ExpressResponse }

export const exchange = (application: ExpressApplication, before?: Exchange, settled = false): Exchange => ({
  req: new ExpressRequest(application, before?.req, settled),
  res: new ExpressResponse(application, before?.res, settled),
})
