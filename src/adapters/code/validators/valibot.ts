/** Valibot: schemas are made and used by functions. */
import { exampleApp } from '../frameworks/common/example-app.ts'
import { defineFramework } from '../frameworks/define.ts'
import { ownValue } from '../own-value.ts'
import { any, type CallSite, Model, native, type Site, type Value } from '../value.ts'
import { answer, fieldsGiven, fieldsIn, fieldsOf, namesOf, omitted, picked, schemasIn, shapeObject } from './fields.ts'
import { enumeration, joined, keeping, keyNames, type Maker, ofGivenType } from './makers.ts'
import { SchemaModel, schemaOf } from './schema.ts'
import {
  arrayOf,
  checked,
  constant,
  defaulted,
  lazily,
  literals,
  merged,
  objectOf,
  oneOf,
  recordOf,
  type Shape,
  scalar,
  transformed,
  wrapped,
} from './shape.ts'

class ValibotSchema extends SchemaModel {
  readonly what = 'valibot schema'
  override get(name: string, site: Site): Value | undefined {
    if (name === 'entries') return shapeObject(this, site)
    if (name === 'options') return site.machine.array(this.shape.values === undefined ? any : literals(this.shape.values).parse(site, 'type'))
    const [inner] = this.shape.inner ?? []
    if (name === 'item' || name === 'wrapped') return inner instanceof SchemaModel ? inner : undefined
    return super.get(name, site)
  }
}

export const valibotSchema = (shape: Shape, made: Site): SchemaModel => new ValibotSchema(shape, made)

const toSchema = (value: Value | undefined, site?: Site): SchemaModel => schemaOf(value) ?? new ValibotSchema(scalar, site)

/** A part of `v.pipe` that is no schema: what it calls. */
class Action extends Model {
  readonly what = 'valibot action'
  readonly changes: boolean
  readonly by: Value | undefined
  constructor(changes: boolean, by: Value | undefined) {
    super()
    this.changes = changes
    this.by = by
  }
}

/** Actions that only narrow or describe leave the schema as it is. */
const piping = (site: CallSite): Value => {
  const [first, ...rest] = site.args
  return rest.reduce<SchemaModel>(
    (schema, part) => {
      const next = schemaOf(part)
      if (next !== undefined) return next
      if (!(part instanceof Action)) return schema
      return new ValibotSchema(part.changes ? transformed(schema, part.by) : checked(schema, part.by), site)
    },
    toSchema(first, site),
  )
}

const object: Maker = ({ args }) => objectOf((site) => fieldsOf(args[0], site, toSchema))
const open: Maker = ({ args }) => objectOf((site) => ({ ...fieldsOf(args[0], site, toSchema), open: true }))
const optional: Maker = ({ args }) => defaulted(toSchema(args[0]), args[1])
const list: Maker = ({ args }) => arrayOf(toSchema(args[0]))
/** A variant names its key first. */
const choice: Maker = ({ args }) => {
  const schemas = args.find(({ kind }) => kind === 'array')
  return { parse: (site, mode) => oneOf(schemasIn(schemas === undefined ? [] : [schemas], site, toSchema)).parse(site, mode) }
}

const makers: Readonly<Record<string, Maker>> = {
  object,
  strictObject: object,
  looseObject: open,
  objectWithRest: open,
  objectAsync: object,
  array: list,
  set: list,
  tuple: choice,
  record: ({ args }) => recordOf(toSchema(args[1])),
  map: ({ args }) => arrayOf(toSchema(args[1])),
  optional,
  nullable: optional,
  nullish: optional,
  undefinedable: optional,
  exactOptional: optional,
  fallback: optional,
  nonOptional: ({ args }) => wrapped(toSchema(args[0])),
  nonNullable: ({ args }) => wrapped(toSchema(args[0])),
  nonNullish: ({ args }) => wrapped(toSchema(args[0])),
  unwrap: ({ args }) => wrapped(toSchema(args[0])),
  picklist: enumeration,
  enum: enumeration,
  enum_: enumeration,
  literal: ({ args }) => constant(args[0] ?? any),
  union: choice,
  variant: choice,
  intersect: joined(toSchema),
  lazy: ({ args }) => lazily((site) => schemaOf(site.machine.invoke(args[0] ?? any, [any], site))),
  partial: keeping,
  required: keeping,
  pick: ({ args }) => objectOf((site) => picked(fieldsIn(args[0], site), namesOf(args[1], site))),
  omit: ({ args }) => objectOf((site) => omitted(fieldsIn(args[0], site), namesOf(args[1], site))),
  merge: (site) =>
    objectOf((at) =>
      schemasIn(site.args.slice(0, 1), at, toSchema)
        .map((schema) => fieldsGiven(schema, at, toSchema))
        .reduce(merged, { known: new Map(), open: false }),
    ),
  keyof: keyNames,
  custom: ofGivenType,
}

const parsing = (site: CallSite): Value => schemaOf(site.args[0])?.parsed(site) ?? any
const safely = (site: CallSite): Value => answer(parsing(site), site, 'output')

const functions: Readonly<Record<string, (site: CallSite) => Value>> = {
  pipe: piping,
  pipeAsync: piping,
  parse: parsing,
  parseAsync: parsing,
  safeParse: safely,
  safeParseAsync: safely,
  parser: ({ args }) => native('parser', (site) => schemaOf(args[0])?.parsed(site)),
  safeParser: ({ args }) => native('safeParser', (site) => answer(schemaOf(args[0])?.parsed(site) ?? any, site, 'output')),
  transform: ({ args }) => new Action(true, args[0]),
  transformAsync: ({ args }) => new Action(true, args[0]),
  rawTransform: ({ args }) => new Action(true, args[0]),
  check: ({ args }) => new Action(false, args[0]),
  checkAsync: ({ args }) => new Action(false, args[0]),
  forward: ({ args }) => args[0] ?? any,
  config: ({ args }) => args[0] ?? any,
}

/** What is not listed is a scalar (`v.string()`) or an action that calls nothing (`v.email()`): in a pipe only the first of them is a schema. */
const narrowing: ReadonlySet<string> = new Set([
  'string',
  'number',
  'boolean',
  'date',
  'bigint',
  'any',
  'unknown',
  'null',
  'null_',
  'undefined',
  'void',
  'never',
  'file',
  'blob',
  'instance',
])

const exportOf = (name: string): Value | undefined => {
  if (/^[A-Z]/.test(name)) return undefined
  return native(`v.${name}`, (site) => {
    const run = ownValue(functions, name)
    if (run !== undefined) return run(site)
    const make = ownValue(makers, name)
    if (make !== undefined) return new ValibotSchema(make(site), site)
    return narrowing.has(name) ? new ValibotSchema(scalar, site) : new Action(false, undefined)
  })
}

class ValibotNamespace extends Model {
  readonly what = 'valibot'
  override get(name: string): Value | undefined {
    return exportOf(name)
  }
}

const namespace = new ValibotNamespace()

const handler = (body: string): string => exampleApp(`import * as v from 'valibot'`, body)

export const valibot = defineFramework({
  id: 'valibot',
  title: 'Valibot',
  packages: ['valibot'],
  imported: (_from, [name = '*']) => (name === '*' || name === 'default' ? namespace : exportOf(name)),
  typed: (_from, name, [schema]) => (/(^|\.)Infer(Input|Output)$/.test(name) ? schemaOf(schema)?.inferred : undefined),
  examples: [
    {
      files: {
        'index.ts': handler(`
const Input = v.object({ name: v.pipe(v.string(), v.minLength(1)), email: v.optional(v.string()) })
app.patch('/users/:id', async (c) => {
  await db.update(users).set(v.parse(v.omit(Input, ['email']), await c.req.json())).where(eq(users.id, c.req.param('id')))
  return c.body(null)
})
`),
      },
      entries: { 'PATCH /users/:id': 'read users.id, write users.name' },
    },
    {
      files: {
        'index.ts': handler(`
const Input = v.pipe(v.object({ mail: v.string() }), v.transform(({ mail }) => ({ email: mail })))
app.patch('/users', async (c) => {
  const result = v.safeParse(Input, await c.req.json())
  if (result.success) await db.update(users).set(result.output)
  return c.body(null)
})
`),
      },
      entries: { 'PATCH /users': 'write users.email' },
    },
    {
      files: {
        'index.ts': handler(`
const isFree = async (email: string) => (await db.select({ id: users.id }).from(users).where(eq(users.email, email))).length === 0
const Input = v.objectAsync({ email: v.pipeAsync(v.string(), v.checkAsync(isFree, 'taken')) })
type Changes = v.InferOutput<typeof Input>
const save = (changes: Changes) => db.update(users).set(changes)
app.post('/check', async (c) => c.json(await v.parseAsync(Input, await c.req.json())))
app.post('/save', async (c) => c.json(await save((await c.req.json()) as any)))
`),
      },
      entries: { 'POST /check': 'read users.email, read users.id', 'POST /save': 'write users.email' },
    },
  ],
})
