/** Follows a repository's entries, and answers what they do with the database. */
import type { CodeEntry, CodeEnum, CodeFacts, CodeFunction, CodeGap, CodeTable } from '../../model/code.ts'
import { bootEntries } from './boot.ts'
import { mainsOf } from './frameworks/cli/scripts.ts'
import type { Framework, ProjectFiles, Root } from './frameworks/define.ts'
import { loadEntries } from './load.ts'
import type { Sources } from './machine/files.ts'
import { Following } from './machine/index.ts'
import { modelsOf } from './models.ts'
import type { FileTree } from './tree.ts'

/** What a run of the analysis stands on. */
export type Ground = {
  readonly sources: Sources
  readonly project: ProjectFiles
  /** Each speaks for its packages; the first that knows an export is believed. */
  readonly models: readonly Framework[]
  /** Files that declare tables: they run first, so that SQL text has tables to name. */
  readonly declaring: readonly string[]
  /** Files that register entries when they run. */
  readonly registering: readonly string[]
  /** Files that frameworks call by their place. */
  readonly roots: readonly Root[]
  /** Files whose functions are followed even if nothing calls them. */
  readonly uncalled: ReadonlySet<string>
  tables(): readonly CodeTable[]
  enums(): readonly CodeEnum[]
  /** The files that declare have been followed: few tables come later, or none. */
  declared?(): void
}

const enter = (following: Following, { path, enter: into }: Root): void => {
  following.follow(path)
  into(following.module(path), following, following.siteOf(path))
  following.settle()
}

/** What runs in the browser uses rows, and no database: its uses are mentions. */
const functionsOf = (following: Following): readonly CodeFunction[] =>
  following.functions.map((one, at) => (following.inBrowser(at) ? { ...one, uses: [], inserts: [] } : one))

/** Files that others import. */
const importedBy = (following: Following, { resolve }: Pick<Sources, 'resolve'>): ReadonlySet<string> => {
  const imported = new Set<string>()
  for (const path of following.followed) {
    const { imports = [], effects = [] } = following.scopeOf(path)?.file.tree ?? {}
    let last: string | undefined
    const add = (from: string): void => {
      // Names of one import stand side by side.
      const found = from === last ? undefined : resolve(path, from)
      if (found && 'file' in found) imported.add(found.file)
      last = from
    }
    for (const { from } of imports) add(from)
    for (const from of effects) add(from)
  }
  return imported
}

/** What imported files do as they are loaded; what an application's main file does is told of it as a whole. */
const loadedIn = (
  following: Following,
  functions: readonly CodeFunction[],
  { sources, project }: Pick<Ground, 'sources' | 'project'>,
): readonly CodeEntry[] => {
  const mains = mainsOf(project)
  let imported: ReadonlySet<string> | undefined
  const treeOf = (path: string): FileTree | undefined => {
    imported ??= importedBy(following, sources)
    return imported.has(path) && !mains.includes(path) ? following.scopeOf(path)?.file.tree : undefined
  }
  return loadEntries([...following.found, ...bootEntries(mains, functions)], functions, treeOf)
}

/** A program that was followed, with what came of it. */
export type Followed = { readonly following: Following; readonly facts: CodeFacts }

export const follow = (ground: Ground): CodeFacts => followed(ground).facts

export const followed = ({ sources, project, models, declaring, registering, roots, uncalled, tables, enums, declared }: Ground): Followed => {
  const following = new Following(sources, modelsOf(models, project))
  for (const path of declaring) following.follow(path)
  declared?.()
  for (const path of registering) following.follow(path)
  for (const root of roots) enter(following, root)
  following.end()
  for (const member of models) member.finish?.(following)
  following.end()
  following.followRest((path) => uncalled.has(path))
  following.end()
  const gaps: readonly CodeGap[] = following.gaps
  const functions = functionsOf(following)
  const facts: CodeFacts = {
    tables: tables(),
    enums: enums(),
    functions,
    entries: [...following.found, ...loadedIn(following, functions, { sources, project })],
    mentions: [],
    gaps,
    counts: { files: 0, followed: following.followed.length, unparsed: 0 },
  }
  return { following, facts }
}
