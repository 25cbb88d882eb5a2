/**
 * What PostgreSQL, pgstrata and drizzle-kit's own check say of pairs of changes to one schema: `npm run collisions:matrix`, half a minute. Writes docs/collision-matrix.md. The pairs are
 * those of test/features/collision/matrix.ts, which `npm test` runs too.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openEngine } from '../src/adapters/engines/index.ts'
import { replay } from '../src/changes/replay.ts'
import { type CommutationProof, type OrderRun, proveCommutation } from '../src/features/collision/commute/prove.ts'
import { type Commutation, commute, type Line } from '../src/features/collision/commute.ts'
import type { Engine } from '../src/model/engine.ts'
import { loadSql } from '../src/sql/parser.ts'
import { readScript } from '../src/sql/script.ts'
import { beyond, measured, type Scenario } from '../test/features/collision/matrix.ts'
import { askKit, type KitAnswer, kitQuestion, unknownSchemas } from '../test/support/collision-kit.ts'
import { installPeer, newestIn, peers } from '../test/support/peers.ts'

type Judged = { readonly scenario: Scenario; readonly said: Commutation; readonly proof: CommutationProof; readonly kit: KitAnswer }

const row = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`
const line = (tag: string, sql: string): readonly Line[] => [{ tag, script: readScript(sql) }]

const proven = async (engine: Engine, { base, a, b }: Scenario): Promise<CommutationProof> => {
  const database = await engine.createDatabase()
  {
    await using session = await engine.session(database)
    await session.script(base.replace('CREATE ROLE matrix_reader', `DROP ROLE IF EXISTS matrix_reader; CREATE ROLE matrix_reader`))
  }
  const proof = await proveCommutation(engine, database, line('a', a), line('b', b))
  await engine.dropDatabase(database)
  return proof
}

/** Rows and what memory cannot follow are PostgreSQL's to decide. */
const verdictOf = ({ said, proof }: Judged): 'commutes' | 'conflicts' =>
  said.verdict === 'depends' || said.verdict === 'unknown' ? proof.verdict : said.verdict

const orderText = (order: OrderRun): string => (order.ran ? 'runs' : `fails (${order.sqlstate})`)
const truth = ({ proof }: Judged): string => (proof.verdict === 'commutes' ? 'commutes' : proof.landedFirst.ran && proof.mineFirst.ran ? '**diverges**' : '')

const marked = (text: string, right: boolean, isConflict: boolean): string => (right ? text : `**${text}: ${isConflict ? 'over-report' : 'miss'}**`)

const ours = (judged: Judged): string => {
  const { said, proof } = judged
  const classes = [...new Set((said.conflicts.length > 0 ? said.conflicts : said.warnings).map((found) => `${found.class} ${found.name}`))].join(', ')
  const verdict = verdictOf(judged)
  const how = said.verdict === verdict ? '' : ` (memory: ${said.verdict}; decided by running)`
  return `${marked(verdict, verdict === proof.verdict, verdict === 'conflicts')}${how}${classes === '' ? '' : `; ${said.conflicts.length > 0 ? '' : 'warns of '}${classes}`}`
}

const theirs = ({ kit, proof }: Judged): string => {
  const right = (kit.verdict === 'ok') === (proof.verdict === 'commutes')
  return `${marked(kit.verdict, right, kit.verdict !== 'ok')}${kit.custom > 0 ? ' †' : ''}`
}

const table = (all: readonly Judged[]): string =>
  [
    row(['pair: landed vs mine', 'landed, mine', 'mine, landed', 'PostgreSQL', 'pgstrata', 'drizzle-kit check']),
    row(['---', '---', '---', '---', '---', '---']),
    ...all.map((each) =>
      row([each.scenario.name, orderText(each.proof.landedFirst), orderText(each.proof.mineFirst), truth(each) || 'conflicts', ours(each), theirs(each)]),
    ),
  ].join('\n')

type Count = { readonly right: number; readonly misses: number; readonly over: number }

const counted = (all: readonly Judged[], conflicts: (judged: Judged) => boolean): Count => {
  const wrong = all.filter((each) => conflicts(each) !== (each.proof.verdict === 'conflicts'))
  const over = wrong.filter(conflicts).length
  return { right: all.length - wrong.length, misses: wrong.length - over, over }
}

const totals = (parts: readonly (readonly [string, readonly Judged[]])[]): string =>
  [
    row(['', 'pairs', 'pgstrata: right', 'misses', 'over-reports', 'drizzle-kit: right', 'misses', 'over-reports']),
    row(['---', '--:', '--:', '--:', '--:', '--:', '--:', '--:']),
    ...parts.map(([what, all]) => {
      const [own, kit] = [counted(all, (each) => verdictOf(each) === 'conflicts'), counted(all, (each) => each.kit.verdict !== 'ok')]
      return row([what, all.length, own.right, own.misses, own.over, kit.right, kit.misses, kit.over])
    }),
  ].join('\n')

const directory = await mkdtemp(join(tmpdir(), 'pgstrata-kit-'))
try {
  await loadSql()
  const peer = peers.find(({ what }) => what === 'drizzle-kit 1.0')
  if (!peer) throw new Error('drizzle-kit 1.0 is no peer')
  const scenarios = [...measured, ...beyond]
  if (unknownSchemas(scenarios).length > 0) throw new Error(`schemas of no pair: ${unknownSchemas(scenarios)}`)
  const answers = await askKit(await installPeer(peer, directory), scenarios.map(kitQuestion))
  await using engine = await openEngine({ profile: 'replay', extensions: ['citext'] }, 'embedded')
  const all: Judged[] = []
  for (const [at, scenario] of scenarios.entries()) {
    const kit = answers[at]
    if (!kit || kit.verdict === 'error') throw new Error(`drizzle-kit has no answer for ${scenario.name}: ${kit?.detail}`)
    const said = commute(replay([readScript(scenario.base)]).catalog, line('a', scenario.a), line('b', scenario.b))
    all.push({ scenario, said, proof: await proven(engine, scenario), kit })
  }
  const [first, rest] = [all.slice(0, measured.length), all.slice(measured.length)]
  const inSchema = rest.filter(({ kit }) => kit.custom === 0)
  const page = [
    '# Do two changes commute?',
    '<!-- Generated by npm run collisions:matrix. Change the code, not this page. -->',
    `${all.length} pairs of changes to one schema: one has landed, the other is mine. Both orders run in PostgreSQL ${Math.floor(engine.version / 10_000)}, each side as a migration of its own. They commute when both run and leave one catalog, up to the order of columns among themselves; the order of an enum's labels counts. *Diverges*: both orders run and leave different catalogs. A **miss** is a conflict that is not seen, an **over-report** a pair that commutes and is called a conflict.`,
    `pgstrata decides in memory, by replaying both orders; where rows decide, or memory cannot follow a statement, it says so (\`depends\`, \`unknown\`) and the same two orders are run in PostgreSQL. drizzle-kit is ${peer.name} ${peer.version}, the newest in ${newestIn}: the functions behind \`generate\` make the base and both branches from schemas, and the one behind \`check\` is asked about both branches in one folder. † One or both sides are SQL that a Drizzle schema cannot say, in migrations of \`generate --custom\`: its check does not look into them.`,
    totals([
      ['the pairs that drizzle-kit’s check is about', first],
      ['more pairs that a Drizzle schema can say', inSchema],
      ['with SQL that it cannot say †', rest.filter(({ kit }) => kit.custom > 0)],
      ['all', all],
    ]),
    '## The pairs that drizzle-kit’s check is about',
    table(first),
    '## More pairs',
    table(rest),
  ]
  await writeFile('docs/collision-matrix.md', `${page.join('\n\n')}\n`)
} finally {
  await rm(directory, { recursive: true, force: true })
}
