/** Facts that were kept, for code that is the same code still, or was edited where it does not matter to them. */
import type { CodeFacts, CodeQuestion } from '../../model/code.ts'
import type { Cache } from '../../model/world.ts'
import { loadSql } from '../../sql/parser.ts'
import type { Lines } from './edits/lines.ts'
import { noticedOf } from './edits/noticed.ts'
import { sameCode } from './edits/same-code.ts'
import { sameFlow } from './edits/same-flow.ts'
import { linkedBy } from './import-graph.ts'
import { isTest } from './is-test.ts'
import { type Before, type KeptFacts, movedFacts, readFacts, type Standing, surroundingsOf } from './kept-facts.ts'
import { mentionsAgain } from './mentions/index.ts'
import type { Opened } from './program.ts'
import type { Trees } from './trees.ts'

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
  /** Files in which quiet code was edited: what they mention may be other things. */
  readonly quiet: ReadonlySet<string>
}

/** Where the lines are of a file that was followed, and whether it is the same code; undefined where it has to be followed again. */
const followedLines = async (
  path: string,
  { digest, isAlike }: Before,
  kept: KeptFacts,
  trees: Trees,
): Promise<{ readonly lines: Lines; readonly isQuiet: boolean } | undefined> => {
  const before = isTest(path) ? undefined : trees.before(path, digest)
  if (!before) return undefined
  const after = trees.tree(path)
  const moved = sameCode(before, after)
  if (moved) return { lines: moved, isQuiet: false }
  const noticed = isAlike ? await kept.noticed() : undefined
  const file = noticed && noticedOf(noticed, path)
  const lines = file && sameFlow(before, after, file)
  return lines && { lines, isQuiet: true }
}

/** Undefined where the code is another one. */
const editsSince = async (kept: KeptFacts, { trees }: Opened): Promise<Edits | undefined> => {
  if (kept.changed.size > 0) await trees.prepare([])
  const lines = new Map<string, Lines>()
  const [aside, quiet] = [new Set<string>(), new Set<string>()]
  for (const [path, before] of kept.changed) {
    if (before.isAside && before.isAlike) {
      aside.add(path)
      continue
    }
    const found = await followedLines(path, before, kept, trees)
    if (!found) return undefined
    lines.set(path, found.lines)
    if (found.isQuiet) quiet.add(path)
  }
  return { lines, aside, quiet }
}

/** What is not read has a place among the gaps. */
const isGap = ({ gaps }: CodeFacts, paths: ReadonlySet<string>): boolean => gaps.some(({ file }) => paths.has(file))

/** Undefined where the program has to be followed for them. */
const factsAfter = async ({ lines, aside, quiet }: Edits, kept: KeptFacts, question: CodeQuestion, opened: Opened): Promise<CodeFacts | undefined> => {
  const before = await kept.facts()
  const again = new Set([...aside, ...quiet])
  const facts = before && movedFacts({ ...before, mentions: before.mentions.filter(({ file }) => !again.has(file)) }, lines)
  if (!facts || again.size === 0) return facts
  if (isGap(facts, aside)) return undefined
  await loadSql()
  const { apart } = kept
  const { notebook, project, resolver, trees } = opened
  const note = (path: string) => notebook.note(path)
  const mentions = mentionsAgain(facts, again, { question, apart, trees, note, text: (path) => project.read(path) ?? '', linked: linkedBy(note, resolver) })
  return mentions && { ...facts, mentions }
}

/** The facts of the same question, if the code is the same code still; undefined where it has to be followed. */
export const factsAsBefore = async (cache: Cache, root: string, standing: Standing, opened: Opened): Promise<CodeFacts | undefined> => {
  const kept = await readFacts(cache, root, standing)
  const edits = kept && (await editsSince(kept, opened))
  return edits && factsAfter(edits, kept, standing.question, opened)
}
