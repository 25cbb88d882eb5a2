/**
 * Measures what statements lock, rewrite and scan on PostgreSQL 14 to 18 and writes docs/lock-facts.json and docs/lock-facts.md:
 * `node scripts/postgres-majors.mjs && node scripts/run.mjs scripts/lock-facts.ts`.
 */
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { embeddedMajor, majors } from '../test/support/embedded-majors.ts'
import type { Measured } from '../test/support/lock-facts.ts'
import { measureLocks } from '../test/support/lock-facts.ts'
import { lockFacts, lockPage } from '../test/support/lock-page.ts'

const byMajor = new Map<number, readonly Measured[]>()
for (const major of majors) {
  await using engine = await embeddedMajor(major)
  byMajor.set(major, await measureLocks(engine))
  console.log(`PostgreSQL ${major}: ${byMajor.get(major)?.length} statements`)
}
const facts = lockFacts(byMajor)
writeFileSync('docs/lock-facts.json', `${JSON.stringify(facts, undefined, 2)}\n`)
writeFileSync('docs/lock-facts.md', lockPage(facts))
spawnSync('npx', ['biome', 'format', '--write', 'docs/lock-facts.json'])
const differing = facts.statements.filter(({ answers }) => answers.length > 1)
console.log(`${facts.statements.length} statements, ${differing.length} differ between majors`)
