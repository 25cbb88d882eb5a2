/** String literals of a file that matter to a database without being followed: SQL in plain text, and names of constraints and indexes. */
import { looksLikeSql } from './sql-text/looks-like.ts'
import type { KnownTable, SqlPart } from './sql-text/nouns.ts'
import type { FileTree } from './tree.ts'
import { isNode, type Node, walkCode } from './walk.ts'

/** `at` is the line. */
export type SqlString = { readonly parts: readonly SqlPart[]; readonly at: number }
export type NamedString = { readonly name: string /** The whole literal. */; readonly text: string; readonly at: number }

const templateParts = (texts: readonly string[]): readonly SqlPart[] =>
  texts.flatMap((text, at): readonly SqlPart[] => (at === 0 ? [text] : [{ unknown: true }, text]))

/** A literal, a template without a tag, or a sum of them; a part that is no text is a piece of unknown SQL. Undefined where no text is in it. */
const partsOf = (node: unknown): readonly SqlPart[] | undefined => {
  if (!isNode(node)) return undefined
  if (node.k === 'lit') return typeof node.v === 'string' ? [node.v] : undefined
  if (node.k === 'tpl') return templateParts(node.q as readonly string[])
  if (node.k !== 'binary' || node.op !== '+') return undefined
  const [left, right] = [partsOf(node.l), partsOf(node.r)]
  return left || right ? [...(left ?? [{ unknown: true }]), ...(right ?? [{ unknown: true }])] : undefined
}

const textOf = (parts: readonly SqlPart[]): string => parts.map((part) => (typeof part === 'string' ? part : ' ')).join('')

/** The strings that are SQL statements over one of the tables. Tagged templates are none: their tag says what they are. */
export const sqlStrings = (tree: FileTree, tables: readonly KnownTable[]): readonly SqlString[] => {
  const found: SqlString[] = []
  walkCode(tree, (node) => {
    const parts = typeof node.at === 'number' ? partsOf(node) : undefined
    if (!parts || !looksLikeSql(textOf(parts), tables)) return undefined
    found.push({ parts, at: Number(node.at) })
    return false
  })
  return found
}

const wordPattern = /[\w$]+/g

const wholeWord = (name: string): RegExp => new RegExp(String.raw`(?<![\w$])${name.replaceAll(/[^\w\s]/g, String.raw`\$&`)}(?![\w$])`)

/** Finds names as whole words; those that are no words are looked for one by one. */
const finder = (names: readonly string[]): ((text: string) => readonly string[]) => {
  const words = new Set(names.filter((name) => /^[\w$]+$/.test(name)))
  const others = names.filter((name) => !words.has(name)).map((name) => [name, wholeWord(name)] as const)
  return (text) => {
    const found = [...text.matchAll(wordPattern)].map(([word]) => word).filter((word) => words.has(word))
    return [...new Set([...found, ...others.flatMap(([name, pattern]) => (pattern.test(text) ? [name] : []))])]
  }
}

/** The texts that a node holds: a literal's, a template's, and the name of a property (`{ users_email_unique: 'Taken' }`). */
const textsOf = (node: Node): readonly string[] => {
  if (node.k === 'lit' && typeof node.v === 'string') return [node.v]
  if (node.k === 'tpl' || node.k === 'tag') return node.q as readonly string[]
  if (node.k === 'key') return [String(node.n)]
  return node.k === 'get' ? [String(node.p)] : []
}

/** Where the names (of constraints, of indexes) stand as whole words in the code's strings. */
export const namedStrings = (tree: FileTree, names: readonly string[]): readonly NamedString[] => {
  if (names.length === 0) return []
  const find = finder(names)
  const found: NamedString[] = []
  walkCode(tree, (node) => {
    if (typeof node.at !== 'number') return undefined
    for (const text of textsOf(node)) for (const name of find(text)) found.push({ name, text, at: node.at })
    return undefined
  })
  return found
}
