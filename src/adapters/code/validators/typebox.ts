/** TypeBox: `Type.Object({ … })`, and what `Value` makes of it. */
import { exampleApp } from '../frameworks/common/example-app.ts'
import { defineFramework } from '../frameworks/define.ts'
import { ownValue } from '../own-value.ts'
import { any, Model, native, type Site, type Value } from '../value.ts'
import { fieldsIn, fieldsOf, namesOf, omitted, picked, schemasIn, shapeObject } from './fields.ts'
import { enumeration, joined, keeping, keyNames, type Maker, ofGivenType } from './makers.ts'
import { SchemaModel, schemaOf } from './schema.ts'
import { arrayOf, constant, objectOf, oneOf, recordOf, type Shape, scalar, transformed, wrapped } from './shape.ts'

class TypeboxSchema extends SchemaModel {
  readonly what = 'typebox schema'
  override get(name: string, site: Site): Value | undefined {
    if (name === 'properties') return shapeObject(this, site)
    if (name === 'static') return this.parsed(site, 'type')
    // `Type.Transform(T).Decode(f).Encode(g)`: only decoding is on the way in.
    if (name === 'Decode') return native('Decode', (call) => new TypeboxSchema(transformed(this, call.args[0]), call))
    if (name === 'Encode') return native('Encode', () => this)
    return super.get(name, site)
  }
}

export const typeboxSchema = (shape: Shape, made: Site): SchemaModel => new TypeboxSchema(shape, made)

const toSchema = (value: Value | undefined, site?: Site): SchemaModel => schemaOf(value) ?? new TypeboxSchema(scalar, site)

const same: Maker = ({ args }) => wrapped(toSchema(args[0]))
const choice: Maker = ({ args }) => ({ parse: (site, mode) => oneOf(schemasIn(args.slice(0, 1), site, toSchema)).parse(site, mode) })

/** Keys are names, or a union of literals. */
const keysOf = (value: Value | undefined, site: Site): ReadonlySet<string> => {
  const schema = schemaOf(value)
  return schema === undefined ? namesOf(value, site) : new Set(site.machine.strings(schema.parsed(site, 'type')))
}

const makers: Readonly<Record<string, Maker>> = {
  Object: ({ args }) => objectOf((site) => fieldsOf(args[0], site, toSchema)),
  Array: ({ args }) => arrayOf(toSchema(args[0])),
  Tuple: choice,
  Record: ({ args }) => recordOf(toSchema(args[1])),
  Union: choice,
  Literal: ({ args }) => constant(args[0] ?? any),
  Enum: enumeration,
  UnionEnum: enumeration,
  Optional: same,
  Nullable: same,
  MaybeEmpty: same,
  Readonly: same,
  Transform: same,
  Partial: keeping,
  Required: keeping,
  Pick: ({ args }) => objectOf((site) => picked(fieldsIn(args[0], site), keysOf(args[1], site))),
  Omit: ({ args }) => objectOf((site) => omitted(fieldsIn(args[0], site), keysOf(args[1], site))),
  Composite: joined(toSchema),
  Intersect: joined(toSchema),
  KeyOf: keyNames,
  Unsafe: ofGivenType,
}

/** `Type`, or Elysia's `t`: what is not listed is a scalar. */
class TypeBuilder extends Model {
  readonly what = 'typebox'
  override get(name: string): Value | undefined {
    const make = ownValue(makers, name)
    return native(`Type.${name}`, (site) => new TypeboxSchema(make === undefined ? scalar : make(site), site))
  }
}

export const typeBuilder: Value = new TypeBuilder()

/** The schema is the first argument, the value the last. */
const parsing: ReadonlySet<string> = new Set(['Parse', 'Decode', 'Cast', 'Clean', 'Default', 'Convert', 'Create'])

class ValueModule extends Model {
  readonly what = 'typebox value'
  override get(name: string): Value | undefined {
    return parsing.has(name)
      ? native(`Value.${name}`, (site) =>
          site.args
            .map(schemaOf)
            .find((schema) => schema !== undefined)
            ?.parsed(site),
        )
      : undefined
  }
}

const values = new ValueModule()

class Compiler extends Model {
  readonly what = 'typebox compiler'
  override get(name: string): Value | undefined {
    return name === 'Compile' ? native('Compile', ({ args }) => new Compiled(toSchema(args[0]))) : undefined
  }
}

class Compiled extends Model {
  readonly what = 'compiled typebox schema'
  readonly #schema: SchemaModel
  constructor(schema: SchemaModel) {
    super()
    this.#schema = schema
  }
  override get(name: string): Value | undefined {
    return parsing.has(name) ? native(name, (site) => this.#schema.parsed(site)) : undefined
  }
}

const exports: Readonly<Record<string, Value>> = { Type: typeBuilder, t: typeBuilder, default: typeBuilder, Value: values, TypeCompiler: new Compiler() }

const imports = `
import { Type, type Static } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
`

const route = (body: string): string =>
  exampleApp(imports, `const User = Type.Object({ id: Type.String(), name: Type.String(), email: Type.Optional(Type.String()) })\n${body}`)

export const typebox = defineFramework({
  id: 'typebox',
  title: 'TypeBox',
  packages: ['@sinclair/typebox', '@sinclair/typebox/*', 'typebox', 'typebox/*'],
  imported: (_from, [name = '']) => ownValue(exports, name),
  typed: (_from, name, [schema]) => (/(^|\.)Static(Decode|Encode)?$/.test(name) ? schemaOf(schema)?.inferred : undefined),
  examples: [
    {
      files: {
        'index.ts': route(`app.patch('/users', async (c) => c.json(await db.update(users).set(Value.Parse(Type.Omit(User, ['id']), await c.req.json()))))`),
      },
      entries: { 'PATCH /users': 'write users.email, write users.name' },
    },
    {
      files: {
        'index.ts': route(`
const Changes = Type.Partial(Type.Pick(User, Type.Union([Type.Literal('name')])))
const save = (changes: Static<typeof Changes>) => db.update(users).set(changes)
app.patch('/users', async (c) => c.json(await save((await c.req.json()) as any)))
`),
      },
      entries: { 'PATCH /users': 'write users.name' },
    },
    {
      files: {
        'index.ts': route(`
const Upper = Type.Transform(Type.Object({ mail: Type.String() })).Decode(({ mail }) => ({ email: mail.toUpperCase() })).Encode(({ email }) => ({ mail: email }))
app.patch('/users', async (c) => c.json(await db.update(users).set(Value.Decode(Upper, await c.req.json()))))
app.get('/schema', (c) => c.json(User.properties))
`),
      },
      entries: { 'PATCH /users': 'write users.email', 'GET /schema': '' },
    },
  ],
})
