/** Functions as people write and configure them, and what they do with `users`. */
import type { FrameworkExample } from '../define.ts'

const list = `
import { db } from './db'
import { users } from './schema'
export const list = async () => ({ statusCode: 200, body: JSON.stringify(await db.select({ name: users.name }).from(users)) })
`

export const examples: readonly FrameworkExample[] = [
  {
    files: {
      'serverless.yml': `
service: users
functions:
  listUsers:
    handler: users.list
    events:
      - httpApi: GET /users
      - http:
          path: v1/users
          method: get
  unused:
    handler: nowhere.list
`,
      'users.ts': `${list}export const other = () => db.select({ email: users.email }).from(users)`,
    },
    entries: { 'lambda users.list (listUsers, GET /users, GET /v1/users)': 'read users.name' },
  },
  {
    files: {
      'template.yaml': `
Transform: AWS::Serverless-2016-10-31
Globals:
  Function:
    Runtime: nodejs22.x
Resources:
  Purge:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: ./
      Handler: purge.handler
      Role: !GetAtt Role.Arn
      Events:
        Nightly:
          Type: Schedule
          Properties:
            Schedule: rate(1 day)
  Table:
    Type: AWS::DynamoDB::Table
`,
      'purge.ts': `
import middy from '@middy/core'
import { db } from './db'
import { users } from './schema'
const remove = async () => db.select({ email: users.email }).from(users)
export const handler = middy().before(async () => { await db.select({ id: users.id }).from(users) }).handler(remove)
`,
    },
    entries: { 'lambda purge.handler (Purge, schedule rate(1 day))': 'read users.email, read users.id' },
  },
  {
    files: {
      'sst.config.ts': `
const api = new sst.aws.ApiGatewayV2('Api')
api.route('GET /users', 'users.list')
const bus = new sst.aws.Bus('Bus')
bus.subscribe('Welcome', { handler: './welcome.handler', timeout: '5 minutes' })
// new sst.aws.Cron('Old', { schedule: 'rate(1 day)', job: { handler: 'users.list' } })
new sst.aws.Cron('Nightly', { schedule: 'rate(1 day)', job: { handler: 'nightly.handler' } })
`,
      'users.ts': list,
      'welcome.ts': `
import { bus } from 'sst/aws/bus'
import { db } from './db'
import { users } from './schema'
export const handler = bus.subscriber(['user.created'], async (event) => {
  await db.select({ email: users.email }).from(users)
})
`,
      'nightly.ts': `
import { db } from './db'
import { users } from './schema'
export default async function handler() {
  await db.update(users).set({ name: '' })
}
`,
    },
    entries: {
      'lambda nightly.handler (Nightly, schedule rate(1 day))': 'write users.name',
      'lambda users.list (GET /users)': 'read users.name',
      'lambda welcome.handler (Welcome, bus)': 'read users.email',
    },
  },
  {
    files: {
      'package.json': '{ "devDependencies": { "aws-cdk-lib": "2" } }',
      'infra/stack.ts': `
import { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs'
import { join } from 'node:path'
new NodejsFunction(this, 'ListUsers', { entry: join(__dirname, '../users.ts'), handler: 'list', memorySize: 512 })
`,
      'users.ts': list,
    },
    entries: { 'lambda users.list (ListUsers)': 'read users.name' },
  },
  {
    // Handlers that nothing configures here.
    files: {
      'package.json': '{ "devDependencies": { "@types/aws-lambda": "8" } }',
      'edge.ts': `
import type { CloudFrontRequestEvent } from 'aws-lambda'
import { db } from './db'
import { users } from './schema'
const handler = async (event: CloudFrontRequestEvent) => db.select({ email: users.email }).from(users)
export { handler }
`,
      'queue.ts': `
import type { SQSEvent } from 'aws-lambda'
import { db } from './db'
import { users } from './schema'
const consume = async (event: SQSEvent) => { await db.update(users).set({ name: event.Records[0].body }) }
export { consume as main, consume }
`,
    },
    entries: { 'lambda edge.handler': 'read users.email', 'lambda queue.main': 'write users.name' },
  },
  {
    files: {
      'sst.config.ts': `
new sst.aws.Function('Auth', { handler: 'auth.handler' })
new sst.aws.Function('Traced', { handler: 'traced.handler' })
`,
      'auth.ts': `
import { AuthHandler, createAdapter } from 'sst/node/auth'
import { db } from './db'
import { users } from './schema'
const Credentials = createAdapter((config: { onLogin: (email: string) => Promise<unknown> }) => async () => config.onLogin('a@b'))
export const handler = AuthHandler({
  providers: {
    credentials: Credentials({ onLogin: async () => { await db.select({ email: users.email }).from(users) } }),
  },
})
`,
      'traced.ts': `
import { traced } from '@acme/tracing'
import { db } from './db'
import { users } from './schema'
export const handler = traced(async () => { await db.select({ name: users.name }).from(users) })
`,
    },
    entries: { 'lambda auth.handler (Auth)': 'read users.email', 'lambda traced.handler (Traced)': 'read users.name' },
  },
  {
    files: {
      'sst.config.ts': `new sst.aws.Function('Hono', { url: true, handler: 'index.handler' })`,
      'index.ts': `
import { Hono } from 'hono'
import { handle } from 'hono/aws-lambda'
import { db } from './db'
import { users } from './schema'
const app = new Hono()
app.get('/users', async (c) => c.json(await db.select({ name: users.name }).from(users)))
export const handler = handle(app)
`,
    },
    entries: { 'GET /users': 'read users.name' },
  },
]
