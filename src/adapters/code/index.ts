/** The facts of an application's code: what its entries read and write. */
import type { CodeFacts, CodeGap, CodeQuestion } from '../../model/code.ts'
import type { Cache } from '../../model/world.ts'
import { bootEntries } from './boot.ts'
import { mainsOf } from './frameworks/cli/scripts.ts'
import { isTest } from './is-test.ts'
import { keepFacts, movedFacts, readFacts, type Standing, surroundingsOf } from './kept-facts.ts'
import { openMentions } from './mentions/index.ts'
import { chooseProgram, type Opened, openProgram } from './program.ts'
import { type Lines, sameCode } from './same-code.ts'

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

const followAll = async (opened: Opened, question: CodeQuestion, unheard: NonNullable<CodeRun['unheard']>): Promise<CodeFacts> => {
  const { listed, notebook, project, trees, workers } = opened
  const { chosen, follow, narrow } = await chooseProgram(opened)
  const { sources, graph, related } = chosen
  const search = openMentions({
    question,
    sources,
    text: (path) => project.read(path) ?? '',
    note: (path) => notebook.note(path),
    linked: (path) => graph.linked(path),
    trees,
    workers,
  })
  const { facts, following } = unheard(() => follow(chosen, search.begin))
  const mentions = await search.end(facts, { following, reaches: (path) => related.has(path), narrow })
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

export type CodeRun = {
  /** Called once threads have begun to read. */
  readonly ask: () => Promise<CodeQuestion>
  /** The directory of which this one is only a copy. */
  readonly keptAs?: string
  /** Takes over what is still being written when the facts are there. */
  readonly leave?: (writing: Promise<void>) => Promise<void>
  /** Around work of seconds that does not come back to the event loop. */
  readonly unheard?: <T>(work: () => T) => T
}

/** `root` is a directory; `cache` keeps what was made of each file. Throws `no-directory`. */
export const codeFacts = async (
  root: string,
  cache: Cache,
  { ask, keptAs = root, leave = (writing) => writing, unheard = (work) => work() }: CodeRun,
): Promise<CodeFacts> => {
  const opened = await openProgram(root, cache, keptAs)
  const { trees, notebook } = opened
  try {
    const question = await ask()
    const standing = root === keptAs ? standingOf(root, question, opened) : undefined
    const before = standing && (await factsAsBefore(cache, root, standing, opened))
    const facts = before ?? (await followAll(opened, question, unheard))
    const keeping = [standing && !before && keepFacts(cache, root, standing, facts), notebook.keep(), trees.keep()]
    await leave(Promise.all([...keeping, trees[Symbol.asyncDispose]()]).then(() => undefined))
    return facts
  } catch (error) {
    await trees[Symbol.asyncDispose]()
    throw error
  }
}
