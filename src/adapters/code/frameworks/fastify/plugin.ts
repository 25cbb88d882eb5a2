/** `fp(plugin)`: a plugin without a context of its own; and the plugin that loads a directory. */
import { any, Model, native, type Value } from '../../value.ts'

export class FastifyPlugin extends Model {
  readonly what = 'fastify plugin'
  readonly plugin: Value
  constructor(plugin: Value) {
    super()
    this.plugin = plugin
  }
}

/** `fastify-plugin` */
export const wrapPlugin = native('fastify-plugin', ({ args: [plugin = any] }) => new FastifyPlugin(plugin))

class FastifyAutoload extends Model {
  readonly what = 'fastify autoload'
}

/** `@fastify/autoload` */
export const autoload = new FastifyAutoload()
