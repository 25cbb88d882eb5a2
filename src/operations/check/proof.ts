/** The proof of a replay: the history runs in a real PostgreSQL beside the one in memory. */
import type { Baseline } from '../../changes/baseline.ts'
import { neededRoles } from '../../changes/needed-roles.ts'
import type { Replay } from '../../changes/replay.ts'
import type { Start } from '../../changes/start.ts'
import { type Agreement, type Answer, agreement, judgeAgreement } from '../../features/agreement.ts'
import type { Engine } from '../../model/engine.ts'
import type { Finding, Unknown } from '../../model/finding.ts'
import type { History } from '../../model/history.ts'
import { plural } from '../../model/numbers.ts'
import type { Text } from '../../model/report.ts'
import type { Script } from '../../model/statement.ts'
import type { World } from '../../model/world.ts'
import { unreadByPull } from '../../rules/pulled.ts'
import { reportedFinding } from '../../rules/report.ts'
import { type NoEngine, unproven } from './engine.ts'

/** A history that was read and replayed in memory, and where it can be run. */
export type Provable = {
  readonly world: World
  readonly history: History
  readonly scripts: readonly Script[]
  /** What the history takes for granted. */
  readonly start: Start
  readonly replayed: Replay
  /** Compare after every migration, not only after the last. */
  readonly every: boolean
  /** The PostgreSQL for all parts, started when one of them first needs it; or why there is none on this machine. */
  engine(): Promise<Engine | NoEngine>
}

export type Proof = {
  /** PostgreSQL has run every migration. */
  readonly ran: boolean
  readonly compared: number
  readonly findings: readonly Finding[]
  readonly unknown: readonly Unknown[]
  readonly shown: Text
  readonly engine: string | null
  readonly stubbed: readonly string[]
  readonly answered: readonly Answer[]
  readonly replayed: Replay
  /** The baseline, as far as PostgreSQL takes it; without an engine as memory has it. */
  readonly baseline?: Baseline
}

const nothing = { ran: false, compared: 0, findings: [], unknown: [], engine: null, stubbed: [], answered: [] }

const nameOf = ({ name, version }: Engine): string => `${name} PostgreSQL ${Math.floor(version / 10_000)}.${version % 10_000}`

const held = (baseline: Baseline | undefined): Pick<Proof, 'baseline'> => (baseline ? { baseline } : {})

const notRun = ({ replayed, start }: Provable, unknown: Unknown): Proof => ({
  ...nothing,
  ...held(start.baseline),
  replayed,
  unknown: [unknown],
  shown: `not run in PostgreSQL: ${unknown.why}`,
})

const lacking = (subject: Provable, engine: Engine): Proof => {
  const { history } = subject
  const name = nameOf(engine)
  const why = `the extension ${engine.missing.join(', ')} is not in the ${name}`
  return {
    ...notRun(subject, unproven(history, why, 'Give a server that has it: --engine postgres://….')),
    engine: name,
    stubbed: engine.stubbed,
    findings: engine.missing.map((extension) =>
      reportedFinding('extension-missing', `The extension ${extension} is not in the ${name}.`, { file: history.folder }, extension),
    ),
  }
}

/** `; of 40 objects that 1 migration changed PostgreSQL says what they are` */
const answersIn = (answers: readonly Answer[]): string =>
  answers.length === 0
    ? ''
    : `; ${plural(answers.flatMap(({ objects }) => objects).length, 'object')} of ${plural(answers.length, 'migration')} that memory cannot follow taken from it`

/** Where the history stops at something that the database may have and that was not pulled: nobody knows how it goes on. */
const stoppedByPull = (history: History, { failure, baseline }: Agreement): readonly Unknown[] => {
  const help = baseline && failure && unreadByPull(failure.refusal)?.help
  return help
    ? [unproven(history, `${history.migrations[failure.migration]?.tag ?? 'a migration'} needs what was not pulled: ${failure.refusal.message}`, help)]
    : []
}

/** Runs the history in a real PostgreSQL beside the one in memory. */
export const prove = async (subject: Provable): Promise<Proof> => {
  const { world, history, scripts, start, replayed, every } = subject
  const engine = await subject.engine()
  if ('unavailable' in engine) return notRun(subject, engine.unavailable)
  if (engine.missing.length > 0) return lacking(subject, engine)
  const name = nameOf(engine)
  const { extensions, platform, baseline } = start
  const roles = [...new Set([...neededRoles([...(baseline?.steps ?? []), ...replayed.steps]), ...platform.roles])]
  const prefixes = every ? 'all' : 'last'
  const plan = { scripts, replayed, ledger: history.ledger, before: platform.sql, extensions, roles, prefixes, ...held(baseline) } as const
  const agreed = await agreement(engine, plan, (done) => world.progress({ step: `running ${history.folder} in ${name}`, done, total: scripts.length }))
  const where = every ? plural(agreed.compared.length, 'migration') : 'the last migration'
  const imitated = engine.stubbed.length > 0 ? ` (imitated: ${engine.stubbed.join(', ')})` : ''
  const equal = `${plural(scripts.length, 'migration')} run in the ${name}; after ${where} its catalog equals the one in memory${imitated}${answersIn(agreed.answered)}`
  return {
    ran: agreed.failure === undefined,
    compared: agreed.compared.length,
    findings: judgeAgreement(history, agreed, world.config.runner ?? 'drizzle'),
    unknown: stoppedByPull(history, agreed),
    engine: name,
    stubbed: engine.stubbed,
    answered: agreed.answered,
    replayed: agreed.replayed,
    ...held(agreed.baseline),
    shown: agreed.failure ? `${name} refuses the history` : agreed.disagreements.length > 0 ? `memory and ${name} differ` : equal,
  }
}
