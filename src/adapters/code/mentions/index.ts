/** Files that name what is asked about beside the ways from entries: components, tests, schemas of validation, texts. */
import { isDeepStrictEqual } from 'node:util'
import type { CodeFacts, CodeMention, CodePlace, CodeQuestion } from '../../../model/code.ts'
import type { Following } from '../machine/index.ts'
import type { Looked } from '../messages.ts'
import type { FileTree } from '../tree.ts'
import type { Trees } from '../trees.ts'
import type { Lookout, Workers } from '../workers.ts'
import { type Asked, askedOf, type Declared } from './asked.ts'
import { candidatesOf } from './candidates.ts'
import type { Candidate } from './finder.ts'
import { type Finders, type Findings, findersOf, worthOf } from './look.ts'
import type { Sources } from './sources.ts'
import { sqlMentions } from './statements.ts'
import { type Components, findComponents, namesKeys, uiMentions } from './ui.ts'

/** What the search in single files stands on. */
export type Edited = Pick<Sources, 'text' | 'note' | 'linked'> & {
  readonly trees: Pick<Trees, 'tree'>
  /** What was asked when the facts were made. */
  readonly question: CodeQuestion
  /** What it was that `apart` told then. */
  readonly apart: ReadonlySet<string>
}

/** What a search stands on. */
export type Ground = Sources & {
  readonly question: CodeQuestion
  readonly trees: Trees
  readonly workers: Pick<Workers, 'look'>
}

/** What the search for components needs of the program. */
export type Program = {
  readonly following: Following
  /** Whether a file reaches the database by its imports. */
  reaches(path: string): boolean
  /** From now on only these files are followed. */
  narrow(paths: ReadonlySet<string>): void
}

export type Mentions = {
  /** Threads look through the files from now on, as far as the following leaves them time. */
  begin(declared: Declared): void
  /** What they have not begun with is done here; all of it, where what is declared is not what they were told. */
  end(facts: CodeFacts, program: Program): Promise<Pick<Components, 'apart'> & { readonly mentions: readonly CodeMention[] }>
}

type Search = { readonly asked: Asked; readonly finders: Finders; readonly candidates: readonly Candidate[]; readonly lookout: Lookout }

/** A file with what a thread found in it, or with what its tree is to be asked. */
type Worth = { readonly path: string } & ({ readonly looked: Looked } | { readonly ask: (tree: FileTree) => Findings })

const keyOf = ({ file, line, category, table, column, value, text }: CodeMention): string => [file, line, category, table, column, value, text].join('\n')

export const byPlace = (a: CodePlace, b: CodePlace): number => (a.file === b.file ? a.line - b.line : a.file < b.file ? -1 : 1)

/** Each once, by file and line. */
const sorted = (mentions: readonly CodeMention[]): readonly CodeMention[] =>
  [...new Map(mentions.map((mention) => [keyOf(mention), mention])).values()].sort(byPlace)

const begun = (asked: Asked, ground: Ground): Search => {
  const { trees, workers } = ground
  const finders = findersOf(asked)
  const candidates = candidatesOf(asked, finders, ground, (path) => trees.has(path))
  return { asked, finders, candidates, lookout: workers.look(asked, candidates) }
}

const worthIn = ({ finders, candidates, lookout }: Search, { text }: Ground): readonly Worth[] =>
  candidates.flatMap((candidate, at): Worth | readonly [] => {
    const { path } = candidate
    const looked = lookout(at)
    if (looked) return looked === 'nothing' ? [] : { path, looked }
    const ask = worthOf(finders, candidate, text(path))
    return ask ? { path, ask } : []
  })

const findingsOf = (one: Worth, trees: Trees): Findings => {
  if ('ask' in one) return one.ask(trees.tree(one.path))
  trees.takeIn(one.path, one.looked)
  return one.looked.findings
}

/** Begins and ends once. */
export const openMentions = (ground: Ground): Mentions => {
  const { question, trees } = ground
  let current: Search | undefined
  const begin = (declared: Declared): Search => {
    const asked = askedOf(declared, question)
    if (!current || !isDeepStrictEqual(asked, current.asked)) current = begun(asked, ground)
    return current
  }
  return {
    begin,
    async end(facts, { following, reaches, narrow }) {
      const search = begin(facts)
      const worth = worthIn(search, ground)
      const components = findComponents(search.asked, ground, reaches)
      await trees.prepare([...new Set([...worth.flatMap((one) => ('ask' in one ? one.path : [])), ...components.files, ...components.around])])
      const found = worth.map((one) => ({ file: one.path, ...findingsOf(one, trees) }))
      narrow(components.around)
      const mentions = [...found.flatMap((one) => one.mentions), ...sqlMentions(found, search.asked, facts), ...uiMentions(components, following, ground)]
      return { mentions: sorted(mentions), apart: components.apart }
    },
  }
}

/** The mentions of the facts, with those of files anew that were edited and are not followed. Undefined where one of them may be a component now, or does not parse. */
export const mentionsAgain = (facts: CodeFacts, paths: ReadonlySet<string>, ground: Edited): readonly CodeMention[] | undefined => {
  const { question, apart, trees, text } = ground
  const asked = askedOf(facts, question)
  const hasKeys = namesKeys(asked, ground)
  const sources = [...paths]
  if (sources.some((path) => hasKeys(path) && !apart.has(path))) return undefined
  const finders = findersOf(asked)
  const found = candidatesOf(asked, finders, { ...ground, sources }, () => true).flatMap((candidate) => {
    const ask = worthOf(finders, candidate, text(candidate.path))
    return ask ? { file: candidate.path, tree: trees.tree(candidate.path), ask } : []
  })
  // What is not read has a place among the gaps.
  if (found.some(({ tree }) => tree.broken)) return undefined
  const findings = found.map(({ file, tree, ask }) => ({ file, ...ask(tree) }))
  return sorted([...facts.mentions.filter(({ file }) => !paths.has(file)), ...findings.flatMap((one) => one.mentions), ...sqlMentions(findings, asked, facts)])
}
