/**
 * Judges every migration of every corpus as the new one, as its team would have: `node scripts/run.mjs scripts/policy-findings.ts`. Writes docs/policy-findings.md. The corpora
 * are found through PGSTRATA_CORPUS (default `../shared/corpus`).
 */
import { writeFileSync } from 'node:fs'
import { corpusFindings, findingsPage } from '../test/support/policy-findings.ts'

const found = await corpusFindings(process.env.PGSTRATA_CORPUS ?? '../shared/corpus')
writeFileSync('docs/policy-findings.md', findingsPage(found))
for (const { name, migrations, flagged } of found.histories) console.log(`${name.padEnd(18)} ${String(flagged).padStart(4)} of ${migrations}`)
