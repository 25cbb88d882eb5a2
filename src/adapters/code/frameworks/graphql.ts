/** GraphQL by resolver maps: graphql-tools, Apollo Server, GraphQL Yoga, and types written for graphql-js; DataLoader's batches run where something is loaded. */
import { ownValue } from '../own-value.ts'
import { textOf } from '../text-of.ts'
import { any, type CallSite, Model, native, type Site, type Value } from '../value.ts'
import { Client, Constructed } from './common/library.ts'
import { partOf } from './common/options.ts'
import { defineFramework } from './define.ts'
import { addFunctions, withContext } from './graphql/fields.ts'
import { flat } from './routing/values.ts'

/** `{ Query: { users: () => … }, User: { posts: { resolve } } }`, or a list of such. */
const addMaps = (resolvers: Value | undefined, site: Site): void => {
  for (const map of flat(resolvers === undefined ? [] : [resolvers])) {
    for (const [type, fields] of site.machine.entries(map, site).known) {
      for (const [name, value] of site.machine.entries(fields, site).known) addFunctions({ framework: 'graphql', field: `${type}.${name}` }, value, site)
    }
  }
}

/** `makeExecutableSchema({ resolvers })`, `createSchema({ resolvers })`. */
const schema = native('graphql schema', (site) => {
  addMaps(partOf(site.args[0], 'resolvers', site), site)
  return new Client('graphql schema', {})
})

const server = (site: CallSite): Value => {
  addMaps(partOf(site.args[0], 'resolvers', site), site)
  withContext(partOf(site.args[0], 'context', site), site)
  return new Client('graphql server', {})
}

/** `expressMiddleware(server, { context })`, `startStandaloneServer(server, { context })`. */
const attach = native('graphql server', (site) => {
  withContext(partOf(site.args[1], 'context', site), site)
  return new Client('graphql handler', {})
})

/** `new GraphQLObjectType({ name: 'Query', fields: { users: { resolve } } })`; the fields may be a function. */
const objectType = new Constructed('graphql type', (site) => {
  const [options] = site.args
  const name = textOf(partOf(options, 'name', site), site) ?? 'Object'
  const given = partOf(options, 'fields', site) ?? any
  const fields = given.kind === 'function' ? site.machine.invoke(given, [], site) : given
  for (const [field, value] of site.machine.entries(fields, site).known) addFunctions({ framework: 'graphql', field: `${name}.${field}` }, value, site)
  return new Client('graphql type', {})
})

/** `new DataLoader(async (ids) => …)`: what is loaded is one of the batch. */
class Loader extends Model {
  readonly what = 'dataloader'
  readonly #batch: Value
  constructor(batch: Value) {
    super()
    this.#batch = batch
  }
  override get(name: string): Value | undefined {
    if (name === 'load') return native('load', (site) => site.machine.element(this.#loaded(site), site))
    return name === 'loadMany' ? native('loadMany', (site) => this.#loaded(site)) : native(name, () => this)
  }
  #loaded(site: CallSite): Value {
    const keys = site.machine.array(site.args[0] ?? any)
    return site.machine.awaited(site.machine.invoke(this.#batch, [keys], site), site)
  }
}

const exports: Readonly<Record<string, Value>> = {
  makeExecutableSchema: schema,
  createSchema: schema,
  buildSubgraphSchema: schema,
  addResolversToSchema: schema,
  ApolloServer: new Constructed('apollo server', server),
  createYoga: native('createYoga', server),
  expressMiddleware: attach,
  startStandaloneServer: attach,
  startServerAndCreateNextHandler: attach,
  GraphQLObjectType: objectType,
}

const loader = new Constructed('dataloader', ({ args }) => new Loader(args[0] ?? any))

const imported = (from: string, name: string): Value | undefined => {
  if (from === 'dataloader') return name === 'default' ? loader : undefined
  return ownValue(exports, name)
}

export const graphql = defineFramework({
  id: 'graphql',
  title: 'GraphQL',
  packages: [
    'graphql',
    '@graphql-tools/schema',
    'graphql-tools',
    'graphql-yoga',
    '@apollo/*',
    'apollo-server',
    'apollo-server-express',
    '@as-integrations/next',
    'dataloader',
  ],
  imported: (from, [name = '']) => imported(from, name),
  examples: [
    {
      files: {
        'server.ts': `
import { createSchema, createYoga } from 'graphql-yoga'
import { eq } from 'drizzle-orm'
import { db } from './db'
import { users } from './schema'
const resolvers = {
  Query: {
    users: () => db.select({ name: users.name }).from(users),
    viewer: (_parent: unknown, _args: unknown, context: any) => context.viewer.email,
  },
  Mutation: { rename: async (_parent: unknown, { name }: { name: string }) => db.update(users).set({ name }) },
}
const context = async () => ({ viewer: (await db.select().from(users).where(eq(users.id, '1')))[0] })
export const yoga = createYoga({ schema: createSchema({ typeDefs: '', resolvers }), context })
`,
      },
      entries: {
        'graphql Mutation.rename': 'read users.email, read users.id, read users.name, write users.name',
        'graphql Query.users': 'read users.email, read users.id, read users.name',
        'graphql Query.viewer': 'read users.email, read users.id, read users.name',
      },
    },
    {
      files: {
        'server.ts': `
import { makeExecutableSchema } from '@graphql-tools/schema'
import DataLoader from 'dataloader'
import { inArray } from 'drizzle-orm'
import { db } from './db'
import { users } from './schema'
const names = new DataLoader(async (ids: readonly string[]) => db.select({ name: users.name }).from(users).where(inArray(users.id, [...ids])))
const user = { User: { name: (parent: { id: string }) => names.load(parent.id) } }
const query = { Query: { ping: () => 'pong' } }
export const schema = makeExecutableSchema({ typeDefs: [], resolvers: [user, query] })
`,
      },
      entries: { 'graphql Query.ping': '', 'graphql User.name': 'read users.id, read users.name' },
    },
    {
      files: {
        'schema-types.ts': `
import { GraphQLObjectType, GraphQLSchema, GraphQLString } from 'graphql'
import { db } from './db'
import { users } from './schema'
const query = new GraphQLObjectType({
  name: 'Query',
  fields: () => ({ first: { type: GraphQLString, resolve: async () => (await db.select({ email: users.email }).from(users))[0]?.email } }),
})
export const schema = new GraphQLSchema({ query })
`,
      },
      entries: { 'graphql Query.first': 'read users.email' },
    },
  ],
})
