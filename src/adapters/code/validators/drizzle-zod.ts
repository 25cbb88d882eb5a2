/**
 * Schemas made of tables: drizzle-zod, drizzle-valibot, drizzle-typebox, drizzle-arktype, and the same within drizzle-orm. What passes has the table's keys; it is
 * no row of the database, so reading its properties reads no column.
 */
import { defineFramework } from '../frameworks/define.ts'
import { type CallSite, native, type Site, type Value } from '../value.ts'
import { arkSchema } from './arktype.ts'
import { PlainSchema, valuesOf } from './fields.ts'
import { type SchemaModel, schemaOf } from './schema.ts'
import { type Fields, literals, objectOf, type Parses, type Shape, scalar } from './shape.ts'
import { typeboxSchema } from './typebox.ts'
import { valibotSchema } from './valibot.ts'
import { zodSchema } from './zod.ts'

type Voice = (shape: Shape, made: Site) => SchemaModel

/** A column's values where it is an enum's; otherwise nothing is known of them. */
const columnShape = (column: Value, site: Site): Shape => {
  const values = valuesOf(site.machine.get(column, 'enumValues', site), site)
  return values.length > 0 ? literals(values) : scalar
}

/** A refinement is a schema, or a function of the column's schema. */
const refined = (refinement: Value | undefined, column: Value, voice: Voice, site: Site): Parses => {
  const own = voice(columnShape(column, site), site)
  if (refinement === undefined) return own
  return schemaOf(refinement) ?? schemaOf(site.machine.invoke(refinement, [own], site)) ?? own
}

const fieldsOfTable = (table: Value, refinements: ReadonlyMap<string, Value>, voice: Voice, site: Site): Fields => {
  const { known, open } = site.machine.entries(table, site)
  return { known: new Map([...known].map(([name, column]) => [name, refined(refinements.get(name), column, voice, site)])), open }
}

/** Of an enum (`createSelectSchema(roleEnum)`) its values pass. */
const ofTable = (voice: Voice, site: CallSite): Value => {
  const [table, given] = site.args
  if (table === undefined) return new PlainSchema(scalar, site)
  const enumValues = valuesOf(site.machine.get(table, 'enumValues', site), site)
  if (enumValues.length > 0) return voice(literals(enumValues), site)
  const refinements = given === undefined ? new Map<string, Value>() : site.machine.entries(given, site).known
  return voice(
    objectOf((at) => fieldsOfTable(table, refinements, voice, at)),
    site,
  )
}

const creators: ReadonlySet<string> = new Set(['createInsertSchema', 'createSelectSchema', 'createUpdateSchema'])

const creator = (name: string, voice: Voice): Value => native(name, (site) => ofTable(voice, site))

const factory = (voice: Voice): Value =>
  native('createSchemaFactory', ({ machine }) => machine.object(Object.fromEntries([...creators].map((name) => [name, creator(name, voice)]))))

const voices: Readonly<Record<string, Voice>> = { zod: zodSchema, valibot: valibotSchema, typebox: typeboxSchema, arktype: arkSchema }
const voiceOf = (from: string): Voice => voices[from.replace(/^drizzle-(orm\/)?/, '')] ?? zodSchema

const imported = (from: string, name: string): Value | undefined => {
  if (name === 'createSchemaFactory') return factory(voiceOf(from))
  return creators.has(name) ? creator(name, voiceOf(from)) : undefined
}

export const drizzleZod = defineFramework({
  id: 'drizzle-zod',
  title: 'drizzle-zod',
  packages: Object.keys(voices).flatMap((name) => [`drizzle-${name}`, `drizzle-orm/${name}`]),
  imported: (from, [name = '']) => imported(from, name),
  typed: (_from, name, args) => (name === 'BuildSchema' ? args[0] : undefined),
  examples: [
    {
      files: {
        'index.ts': `
import { createInsertSchema } from 'drizzle-zod'
import { Hono } from 'hono'
import { z } from 'zod'
import { db } from './db'
import { users } from './schema'
const insert = createInsertSchema(users, { email: (schema) => schema.email(), name: z.string().min(1) }).omit({ id: true })
const app = new Hono()
app.patch('/users', async (c) => {
  await db.update(users).set(insert.partial().parse(await c.req.json()))
  return c.body(null)
})
app.put('/users', async (c) => {
  const save = (changes: z.infer<typeof insert>) => db.update(users).set(changes)
  return c.json(await save((await c.req.json()) as any))
})
export default app
`,
      },
      entries: { 'PATCH /users': 'write users.email, write users.name', 'PUT /users': 'write users.email, write users.name' },
    },
    {
      files: {
        'index.ts': `
import { createSelectSchema } from 'drizzle-zod'
import { Hono } from 'hono'
import { users } from './schema'
const select = createSelectSchema(users)
const app = new Hono()
app.post('/echo', async (c) => c.json({ email: select.parse(await c.req.json()).email }))
export default app
`,
      },
      entries: { 'POST /echo': '' },
    },
    {
      files: {
        'index.ts': `
import { createUpdateSchema } from 'drizzle-valibot'
import { Hono } from 'hono'
import { parse, pick } from 'valibot'
import { db } from './db'
import { users } from './schema'
const app = new Hono()
app.patch('/users', async (c) => {
  await db.update(users).set(parse(pick(createUpdateSchema(users), ['name']), await c.req.json()))
  return c.body(null)
})
export default app
`,
      },
      entries: { 'PATCH /users': 'write users.name' },
    },
  ],
})
