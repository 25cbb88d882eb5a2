/** An app on Hono, as the examples of libraries have it that start nothing themselves: `imports` above, `body` with its routes. */
export const exampleApp = (imports: string, body: string): string => `
import { Hono } from 'hono'
import { eq } from 'drizzle-orm'
${imports}
import { db } from './db'
import { users } from './schema'

const app = new Hono()
${body}
export default app
`
