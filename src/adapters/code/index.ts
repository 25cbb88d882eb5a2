/** The facts of an application's code: what its entries read and write. */
import type { CodeFacts, CodeGap, CodeQuestion } from '../../model/code.ts'
import type { Cache } from '../../model/world.ts'
import { bootEntries } from './boot.ts'
import { mainsOf } from './frameworks/cli/scripts.ts'
import { isTest } from './is-test.ts'
import { type KeptFacts, keepFacts, movedFacts, readFacts, type Standing, surroundingsOf } from './kept-facts.ts'
import { openMentions } from './mentions/index.ts'
import { chooseProgram, type Opened, openProgram } from './program.ts'
import { type Lines, sameCode } from './same-code.ts'

const standingOf = (root: string, question: CodeQuestion, { listed: { sources, others }, notebook }: Opened): Standing | undefined => {
  const surroundings = surroundingsOf(root, others)
  return surroundings === undefined ? undefined : { question, surroundings, digests: () => new Map(sources.map((path) => [path, notebook.note(path).digest])) }
}

/** Where the lines of edited files are now; undefined where the code is another one. */
const movedSince = async (changed: KeptFacts['changed'], { trees }: Opened): Promise<ReadonlyMap<string, Lines> | undefined> => {
  if (changed.size > 0) await trees.prepare([])
  const lines = new Map<string, Lines>()
  for (const [path, digest] of changed) {
    const before = isTest(path) ? undefined : trees.before(path, digest)
    const moved = before && sameCode(before, trees.tree(path))
    if (!moved) return undefined
    lines.set(path, moved)
  }
  return lines
}

/** Who asks something else about the same code will ask more: then everything is asked, so that no further question has to be followed. */
const everything = ({ names }: CodeQuestion): CodeQuestion => (names === undefined ? {} : { names })

/** What is kept of the same code, as far as it answers, and what there is to ask of the code otherwise. */
const asBefore = async (
  cache: Cache,
  root: string,
  standing: Standing,
  opened: Opened,
): Promise<{ readonly facts: CodeFacts | undefined; readonly question: CodeQuestion }> => {
  const { question } = standing
  const kept = await readFacts(cache, root, standing)
  const lines = kept && (await movedSince(kept.changed, opened))
  if (!lines) return { facts: undefined, question }
  if (!kept.isAnswer) return { facts: undefined, question: everything(question) }
  const facts = await kept.facts()
  return { facts: facts && lines.size > 0 ? movedFacts(facts, lines) : facts, question }
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
    const before = standing ? await asBefore(cache, root, standing, opened) : { facts: undefined, question }
    const facts = before.facts ?? (await followAll(opened, before.question, unheard))
    const keeping = [standing && !before.facts && keepFacts(cache, root, { ...standing, question: before.question }, facts), notebook.keep(), trees.keep()]
    await leave(Promise.all([...keeping, trees[Symbol.asyncDispose]()]).then(() => undefined))
    return facts
  } catch (error) {
    await trees[Symbol.asyncDispose]()
    throw error
  }
}
