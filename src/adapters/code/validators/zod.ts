/** Zod, versions 3 and 4, also its functional form (`zod/mini`). */
import { exampleApp } from '../frameworks/common/example-app.ts'
import { defineFramework } from '../frameworks/define.ts'
import { ownValue } from '../own-value.ts'
import { any, type CallSite, literal, Model, native, type Site, type Value } from '../value.ts'
import { answer, fieldNames, fieldsGiven, fieldsIn, fieldsOf, namesOf, omitted, picked, schemasIn, shapeObject, valuesOf } from './fields.ts'
import { enumeration, type Maker, ofGivenType } from './makers.ts'
import { SchemaModel, schemaOf } from './schema.ts'
import {
  allOf,
  arrayOf,
  checked,
  constant,
  defaulted,
  type Fields,
  lazily,
  literals,
  merged,
  objectOf,
  oneOf,
  type Parses,
  piped,
  preceded,
  recordOf,
  type Shape,
  scalar,
  transformed,
  wrapped,
} from './shape.ts'

class ZodSchema extends SchemaModel {
  readonly what = 'zod schema'
  /** A method that is not in the lists narrows a scalar or adds words (`min`, `describe`, `openapi`): the schema stays. */
  override get(name: string, site: Site): Value {
    const property = ownValue(properties, name)?.(this, site)
    return property ?? native(`zod ${name}`, (call) => method(name, this, call) ?? this)
  }
}

export const zodSchema = (shape: Shape, made: Site): SchemaModel => new ZodSchema(shape, made)

const method = (name: string, self: ZodSchema, site: CallSite): Value | undefined => {
  const answering = ownValue(answers, name)
  if (answering) return answering(self, site)
  const shape = ownValue(derived, name)?.(self, site)
  return shape && new ZodSchema(shape, site)
}

/** A schema of any library with Zod's methods; what is none says nothing. */
const toZod = (value: Value | undefined, site?: Site): ZodSchema => {
  const schema = schemaOf(value)
  if (schema instanceof ZodSchema) return schema
  return new ZodSchema(schema === undefined ? scalar : schema.shape, site)
}

const firstOf = (parts: readonly Parses[] | undefined): Value => (parts?.[0] instanceof SchemaModel ? parts[0] : new ZodSchema(scalar))
const opened = (fields: Fields): Fields => ({ ...fields, open: true })
const closed = (fields: Fields): Fields => ({ ...fields, open: false })

type Answers = Readonly<Record<string, (self: ZodSchema, site: CallSite) => Value>>

const parsing: Answers[string] = (self, site) => self.parsed(site)
const safely: Answers[string] = (self, site) => answer(self.parsed(site), site, 'data')
const unwrapping: Answers[string] = (self) => firstOf(self.shape.inner)

/** Methods that answer something else than a new schema. */
const answers: Answers = {
  parse: parsing,
  parseAsync: parsing,
  $parse: parsing,
  decode: parsing,
  decodeAsync: parsing,
  safeParse: safely,
  safeParseAsync: safely,
  safeDecode: safely,
  spa: safely,
  unwrap: unwrapping,
  removeDefault: unwrapping,
  innerType: unwrapping,
  sourceType: unwrapping,
}

type Derived = Readonly<Record<string, (self: ZodSchema, site: CallSite) => Shape>>

// The keys of an object schema are found when something is parsed: by then the program has been followed further.
const extended: Derived[string] = (self, { args }) => objectOf((site) => merged(fieldsIn(self, site), fieldsGiven(args[0], site, toZod)))
const checking: Derived[string] = (self, { args }) => checked(self, args[0])
const wrapping: Derived[string] = (self) => wrapped(self)
const defaulting: Derived[string] = (self, { args }) => defaulted(self, args[0])
const transforming: Derived[string] = (self, { args }) => transformed(self, args[0])
const keeping: Derived[string] = (self) => objectOf((site) => fieldsIn(self, site))
const opening: Derived[string] = (self) => objectOf((site) => opened(fieldsIn(self, site)))
const closing: Derived[string] = (self) => objectOf((site) => closed(fieldsIn(self, site)))
const someValues =
  (wanted: boolean): Derived[string] =>
  (self, site) =>
    literals((self.shape.values ?? []).filter((value) => valuesOf(site.args[0], site).includes(value) === wanted))

const withKey: Derived[string] = (self, { args: [key, value] }) =>
  objectOf((site) => merged(fieldsIn(self, site), { known: new Map(site.machine.strings(key ?? any).map((name) => [name, toZod(value)])), open: false }))

/** Methods that make a schema of a schema. */
const derived: Derived = {
  transform: transforming,
  overwrite: transforming,
  refine: checking,
  superRefine: checking,
  check: checking,
  optional: wrapping,
  nullable: wrapping,
  nullish: wrapping,
  promise: wrapping,
  default: defaulting,
  prefault: defaulting,
  catch: defaulting,
  or: (self, { args }) => oneOf([self, ...args.map((value) => toZod(value))]),
  and: (self, { args }) => allOf([self.shape, ...args.map((value) => toZod(value).shape)]),
  pipe: (self, { args }) => piped([self, ...args.map((value) => toZod(value))]),
  array: (self) => arrayOf(self),
  extend: extended,
  safeExtend: extended,
  merge: extended,
  augment: extended,
  setKey: withKey,
  pick: (self, { args }) => objectOf((site) => picked(fieldsIn(self, site), namesOf(args[0], site))),
  omit: (self, { args }) => objectOf((site) => omitted(fieldsIn(self, site), namesOf(args[0], site))),
  partial: keeping,
  deepPartial: keeping,
  required: keeping,
  strict: closing,
  strip: closing,
  passthrough: opening,
  loose: opening,
  catchall: opening,
  keyof: (self, site) => literals(fieldNames(fieldsIn(self, site))),
  exclude: someValues(false),
  extract: someValues(true),
}

const enumObject = (self: SchemaModel, site: Site): Value | undefined =>
  self.shape.values && site.machine.object(Object.fromEntries(self.shape.values.map((value) => [value, literal(value)])))

const ofType = (self: SchemaModel, site: Site): Value => self.parsed(site, 'type')

const properties: Readonly<Record<string, (self: ZodSchema, site: Site) => Value | undefined>> = {
  shape: (self, site) => shapeObject(self, site),
  element: (self) => firstOf(self.shape.inner),
  options: (self, site) => site.machine.array(self.shape.values === undefined ? firstOf(self.shape.inner) : literals(self.shape.values).parse(site, 'type')),
  enum: enumObject,
  Enum: enumObject,
  Values: enumObject,
  value: ofType,
  _output: ofType,
  _input: ofType,
  _type: ofType,
}

const optional: Maker = ({ args }) => wrapped(toZod(args[0]))
const list: Maker = ({ args }) => arrayOf(toZod(args[0]))
const oneOfLate = (args: readonly Value[]): Shape => ({ parse: (site, mode) => oneOf(schemasIn(args, site, toZod)).parse(site, mode), inner: [] })
const choice: Maker = ({ args }) => oneOfLate(args)
/** A discriminated union names its key first. */
const discriminated: Maker = ({ args }) => oneOfLate(args.filter((value) => value.kind !== 'literal'))
const tuple: Maker = ({ args }) => ({ parse: (site, mode) => site.machine.array(oneOf(schemasIn(args, site, toZod)).parse(site, mode)) })
const objectSchema: Maker = ({ args }) => objectOf((site) => (args[0] === undefined ? { known: new Map(), open: false } : fieldsOf(args[0], site, toZod)))
const literalSchema: Maker = (site) => (site.args[0]?.kind === 'array' ? enumeration(site) : constant(site.args[0] ?? any))

/** `z.codec(input, output, { decode, encode })`. */
const codec: Maker = (site) => {
  const [input, output, ways] = site.args
  const decode = ways && site.machine.get(ways, 'decode', site)
  return piped([new ZodSchema(transformed(toZod(input), decode)), toZod(output)])
}

const makers: Readonly<Record<string, Maker>> = {
  object: objectSchema,
  strictObject: objectSchema,
  interface: objectSchema,
  looseObject: ({ args }) => objectOf((site) => opened(fieldsOf(args[0], site, toZod))),
  array: list,
  set: list,
  tuple,
  record: ({ args }) => recordOf(toZod(args[1] ?? args[0])),
  partialRecord: ({ args }) => recordOf(toZod(args[1])),
  map: ({ args }) => arrayOf(toZod(args[1])),
  union: choice,
  xor: choice,
  discriminatedUnion: discriminated,
  intersection: ({ args }) => allOf(args.map((value) => toZod(value).shape)),
  literal: literalSchema,
  enum: enumeration,
  nativeEnum: enumeration,
  lazy: ({ args }) => lazily((site) => schemaOf(site.machine.invoke(args[0] ?? any, [], site))),
  preprocess: ({ args }) => preceded(args[0], toZod(args[1])),
  codec,
  optional,
  nullable: optional,
  nullish: optional,
  readonly: optional,
  promise: optional,
  _default: ({ args }) => defaulted(toZod(args[0]), args[1]),
  custom: ofGivenType,
}

/** `z.extend(schema, shape)` of `zod/mini` is `schema.extend(shape)`. */
const functional = (name: string, site: CallSite): Value | undefined => {
  const [self, ...args] = site.args
  const schema = schemaOf(self)
  return schema && method(name, toZod(schema), { ...site, args })
}

/** `z`: what it has and we do not list makes a scalar (`z.string()`, `z.email()`, `z.iso.date()`). */
class ZodNamespace extends Model {
  readonly what = 'zod'
  override get(name: string): Value | undefined {
    if (name === 'z' || name === 'coerce' || name === 'iso' || name === 'default') return this
    if (/^[A-Z]/.test(name)) return undefined
    const make = ownValue(makers, name)
    return native(`z.${name}`, (site) => (make && new ZodSchema(make(site), site)) ?? functional(name, site) ?? new ZodSchema(scalar, site))
  }
}

const namespace = new ZodNamespace()

/** `z.string` by whatever import: `z`, a namespace, the default, or the name itself. */
const importedAt = ([name = '*']: readonly string[]): Value | undefined => (name === '*' ? namespace : namespace.get(name))

const inferring: ReadonlySet<string> = new Set(['infer', 'input', 'output', 'TypeOf'])

const typed = (name: string, [argument]: readonly Value[]): Value | undefined => {
  if (inferring.has(name)) return schemaOf(argument)?.inferred
  return /^Zod(Type|Schema|TypeAny|Object)/.test(name) || name === 'AnyZodObject'
    ? new ZodSchema(argument === undefined ? scalar : constant(argument))
    : undefined
}

const handler = (body: string): string => exampleApp(`import { z } from 'zod'`, body)

export const zod = defineFramework({
  id: 'zod',
  title: 'Zod',
  packages: ['zod', 'zod/*'],
  imported: (_from, path) => importedAt(path),
  /** `z.infer` comes with `z` before it where the namespace was imported. */
  typed: (_from, name, args) => typed(name.split('.').at(-1) ?? name, args),
  examples: [
    {
      files: {
        'index.ts': handler(`
const input = z.object({ name: z.string().min(1), email: z.email() }).partial()
app.patch('/users/:id', async (c) => {
  await db.update(users).set(input.pick({ name: true }).parse(await c.req.json())).where(eq(users.id, c.req.param('id')))
  return c.body(null)
})
`),
      },
      entries: { 'PATCH /users/:id': 'read users.id, write users.name' },
    },
    {
      files: {
        'index.ts': handler(`
const base = z.strictObject({ name: z.string() })
const input = base.extend({ email: z.string().optional() }).omit({ name: true })
app.post('/users/:id', async (c) => {
  const result = await input.safeParseAsync(await c.req.json())
  if (!result.success) return c.json(result.error, 400)
  await db.update(users).set({ ...result.data }).where(eq(users.id, c.req.param('id')))
  return c.body(null)
})
`),
      },
      entries: { 'POST /users/:id': 'read users.id, write users.email' },
    },
    {
      files: {
        'index.ts': handler(`
const taken = async (email: string) => (await db.select({ id: users.id }).from(users).where(eq(users.email, email))).length > 0
const input = z.object({ email: z.string().refine(async (email) => !(await taken(email))) })
app.post('/check', async (c) => c.json(await input.parseAsync(await c.req.json())))
app.get('/plain', (c) => c.json({ shape: input.shape }))
`),
      },
      entries: { 'POST /check': 'read users.email, read users.id', 'GET /plain': '' },
    },
    {
      files: {
        'index.ts': handler(`
const input = z.object({ label: z.string(), mail: z.string() }).transform(({ label, mail }) => ({ name: label, email: mail }))
type Changes = z.input<typeof input>
const save = (id: string, changes: z.infer<typeof row>) => db.update(users).set(changes).where(eq(users.id, id))
const row = z.object({ email: z.string() })
app.put('/users/:id', async (c) => {
  await db.update(users).set(input.parse(await c.req.json())).where(eq(users.id, c.req.param('id')))
  return c.body(null)
})
app.put('/users/:id/email', async (c) => {
  await save(c.req.param('id'), (await c.req.json()) as any)
  return c.body(null)
})
`),
      },
      entries: { 'PUT /users/:id': 'read users.id, write users.email, write users.name', 'PUT /users/:id/email': 'read users.id, write users.email' },
    },
  ],
})
