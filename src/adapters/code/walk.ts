/** Goes through a tree without following what it does. */
import type { FileTree } from './tree.ts'

export type Node = { readonly [key: string]: unknown }

export const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null

/** Calls `visit` with every node of a tree; a visit that answers `false` keeps out of it. */
const walk = (value: unknown, visit: (node: Node) => boolean | undefined): void => {
  if (Array.isArray(value)) {
    for (const item of value) walk(item, visit)
    return
  }
  if (!isNode(value) || visit(value) === false) return
  for (const key in value) if (isNode(value[key])) walk(value[key], visit)
}

/** Every expression, statement and target of a file. */
export const walkCode = ({ functions, classes, exports }: FileTree, visit: (node: Node) => boolean | undefined): void =>
  walk([functions, classes, exports], visit)
