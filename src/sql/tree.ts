/** Walking and changing PostgreSQL's syntax trees. */
import type { Json, Tree } from '../model/json.ts'

export const isTree = (value: Json | undefined): value is Tree => typeof value === 'object' && value !== null && !Array.isArray(value)

/** Calls `visit` with each node below (and at) `value`, parents first. A visit that answers `false` keeps out of that node. */
export const walk = (value: Json | undefined, visit: (node: Tree) => boolean | undefined): void => {
  if (Array.isArray(value)) {
    for (const item of value) walk(item, visit)
    return
  }
  if (!isTree(value)) return
  if (visit(value) === false) return
  for (const key in value) {
    const below = value[key]
    if (typeof below === 'object') walk(below, visit)
  }
}

/** A tree with some nodes replaced; shares every part that did not change. `change` answers the new node, or the same one to go on below it. */
export const mapTree = <T extends Json>(value: T, change: (node: Tree) => Tree): T => {
  if (Array.isArray(value)) {
    let next: Json[] | undefined
    value.forEach((item: Json, at) => {
      const mapped = mapTree(item, change)
      if (mapped !== item) (next ??= [...value])[at] = mapped
    })
    return (next ?? value) as T
  }
  if (!isTree(value)) return value
  const changed = change(value)
  if (changed !== value) return changed as T
  let next: Record<string, Json> | undefined
  for (const key in value) {
    const item = value[key] as Json
    if (typeof item !== 'object' || item === null) continue
    const mapped = mapTree(item, change)
    if (mapped !== item) (next ??= { ...value })[key] = mapped
  }
  return (next ?? value) as T
}

/** The tree under one key, or undefined. */
export const child = (tree: Tree | undefined, key: string): Tree | undefined => {
  const value = tree?.[key]
  return isTree(value) ? value : undefined
}

/** The list under one key; a missing list is empty, as in protobuf. */
export const list = (tree: Tree | undefined, key: string): readonly Tree[] => {
  const value = tree?.[key]
  return Array.isArray(value) ? (value as readonly Tree[]) : []
}

/** The text under one key; a missing text is undefined. */
export const text = (tree: Tree | undefined, key: string): string | undefined => {
  const value = tree?.[key]
  return typeof value === 'string' ? value : undefined
}

/** A boolean under one key; protobuf leaves `false` out. */
export const flag = (tree: Tree | undefined, key: string): boolean => tree?.[key] === true

/** `{ String: { sval } }` → its text; an absent `sval` is the empty string. */
export const stringValue = (node: Json | undefined): string | undefined => {
  if (!isTree(node)) return undefined
  const string = child(node, 'String')
  return string ? (text(string, 'sval') ?? '') : undefined
}

/** A list of `String` nodes → texts. */
export const strings = (nodes: readonly Tree[]): readonly string[] => nodes.map((node) => stringValue(node) ?? '').filter((value) => value !== '')

/** An option with a text, as a list of options has it. */
export const optionNode = (defname: string, value: string): Tree => ({ DefElem: { defname, arg: stringNode(value), defaction: 'DEFELEM_UNSPEC' } })

/** The option of that name in a list of DefElem nodes (`WITH (…)`, a function's or a sequence's options): the content of its DefElem, or undefined. */
export const optionNamed = (elements: readonly Tree[], name: string): Tree | undefined => {
  for (const element of elements) {
    const option = child(element, 'DefElem')
    if (text(option, 'defname') === name) return option
  }
  return undefined
}

/** `{ String: { sval: … } }` */
export const stringNode = (value: string): Tree => ({ String: { sval: value } })

/** The node name and content of a wrapped node: `{ A_Const: {…} }` → `['A_Const', {…}]`. */
export const unwrap = (node: Tree): readonly [string, Tree] => {
  for (const key in node) {
    const value = node[key]
    if (isTree(value)) return [key, value]
    return [key, {}]
  }
  return ['', {}]
}
