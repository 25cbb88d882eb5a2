/** The AI SDK: a tool's `execute` runs in the call that the tool is handed to, wherever the tool was made; so do the other functions of such a call. */

import { schemaOf } from '../validators/schema.ts'
import { any, type CallSite, native, type Site, type Value } from '../value.ts'
import { callbacksIn } from './auth/callbacks.ts'
import { exampleApp } from './common/example-app.ts'
import { partOf } from './common/options.ts'
import { defineFramework } from './define.ts'

/** `tool({ inputSchema, execute })` is what it was given: it runs where it is handed over. */
const tool = native('tool', ({ args }) => args[0])

const schemaNames = ['inputSchema', 'parameters'] as const
const functions = ['execute', 'needsApproval', 'toModelOutput', 'onInputAvailable'] as const

/** `execute` is called with what the tool's schema lets pass. */
const runTool = (of: Value, site: Site): void => {
  const schema = schemaNames.map((name) => schemaOf(partOf(of, name, site))).find((one) => one !== undefined)
  for (const name of functions) {
    const handler = partOf(of, name, site)
    if (handler !== undefined) site.machine.invoke(handler, [schema?.parsed(site, 'type') ?? any, any], site, 'likely')
  }
}

const toolsOf = (options: Value | undefined, site: Site): readonly Value[] => {
  const tools = partOf(options, 'tools', site)
  return tools === undefined ? [] : [...site.machine.entries(tools, site).known.values()]
}

/** `streamText({ tools, onFinish, … })`: the other functions are called with what is not known. */
const running = (site: CallSite): Value => {
  const [options = any] = site.args
  for (const one of toolsOf(options, site)) runTool(one, site)
  const own = callbacksIn(options, site).filter(({ what }) => !what.startsWith('tools.'))
  for (const { handler } of own) site.machine.invoke(handler, [any], site, 'likely')
  return any
}

const run = native('ai', running)

const calls: ReadonlySet<string> = new Set([
  'streamText',
  'generateText',
  'streamObject',
  'generateObject',
  'createUIMessageStream',
  'createDataStream',
  'createDataStreamResponse',
  'createUIMessageStreamResponse',
])

const imported = (name: string): Value | undefined => {
  if (name === 'tool' || name === 'dynamicTool') return tool
  return calls.has(name) ? run : undefined
}

const imports = `
import { createUIMessageStream, generateText, streamText, tool } from 'ai'
import { z } from 'zod'
`

const app = (body: string): string => exampleApp(imports, body)

export const ai = defineFramework({
  id: 'ai',
  title: 'AI SDK',
  packages: ['ai', 'ai/*'],
  imported: (_from, [name = '']) => imported(name),
  examples: [
    {
      files: {
        'tools.ts': `
import { tool } from 'ai'
import { eq } from 'drizzle-orm'
import { z } from 'zod'
import { db } from './db'
import { users } from './schema'
export const rename = (id: string) =>
  tool({
    description: 'Renames',
    inputSchema: z.object({ name: z.string() }),
    execute: async (changes) => db.update(users).set(changes).where(eq(users.id, id)),
  })
`,
        'index.ts': `
import { streamText } from 'ai'
import { Hono } from 'hono'
import { rename } from './tools'
const app = new Hono()
app.post('/chat', async (c) => streamText({ model: 'x', tools: { rename: rename('1') } }).toTextStreamResponse())
app.get('/free', (c) => c.text(''))
export default app
`,
      },
      entries: { 'GET /free': '', 'POST /chat': 'read users.id, write users.name' },
    },
    {
      files: {
        'index.ts': app(`
app.post('/chat', async (c) => {
  const stream = createUIMessageStream({
    execute: async ({ writer }) => {
      const result = streamText({ model: 'x', onFinish: async () => { await db.select({ email: users.email }).from(users) } })
      writer.merge(result.toUIMessageStream())
    },
    onFinish: async () => { await db.update(users).set({ name: '' }) },
  })
  return c.body(stream)
})
`),
      },
      entries: { 'POST /chat': 'read users.email, write users.name' },
    },
    {
      files: {
        'index.ts': app(`
const lookup = tool({
  inputSchema: z.object({ id: z.string() }),
  execute: async ({ id }) => db.select({ name: users.name }).from(users).where(eq(users.id, id)),
})
app.post('/text', async (c) => {
  const { text } = await generateText({ model: 'x', tools: { lookup }, prompt: '' })
  return c.text(text)
})
`),
      },
      entries: { 'POST /text': 'read users.id, read users.name' },
    },
  ],
})
