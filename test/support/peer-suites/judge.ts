/** Cases of peers' suites, judged by us. */
import { replayAssuming } from '../../../src/changes/assumed.ts'
import { type Batch, isAtLeast, simulateBatch } from '../../../src/changes/batch.ts'
import { startOf } from '../../../src/changes/start.ts'
import type { LockMode } from '../../../src/model/lock.ts'
import type { Script } from '../../../src/model/statement.ts'
import { judgeBatch } from '../../../src/rules/judge.ts'
import { policyRules } from '../../../src/rules/policy.ts'
import { readScript } from '../../../src/sql/script.ts'
import type { PeerCase, PeerSuite } from './case.ts'

/** Every rule, whatever preset it belongs to. */
const everyRule = Object.fromEntries(policyRules.map(({ id }) => [id, 'error' as const]))

/** What the suites' cases are about is the same on 12 and 13 as on 14, the oldest major that we speak of. */
const oldest = 12

type Judgement = { readonly rules: ReadonlySet<string>; readonly lock: LockMode | undefined }

const strongest = (batch: Batch): LockMode | undefined =>
  batch.steps
    .at(-1)
    ?.footprint.locks.map(({ mode }) => mode)
    .reduce<LockMode | undefined>((most, mode) => (most === undefined || isAtLeast(mode, most) ? mode : most), undefined)

/** What is found in a case; what its SQL names and does not make is taken to be there. */
const judge = ({ runner, postgres = 18 }: PeerCase, scripts: readonly Script[]): Judgement => {
  const start = startOf(scripts)
  const { steps, catalogs } = replayAssuming(scripts, start.catalog)
  const batches = scripts.flatMap((_script, migration) => {
    const own = steps.filter((step) => step.migration === migration)
    return own.length === 0 ? [] : [simulateBatch(own, runner, (migration === 0 ? undefined : catalogs[migration - 1]) ?? start.catalog)]
  })
  const judged = batches.flatMap((batch) => judgeBatch(batch, { policy: { rules: everyRule }, postgres, usage: () => ({}), now: Date.UTC(2031, 0, 1) }))
  const last = batches.at(-1)
  const refused = steps.some((step) => step.refused) ? ['refused'] : []
  return { rules: new Set([...judged.map(({ rule }) => rule.id), ...refused]), lock: last && strongest(last) }
}

export type Result = 'agrees' | 'disagrees' | 'hazard not adopted' | 'PostgreSQL too old' | 'not parsed'
export type Outcome = { readonly of: PeerCase; readonly result: Result; readonly ours: string }

const named = (rules: ReadonlySet<string>): string => [...rules].sort().join(', ') || 'nothing'

const outcomeOf = (of: PeerCase, hazards: PeerSuite['hazards']): Outcome => {
  const { expects, postgres = oldest } = of
  const hazard = ('rule' in expects ? hazards[expects.rule] : undefined) ?? []
  if ('notAdopted' in hazard) return { of, result: 'hazard not adopted', ours: hazard.notAdopted }
  if (postgres < oldest) return { of, result: 'PostgreSQL too old', ours: String(postgres) }
  const scripts = of.scripts.map(readScript)
  const fault = scripts.flatMap(({ faults }) => faults)[0]
  if (fault) return { of, result: 'not parsed', ours: fault.message }
  const { rules, lock } = judge(of, scripts)
  const agrees =
    'lock' in expects ? lock === expects.lock : (hazard.some((rule) => rules.has(rule)) || (expects.found && rules.has('refused'))) === expects.found
  return { of, result: agrees ? 'agrees' : 'disagrees', ours: 'lock' in expects ? (lock ?? 'nothing') : named(rules) }
}

export type SuiteResult = { readonly suite: PeerSuite; readonly outcomes: readonly Outcome[]; readonly unread: readonly string[] }

/** Rules of the peer's of which nobody has said what hazard they are about. */
const strangers = (cases: readonly PeerCase[], hazards: PeerSuite['hazards']): readonly string[] => [
  ...new Set(cases.flatMap(({ expects }) => ('rule' in expects && !(expects.rule in hazards) ? [expects.rule] : []))),
]

/** Runs a suite. Throws where a rule of the peer's is unknown here, and where there is no case at all: then nothing was read. */
export const judgeSuite = async (suite: PeerSuite, checkout: string): Promise<SuiteResult> => {
  const { cases, unread } = await suite.read(checkout)
  if (cases.length === 0) throw new Error(`no case was read in ${checkout}: has ${suite.peer} moved its tests?`)
  const unknown = strangers(cases, suite.hazards)
  if (unknown.length > 0) throw new Error(`${suite.peer}: what hazard are these rules about? ${unknown.join(', ')}`)
  return { suite, outcomes: cases.map((each) => outcomeOf(each, suite.hazards)), unread }
}
