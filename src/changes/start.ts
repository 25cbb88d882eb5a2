/** The catalog before the first migration: what a history takes for granted. */
import type { Catalog } from '../model/catalog.ts'
import type { Script } from '../model/statement.ts'
import { baselineIn } from '../sql/baseline.ts'
import { extensionsIn } from '../sql/extensions.ts'
import { type Assumed, assumedIn } from '../sql/platforms/assumed.ts'
import { readStatements } from '../sql/script.ts'
import { type Baseline, baselineOn } from './baseline.ts'
import { emptyCatalog } from './edit.ts'
import { replay } from './replay.ts'

export type Start = {
  /** An empty database with all that is assumed in it, and the baseline. */
  readonly catalog: Catalog
  /** The same without the baseline: nothing in it is the project's. */
  readonly assumed: Catalog
  /** What was pulled from a database that existed already, where the first migration is that. */
  readonly baseline?: Baseline
  /** Extensions that the migrations make. */
  readonly created: readonly string[]
  /** Extensions that they use and do not make. */
  readonly extensions: readonly string[]
  /** Objects of a managed platform that they use and do not make. `sql` makes them in PostgreSQL; the catalog has them from the same text. */
  readonly platform: Assumed
}

/** Stand-ins are our own text: one that cannot be followed is a bug. */
const standIns = (sql: readonly string[]): Catalog => {
  const { steps, catalog } = replay([{ statements: sql.flatMap(readStatements) }])
  const fault = steps.find(({ refused, changes }) => refused ?? changes.find(({ kind }) => kind === 'opaque'))
  if (fault) throw new Error(`a stand-in cannot be made: ${fault.refused?.message ?? 'memory does not follow it'} at ${fault.statement.text}`)
  return catalog
}

const withStandIns = ({ sql }: Assumed): Catalog => (sql.length === 0 ? emptyCatalog : standIns(sql))

type Statements = Pick<Script, 'statements' | 'commented'>

/** The scripts as their authors mean them: the baseline's statements stand in the first one. */
const asMeant = (scripts: readonly Statements[]): readonly Pick<Script, 'statements'>[] => {
  const baseline = baselineIn(scripts)
  return baseline ? [baseline, ...scripts.slice(1)] : scripts
}

const baselineOf = (scripts: readonly Statements[], on: Catalog): Baseline | undefined => {
  const baseline = baselineIn(scripts)
  return baseline && baselineOn(on, baseline)
}

/** What the scripts take for granted, as far as it is SQL: without the extensions that they only use. The parser must be loaded. */
export const plainStartOf = (scripts: readonly Statements[]): Pick<Start, 'catalog' | 'baseline'> => {
  const platform = withStandIns(assumedIn(asMeant(scripts)))
  const baseline = baselineOf(scripts, platform)
  return baseline ? { catalog: baseline.catalog, baseline } : { catalog: platform }
}

/** What the scripts take for granted. The parser must be loaded. */
export const startOf = (scripts: readonly Statements[]): Start => {
  const meant = asMeant(scripts)
  const { created, assumed } = extensionsIn(meant)
  const platform = assumedIn(meant)
  const standing = withStandIns(platform)
  const extensions = assumed.filter((name) => !standing.extensions.has(name))
  const before = { ...standing, extensions: new Map([...standing.extensions, ...extensions.map((name) => [name, {}] as const)]) }
  const baseline = baselineOf(scripts, before)
  return {
    catalog: baseline?.catalog ?? before,
    assumed: before,
    ...(baseline ? { baseline } : {}),
    created: [...new Set([...created, ...standing.extensions.keys()])],
    extensions,
    platform,
  }
}

/** How many objects of each sort a catalog has beside those of the start. */
export const countBeside = (start: Catalog, catalog: Catalog): { readonly [M in 'tables' | 'indexes' | 'types' | 'views' | 'routines']: number } => {
  const beside = (map: 'tables' | 'indexes' | 'types' | 'views' | 'routines'): number =>
    [...(catalog[map] as ReadonlyMap<string, unknown>).keys()].filter((key) => !(start[map] as ReadonlyMap<string, unknown>).has(key)).length
  return { tables: beside('tables'), indexes: beside('indexes'), types: beside('types'), views: beside('views'), routines: beside('routines') }
}
