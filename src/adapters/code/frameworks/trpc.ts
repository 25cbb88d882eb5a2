/** tRPC: procedures under the key path from their app router, with the middleware and the context in front of them; callers that run them on the server. */
import { any } from '../value.ts'
import { defineFramework } from './define.ts'
import { Answer } from './trpc/context.ts'
import { enterAll } from './trpc/entries.ts'
import { examples } from './trpc/examples.ts'
import { imported } from './trpc/exports.ts'

export const trpc = defineFramework({
  id: 'trpc',
  title: 'tRPC',
  packages: ['@trpc/*', '@hono/trpc-server', 'trpc-to-openapi', 'trpc-openapi'],
  starts: ['@trpc/server', '@trpc/server/*', '@hono/trpc-server', 'trpc-to-openapi', 'trpc-openapi'],
  imported: (from, [name = '', ...rest]) => (rest.length === 0 ? imported(from, name) : undefined),
  typed: (from, name, [of = any]) => (from === '@trpc/server' && name === 'inferAsyncReturnType' ? new Answer(of) : undefined),
  finish: enterAll,
  examples,
})
