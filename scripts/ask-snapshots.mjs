/**
 * Asks drizzle-kit for the SQL from one of its snapshots to another, as tools do that roll back by swapping them: `ask-snapshots.mjs FROM.json TO.json`; the answer is a message. It is a
 * process of its own, for drizzle-kit asks on the terminal whether something was renamed, and nobody answers.
 */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const { generateMigration } = createRequire(import.meta.url)('drizzle-kit/api')
const [from, to] = process.argv.slice(2).map((path) => JSON.parse(readFileSync(path, 'utf8')))
/** Sections that drizzle-kit brought later; it fails without them. */
const completed = (snapshot) => ({
  sequences: {},
  roles: {},
  policies: {},
  views: {},
  ...snapshot,
  tables: Object.fromEntries(
    Object.entries(snapshot.tables ?? {}).map(([key, table]) => [key, { policies: {}, checkConstraints: {}, isRLSEnabled: false, ...table }]),
  ),
})

const answer = await generateMigration(completed(from), completed(to)).then(
  (sql) => ({ sql }),
  (error) => ({ failed: String(error?.message ?? error) }),
)
process.send(answer, () => process.exit(0))
