// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the snippets have them
/** Idioms of Drizzle: what a team writes, and the uses that are in it. The texts are those of `usesOf`. */
type Idiom = { readonly name: string; readonly code: string; readonly uses: string }

export const idioms: readonly Idiom[] = [
  { name: 'select()', code: `await db.select().from(posts)`, uses: 'select posts, ~select posts.*' },
  {
    name: 'select fields',
    code: `await db.select({ id: posts.id, title: posts.title }).from(posts)`,
    uses: 'select posts, select posts.id, select posts.title',
  },
  {
    name: 'where eq',
    code: `await db.select({ id: posts.id }).from(posts).where(eq(posts.title, input))`,
    uses: 'select posts, select posts.id, where posts.title',
  },
  {
    name: 'where and',
    code: `await db.select({ id: posts.id }).from(posts).where(and(eq(posts.authorId, 1), or(like(posts.title, 'x'), isNull(posts.createdAt))))`,
    uses: 'select posts, select posts.id, where posts.author_id, where posts.created_at, where posts.title',
  },
  {
    name: 'order',
    code: `await db.select({ id: posts.id }).from(posts).orderBy(desc(posts.createdAt), posts.title)`,
    uses: 'order posts.created_at, order posts.title, select posts, select posts.id',
  },
  {
    name: 'group having',
    code: `await db.select({ n: count() }).from(posts).groupBy(posts.authorId).having(gt(count(posts.id), 3))`,
    uses: 'group posts.author_id, select posts, where posts.id',
  },
  {
    name: 'join whole',
    code: `await db.select().from(posts).innerJoin(users, eq(users.id, posts.authorId))`,
    uses: 'join posts.author_id, join users.id, select posts, select users, ~select posts.*, ~select users.*',
  },
  {
    name: 'join row',
    code: `const rows = await db.select().from(posts).leftJoin(users, eq(users.id, posts.authorId))
for (const row of rows) { row.posts.title; row.users?.email }`,
    uses: '?property posts.title, ?property users.email, join posts.author_id, join users.id, select posts, select users, ~select posts.*, ~select users.*',
  },
  {
    name: 'join alias',
    code: `const author = alias(users, 'author')
const [row] = await db.select().from(posts).leftJoin(author, eq(author.id, posts.authorId))
return row.author.name`,
    uses: '?property users.full_name, join posts.author_id, join users.id, select posts, select users, ~select posts.*, ~select users.*',
  },
  {
    name: 'nested fields',
    code: `const [row] = await db.select({ post: { title: posts.title }, author: users }).from(posts).innerJoin(users, eq(users.id, posts.authorId))
return [row.post.title, row.author.email]`,
    uses: '?property posts.title, ?property users.email, join posts.author_id, join users.id, select posts, select posts.title, select users, ~select users.*',
  },
  { name: 'getTableColumns', code: `await db.select({ ...getTableColumns(users), n: count() }).from(users)`, uses: 'select users, ~select users.*' },
  {
    name: 'getTableColumns rest',
    code: `const { email, ...rest } = getTableColumns(users)
await db.select(rest).from(users)`,
    uses: 'select users, ~select users.full_name, ~select users.id',
  },
  {
    name: 'property',
    code: `const [row] = await db.select().from(users)
return row.name`,
    uses: '?property users.full_name, select users, ~select users.*',
  },
  {
    name: 'destructured',
    code: `const [{ name, ...rest }] = await db.select().from(users)
return rest.email`,
    uses: '?property users.email, ?property users.full_name, select users, ~select users.*',
  },
  {
    name: 'map',
    code: `const rows = await db.select().from(users)
return rows.map((row) => row.email)`,
    uses: '?property users.email, select users, ~select users.*',
  },
  { name: 'then', code: `return db.select().from(users).then(([row]) => row.email)`, uses: '?property users.email, select users, ~select users.*' },
  {
    name: 'catch',
    code: `const rows = await db.select().from(users).catch(() => [])
return rows[0].email`,
    uses: '?property users.email, select users, ~select users.*',
  },
  {
    name: 'execute',
    code: `const rows = await db.select().from(users).prepare('x').execute()
return rows[0].email`,
    uses: '?property users.email, select users, ~select users.*',
  },
  {
    name: 'dynamic',
    code: `let query = db.select({ id: posts.id }).from(posts).$dynamic()
if (flag) query = query.where(eq(posts.title, 'x'))
if (input) query = query.orderBy(posts.createdAt).leftJoin(users, eq(users.id, posts.authorId))
return await query`,
    uses: 'join posts.author_id, join users.id, order posts.created_at, select posts, select posts.id, select users, where posts.title',
  },
  {
    name: 'conditions pushed',
    code: `const conditions: SQL[] = []
if (flag) conditions.push(eq(posts.title, 'x'))
if (input) conditions.push(gt(posts.createdAt, input))
await db.select({ id: posts.id }).from(posts).where(and(...conditions))`,
    uses: 'select posts, select posts.id, where posts.created_at, where posts.title',
  },
  {
    name: 'conditions pushed to full list',
    code: `const conditions = [eq(posts.title, 'x')]
if (flag) conditions.push(gt(posts.createdAt, input))
await db.select({ id: posts.id }).from(posts).where(and(...conditions))`,
    uses: 'select posts, select posts.id, where posts.created_at, where posts.title',
  },
  {
    name: 'condition chosen',
    code: `const where = flag ? eq(posts.title, 'x') : undefined
await db.select({ id: posts.id }).from(posts).where(where)`,
    uses: 'select posts, select posts.id, where posts.title',
  },
  {
    name: 'condition of a function',
    code: `const mine = (id) => eq(posts.authorId, id)
await db.select({ id: posts.id }).from(posts).where(mine(1))`,
    uses: 'select posts, select posts.id, where posts.author_id',
  },
  {
    name: 'subselect',
    code: `await db.select({ id: users.id }).from(users).where(inArray(users.id, db.select({ id: posts.authorId }).from(posts)))`,
    uses: 'select posts, select posts.author_id, select users, select users.id, where users.id',
  },
  {
    name: 'exists',
    code: `await db.select({ id: users.id }).from(users).where(exists(db.select({ one: sql\`1\` }).from(posts).where(eq(posts.authorId, users.id))))`,
    uses: 'select posts, select users, select users.id, where posts.author_id, where users.id',
  },
  {
    name: 'subquery as',
    code: `const sub = db.select({ author: posts.authorId, n: count().as('n') }).from(posts).groupBy(posts.authorId).as('sub')
const [row] = await db.select({ name: users.name, n: sub.n }).from(users).leftJoin(sub, eq(sub.author, users.id))
return row.name`,
    uses: '?property users.full_name, group posts.author_id, join posts.author_id, join users.id, select posts, select posts.author_id, select users, select users.full_name',
  },
  {
    name: 'with',
    code: `const recent = db.$with('recent').as(db.select().from(posts))
const rows = await db.with(recent).select().from(recent)
return rows[0].title`,
    uses: '?property posts.title, select posts, ~select posts.*',
  },
  {
    name: 'union',
    code: `const rows = await union(db.select({ x: users.name }).from(users), db.select({ x: posts.title }).from(posts))
return rows[0].x`,
    uses: '?property posts.title, ?property users.full_name, select posts, select posts.title, select users, select users.full_name',
  },
  {
    name: 'union method',
    code: `const rows = await db.select({ x: users.name }).from(users).unionAll(db.select({ x: posts.title }).from(posts))
return rows[0].x`,
    uses: '?property posts.title, ?property users.full_name, select posts, select posts.title, select users, select users.full_name',
  },
  {
    name: 'distinct on',
    code: `await db.selectDistinctOn([posts.authorId], { id: posts.id }).from(posts)`,
    uses: 'select posts, select posts.author_id, select posts.id',
  },
  { name: '$count', code: `await db.$count(posts, eq(posts.status, 'sent'))`, uses: 'literal posts.status=sent, select posts, where posts.status' },
  { name: 'count only', code: `await db.select({ n: count() }).from(posts)`, uses: 'select posts' },
  {
    name: 'sql hole select',
    code: `await db.select({ x: sql<string>\`lower(\${posts.title})\`.as('x') }).from(posts)`,
    uses: 'select posts, select posts.title',
  },
  {
    name: 'sql hole where',
    code: `await db.select({ x: posts.id }).from(posts).where(sql\`\${posts.title} ilike \${input}\`)`,
    uses: 'select posts, select posts.id, where posts.title',
  },
  {
    name: 'sql nested',
    code: `const part = sql\`\${posts.title} is null\`
await db.select({ x: posts.id }).from(posts).where(sql\`\${part} or \${posts.createdAt} > now()\`)`,
    uses: 'select posts, select posts.id, where posts.created_at, where posts.title',
  },
  {
    name: 'sql join',
    code: `await db.select({ x: posts.id }).from(posts).where(sql.join([sql\`\${posts.title}\`, eq(posts.id, 1)], sql\` and \`))`,
    uses: 'select posts, select posts.id, where posts.id, where posts.title',
  },
  { name: 'execute sql', code: `await db.execute(sql\`select \${posts.title} from \${posts}\`)`, uses: 'sql posts, sql posts.title' },
  {
    name: 'execute typed',
    code: `const result = await db.execute<InferSelectModel<typeof users>>(sql\`select * from users\`)
return result.rows[0].name`,
    uses: '?property users.full_name',
  },
  {
    name: 'enum where',
    code: `await db.select({ id: posts.id }).from(posts).where(eq(posts.status, 'draft'))`,
    uses: 'literal posts.status=draft, select posts, select posts.id, where posts.status',
  },
  {
    name: 'enum inArray',
    code: `await db.select({ id: posts.id }).from(posts).where(inArray(posts.status, ['draft', 'sent']))`,
    uses: 'literal posts.status=draft, literal posts.status=sent, select posts, select posts.id, where posts.status',
  },
  {
    name: 'enum compared',
    code: `const [row] = await db.select().from(posts)
if (row.status === 'gone') return 1`,
    uses: '?literal posts.status=gone, ?property posts.status, select posts, ~select posts.*',
  },
  {
    name: 'enum switch',
    code: `const [row] = await db.select().from(posts)
switch (row.status) { case 'sent': return 1
case 'draft': return 2 }`,
    uses: '?literal posts.status=draft, ?literal posts.status=sent, ?property posts.status, select posts, ~select posts.*',
  },
  {
    name: 'enum includes',
    code: `const [row] = await db.select().from(posts)
return ['sent', 'gone'].includes(row.status)`,
    uses: '?literal posts.status=gone, ?literal posts.status=sent, ?property posts.status, select posts, ~select posts.*',
  },
  { name: 'insert', code: `await db.insert(posts).values({ title: 'x', authorId: 1 })`, uses: 'values! posts, values! posts.author_id, values! posts.title' },
  {
    name: 'insert list',
    code: `await db.insert(posts).values([{ title: 'x', authorId: 1 }, { title: 'y', authorId: 1, status: 'sent' }])`,
    uses: 'literal! posts.status=sent, values! posts, values! posts.author_id, values! posts.status, values! posts.title',
  },
  {
    name: 'insert map',
    code: `await db.insert(posts).values(input.map((one) => ({ title: one.title, authorId: 1 })))`,
    uses: 'values! posts, values! posts.author_id, values! posts.title',
  },
  { name: 'insert unknown', code: `await db.insert(users).values(input)`, uses: 'values! users, ~values! users.*' },
  {
    name: 'insert spread unknown',
    code: `await db.insert(users).values({ ...input, name: 'x' })`,
    uses: 'values! users, values! users.full_name, ~values! users.email, ~values! users.id',
  },
  {
    name: 'insert row spread',
    code: `const [user] = await db.select().from(users)
await db.insert(users).values({ ...user, name: 'x' })`,
    uses: 'select users, values! users, values! users.full_name, ~select users.*, ~values! users.email, ~values! users.id',
  },
  {
    name: 'insert typed',
    code: `const add = async (user: typeof users.$inferInsert) => { await db.insert(users).values(user) }
await add(input)`,
    uses: 'values! users, ~values! users.*',
  },
  {
    name: 'insert returning',
    code: `const [row] = await db.insert(users).values({ name: 'x', email: 'y' }).returning()
return row.id`,
    uses: '?property users.id, values! users, values! users.email, values! users.full_name, ~returning users.*',
  },
  {
    name: 'insert returning fields',
    code: `const [row] = await db.insert(users).values({ name: 'x', email: 'y' }).returning({ id: users.id })
return row.id`,
    uses: '?property users.id, returning users.id, values! users, values! users.email, values! users.full_name',
  },
  {
    name: 'on conflict update',
    code: `await db.insert(users).values({ name: 'x', email: 'y' }).onConflictDoUpdate({ target: users.email, set: { name: sql\`excluded.full_name\` }, setWhere: ne(users.name, 'x') })`,
    uses: 'conflict users.email, set! users.full_name, values! users, values! users.email, values! users.full_name, where users.full_name',
  },
  {
    name: 'on conflict nothing',
    code: `await db.insert(users).values({ name: 'x', email: 'y' }).onConflictDoNothing({ target: [users.email] })`,
    uses: 'conflict users.email, values! users, values! users.email, values! users.full_name',
  },
  {
    name: 'insert select',
    code: `await db.insert(users).select(db.select({ name: posts.title, email: posts.title }).from(posts))`,
    uses: 'select posts, select posts.title, values! users, values! users.email, values! users.full_name',
  },
  {
    name: 'update',
    code: `await db.update(posts).set({ title: 'x', status: 'gone' }).where(eq(posts.id, 1))`,
    uses: 'literal! posts.status=gone, set! posts, set! posts.status, set! posts.title, where posts.id',
  },
  {
    name: 'update expression',
    code: `await db.update(posts).set({ authorId: sql\`\${posts.authorId} + 1\` })`,
    uses: 'set posts.author_id, set! posts, set! posts.author_id',
  },
  {
    name: 'update partial',
    code: `const change = async (id, fields: Partial<typeof posts.$inferInsert>) => { await db.update(posts).set(fields).where(eq(posts.id, id)) }
await change(1, { title: 'x' })`,
    uses: 'set! posts, set! posts.title, where posts.id',
  },
  {
    name: 'update computed',
    code: `await db.update(posts).set({ [flag ? 'title' : 'authorId']: input })`,
    uses: 'set! posts, set! posts.author_id, set! posts.title',
  },
  {
    name: 'update returning',
    code: `const [row] = await db.update(users).set({ name: 'x' }).where(eq(users.id, 1)).returning()
return row.email`,
    uses: '?property users.email, set! users, set! users.full_name, where users.id, ~returning users.*',
  },
  {
    name: 'update from',
    code: `await db.update(posts).set({ title: users.name }).from(users).where(eq(users.id, posts.authorId))`,
    uses: 'join users, set users.full_name, set! posts, set! posts.title, where posts.author_id, where users.id',
  },
  { name: 'delete', code: `await db.delete(posts).where(eq(posts.id, 1))`, uses: 'delete posts, where posts.id' },
  {
    name: 'delete returning',
    code: `const gone = await db.delete(users).returning({ id: users.id })
return gone.length`,
    uses: 'delete users, returning users.id',
  },
  { name: 'findMany', code: `await db.query.users.findMany()`, uses: 'select users, ~select users.*' },
  {
    name: 'findFirst columns',
    code: `const user = await db.query.users.findFirst({ columns: { id: true, name: true }, where: eq(users.email, input) })
return user?.name`,
    uses: '?property users.full_name, select users, select users.full_name, select users.id, where users.email',
  },
  {
    name: 'columns excluded',
    code: `await db.query.users.findMany({ columns: { email: false } })`,
    uses: 'select users, ~select users.full_name, ~select users.id',
  },
  {
    name: 'with',
    code: `const user = await db.query.users.findFirst({ with: { posts: true } })
return user.posts.map((post) => post.title)`,
    uses: '?property posts.title, select posts, select users, ~join posts.author_id, ~join users.id, ~select posts.*, ~select users.*',
  },
  {
    name: 'with nested',
    code: `const post = await db.query.posts.findFirst({ columns: { id: true }, with: { author: { columns: { name: true }, with: { posts: { columns: { title: true } } } } } })
return post.author.posts[0].title`,
    uses: '?property posts.title, select posts, select posts.id, select posts.title, select users, select users.full_name, ~join posts.author_id, ~join users.id',
  },
  {
    name: 'query callbacks',
    code: `await db.query.posts.findMany({ columns: { id: true }, where: (post, { eq, and }) => and(eq(post.title, 'x'), eq(post.status, 'sent')), orderBy: (post, { desc }) => [desc(post.createdAt)], extras: (post, { sql }) => ({ low: sql\`lower(\${post.title})\`.as('low') }) })`,
    uses: 'literal posts.status=sent, order posts.created_at, select posts, select posts.id, select posts.title, where posts.status, where posts.title',
  },
  {
    name: 'query object filter',
    code: `await db.query.posts.findMany({ columns: { id: true }, where: { title: 'x', status: { in: ['draft'] }, OR: [{ authorId: 3 }], author: { email: input } }, orderBy: { createdAt: 'desc' } })`,
    uses: 'literal posts.status=draft, order posts.created_at, select posts, select posts.id, where posts.author_id, where posts.status, where posts.title, where users.email',
  },
  {
    name: 'transaction',
    code: `await db.transaction(async (tx) => { await tx.delete(posts); await tx.query.users.findMany({ columns: { id: true } }) })`,
    uses: 'delete posts, select users, select users.id',
  },
  {
    name: 'batch',
    code: `const [rows] = await db.batch([db.select({ id: users.id, name: users.name }).from(users)])
return rows[0].name`,
    uses: '?property users.full_name, select users, select users.full_name, select users.id',
  },
  {
    name: 'typed db',
    code: `export async function list(database: NodePgDatabase<typeof schema>) { return database.query.users.findMany({ columns: { id: true } }) }`,
    uses: 'select users, select users.id',
  },
  { name: 'typed row', code: `export function label(user: typeof users.$inferSelect) { return user.name }`, uses: '?property users.full_name' },
  {
    name: 'InferSelectModel',
    code: `type User = InferSelectModel<typeof users>
export function label(user: User) { return user.name }`,
    uses: '?property users.full_name',
  },
  {
    name: 'InferModel',
    code: `type User = InferModel<typeof users>
export function label({ email }: User) { return email }`,
    uses: '?property users.email',
  },
  {
    name: 'view',
    code: `const [row] = await db.select().from(sentPosts)
return row.heading`,
    uses: '?property sentPosts.title, select sentPosts, ~property posts.title, ~select posts.id, ~select posts.title, ~select sentPosts.*',
  },
  {
    name: 'view where',
    code: `await db.select({ id: sentPosts.id }).from(sentPosts).where(eq(sentPosts.heading, 'x'))`,
    uses: 'select sentPosts, select sentPosts.id, where sentPosts.title, ~select posts.id, ~where posts.title',
  },
  {
    name: 'dynamic column',
    code: `await db.select({ id: users.id }).from(users).orderBy(asc(users[input]))`,
    uses: '??order users.*, select users, select users.id',
  },
  {
    name: 'known dynamic column',
    code: `await db.select({ id: users.id }).from(users).orderBy(asc(users[flag ? 'name' : 'email']))`,
    uses: 'order users.email, order users.full_name, select users, select users.id',
  },
  {
    name: 'promise all',
    code: `const [rows, [user]] = await Promise.all([db.select({ id: posts.id }).from(posts), db.select().from(users)])
return user.email`,
    uses: '?property users.email, select posts, select posts.id, select users, ~select users.*',
  },
  {
    name: 'class repository',
    code: `class Users {
 constructor(private readonly database: NodePgDatabase<typeof schema>) {}
 async find(id) { const [user] = await this.database.select().from(users).where(eq(users.id, id)); return user }
}
export async function run() { const user = await new Users(db).find(1); return user.email }`,
    uses: '?property users.email, select users, where users.id, ~select users.*',
  },
  {
    name: 'generic helper',
    code: `async function all(table) { return db.select().from(table) }
export async function run() { const rows = await all(users); return rows[0].name }`,
    uses: '?property users.full_name, select users, ~select users.*',
  },
  {
    name: 'query builder',
    code: `const qb = new QueryBuilder()
await db.execute(qb.select({ id: users.id }).from(users).getSQL())`,
    uses: 'select users, select users.id',
  },
  { name: 'namespace tables', code: `await db.select({ id: schema.users.id }).from(schema.users)`, uses: 'select users, select users.id' },
  {
    name: 'Promise typed',
    code: `async function load(): Promise<InferSelectModel<typeof users>[]> { return cache.get('x') }
export async function run() { const [user] = await load(); return user.email }`,
    uses: '?property users.email',
  },
  {
    name: 'enum ternary',
    code: `await db.update(posts).set({ status: flag ? 'sent' : 'gone' })`,
    uses: 'literal! posts.status=gone, literal! posts.status=sent, set! posts, set! posts.status',
  },
  {
    name: 'eq reversed',
    code: `await db.select({ id: posts.id }).from(posts).where(eq('sent', posts.status))`,
    uses: 'literal posts.status=sent, select posts, select posts.id, where posts.status',
  },
  {
    name: 'enum by constant object',
    code: `const Status = { Sent: 'sent', Gone: 'gone' } as const
await db.select({ id: posts.id }).from(posts).where(eq(posts.status, Status.Sent))`,
    uses: 'literal posts.status=sent, select posts, select posts.id, where posts.status',
  },
  {
    name: 'enum union type',
    code: `const list = async (state: 'draft' | 'sent') => db.select({ id: posts.id }).from(posts).where(eq(posts.status, state))
await list(input)`,
    uses: 'literal posts.status=draft, literal posts.status=sent, select posts, select posts.id, where posts.status',
  },
  {
    name: 'fields constant',
    code: `const fields = { id: users.id, name: users.name }
const [row] = await db.select(fields).from(users)
return row.name`,
    uses: '?property users.full_name, select users, select users.full_name, select users.id',
  },
  {
    name: 'fields parameter',
    code: `const get = (fields) => db.select(fields).from(users)
const [row] = await get({ mail: users.email })
return row.mail`,
    uses: '?property users.email, select users, select users.email',
  },
  {
    name: 'values spread constant',
    code: `const defaults = { status: 'draft' }
await db.insert(posts).values({ ...defaults, title: 'x', authorId: 1 })`,
    uses: 'literal! posts.status=draft, values! posts, values! posts.author_id, values! posts.status, values! posts.title',
  },
  {
    name: 'values built',
    code: `const row: any = { title: 'x' }
if (flag) row.status = 'sent'
await db.insert(posts).values(row)`,
    uses: 'literal! posts.status=sent, values! posts, values! posts.status, values! posts.title',
  },
  {
    name: 'rows returned',
    code: `async function get() { const [user] = await db.select().from(users); return { ...user, extra: 1 } }
export async function run() { const user = await get(); return user.email }`,
    uses: '?property users.email, select users, ~select users.*',
  },
  {
    name: 'wrapped',
    code: `async function get() { const [user] = await db.select().from(users); return { ok: true, user } }
export async function run() { const { user } = await get(); return user.email }`,
    uses: '?property users.email, select users, ~select users.*',
  },
  {
    name: 'tx type',
    code: `type Tx = Parameters<Parameters<typeof db.transaction>[0]>[0]
export async function run(tx: Tx) { await tx.delete(posts) }`,
    uses: 'delete posts',
  },
  { name: 'query unknown key', code: `await db.query[input].findMany()`, uses: '' },
  {
    name: 'insert into chosen',
    code: `const table = flag ? users : posts
await db.delete(table)`,
    uses: 'delete posts, delete users',
  },
  { name: 'getTableName', code: `await db.execute(sql\`truncate \${sql.identifier(getTableName(users))}\`)`, uses: '' },
  {
    name: 'sum',
    code: `const [row] = await db.select({ total: sum(posts.authorId), last: max(posts.createdAt) }).from(posts)
return row.total`,
    uses: 'select posts, select posts.author_id, select posts.created_at',
  },
  {
    name: 'find callback where object',
    code: `await db.query.users.findFirst({ where: (users, { eq }) => eq(users.email, input), columns: { id: true } })`,
    uses: 'select users, select users.id, where users.email',
  },
  {
    name: 'with where',
    code: `await db.query.users.findMany({ columns: { id: true }, with: { posts: { where: eq(posts.status, 'sent'), orderBy: [desc(posts.createdAt)], columns: { title: true }, limit: 1 } } })`,
    uses: 'literal posts.status=sent, order posts.created_at, select posts, select posts.title, select users, select users.id, where posts.status, ~join posts.author_id, ~join users.id',
  },
  {
    name: 'with conditional',
    code: `await db.query.users.findMany({ columns: { id: true }, with: flag ? { posts: true } : undefined })`,
    uses: 'select posts, select users, select users.id, ~join posts.author_id, ~join users.id, ~select posts.*',
  },
  {
    name: 'count alias order',
    code: `const n = count().as('n')
await db.select({ author: posts.authorId, n }).from(posts).groupBy(posts.authorId).orderBy(desc(n))`,
    uses: 'group posts.author_id, select posts, select posts.author_id',
  },
  {
    name: 'case when',
    code: `await db.select({ n: sql<number>\`sum(case when \${eq(posts.status, 'sent')} then 1 else 0 end)\` }).from(posts)`,
    uses: 'literal posts.status=sent, select posts, select posts.status',
  },
  {
    name: 'not',
    code: `await db.select({ id: posts.id }).from(posts).where(not(eq(posts.title, 'x')))`,
    uses: 'select posts, select posts.id, where posts.title',
  },
  {
    name: 'left join sub select',
    code: `const latest = db.select().from(posts).as('latest')
const [row] = await db.select().from(users).leftJoin(latest, eq(latest.authorId, users.id))
return row.latest.title`,
    uses: '?property posts.title, join posts.author_id, join users.id, select posts, select users, ~select posts.*, ~select users.*',
  },
  {
    name: 'sort rows',
    code: `const rows = await db.select().from(users)
rows.sort((a, b) => a.name.localeCompare(b.name))`,
    uses: '?property users.full_name, select users, ~select users.*',
  },
  {
    name: 'reduce',
    code: `const rows = await db.select().from(users)
return rows.reduce((all, one) => { all[one.id] = one.email; return all }, {})`,
    uses: '?property users.email, ?property users.id, select users, ~select users.*',
  },
  {
    name: 'group map',
    code: `const rows = await db.select().from(users)
const byId = new Map(rows.map((one) => [one.id, one]))
return byId.get(1).name`,
    uses: '?property users.full_name, ?property users.id, select users, ~select users.*',
  },
  {
    name: 'insert many loop',
    code: `for (const one of input) await db.insert(users).values({ name: one.name, email: one.email })`,
    uses: 'values! users, values! users.email, values! users.full_name',
  },
  {
    name: 'update pick',
    code: `const { name } = input
await db.update(users).set({ ...(name && { name }) })`,
    uses: 'set! users, set! users.full_name',
  },
  {
    name: 'refined fields with expression of join',
    code: `const rows = await db.select({ post: posts, author: { name: users.name } }).from(posts).leftJoin(users, eq(users.id, posts.authorId))
return rows.map(({ post, author }) => post.title + author.name)`,
    uses: '?property posts.title, ?property users.full_name, join posts.author_id, join users.id, select posts, select users, select users.full_name, ~select posts.*',
  },
  {
    name: 'return builder',
    code: `function base() { return db.select().from(users) }
export async function run() { const [row] = await base().where(eq(users.id, 1)).limit(1); return row.name }`,
    uses: '?property users.full_name, select users, where users.id, ~select users.*',
  },
  {
    name: 'as a promise list',
    code: `const all = [db.select({ id: users.id }).from(users), db.select({ t: posts.title }).from(posts)]
const [u, p] = await Promise.all(all)
return p[0].t`,
    uses: '?property posts.title, select posts, select posts.title, select users, select users.id',
  },
  { name: 'raw', code: `await db.execute(sql.raw('select 1'))`, uses: '' },
  { name: 'db.execute string', code: `await db.execute('select 1')`, uses: '' },
  {
    name: 'cte update',
    code: `const gone = db.$with('gone').as(db.delete(posts).returning({ id: posts.id }))
await db.with(gone).select({ id: gone.id }).from(gone)`,
    uses: 'delete posts, returning posts.id, select posts.id',
  },
  {
    name: 'Object.entries of row',
    code: `const [user] = await db.select().from(users)
for (const [k, v] of Object.entries(user)) console.log(k, v)`,
    uses: '?property users.*, select users, ~select users.*',
  },
  {
    name: 'json stringify',
    code: `const [user] = await db.select().from(users)
return JSON.stringify(user)`,
    uses: 'select users, ~select users.*',
  },
  {
    name: 'column by a text of two parts',
    code: "const by = (side: 'author' | 'reader') => db.select({ id: posts.id }).from(posts).orderBy(posts[`${side}Id`])\nawait by(input)",
    uses: 'order posts.author_id, select posts, select posts.id',
  },
]
