/** Versions of a schema, derived from what its migrations do: nothing is written into a migration, so two branches cannot claim one number. */

import { byMigration, replay } from '../changes/replay.ts'
import { plainStartOf } from '../changes/start.ts'
import type { Catalog } from '../model/catalog.ts'
import type { History, Migration } from '../model/history.ts'
import type { Script } from '../model/statement.ts'
import { baselineIn } from '../sql/baseline.ts'
import { loadSql } from '../sql/parser.ts'
import { readScript } from '../sql/script.ts'
import { entriesOf } from './version/entries.ts'
import { flagsOf, type JudgedStatement, judgeMigration, strongestBump } from './version/judge.ts'
import { type Bump, breaks, type Classified, type ClassifiedStatement, compareBumps, type Override } from './version/numbers.ts'
import { type Overrides, overridesIn } from './version/overrides.ts'

/** A class that an override of the class has set, and whether it breaks code. */
type Said = { readonly bump: Bump; readonly breaking: boolean; readonly used: readonly Override[] }

/** What overrides make of a class; those that change nothing are marked. */
const withOverrides = (bump: Bump, breaking: boolean, overrides: readonly Override[]): Said => {
  const change = overrides.find(({ says }) => !says.endsWith('breaking'))
  const said = (change?.says as Bump | undefined) ?? bump
  // What is no longer of a breaking class breaks nothing, and the other way round.
  const after = change ? breaks(said) : breaking
  const word = overrides.find(({ says }) => says.endsWith('breaking'))
  const broken = word ? word.says === 'breaking' : after
  const isIdle = (override: Override): boolean => (override === change ? said === bump : broken === after)
  return { bump: said, breaking: broken, used: overrides.map((override) => (isIdle(override) ? { ...override, idle: true } : override)) }
}

type JudgedWithOverrides = { readonly judged: JudgedStatement; readonly said: Said }

const unreadable = (line: number, what: string, why: string): ClassifiedStatement => ({
  index: -1,
  line,
  bump: 'unknown',
  what,
  why,
  flags: [],
  breaking: true,
})

/** What of a file could not be read at all. */
const unreadOf = ({ sql }: Migration, script: Script, isBaseline: boolean): readonly ClassifiedStatement[] => {
  if (sql === undefined) return [unreadable(1, 'the file is missing', 'what it did is not known')]
  return isBaseline ? [] : script.faults.map(({ at, message }) => unreadable(at.line, 'PostgreSQL’s parser refuses the text', message))
}

const classified = ({ judged: { step, what, why, flags }, said: { bump, breaking, used } }: JudgedWithOverrides): ClassifiedStatement => {
  const override = used.find(({ idle, says }) => !idle && !says.endsWith('breaking'))
  return {
    index: step.statement.index,
    line: step.statement.start.line,
    bump,
    what,
    why: override ? `${override.reason} (line ${override.line})` : why,
    flags,
    breaking,
    ...(used.some(({ idle }) => !idle) ? { said: true } : {}),
  }
}

const decisiveOf = (statements: readonly ClassifiedStatement[], bump: Bump): string => {
  const decisive = statements.find((statement) => statement.bump === bump)
  return decisive ? `${decisive.what}: ${decisive.why}` : 'nothing that code can see'
}

const classify = (
  judged: readonly JudgedStatement[],
  unread: readonly ClassifiedStatement[],
  { ofMigration, ofStatement, bad }: Overrides,
  start: Catalog,
): Classified => {
  const all = judged.map(
    (each): JudgedWithOverrides => ({ judged: each, said: withOverrides(each.bump, breaks(each.bump), ofStatement.get(each.step.statement.index) ?? []) }),
  )
  const statements = [...unread, ...all.map(classified)]
  const derived = strongestBump(statements.map(({ bump }) => bump))
  const whole = withOverrides(derived, unread.length > 0 || all.some(({ said }) => said.breaking), ofMigration)
  const override = whole.used.find(({ idle, says }) => !idle && !says.endsWith('breaking'))
  const broken = new Map(all.map(({ judged: each, said }) => [each, said.breaking]))
  return {
    bump: whole.bump,
    why: override ? `${override.reason} (line ${override.line})` : decisiveOf(statements, whole.bump),
    breaking: whole.breaking,
    flags: flagsOf(statements.toSorted((a, b) => compareBumps(b.bump, a.bump))),
    statements,
    overrides: [...whole.used, ...all.flatMap(({ said }) => said.used)],
    bad,
    entries: entriesOf(judged, start, (statement, change) => whole.breaking && broken.get(statement) === true && breaks(change.bump)),
  }
}

/** The class of each migration of a history. The parser must be loaded. */
export const classifyScripts = (migrations: readonly Migration[], scripts: readonly Script[]): readonly Classified[] => {
  const begin = plainStartOf(scripts).catalog
  const { steps, catalogs } = replay(scripts, begin)
  const baseline = baselineIn(scripts) && scripts[0]
  const grouped = byMigration(steps)
  return migrations.map((migration, at) => {
    const [start, end, script] = [catalogs[at - 1] ?? begin, catalogs[at] ?? begin, scripts[at] as Script]
    const judged = judgeMigration(grouped.get(at) ?? [], start, end)
    return classify(judged, unreadOf(migration, script, script === baseline), overridesIn(migration.sql ?? '', script), start)
  })
}

/** The class of each migration of a history. */
export const classifyHistory = async ({ migrations }: History): Promise<readonly Classified[]> => {
  await loadSql()
  return classifyScripts(
    migrations,
    migrations.map(({ sql }) => readScript(sql ?? '')),
  )
}
