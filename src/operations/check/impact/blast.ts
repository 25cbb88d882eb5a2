/** What a new migration breaks: in the code that runs while it is deployed, and in the code that lies here. */
import type { Assessed, Assessment } from '../../../features/impact/assess.ts'
import { isBreaking } from '../../../features/impact/change/effect.ts'
import type { Reach } from '../../../features/impact/reach.ts'
import { type CodeIndex, indexOf } from '../../../features/impact/search.ts'
import type { FoundUse } from '../../../features/impact/sources.ts'
import type { CodeEntry, CodeFacts } from '../../../model/code.ts'
import { ToolError } from '../../../model/error.ts'
import type { Migration } from '../../../model/history.ts'
import { fileOf } from '../../../rules/place.ts'
import { assessMigration } from '../../impact/judge.ts'
import type { Folder } from '../../impact/outcome.ts'
import type { Code } from '../code.ts'

/** The code that is asked about. */
export type Sides = {
  /** What runs while the migrations are deployed: the code that has landed, or this one where that cannot be had. */
  readonly running: CodeIndex
  /** The commit that it is of; undefined where it is the code here. */
  readonly commit: string | undefined
  /** The code here. */
  readonly here: CodeIndex
}

/** One change of a migration that can break code. */
export type Blow = {
  readonly running: Assessed
  /** Places of the code here that it breaks still. */
  readonly here: readonly FoundUse[]
}

export type Blast = {
  readonly migration: Migration
  readonly file: string
  readonly order: Assessment['deployment']['order']
  readonly blows: readonly Blow[]
}

/** The commit may be of a repository that the code's directory is not in. */
const landedCode = async (code: Code, commit: string): Promise<CodeFacts | undefined> => {
  try {
    const facts = await code.facts(commit)
    return facts.tables.length > 0 ? facts : undefined
  } catch (error) {
    if (!(error instanceof ToolError)) throw error
    return undefined
  }
}

/** Undefined where no code declares a table. */
export const sidesOf = async (code: Code, commit: string): Promise<Sides | undefined> => {
  const here = await code.facts()
  const landed = await landedCode(code, commit)
  if (!landed && here.tables.length === 0) return undefined
  return { running: indexOf(landed ?? here), commit: landed && commit, here: indexOf(here) }
}

const breakingIn = ({ effects }: Assessment): readonly Assessed[] => effects.filter(({ effect }) => isBreaking(effect))

export const blastOf = ({ running, commit, here }: Sides, folder: Folder, migration: Migration): Blast => {
  const assessed = assessMigration(running, folder, migration)
  const own = commit === undefined ? assessed : assessMigration(here, folder, migration)
  return {
    migration,
    file: fileOf(folder.history, migration),
    order: assessed.deployment.order,
    blows: breakingIn(assessed).map((blow) => ({ running: blow, here: breakingIn(own).find(({ effect }) => effect.what === blow.effect.what)?.uses ?? [] })),
  }
}

/** Entries that the migration breaks, each once: first those whose code names what is gone. */
export const brokenBy = ({ blows }: Pick<Blast, 'blows'>): readonly Reach[] => {
  const all = blows.flatMap(({ running }) => running.breaks)
  const named = all.filter(({ via }) => via === 'explicit')
  const found = new Map<CodeEntry, Reach>()
  for (const reach of [...named, ...all]) if (!found.has(reach.entry)) found.set(reach.entry, reach)
  return [...found.values()]
}

/** Whether PostgreSQL surely refuses something that the code sends: not only with some values, nor by a guess. */
export const isSure = ({ running: { effect, uses } }: Blow): boolean => effect.breakage === 'fails' && uses.some(({ confidence }) => confidence !== 'possible')
