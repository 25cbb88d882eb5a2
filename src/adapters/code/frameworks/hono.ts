/** Hono, with its OpenAPI variant: apps, sub-apps, middleware by pattern, and what the context carries from a middleware to a handler. */
import { any } from '../value.ts'
import { defineFramework } from './define.ts'
import { Environment, HonoContext } from './hono/context.ts'
import { examples } from './hono/examples.ts'
import { exported } from './hono/exports.ts'
import { HonoRouter } from './hono/router.ts'

const apps: ReadonlySet<string> = new Set(['Hono', 'OpenAPIHono'])

export const hono = defineFramework({
  id: 'hono',
  title: 'Hono',
  packages: [
    'hono',
    'hono/*',
    '@hono/zod-openapi',
    '@hono/zod-validator',
    '@hono/valibot-validator',
    '@hono/typebox-validator',
    '@hono/arktype-validator',
    '@hono/standard-validator',
    '@hono/node-server',
    '@hono/node-server/*',
  ],
  imported: (from, [name = '', ...rest]) => (rest.length === 0 ? exported(from, name) : undefined),
  typed: (_from, name, [env = any]) => {
    if (name === 'Context') return new HonoContext(new Environment(env))
    return apps.has(name) ? new HonoRouter(new Environment(env)) : undefined
  },
  examples,
})
