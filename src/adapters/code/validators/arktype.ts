/** ArkType: types are written as texts in objects. */
import { exampleApp } from '../frameworks/common/example-app.ts'
import { defineFramework } from '../frameworks/define.ts'
import { ownValue } from '../own-value.ts'
import { any, type CallSite, literal, Model, native, type Site, type Value } from '../value.ts'
import { fieldsGiven, fieldsIn, namesOf, omitted, picked } from './fields.ts'
import { SchemaModel, schemaOf } from './schema.ts'
import { allOf, arrayOf, checked, type Fields, known, merged, objectOf, oneOf, type Parses, type Shape, scalar, transformed } from './shape.ts'

type Derived = (self: ArkSchema, site: CallSite) => Shape

class ArkSchema extends SchemaModel {
  readonly what = 'arktype type'
  /** What is answered may also be errors; of these nothing is known. */
  override call(site: CallSite): Value {
    return this.parsed(site)
  }
  override get(name: string, site: Site): Value | undefined {
    if (name === 'infer' || name === 'inferIn' || name === 'inferOut' || name === 't') return this.parsed(site, 'type')
    if (name === 'assert' || name === 'from' || name === 'parse') return native(name, (call) => this.parsed(call))
    const derive = ownValue(derived, name)
    return native(`arktype ${name}`, (call) => (derive === undefined ? this : new ArkSchema(derive(this, call), call)))
  }
}

export const arkSchema = (shape: Shape, made: Site): SchemaModel => new ArkSchema(shape, made)

const quoted = /'([^']*)'|"([^"]*)"/g

/** `"'draft' | 'sent'"` has these two values; `string.email > 3` is a scalar. */
const textShape = (text: string): Shape => {
  const values = [...text.matchAll(quoted)].map(([, single, double]) => literal(single ?? double ?? ''))
  const shape: Shape = values.length === 0 ? scalar : { parse: () => known(values) }
  return text.trim().endsWith('[]') ? arrayOf({ parsed: (site, mode = 'run') => shape.parse(site, mode) }) : shape
}

const toArk = (value: Value, site: Site): SchemaModel => {
  const schema = schemaOf(value)
  if (schema !== undefined) return schema
  if (value.kind === 'literal') return new ArkSchema(textShape(String(value.value)), site)
  if (value.kind === 'array') return new ArkSchema(arrayOf(toArk(value.items?.[0] ?? value.element, site)), site)
  return value.kind === 'object'
    ? new ArkSchema(
        objectOf((at) => fieldsOfDefinition(value, at)),
        site,
      )
    : new ArkSchema(scalar, site)
}

/** `'name?'` may be left out; `'+'` says what happens to keys that are not named. */
const fieldsOfDefinition = (value: Value, site: Site): Fields => {
  const { known: fields, open } = fieldsGiven(value, site, toArk)
  return { known: new Map([...fields].filter(([name]) => name !== '+').map(([name, field]): [string, Parses] => [name.replace(/\?$/, ''), field])), open }
}

const argument = (site: CallSite): SchemaModel => toArk(site.args[0] ?? any, site)
/** Keys are arguments of their own. */
const keys = ({ args }: CallSite, site: Site): ReadonlySet<string> => new Set(args.flatMap((value) => [...namesOf(value, site)]))
const checking: Derived = (self, { args }) => checked(self, args[0])
const merging: Derived = (self, site) => objectOf((at) => merged(fieldsIn(self, at), fieldsIn(argument(site), at)))

const derived: Readonly<Record<string, Derived>> = {
  pipe: (self, { args }) => transformed(self, args[0]),
  to: (_self, site) => argument(site).shape,
  narrow: checking,
  filter: checking,
  or: (self, site) => oneOf([self, argument(site)]),
  and: (self, site) => allOf([self.shape, argument(site).shape]),
  merge: merging,
  array: (self) => arrayOf(self),
  pick: (self, call) => objectOf((site) => picked(fieldsIn(self, site), keys(call, site))),
  omit: (self, call) => objectOf((site) => omitted(fieldsIn(self, site), keys(call, site))),
}

/** `type({ … })`, and `type.enumerated('a', 'b')`. */
class TypeFunction extends Model {
  readonly what = 'arktype'
  override call(site: CallSite): Value {
    const [definition, operator, by] = site.args
    const schema = toArk(definition ?? any, site)
    return operator?.kind === 'literal' && operator.value === '=>' ? new ArkSchema(transformed(schema, by), site) : schema
  }
  override get(name: string): Value | undefined {
    if (name === 'enumerated') return native('enumerated', (site) => new ArkSchema({ parse: () => known(site.args) }, site))
    return name === 'or' ? native('or', (site) => new ArkSchema(oneOf(site.args.map((value) => toArk(value, site))), site)) : undefined
  }
}

const type = new TypeFunction()

const route = (body: string): string =>
  exampleApp(`import { type } from 'arktype'`, `const User = type({ id: 'string', name: 'string > 0', 'email?': 'string.email' })\n${body}`)

export const arktype = defineFramework({
  id: 'arktype',
  title: 'ArkType',
  packages: ['arktype'],
  imported: (_from, [name]) => (name === 'type' ? type : undefined),
  examples: [
    {
      files: {
        'index.ts': route(`
app.patch('/users', async (c) => {
  const changes = User.omit('id')(await c.req.json())
  if (changes instanceof type.errors) return c.text(changes.summary, 400)
  return c.json(await db.update(users).set(changes))
})
`),
      },
      entries: { 'PATCH /users': 'write users.email, write users.name' },
    },
    {
      files: {
        'index.ts': route(`
const Changes = type({ mail: 'string' }).pipe(({ mail }) => ({ email: mail }))
app.patch('/users', async (c) => c.json(await db.update(users).set(Changes.assert(await c.req.json()))))
`),
      },
      entries: { 'PATCH /users': 'write users.email' },
    },
    {
      files: {
        'index.ts': route(`
const Named = User.pick('name')
const save = (changes: typeof Named.infer) => db.update(users).set(changes)
app.patch('/users', async (c) => c.json(await save((await c.req.json()) as any)))
`),
      },
      entries: { 'PATCH /users': 'write users.name' },
    },
  ],
})
