/** Node's own modules through which calls and values go: emitters of events, stores of a request. */
import { defineFramework } from './define.ts'
import { emitterClass } from './node/events.ts'
import { storageClass } from './node/storage.ts'

const head = `import { Hono } from 'hono'
import { db } from './db'
import { users } from './schema'
const app = new Hono()
export default app
`

export const node = defineFramework({
  id: 'node',
  title: 'Node.js',
  packages: ['events', 'async_hooks', 'eventemitter3', 'mitt'],
  starts: [],
  imported: (from, path) => {
    const [name = 'default'] = path.filter((one) => one !== '*')
    if (name === 'AsyncLocalStorage') return storageClass
    return name === 'EventEmitter' || (name === 'default' && !from.endsWith('async_hooks')) ? emitterClass : undefined
  },
  examples: [
    {
      files: {
        'index.ts': `import { EventEmitter } from 'node:events'
${head}
class Bus extends EventEmitter {}
const bus = new Bus()
app.post('/users', async (c) => { bus.emit('named', await c.req.json()); return c.body(null) })
app.delete('/users', (c) => { bus.emit('gone'); return c.body(null) })
bus.on('named', (input: any) => db.update(users).set({ name: input.name }))
`,
      },
      entries: { 'POST /users': 'write users.name', 'DELETE /users': '' },
    },
    {
      files: {
        'index.ts': `import { AsyncLocalStorage } from 'node:async_hooks'
${head}
const storage = new AsyncLocalStorage<{ db: typeof db }>()
const emails = () => storage.getStore()?.db.select({ email: users.email }).from(users)
app.get('/users', async (c) => c.json(await storage.run({ db }, emails)))
`,
      },
      entries: { 'GET /users': 'read users.email' },
    },
  ],
})
