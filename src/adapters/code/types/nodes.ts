/** Nodes of a parsed file, by what they hold. */
import type { Node } from 'oxc-parser'

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && 'type' in value && 'start' in value && 'end' in value

export const childrenOf = (node: Node): readonly Node[] => Object.values(node).flat().filter(isNode)

/** The node and all below it, in the order of the text. */
export const nodesIn = (node: Node): readonly Node[] => [node, ...childrenOf(node).flatMap(nodesIn)]

/** The nodes around a position, from the outside to the inside. */
export const nodesAround = (node: Node, at: number): readonly Node[] => {
  const inner = childrenOf(node).find(({ start, end }) => start <= at && at < end)
  return inner ? [node, ...nodesAround(inner, at)] : [node]
}

/** Lines count from 1. */
export const lineAt = (text: string, at: number): number => {
  let line = 1
  for (let next = text.indexOf('\n'); next >= 0 && next < at; next = text.indexOf('\n', next + 1)) line++
  return line
}
