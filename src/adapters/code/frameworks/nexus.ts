/** Nexus: fields are added in `definition(t)`. */
import { textOf } from '../text-of.ts'
import { any, Model, native, type Site, type Value } from '../value.ts'
import { Client } from './common/library.ts'
import { partOf } from './common/options.ts'
import { defineFramework } from './define.ts'
import { addFunctions } from './graphql/fields.ts'

const base = (type: string, field: string) => ({ framework: 'nexus', field: `${type}.${field}` })

/** `t.field('users', { resolve })`, `t.nonNull.list.string('names', { resolve })`. */
class Definition extends Model {
  readonly what = 'nexus definition'
  readonly #type: string
  constructor(type: string) {
    super()
    this.#type = type
  }
  override get(name: string): Value {
    if (name === 'list' || name === 'nonNull' || name === 'nullable') return this
    return native(`t.${name}`, (site) => {
      const [first, second] = site.args
      const options = second ?? first
      const field = textOf(first, site) ?? textOf(partOf(first, 'name', site), site)
      if (options !== undefined && field !== undefined) addFunctions(base(this.#type, field), options, site)
      return this
    })
  }
}

const define = (type: string, options: Value | undefined, site: Site): Value => {
  const definition = partOf(options, 'definition', site)
  if (definition !== undefined) site.machine.invoke(definition, [new Definition(type)], site)
  return new Client('nexus type', {})
}

const roots: Readonly<Record<string, string>> = { query: 'Query', mutation: 'Mutation', subscription: 'Subscription' }

const imported = (name: string): Value | undefined => {
  const [, root, part] = /^(query|mutation|subscription)(Type|Field)$/.exec(name) ?? []
  const type = root === undefined ? undefined : roots[root]
  if (type !== undefined && part === 'Type') return native(name, (site) => define(type, site.args[0], site))
  if (type !== undefined) return native(name, (site) => field(type, site.args, site))
  if (name === 'objectType') return native(name, (site) => define(textOf(partOf(site.args[0], 'name', site), site) ?? 'Object', site.args[0], site))
  return name === 'extendType' ? native(name, (site) => define(textOf(partOf(site.args[0], 'type', site), site) ?? 'Object', site.args[0], site)) : undefined
}

/** `queryField('users', { resolve })`, or a function of `t`. */
const field = (type: string, [name, options]: readonly Value[], site: Site): Value => {
  if (name?.kind === 'function') site.machine.invoke(name, [new Definition(type)], site)
  else if (options !== undefined) addFunctions(base(type, textOf(name, site) ?? '(a field whose name is not known)'), options, site)
  return any
}

const file = (body: string): string => `
import { extendType, mutationField, objectType, queryType } from 'nexus'
import { db } from './db'
import { users } from './schema'
${body}
`

export const nexus = defineFramework({
  id: 'nexus',
  title: 'Nexus',
  packages: ['nexus', '@nexus/schema'],
  imported: (_from, [name = '']) => imported(name),
  examples: [
    {
      files: {
        'graph.ts': file(`
export const Query = queryType({
  definition(t) {
    t.list.string('names', { resolve: async () => (await db.select({ name: users.name }).from(users)).map((user) => user.name) })
    t.string('ping')
  },
})
`),
      },
      entries: { 'graphql Query.names': 'read users.name' },
    },
    {
      files: {
        'graph.ts': file(`
export const rename = mutationField('rename', { type: 'Boolean', resolve: async (_root, { name }) => Boolean(await db.update(users).set({ name })) })
export const More = extendType({ type: 'Query', definition: (t) => { t.field('first', { type: 'User', resolve: () => db.query.users.findFirst() }) } })
`),
      },
      entries: { 'graphql Mutation.rename': 'write users.name', 'graphql Query.first': 'read users.email, read users.id, read users.name' },
    },
    {
      files: {
        'graph.ts': file(`
export const User = objectType({
  name: 'User',
  definition(t) {
    t.nonNull.string('id')
    t.string('email', { resolve: async () => (await db.select({ email: users.email }).from(users))[0]?.email })
  },
})
`),
      },
      entries: { 'graphql User.email': 'read users.email' },
    },
  ],
})
