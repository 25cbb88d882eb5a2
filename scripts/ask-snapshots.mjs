/**
 * Asks drizzle-kit for the SQL from one of its snapshots to another, as tools do that roll back by swapping them: both come as one message, and the answer goes as another. It is a
 * process of its own, for drizzle-kit asks on the terminal whether something was renamed, and nobody answers.
 */
import { createRequire } from 'node:module'

const { generateMigration } = createRequire(import.meta.url)('drizzle-kit/api')
const [from, to] = await new Promise((resolve) => process.once('message', resolve))
const answer = await generateMigration(from, to).then(
  (sql) => ({ sql }),
  (error) => ({ failed: String(error?.message ?? error) }),
)
process.send(answer, () => process.exit(0))
