/**
 * How far `lint` agrees with the test suites of other linters: `npm run lint:peers`. Their checkouts are looked for in the directory PEERS (default `../peers`),
 * each under its peer's name. Writes docs/lint-peers.md. Ends with 1 where a disagreement is not explained, or one is explained that is none.
 */
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { loadSql } from '../src/sql/parser.ts'
import { judgeSuite } from '../test/support/peer-suites/judge.ts'
import { type Compared, compare, countOf, peersPage, totalOf } from '../test/support/peer-suites/page.ts'
import { suites } from '../test/support/peer-suites/suites.ts'

const directory = resolve(process.env.PEERS ?? '../peers')
const missing = suites.filter(({ peer }) => !existsSync(join(directory, peer)))
if (missing.length > 0) {
  const clones = missing.map(({ peer, repository }) => `git clone https://github.com/${repository} ${join(directory, peer)}`)
  throw new Error(`There is no checkout of ${missing.map(({ peer }) => peer).join(', ')}. Make it, or let PEERS name where it is:\n${clones.join('\n')}`)
}

await loadSql()
const compared: Compared[] = []
for (const suite of suites) {
  const checkout = join(directory, suite.peer)
  const commit = execFileSync('git', ['-C', checkout, 'rev-parse', '--short=10', 'HEAD'], { encoding: 'utf8' }).trim()
  const result = compare(await judgeSuite(suite, checkout), commit)
  compared.push(result)
  const { agree, counted } = countOf(result)
  console.log(`${suite.peer}: ${agree} of ${counted} agree, ${result.unexplained.length} not explained, ${result.stale.length} explained for nothing`)
  for (const { of, ours } of result.unexplained)
    console.log(`  ${of.name}: ${JSON.stringify(of.expects)}; ours: ${ours}\n${of.scripts.join('\n').replaceAll(/^/gm, '    ')}`)
  for (const name of result.stale) console.log(`  ${name}: agrees, and is listed as a disagreement`)
}
const { agree, counted } = totalOf(compared.map(countOf))
console.log(`all: ${agree} of ${counted}, ${((100 * agree) / counted).toFixed(1)} %`)
if (compared.some(({ unexplained, stale }) => unexplained.length + stale.length > 0)) process.exitCode = 1
else await writeFile('docs/lint-peers.md', peersPage(compared))
