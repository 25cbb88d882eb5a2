/** Tests and fixtures: files that import a table, name it, and have its column's key among their properties. */
import type { CodeMention } from '../../../model/code.ts'
import { type Node, walkCode } from '../walk.ts'
import type { AskedColumn } from './asked.ts'
import type { Finder, Looking } from './looking.ts'
import { havingWord } from './words.ts'

const fixture = /(?:^|[/._-])(?:fixtures?|seed(?:s|ers?)?|factor(?:y|ies)|mocks?)(?:[/._-]|$)/i

/** Tables come through a barrel or a helper of the tests at times. */
const mostSteps = 3

const linkedWithin = (path: string, linked: Looking['linked']): ReadonlySet<string> => {
  const found = new Set([path])
  let last: readonly string[] = [path]
  for (let step = 0; step < mostSteps; step++) {
    last = last.flatMap((from) => linked(from)).filter((file) => !found.has(file))
    for (const file of last) found.add(file)
  }
  return found
}

/** What a node names, if it names a property: `user.email`, `{ email: … }`, `const { email } = user`. */
const propertyOf = (node: Node): unknown => (node.k === 'get' ? node.p : node.k === undefined || node.k === 'key' ? node.n : undefined)

const literalOf = ({ k, e }: Node): unknown => (k === 'key' ? (e as Node).v : undefined)

const mentionsOf = (node: Node, file: string, category: CodeMention['category'], columns: readonly AskedColumn[]): readonly CodeMention[] => {
  const property = propertyOf(node)
  if (typeof property !== 'string' || typeof node.at !== 'number') return []
  const line = node.at
  return columns
    .filter(({ column }) => column.key === property)
    .flatMap(({ table, column }) => {
      const mention: CodeMention = { file, line, category, table, column: column.name, confidence: 'likely' }
      const value = literalOf(node)
      return typeof value === 'string' && column.values?.includes(value) ? [mention, { ...mention, value }] : [mention]
    })
}

export const findTests = (looking: Looking): Finder => {
  const { columns, sources, tree, linked, isTest } = looking
  const has = havingWord(
    columns.map(({ column }) => column.key),
    looking,
  )
  const symbols = new Map(columns.map(({ of }) => [of.symbol, havingWord([of.symbol], looking)]))
  const named = (path: string): readonly AskedColumn[] => {
    const found = columns.filter(({ of }) => symbols.get(of.symbol)?.(path))
    if (found.length === 0) return []
    const files = linkedWithin(path, linked)
    return found.filter(({ of }) => files.has(of.file))
  }
  const files = new Map(
    sources
      .filter((path) => isTest(path) && has(path))
      .map((path) => [path, named(path)] as const)
      .filter(([, found]) => found.length > 0),
  )
  return {
    files: [...files.keys()],
    in: (file) => {
      const found: CodeMention[] = []
      const category = fixture.test(file) ? 'fixture' : 'test'
      walkCode(tree(file), (node) => {
        found.push(...mentionsOf(node, file, category, files.get(file) ?? []))
        return undefined
      })
      return found
    },
  }
}
