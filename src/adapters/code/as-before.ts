/** Facts that were kept, for code that is the same code still, or was edited where it does not matter to them. */
import type { CodeFacts, CodeQuestion } from '../../model/code.ts'
import type { Cache } from '../../model/world.ts'
import { loadSql } from '../../sql/parser.ts'
import { linkedBy } from './import-graph.ts'
import { isTest } from './is-test.ts'
import { type KeptFacts, movedFacts, readFacts, type Standing, surroundingsOf } from './kept-facts.ts'
import { mentionsAgain } from './mentions/index.ts'
import type { Opened } from './program.ts'
import { type Lines, sameCode } from './same-code.ts'

/** Undefined where what surrounds the code was changed a moment ago. */
export const standingOf = (root: string, question: CodeQuestion, { listed: { sources, others }, notebook }: Opened): Standing | undefined => {
  const surroundings = surroundingsOf(root, others)
  return surroundings === undefined ? undefined : { question, surroundings, notes: () => new Map(sources.map((path) => [path, notebook.note(path)])) }
}

/** What edits did that leave the facts as they are, or move them. */
type Edits = {
  readonly lines: ReadonlyMap<string, Lines>
  /** Files on which only mentions stand. */
  readonly aside: ReadonlySet<string>
}

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
const factsAfter = async ({ lines, aside }: Edits, kept: KeptFacts, question: CodeQuestion, opened: Opened): Promise<CodeFacts | undefined> => {
  const before = await kept.facts()
  const facts = before && lines.size > 0 ? movedFacts(before, lines) : before
  if (!facts || aside.size === 0) return facts
  if (isGap(facts, aside)) return undefined
  await loadSql()
  const { apart } = kept
  const { notebook, project, resolver, trees } = opened
  const note = (path: string) => notebook.note(path)
  const mentions = mentionsAgain(facts, aside, { question, apart, trees, note, text: (path) => project.read(path) ?? '', linked: linkedBy(note, resolver) })
  return mentions && { ...facts, mentions }
}

/** The facts of the same question, if the code is the same code still; undefined where it has to be followed. */
export const factsAsBefore = async (cache: Cache, root: string, standing: Standing, opened: Opened): Promise<CodeFacts | undefined> => {
  const kept = await readFacts(cache, root, standing)
  const edits = kept && (await editsSince(kept, opened))
  return edits && factsAfter(edits, kept, standing.question, opened)
}
