/** The facts of an application's code: what its entries read and write. */
import { setImmediate } from 'node:timers/promises'
import type { CodeFacts, CodeGap, CodeQuestion } from '../../model/code.ts'
import type { Cache } from '../../model/world.ts'
import { factsAsBefore, standingOf } from './as-before.ts'
import { bootEntries } from './boot.ts'
import { noticedIn } from './edits/noticed.ts'
import { mainsOf } from './frameworks/cli/scripts.ts'
import { keepFacts, type Made } from './kept-facts.ts'
import { byPlace, openMentions } from './mentions/index.ts'
import { chooseProgram, type Opened, openProgram } from './program.ts'

const followAll = async (opened: Opened, question: CodeQuestion, unheard: NonNullable<CodeRun['unheard']>): Promise<Made> => {
  const { listed, notebook, project, trees, workers } = opened
  const { chosen, follow, narrow, touched, looked } = await chooseProgram(opened)
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
  // A signal of meanwhile is heard now, or never: the second turn of the event loop begins with looking for it.
  await setImmediate()
  await setImmediate()
  const { facts, following } = unheard(() => follow(chosen, search.begin))
  const { mentions, apart } = await search.end(facts, { following, reaches: (path) => related.has(path), narrow })
  const unread = [...listed.gaps, ...trees.gaps].map(({ file, why, line = 1 }): CodeGap => ({ file, line, why })).sort(byPlace)
  const entries = [...facts.entries, ...bootEntries(mainsOf(project), facts.functions)]
  const counts = { files: sources.length, followed: facts.counts.followed, unparsed: unread.length }
  const noticed = noticedIn(following, (path) => !notebook.note(path).browser && !looked.has(path))
  return { facts: { ...facts, entries, mentions, gaps: [...unread, ...facts.gaps], counts }, touched, apart, noticed }
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
    const found = before ? { facts: before } : await followAll(opened, question, unheard)
    const keeping = [standing && 'touched' in found && keepFacts(cache, root, standing, found), notebook.keep(), trees.keep()]
    await leave(Promise.all([...keeping, trees[Symbol.asyncDispose]()]).then(() => undefined))
    return found.facts
  } catch (error) {
    await trees[Symbol.asyncDispose]()
    throw error
  }
}
