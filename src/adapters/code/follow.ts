/** Follows a repository's entries, and answers what they do with the database. */
import type { CodeEnum, CodeFacts, CodeFunction, CodeGap, CodeTable } from '../../model/code.ts'
import type { Framework, ProjectFiles, Root } from './frameworks/define.ts'
import type { Sources } from './machine/files.ts'
import { Following } from './machine/index.ts'
import { modelsOf } from './models.ts'

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
}

const enter = (following: Following, { path, enter: into }: Root): void => {
  following.follow(path)
  into(following.module(path), following, following.siteOf(path))
  following.settle()
}

/** What runs in the browser uses rows, and no database: its uses are mentions. */
const functionsOf = (following: Following): readonly CodeFunction[] =>
  following.functions.map((one, at) => (following.inBrowser(at) ? { ...one, uses: [], inserts: [] } : one))

/** A program that was followed, with what came of it. */
export type Followed = { readonly following: Following; readonly facts: CodeFacts }

export const follow = (ground: Ground): CodeFacts => followed(ground).facts

export const followed = ({ sources, project, models, declaring, registering, roots, uncalled, tables, enums }: Ground): Followed => {
  const following = new Following(sources, modelsOf(models, project))
  for (const path of [...declaring, ...registering]) following.follow(path)
  for (const root of roots) enter(following, root)
  following.end()
  for (const member of models) member.finish?.(following)
  following.end()
  following.followRest((path) => uncalled.has(path))
  following.end()
  const gaps: readonly CodeGap[] = following.gaps
  const facts: CodeFacts = {
    tables: tables(),
    enums: enums(),
    functions: functionsOf(following),
    entries: [...following.found],
    mentions: [],
    gaps,
    counts: { files: 0, followed: following.followed.length, unparsed: 0 },
  }
  return { following, facts }
}
