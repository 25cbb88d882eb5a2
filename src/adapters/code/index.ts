/** The facts of an application's code: what its entries read and write. */
import type { CodeFacts, CodeGap, CodeQuestion } from '../../model/code.ts'
import type { Cache } from '../../model/world.ts'
import { loadSql } from '../../sql/parser.ts'
import { bootEntries } from './boot.ts'
import { mainsOf } from './frameworks/cli/scripts.ts'
import { linkedBy } from './import-graph.ts'
import { isTest } from './is-test.ts'
import { isEmpty, type KeptFacts, keepFacts, type Made, movedFacts, readFacts, type Standing, surroundingsOf } from './kept-facts.ts'
import { mentionsAgain, openMentions } from './mentions/index.ts'
import { chooseProgram, type Opened, openProgram } from './program.ts'
import { type Lines, sameCode } from './same-code.ts'

const standingOf = (root: string, question: CodeQuestion, { listed: { sources, others }, notebook }: Opened): Standing | undefined => {
  const surroundings = surroundingsOf(root, others)
  return surroundings === undefined ? undefined : { question, surroundings, notes: () => new Map(sources.map((path) => [path, notebook.note(path)])) }
}

/** What edits did that leave the facts as they are, or move them. */
type Edits = { readonly lines: ReadonlyMap<string, Lines> /** Files on which only mentions stand. */; readonly aside: ReadonlySet<string> }

/** Undefined where the code is another one. */
const editsSince = async ({ changed }: KeptFacts, { trees }: Opened): Promise<Edits | undefined> => {
  if (changed.size > 0) await trees.prepare([])
  const lines = new Map<string, Lines>()
  const aside = new Set<string>()
  for (const [path, { digest, isAside }] of changed) {
    const before = isAside || isTest(path) ? undefined : trees.before(path, digest)
    const moved = before && sameCode(before, trees.tree(path))
    if (!isAside && !moved) return undefined
    if (moved) lines.set(path, moved)
    else aside.add(path)
  }
  return { lines, aside }
}

/** What is not read has a place among the gaps. */
const isGap = ({ gaps }: CodeFacts, paths: ReadonlySet<string>): boolean => gaps.some(({ file }) => paths.has(file))

/** Undefined where the program has to be followed for them. */
const factsAfter = async ({ lines, aside }: Edits, kept: KeptFacts, opened: Opened): Promise<CodeFacts | undefined> => {
  const before = await kept.facts()
  const facts = before && lines.size > 0 ? movedFacts(before, lines) : before
  if (!facts || aside.size === 0) return facts
  if (isGap(facts, aside)) return undefined
  await loadSql()
  const { question, apart } = kept
  const { notebook, project, resolver, trees } = opened
  const note = (path: string) => notebook.note(path)
  const mentions = mentionsAgain(facts, aside, { question, apart, trees, note, text: (path) => project.read(path) ?? '', linked: linkedBy(note, resolver) })
  return mentions && { ...facts, mentions }
}

/** Who asks something else about the same code will ask more: then everything is asked, so that no further question has to be followed. */
const widened = (question: CodeQuestion, before: CodeQuestion): CodeQuestion =>
  isEmpty(question) || isEmpty(before) ? question : { names: [...new Set([...(question.names ?? []), ...(before.names ?? [])])] }

/** What is kept of the same code, as far as it answers, and what there is to ask of the code otherwise. */
const asBefore = async (
  cache: Cache,
  root: string,
  standing: Standing,
  opened: Opened,
): Promise<{ readonly facts: CodeFacts | undefined; readonly question: CodeQuestion }> => {
  const { question } = standing
  const kept = await readFacts(cache, root, standing)
  const edits = kept && (await editsSince(kept, opened))
  if (!edits) return { facts: undefined, question }
  return kept.isAnswer ? { facts: await factsAfter(edits, kept, opened), question } : { facts: undefined, question: widened(question, kept.question) }
}

const followAll = async (opened: Opened, question: CodeQuestion, unheard: NonNullable<CodeRun['unheard']>): Promise<Made> => {
  const { listed, notebook, project, trees, workers } = opened
  const { chosen, follow, narrow, touched } = await chooseProgram(opened)
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
  const { mentions, apart } = await search.end(facts, { following, reaches: (path) => related.has(path), narrow })
  const unread = [...listed.gaps, ...trees.gaps].map(({ file, why, line = 1 }): CodeGap => ({ file, line, why })).sort((a, b) => (a.file < b.file ? -1 : 1))
  const entries = [...facts.entries, ...bootEntries(mainsOf(project), facts.functions)]
  const counts = { files: sources.length, followed: facts.counts.followed, unparsed: unread.length }
  return { facts: { ...facts, entries, mentions, gaps: [...unread, ...facts.gaps], counts }, touched, apart }
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
    const found = before.facts ? { facts: before.facts } : await followAll(opened, before.question, unheard)
    const keeping = [standing && 'touched' in found && keepFacts(cache, root, { ...standing, question: before.question }, found), notebook.keep(), trees.keep()]
    await leave(Promise.all([...keeping, trees[Symbol.asyncDispose]()]).then(() => undefined))
    return found.facts
  } catch (error) {
    await trees[Symbol.asyncDispose]()
    throw error
  }
}
