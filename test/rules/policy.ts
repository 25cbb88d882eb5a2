/** Examples of policy rules, judged as they would run; and run, where PostgreSQL is to say whether a rule is right. */
import { type Batch, simulateBatch } from '../../src/changes/batch.ts'
import { emptyCatalog } from '../../src/changes/edit.ts'
import { replay } from '../../src/changes/replay.ts'
import type { SqlExample } from '../../src/rules/define.ts'
import { type Judged, judgeBatch, type Surroundings } from '../../src/rules/judge.ts'
import { readScript } from '../../src/sql/script.ts'

export const filesOf = ({ sql }: SqlExample): readonly string[] => (typeof sql === 'string' ? [sql] : sql)

/** The pending files of an example as their runner executes them. `loadSql` must have been awaited. */
export const batchOf = (example: SqlExample): Batch => {
  const scripts = [example.given ?? '', ...filesOf(example)].map(readScript)
  for (const { faults } of scripts) if (faults[0]) throw new Error(`the example does not parse: ${faults[0].message}`)
  const { steps, catalogs } = replay(scripts)
  const refused = steps.find((step) => step.refused && step.migration === 0)
  if (refused) throw new Error(`what is given is refused: ${refused.refused?.message}`)
  return simulateBatch(
    steps.filter(({ migration }) => migration > 0),
    example.runner ?? 'drizzle',
    catalogs[0] ?? emptyCatalog,
  )
}

const timeOf = (day: string | undefined): number | undefined => (day === undefined ? undefined : Date.parse(`${day}T00:00:00Z`))

/** Judges an example. `on`: rules that are on whatever the preset says. */
export const judged = (example: SqlExample, on: readonly string[] = [], more: Partial<Surroundings> = {}): readonly Judged[] =>
  judgeBatch(batchOf(example), {
    policy: {
      rules: Object.fromEntries(on.map((id) => [id, 'error'])),
      ...(example.deprecation ? { deprecation: { days: example.deprecation.days } } : {}),
    },
    postgres: example.postgres ?? 18,
    usage: () => ({}),
    now: Date.UTC(2031, 0, 1),
    madeAt: (tag) => timeOf(example.deprecation?.made?.[tag]),
    ...more,
  })
