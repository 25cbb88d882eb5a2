/** The answer about one target. */

import type { Catalog } from '../../model/catalog.ts'
import type { CodeGap, CodeMention } from '../../model/code.ts'
import { display, leadingName, parseKey, type RelationName } from '../../model/name.ts'
import { cascadingInto, type Dependent, dependentsOf } from './database.ts'
import { gapsNear, mentionsOf } from './near.ts'
import { isTest, type Reach, reachesTo } from './reach.ts'
import { type CodeIndex, weaker } from './search.ts'
import { type FoundUse, usesOf } from './sources.ts'
import type { Target } from './target/target.ts'
import { tablesFor, tableWanted } from './wanted.ts'

/** A file that has to do with it, why, and where. */
export type ImpactFile = { readonly file: string; readonly category: 'code' | CodeMention['category']; readonly lines: readonly number[] }

export type Answer = {
  readonly target: Target
  readonly entries: readonly Reach[]
  readonly tests: readonly Reach[]
  readonly files: readonly ImpactFile[]
  /** Uses that no entry leads to. */
  readonly unreached: readonly FoundUse[]
  readonly dependents: readonly Dependent[]
  readonly gaps: readonly CodeGap[]
}

/** Reads of a view are reads of what it reads; the deletion of rows deletes rows that refer to them. */
const throughDatabase = (
  index: CodeIndex,
  catalog: Catalog | undefined,
  { objects, wanted }: Target,
  dependents: readonly Dependent[],
): readonly FoundUse[] => {
  if (!catalog || wanted.roles !== undefined || wanted.value !== undefined) return []
  const views = dependents.flatMap(({ key, kind }) => (kind.endsWith('view') ? [parseKey(key).name as RelationName] : []))
  return [
    ...views.flatMap((view) =>
      usesOf(index, tableWanted(index.facts, view)).map(
        (use): FoundUse => ({ ...use, access: 'read', confidence: weaker(use.confidence, 'likely'), through: `the view ${display(view).replaceAll('"', '')}` }),
      ),
    ),
    ...(wanted.accesses === undefined
      ? objects.flatMap((object) =>
          cascades(index, catalog, parseKey(object).kind === 'column' ? leadingName(object) : (parseKey(object).name as RelationName)),
        )
      : []),
  ]
}

const cascades = (index: CodeIndex, catalog: Catalog, relation: RelationName): readonly FoundUse[] =>
  [...cascadingInto(catalog, relation)].flatMap(([parent, why]) =>
    usesOf(index, { columns: tableWanted(index.facts, parent).columns, accesses: new Set(['delete']) }).map(
      (use): FoundUse => ({ ...use, via: 'implicit', confidence: weaker(use.confidence, 'likely'), through: why }),
    ),
  )

const categories = ['code', 'schema', 'type', 'sql', 'string', 'ui', 'fixture', 'test', 'unreached'] as const

/** Files by what they are, each with its lines. */
const filesOf = (reaches: readonly Reach[], unreached: readonly FoundUse[], mentions: readonly CodeMention[]): readonly ImpactFile[] => {
  const found = new Map<string, { readonly file: string; readonly category: ImpactFile['category']; readonly lines: Set<number> }>()
  const add = (file: string, category: ImpactFile['category'], line: number): void => {
    const known = found.get(`${category} ${file}`)
    if (known) known.lines.add(line)
    else found.set(`${category} ${file}`, { file, category, lines: new Set([line]) })
  }
  for (const reach of reaches) for (const { file, line } of reach.path) add(file, isTest(reach) ? 'test' : 'code', line)
  for (const { file, line } of unreached) add(file, 'unreached', line)
  for (const { file, line, category } of mentions) add(file, category, line)
  const code = new Set([...found.values()].flatMap(({ file, category }) => (category === 'code' ? [file] : [])))
  return [...found.values()]
    .filter(({ file, category }) => category !== 'unreached' || !code.has(file))
    .map(({ file, category, lines }) => ({ file, category, lines: [...lines].sort((a, b) => a - b) }))
    .sort((a, b) => categories.indexOf(a.category) - categories.indexOf(b.category) || (a.file < b.file ? -1 : 1))
}

const spotOf = ({ file, line, what }: FoundUse): string => `${file}:${line} ${what}`

/** Uses of code that no entry reaches with any arguments, each once. */
const unreachedOf = (index: CodeIndex, uses: readonly FoundUse[]): readonly FoundUse[] => {
  const reached = new Set(uses.flatMap((use) => (index.isReached(use.at) ? [spotOf(use)] : [])))
  const left = uses.filter((use) => !index.isReached(use.at) && !reached.has(spotOf(use)))
  return [...new Map(left.map((use) => [spotOf(use), use])).values()]
}

/** What an entry, a file and the database have to do with the target. */
export const answerOf = (index: CodeIndex, catalog: Catalog | undefined, target: Target): Answer => {
  const dependents = catalog ? dependentsOf(catalog, target.objects) : []
  const uses = [...usesOf(index, target.wanted), ...throughDatabase(index, catalog, target, dependents)]
  const reaches = reachesTo(index, uses)
  const unreached = unreachedOf(index, uses)
  const files = filesOf(reaches, unreached, mentionsOf(index, target.wanted))
  return {
    target,
    entries: reaches.filter((reach) => !isTest(reach)),
    tests: reaches.filter(isTest),
    files,
    unreached,
    dependents,
    gaps: gapsNear(index, target.wanted, new Set(files.map(({ file }) => file))),
  }
}

/** Whether the code declares what is asked about. */
export const isDeclared = ({ facts }: CodeIndex, { wanted, objects }: Target): boolean =>
  wanted.columns.size > 0 || objects.some((object) => tablesFor(facts, parseKey(object).name as RelationName).length > 0)
