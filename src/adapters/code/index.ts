/** The facts of an application's code: what its entries read and write. */
import type { CodeFacts, CodeGap, CodeQuestion } from '../../model/code.ts'
import type { Cache } from '../../model/world.ts'
import { loadSql } from '../../sql/parser.ts'
import { bootEntries } from './boot.ts'
import { choose, firstRead, isTest } from './choice.ts'
import { clients } from './clients/index.ts'
import { type Drizzle, makeDrizzle } from './drizzle/index.ts'
import { listFiles, type SourceFiles } from './files.ts'
import { followed } from './follow.ts'
import { mainsOf } from './frameworks/cli/scripts.ts'
import type { ProjectFiles } from './frameworks/define.ts'
import { frameworks } from './frameworks/index.ts'
import { makePg } from './frameworks/pg.ts'
import { makePostgres } from './frameworks/postgres.ts'
import { keepFacts, movedFacts, readFacts, type Standing, surroundingsOf } from './kept-facts.ts'
import { lodash } from './libraries/lodash.ts'
import { askedColumns } from './mentions/asked.ts'
import { findMentions } from './mentions/index.ts'
import { type Notebook, openNotebook } from './notebook.ts'
import { openProject } from './project.ts'
import { createResolver, type Resolver } from './resolve/index.ts'
import { readManifests } from './resolve/manifests.ts'
import { type Lines, sameCode } from './same-code.ts'
import { sqlReader } from './sql-text/for-drizzle.ts'
import { openTrees, type Trees } from './trees.ts'
import { validators } from './validators/index.ts'
import { startWorkers } from './workers.ts'

/** A repository that has been looked at, and nothing of it followed. */
type Opened = {
  readonly listed: SourceFiles
  readonly notebook: Notebook
  readonly project: ProjectFiles
  readonly resolver: Resolver
  readonly trees: Trees
}

const open = async (root: string, cache: Cache, keptAs: string): Promise<Opened> => {
  const listed = await listFiles(root)
  const paths = [...listed.sources, ...listed.others]
  const manifests = readManifests(root, paths)
  const workers = startWorkers(root, listed.sources)
  const notebook = await openNotebook({ root, stamps: listed.stamps, cache, keptAs, workers })
  const resolver = createResolver(root, paths, manifests)
  const trees = openTrees({ root, sources: listed.sources, notebook, cache, keptAs, resolver, workers })
  return { listed, notebook, project: openProject(root, paths, notebook, manifests), resolver, trees }
}

const standingOf = (root: string, question: CodeQuestion, { listed: { sources, others }, notebook }: Opened): Standing | undefined => {
  const surroundings = surroundingsOf(root, others)
  return surroundings === undefined ? undefined : { question, surroundings, digests: () => new Map(sources.map((path) => [path, notebook.note(path).digest])) }
}

/** The facts of the same question, if the code is the same code still; undefined where it has to be followed. */
const factsAsBefore = async (cache: Cache, root: string, standing: Standing, { trees }: Opened): Promise<CodeFacts | undefined> => {
  const kept = await readFacts(cache, root, standing)
  if (!kept || kept.changed.size === 0) return kept?.facts
  await trees.prepare([])
  const lines = new Map<string, Lines>()
  for (const [path, digest] of kept.changed) {
    const before = isTest(path) ? undefined : trees.before(path, digest)
    const moved = before && sameCode(before, trees.tree(path))
    if (!moved) return undefined
    lines.set(path, moved)
  }
  return movedFacts(kept.facts, lines)
}

const followAll = async ({ listed, notebook, project, resolver, trees }: Opened, question: CodeQuestion): Promise<CodeFacts> => {
  await firstRead(listed.sources, notebook, trees.prepare)
  const chosen = choose(listed.sources, project, resolver, notebook, { frameworks, libraries: validators })
  const { sources, known, graph, related } = chosen
  await trees.prepare(chosen.toLoad)
  await loadSql()
  const tables = () => drizzle.tables()
  const drizzle: Drizzle = makeDrizzle({ readSql: sqlReader(tables) })
  let only: ReadonlySet<string> | undefined
  const { facts, following } = followed({
    sources: {
      tree: (path) => (known.has(path) && (only?.has(path) ?? true) ? trees.tree(path) : undefined),
      resolve: (from, specifier) => resolver.resolve(from, specifier),
      matters: (path) => chosen.matters(path) || (only?.has(path) ?? false),
      reaches: (path) => related.has(path),
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
      note: (path) => notebook.note(path),
      tree: (path) => trees.tree(path),
      linked: (path) => graph.linked(path),
    },
    {
      following,
      reaches: (path) => related.has(path),
      narrow: (paths) => {
        only = paths
      },
      prepare: (paths) => trees.prepare(paths),
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

/** `root` is a directory; `cache` keeps what was made of each file, under `keptAs` where the directory is only a copy of that one. Throws `no-directory`. */
export const codeFacts = async (root: string, cache: Cache, question: CodeQuestion = {}, keptAs = root): Promise<CodeFacts> => {
  const opened = await open(root, cache, keptAs)
  await using trees = opened.trees
  const standing = root === keptAs ? standingOf(root, question, opened) : undefined
  const before = standing && (await factsAsBefore(cache, root, standing, opened))
  const facts = before ?? (await followAll(opened, question))
  await Promise.all([standing && !before && keepFacts(cache, root, standing, facts), opened.notebook.keep(), trees.keep()])
  return facts
}
