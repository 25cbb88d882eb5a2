/** The facts of an application's code: what its entries read and write. */
import type { CodeFacts, CodeGap, CodeQuestion } from '../../model/code.ts'
import type { Cache } from '../../model/world.ts'
import { loadSql } from '../../sql/parser.ts'
import { bootEntries } from './boot.ts'
import { choose, isTest } from './choice.ts'
import { clients } from './clients/index.ts'
import { type Drizzle, makeDrizzle } from './drizzle/index.ts'
import { listFiles } from './files.ts'
import { followed } from './follow.ts'
import { mainsOf } from './frameworks/cli/scripts.ts'
import { frameworks } from './frameworks/index.ts'
import { makePg } from './frameworks/pg.ts'
import { makePostgres } from './frameworks/postgres.ts'
import { lodash } from './libraries/lodash.ts'
import { askedColumns } from './mentions/asked.ts'
import { findMentions } from './mentions/index.ts'
import { openProject } from './project.ts'
import { createResolver } from './resolve/index.ts'
import { sqlReader } from './sql-text/for-drizzle.ts'
import { openTrees } from './trees.ts'
import { validators } from './validators/index.ts'

/** `root` is a directory; `cache` keeps what was made of each file, under `keptAs` where the directory is only a copy of that one. Throws `no-directory`. */
export const codeFacts = async (root: string, cache: Cache, question: CodeQuestion = {}, keptAs = root): Promise<CodeFacts> => {
  const listed = await listFiles(root)
  const project = openProject(root, [...listed.sources, ...listed.others])
  const resolver = createResolver(root, project.paths)
  const chosen = choose(listed.sources, project, resolver, { frameworks, libraries: validators })
  const { sources, known, graph, related } = chosen
  await using trees = openTrees(root, cache, keptAs)
  await trees.load(chosen.toLoad)
  await loadSql()
  const tables = () => drizzle.tables()
  const drizzle: Drizzle = makeDrizzle({ readSql: sqlReader(tables) })
  let only: ReadonlySet<string> | undefined
  const { facts, following } = followed({
    sources: {
      tree: (path) => (known.has(path) && (only?.has(path) ?? true) ? trees.tree(path) : undefined),
      resolve: (from, specifier) => resolver.resolve(from, specifier),
      matters: (path) => chosen.matters(path) || (only?.has(path) ?? false),
    },
    project,
    models: [drizzle.framework, makePg(tables), makePostgres(tables), lodash, ...validators, ...frameworks, ...clients],
    declaring: chosen.declaring,
    registering: chosen.registering,
    roots: chosen.roots,
    uncalled: chosen.uncalled,
    tables,
    enums: () => drizzle.enums(),
  })
  const mentions = await findMentions(
    {
      facts,
      columns: askedColumns(facts.tables, facts.enums, question.texts),
      names: (question.names ?? []).filter((name) => question.texts?.some((text) => text.includes(name)) ?? true),
      sources,
      isTest,
      text: (path) => project.read(path) ?? '',
      tree: (path) => trees.tree(path),
      linked: (path) => graph.linked(path),
    },
    {
      following,
      reaches: (path) => related.has(path),
      narrow: (paths) => {
        only = paths
      },
      load: (paths) => trees.load(paths),
    },
  )
  const unread: readonly CodeGap[] = [...listed.gaps, ...trees.gaps].map(({ file, why, line = 1 }) => ({ file, line, why }))
  const entries = [...facts.entries, ...bootEntries(mainsOf(project), facts.functions)]
  return {
    ...facts,
    entries,
    mentions,
    gaps: [...unread, ...facts.gaps],
    counts: { files: sources.length, followed: facts.counts.followed, unparsed: unread.length },
  }
}
