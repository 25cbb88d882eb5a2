/** Tests and fixtures: files that import a table, name it, and have its column's key among their properties. */
import type { CodeMention } from '../../../model/code.ts'
import { isTest } from '../is-test.ts'
import type { FileTree } from '../tree.ts'
import { type Node, walkCode } from '../walk.ts'
import type { Asked, AskedColumn } from './asked.ts'
import type { Finder } from './finder.ts'
import { wholeWords } from './words.ts'

const fixture = /(?:^|[/._-])(?:fixtures?|seed(?:s|ers?)?|factor(?:y|ies)|mocks?)(?:[/._-]|$)/i

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

const mentionsIn = (tree: FileTree, file: string, columns: readonly AskedColumn[]): readonly CodeMention[] => {
  const found: CodeMention[] = []
  const category = fixture.test(file) ? 'fixture' : 'test'
  walkCode(tree, (node) => {
    found.push(...mentionsOf(node, file, category, columns))
    return undefined
  })
  return found
}

export const findTests = ({ columns }: Asked): Finder<CodeMention> => {
  const keys = wholeWords(columns.map(({ column }) => column.key))
  const symbols = new Map(columns.map(({ of }) => [of.symbol, wholeWords([of.symbol])]))
  const any = wholeWords([...symbols.keys()])
  const namedIn = (text: string, linked: readonly number[]): readonly AskedColumn[] => {
    const known = columns.filter(({ table }) => linked.includes(table))
    const named = new Set(known.map(({ of }) => of.symbol).filter((symbol) => symbols.get(symbol)?.areIn(text)))
    return known.filter(({ of }) => named.has(of.symbol))
  }
  return {
    mayBeIn: (path, { vocabulary }) => isTest(path) && keys.mayBeIn(vocabulary) && any.mayBeIn(vocabulary),
    in: ({ path, linked }, text) => {
      const named = keys.areIn(text) ? namedIn(text, linked) : []
      return named.length === 0 ? undefined : (tree) => mentionsIn(tree, path, named)
    },
  }
}
