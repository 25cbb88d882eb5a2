/** Pothos: fields with their resolvers, wherever they are added to the builder. */
import { textOf } from '../text-of.ts'
import { any, type CallSite, Model, native, type Site, type Value } from '../value.ts'
import { Constructed } from './common/library.ts'
import { partOf } from './common/options.ts'
import { defineFramework } from './define.ts'
import { addField } from './graphql/fields.ts'
import { isCallable } from './where.ts'

/** What `t.field({ resolve })` makes; it gets its name where it is put. */
class Field extends Model {
  readonly what = 'pothos field'
  readonly options: Value | undefined
  /** Plugins for databases give the query before the rest. */
  readonly isQueried: boolean
  readonly exposed: string | undefined
  constructor(method: string, site: CallSite) {
    super()
    this.options = site.args.findLast(({ kind }) => kind === 'object')
    this.isQueried = /^(drizzle|prisma)/.test(method)
    this.exposed = method.startsWith('expose') ? textOf(site.args[0], site) : undefined
  }
}

/** `t`: each of its methods makes a field; `t.withAuth(…)` is `t` again. */
class FieldBuilder extends Model {
  readonly what = 'pothos field builder'
  override get(name: string): Value {
    if (name === 'arg' || name === 'args' || name === 'input') return new FieldBuilder()
    if (name === 'withAuth') return native(name, () => this)
    return native(`t.${name}`, (site) => new Field(name, site))
  }
  override call(): Value {
    return any
  }
}

const t = new FieldBuilder()

/** A type by its name, with what its values are where that is known. */
class TypeRef extends Model {
  readonly what = 'pothos type'
  readonly name: string
  readonly parent: Value
  constructor(name: string, parent: Value) {
    super()
    this.name = name
    this.parent = parent
  }
  override get(method: string): Value | undefined {
    if (method !== 'implement') return undefined
    return native('implement', (site) => {
      addFields(this, partOf(site.args[0], 'fields', site), site)
      return this
    })
  }
}

const functions = ['resolve', 'subscribe', 'load', 'nodes', 'authScopes', 'validate'] as const

const addOne = ({ name, parent }: TypeRef, field: string, value: Value, site: Site): void => {
  if (!(value instanceof Field)) return
  const base = { framework: 'pothos', field: `${name}.${field}` }
  const { exposed, options, isQueried } = value
  if (exposed !== undefined && parent.kind !== 'any')
    addField({ ...base, resolver: native('exposed', (at) => at.machine.get(parent, exposed, at)), args: () => [] }, site)
  for (const what of functions) {
    const resolver = partOf(options, what, site)
    if (resolver === undefined) continue
    const args = (context: Value): readonly Value[] => [parent, any, context, any]
    addField({ ...base, what, resolver, args: (context) => (isQueried && what === 'resolve' ? [any, ...args(context)] : args(context)) }, site)
  }
}

/** `(t) => ({ users: t.field({ … }) })`. */
const addFields = (type: TypeRef, fields: Value | undefined, site: Site): void => {
  if (fields === undefined || !isCallable(fields)) return
  for (const [name, value] of site.machine.entries(site.machine.invoke(fields, [t], site), site).known) addOne(type, name, value, site)
}

const addNamed = (type: TypeRef, name: Value | undefined, field: Value | undefined, site: Site): void => {
  if (field !== undefined) addOne(type, textOf(name, site) ?? '(a field whose name is not known)', site.machine.invoke(field, [t], site), site)
}

/** A type that is given as a text, a reference or a class, or named in the options. */
const typeOf = (value: Value | undefined, options: Value | undefined, site: CallSite): TypeRef => {
  if (value instanceof TypeRef) return value
  const parent = value?.kind === 'class' ? site.machine.construct(value, [], site) : (site.types[0] ?? any)
  return new TypeRef(textOf(partOf(options, 'name', site), site) ?? textOf(value, site) ?? 'Object', parent)
}

const roots: Readonly<Record<string, string>> = { query: 'Query', mutation: 'Mutation', subscription: 'Subscription' }

class Builder extends Model {
  readonly what = 'pothos builder'
  override get(method: string): Value {
    const [, root, part] = /^(query|mutation|subscription)(Type|Fields|Field)$/.exec(method) ?? []
    if (root !== undefined) return native(method, (site) => this.#root(new TypeRef(roots[root] ?? root, any), part ?? '', site))
    return native(method, (site) => this.#typed(method, site))
  }
  #root(type: TypeRef, part: string, site: CallSite): Value {
    const [first, second] = site.args
    if (part === 'Type') addFields(type, partOf(first, 'fields', site), site)
    else if (part === 'Fields') addFields(type, first, site)
    else addNamed(type, first, second, site)
    return type
  }
  /** `objectType`, `drizzleObject`, `node`, `interfaceRef` …; `objectField` and `objectFields` add to one. */
  #typed(method: string, site: CallSite): Value {
    const [first, second, third] = site.args
    const options = second !== undefined && !isCallable(second) ? second : undefined
    const type = typeOf(first, options, site)
    if (method.endsWith('Field')) addNamed(type, second, third, site)
    else if (method.endsWith('Fields')) addFields(type, second, site)
    else addFields(type, partOf(options, 'fields', site), site)
    return type
  }
}

const builder = new Constructed('pothos builder', () => new Builder())

const file = (body: string): string => `
import SchemaBuilder from '@pothos/core'
import { eq } from 'drizzle-orm'
import { db } from './db'
import { users } from './schema'
const builder = new SchemaBuilder<{ Context: {} }>({})
${body}
`

export const pothos = defineFramework({
  id: 'pothos',
  title: 'Pothos',
  packages: ['@pothos/core'],
  imported: (_from, [name]) => (name === 'default' || name === 'SchemaBuilder' ? builder : undefined),
  examples: [
    {
      files: {
        'graph.ts': file(`
builder.queryType({
  fields: (t) => ({
    names: t.stringList({ resolve: async () => (await db.select({ name: users.name }).from(users)).map((user) => user.name ?? '') }),
    ping: t.string({ resolve: () => 'pong' }),
  }),
})
builder.mutationField('rename', (t) =>
  t.boolean({ args: { name: t.arg.string({ required: true }) }, resolve: async (_root, { name }) => Boolean(await db.update(users).set({ name })) }),
)
`),
      },
      entries: { 'graphql Mutation.rename': 'write users.name', 'graphql Query.names': 'read users.name', 'graphql Query.ping': '' },
    },
    {
      files: {
        'graph.ts': file(`
const User = builder.objectRef<typeof users.$inferSelect>('User').implement({
  fields: (t) => ({ id: t.exposeID('id'), label: t.string({ resolve: (user) => user.email ?? '' }) }),
})
`),
      },
      entries: { 'graphql User.id': 'read users.id', 'graphql User.label': 'read users.email' },
    },
    {
      files: {
        'graph.ts': file(`
builder.drizzleObject('users', { name: 'User', fields: (t) => ({ name: t.exposeString('name') }) })
builder.queryFields((t) => ({
  user: t.drizzleField({ type: 'users', resolve: (query, _root, args: { id: string }) => db.query.users.findFirst({ columns: { name: true }, where: eq(users.id, args.id) }) }),
}))
`),
      },
      entries: { 'graphql Query.user': 'read users.id, read users.name' },
    },
  ],
})
