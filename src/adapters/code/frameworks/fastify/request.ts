/** `request` and `reply`: what hooks leave in the request, and what its types or schemas say of the body. */
import { any, type Site, type Value } from '../../value.ts'
import { Bag } from '../routing/bag.ts'

/** The members of the type argument (`FastifyRequest<{ Body: … }>`) by the property that they describe. */
const described: Readonly<Record<string, string>> = { body: 'Body', query: 'Querystring', params: 'Params', headers: 'Headers' }

export class FastifyRequest extends Bag {
  readonly #shape: Value
  readonly #server: Value | undefined
  constructor(server?: Value, before?: FastifyRequest, settled = false, shape: Value = any) {
    super('fastify request', before, settled)
    this.#shape = shape
    this.#server = server
  }

  override get(name: string, site: Site): Value | undefined {
    if (name === 'server') return this.#server
    const held = super.get(name, site)
    const member = described[name]
    return held === undefined && member !== undefined && this.#shape.kind !== 'any' ? site.machine.get(this.#shape, member, site) : held
  }

  /** The request of one route. */
  shaped(shape: Value): FastifyRequest {
    return shape.kind === 'any' ? this : new FastifyRequest(this.#server, this, false, shape)
  }
}

/** What one request is made of. */
export type Exchange = { readonly request: FastifyRequest; readonly reply: Bag }

export const exchange = (server: Value, before?: Exchange, settled = false): Exchange => ({
  request: new FastifyRequest(server, before?.request, settled),
  reply: new Bag('fastify reply', before?.reply, settled),
})
