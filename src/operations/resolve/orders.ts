/** Both orders of the two sides, run in a PostgreSQL that is started for it: what memory says of them, the server has to say as well. */
import { neededRoles } from '../../changes/needed-roles.ts'
import { replay } from '../../changes/replay.ts'
import { prepare } from '../../changes/run-start.ts'
import { startOf } from '../../changes/start.ts'
import { runHistory } from '../../drizzle/run.ts'
import { type CommutationProof, proveCommutation } from '../../features/collision/commute/prove.ts'
import type { Commutation } from '../../features/collision/commute.ts'
import type { Sides } from '../../features/collision/sides.ts'
import type { Engine } from '../../model/engine.ts'
import { refusalText } from '../../model/error.ts'
import type { Finding } from '../../model/finding.ts'
import type { LedgerName, Migration } from '../../model/history.ts'
import { printedKey } from '../../model/printed.ts'
import type { Script } from '../../model/statement.ts'
import { reportedFinding } from '../../rules/report.ts'
import { readScript } from '../../sql/script.ts'
import type { Subject } from '../check/subject.ts'
import type { Verified } from './verified.ts'

const scriptsOf = (migrations: readonly Migration[]): readonly Script[] => migrations.map(({ sql }) => readScript(sql ?? ''))

const linesOf = (migrations: readonly Migration[]) => migrations.map((migration) => ({ tag: migration.tag, script: readScript(migration.sql ?? '') }))

/** A database in which the ground of both sides has run; undefined where it does not run itself. */
const groundIn = async (engine: Engine, { common, landed, mine }: Sides, ledger: LedgerName): Promise<string | undefined> => {
  const scripts = scriptsOf(common)
  const all = [...scripts, ...scriptsOf([...landed, ...mine])]
  const { platform, extensions, catalog } = startOf(all)
  const { steps } = replay(all, catalog)
  const database = await engine.createDatabase()
  await using session = await engine.session(database)
  await prepare(session, { before: platform.sql, extensions, roles: [...new Set([...neededRoles(steps), ...platform.roles])] })
  return (await runHistory(engine, session, scripts, ledger)) ? undefined : database
}

const failureIn = ({ landedFirst, mineFirst, differences }: CommutationProof): string => {
  if (!landedFirst.ran) return `behind what has landed, ${landedFirst.tag} is refused: ${refusalText(landedFirst)}`
  if (!mineFirst.ran) return `where mine ran first, ${mineFirst.tag} is refused: ${refusalText(mineFirst)}`
  return `the two orders leave other catalogs: ${differences.map(printedKey).join(', ')}`
}

const verdict = (folder: string, mine: readonly Migration[], proof: CommutationProof): Verified => {
  if (proof.verdict === 'commutes') return { name: 'orders', findings: [], unknown: [], shown: 'both run in PostgreSQL and leave one catalog' }
  const why = failureIn(proof)
  const finding: Finding = reportedFinding(
    'collision-undecided',
    `The two sides do not commute in PostgreSQL: ${why}.`,
    { file: folder, ...(mine[0] ? { migration: mine[0].tag } : {}) },
    'orders',
  )
  return { name: 'orders', findings: [finding], unknown: [], shown: why }
}

/**
 * Both orders in the engine; undefined where one of them is known to fail, and mine was written anew for it. Where the ground itself does not run (a baseline that was pulled, a base that needs what nobody
 * made), that is unknown.
 */
export const runOrders = async (subject: Subject, sides: Sides, { verdict: said }: Commutation): Promise<Verified | undefined> => {
  if (said === 'conflicts' || sides.landed.length === 0 || sides.mine.length === 0) return undefined
  const engine = await subject.anotherEngine()
  const unknown = (why: string): Verified => ({ name: 'orders', findings: [], unknown: [{ what: 'whether both orders run in PostgreSQL', why }], shown: why })
  if ('unavailable' in engine) return unknown(engine.unavailable.why)
  if (engine.missing.length > 0) return unknown(`the extension ${engine.missing.join(', ')} is not in the ${engine.name} PostgreSQL`)
  const ground = await groundIn(engine, sides, subject.history.ledger)
  if (ground === undefined) return unknown('what both sides stand on does not run by itself')
  return verdict(
    subject.history.folder,
    sides.mine,
    await proveCommutation(engine, ground, linesOf(sides.landed), linesOf(sides.mine), { exclude: [subject.history.ledger] }),
  )
}
