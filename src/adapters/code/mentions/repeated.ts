/** Lists that repeat the values of an enum by hand: schemas of validation libraries, unions of types, the cases of a switch. */
import type { CodeMention, Confidence } from '../../../model/code.ts'
import { isTest } from '../is-test.ts'
import type { FileTree, Type } from '../tree.ts'
import { type Node, walkCode } from '../walk.ts'
import { type Asked, type AskedColumn, columnsOf } from './asked.ts'
import type { Finder } from './finder.ts'
import { quoted } from './words.ts'

/** A list of texts somewhere in a file. */
type Listed = { readonly values: readonly string[]; readonly at: number; readonly name?: string }

const textOf = (node: unknown): string | undefined => {
  const { k, v } = (node ?? {}) as Node
  return k === 'lit' && typeof v === 'string' ? v : undefined
}

/** A text, or the call that wraps one: `z.literal('draft')`. */
const memberOf = (node: unknown): string | undefined => {
  const { k, a } = (node ?? {}) as Node
  return textOf(k === 'call' && Array.isArray(a) && a.length === 1 ? a[0] : node)
}

const listOf = (nodes: unknown, at: unknown, read: (node: unknown) => string | undefined): readonly Listed[] => {
  const values = Array.isArray(nodes) ? nodes.flatMap((node) => read(node) ?? []) : []
  return values.length > 1 && typeof at === 'number' ? [{ values, at }] : []
}

/** `['draft', 'sent']`, `z.union([z.literal('draft'), …])`, `v.union('draft', 'sent')`, `switch (status) { case 'draft': … }`. */
const listsOf = (node: Node): readonly Listed[] => {
  if (node.k === 'arr') return listOf(node.e, node.at, memberOf)
  if (node.k === 'call') return listOf(node.a, node.at, memberOf)
  return node.k === 'switch' ? listOf(node.cases, node.at, textOf) : []
}

const unionsOf = (type: Type, at: number): readonly Listed[] => {
  switch (type.k) {
    case 'union':
      return [
        ...listOf(
          type.e.map((one) => (one.k === 'lit' ? one : undefined)),
          at,
          textOfType,
        ),
        ...type.e.flatMap((one) => unionsOf(one, at)),
      ]
    case 'object':
      return type.p.flatMap((property) => unionsOf(property.T, property.at).map((one) => ({ name: property.n, ...one })))
    case 'array':
      return unionsOf(type.e, at)
    default:
      return []
  }
}

const textOfType = (type: unknown): string | undefined => {
  const { v } = (type ?? {}) as Node
  return typeof v === 'string' ? v : undefined
}

const listsIn = (tree: FileTree): readonly Listed[] => {
  const found: Listed[] = []
  walkCode(tree, (node) => {
    const { T, at } = node
    found.push(...listsOf(node))
    if (T && !Array.isArray(T) && typeof at === 'number') found.push(...unionsOf(T as Type, at))
    return undefined
  })
  const declared = tree.types.flatMap(({ T, at, b }) => unionsOf(T, at).map((one): Listed => ({ name: tree.bindings[b]?.name ?? '', ...one })))
  return [...found, ...declared]
}

/** At least two thirds of an enum's values and few others: two of two, two of three. */
const isRepeated = (values: readonly string[], listed: readonly string[]): boolean => {
  const shared = values.filter((value) => listed.includes(value)).length
  const others = listed.filter((value) => !values.includes(value)).length
  return shared >= 2 && shared * 3 >= values.length * 2 && others * 2 <= shared
}

/** Columns that have values, all of them and those that are asked about. */
type Lists = { readonly all: readonly AskedColumn[]; readonly asked: readonly AskedColumn[] }

const isNamedIn = (name: string, { column }: AskedColumn): boolean => name.toLowerCase().includes(column.key.toLowerCase())

/** Several enums may have the same values, or nearly: which columns a list means, by its name and by how well it fits. */
const meantBy = ({ values, name = '' }: Listed, repeated: readonly AskedColumn[]): readonly AskedColumn[] => {
  const named = repeated.filter((one) => isNamedIn(name, one))
  const whole = repeated.filter(({ column: { values: own = [] } }) => own.length === values.length && own.every((value) => values.includes(value)))
  const both = named.filter((one) => whole.includes(one))
  if (both.length > 0) return both
  return named.length > 0 ? [...named, ...whole] : repeated
}

/** A list is judged by all columns: whose it is does not depend on what is asked. */
const mentionsOf = (file: string, category: CodeMention['category'], { all, asked }: Lists, listed: Listed): readonly CodeMention[] => {
  const { values, at, name = '' } = listed
  const isLike = ({ column }: AskedColumn): boolean => isRepeated(column.values ?? [], values)
  if (!asked.some(isLike)) return []
  const meant = meantBy(listed, all.filter(isLike))
  const confidenceOf = (one: AskedColumn): Confidence => (meant.length === 1 || isNamedIn(name, one) ? 'likely' : 'possible')
  const isAsked = ({ table, column }: AskedColumn): boolean => asked.some((one) => one.table === table && one.column.name === column.name)
  return meant.filter(isAsked).flatMap((one) => {
    const { table, column } = one
    return values
      .filter((value) => column.values?.includes(value))
      .map((value): CodeMention => ({ file, line: at, category, table, column: column.name, value, confidence: confidenceOf(one) }))
  })
}

const hasValues = ({ column: { values = [] } }: AskedColumn): boolean => values.length > 1

/** Where a table or an enum is declared its values stand for themselves. */
export const findRepeated = ({ columns, tables, enums }: Asked): Finder<CodeMention> => {
  const asked = columns.filter(hasValues)
  const lists: Lists = { asked, all: columnsOf(tables).filter(hasValues) }
  const values = quoted(asked.flatMap(({ column }) => column.values ?? []))
  const declaring = new Set([...tables, ...enums].map(({ file }) => file))
  const hasSome = (found: readonly string[]): boolean => asked.some(({ column }) => found.filter((value) => column.values?.includes(value)).length > 1)
  return {
    mayBeIn: (path, { vocabulary }) => !isTest(path) && !declaring.has(path) && values.mayBeIn(vocabulary),
    in: ({ path, browser }, text) =>
      hasSome(values.in(text)) ? (tree) => listsIn(tree).flatMap((listed) => mentionsOf(path, browser ? 'ui' : 'schema', lists, listed)) : undefined,
  }
}
