/**
 * Tries findings on real histories in PostgreSQL: `node scripts/run.mjs scripts/policy-proof.ts [count] [seed] [rule…]`. The histories are found through
 * PGSTRATA_CORPUS (default ../shared/corpus). Prints a line for each wrong one; exits with 1 when one is wrong or fewer than `count` could be drawn.
 */
import { resolve } from 'node:path'
import { lineOf, provePolicy } from '../test/support/policy-proof.ts'

const [count = '200', seed = '1', ...rules] = process.argv.slice(2)
const start = performance.now()
const { judged, claiming, verdicts } = await provePolicy(
  resolve(process.env.PGSTRATA_CORPUS ?? '../shared/corpus'),
  Number(count),
  Number(seed),
  rules.length > 0 ? new Set(rules) : undefined,
)
const wrong = verdicts.filter(({ faults }) => faults.length > 0)
for (const verdict of wrong) console.log(lineOf(verdict))
const tally = (of: typeof verdicts): ReadonlyMap<string, number> =>
  of.reduce((counts, { drawn }) => counts.set(drawn.judged.rule.id, (counts.get(drawn.judged.rule.id) ?? 0) + 1), new Map<string, number>())
const wrongBy = tally(wrong)
for (const [rule, tried] of [...tally(verdicts)].sort((a, b) => b[1] - a[1]))
  console.log(`${String(tried).padStart(5)} tried ${String(wrongBy.get(rule) ?? 0).padStart(4)} wrong  ${rule}`)
console.log(
  `${verdicts.length} of ${claiming} findings with a claim (${judged} findings in all) were tried, ${wrong.length} are wrong; seed ${seed}, ${((performance.now() - start) / 1000).toFixed(0)} s`,
)
if (wrong.length > 0 || verdicts.length < Number(count)) process.exitCode = 1
