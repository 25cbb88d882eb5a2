/** Fastify: plugins with prefixes and contexts of their own, hooks, decorations, directories of plugins. */
import { any, native, type Value } from '../value.ts'
import { defineFramework } from './define.ts'
import { autoloadRoots } from './fastify/autoload.ts'
import { examples } from './fastify/examples.ts'
import { FastifyInstance } from './fastify/instance.ts'
import { autoload, wrapPlugin } from './fastify/plugin.ts'
import { FastifyRequest } from './fastify/request.ts'
import { Bag } from './routing/bag.ts'

const constructor_ = native('fastify', () => new FastifyInstance())

const exports_: Readonly<Record<string, Value>> = {
  fastify: constructor_,
  'fastify-plugin': wrapPlugin,
  '@fastify/autoload': autoload,
  'fastify-autoload': autoload,
}

/** A package is its default export, its namespace, and the export of its own name. */
const names: ReadonlySet<string> = new Set(['default', '*', 'fastify', 'fastifyPlugin', 'fastifyAutoload'])

export const fastify = defineFramework({
  id: 'fastify',
  title: 'Fastify',
  packages: ['fastify', 'fastify-plugin', '@fastify/autoload', 'fastify-autoload'],
  imported: (from, path) => (path.every((name) => names.has(name)) ? exports_[from] : undefined),
  typed: (_from, name, [shape = any]) => {
    if (name === 'FastifyInstance') return new FastifyInstance()
    if (name === 'FastifyRequest') return new FastifyRequest(undefined, undefined, false, shape)
    return name === 'FastifyReply' ? new Bag('fastify reply') : undefined
  },
  roots: autoloadRoots,
  examples,
})
