/** The ways as one graph, for a picture: table → query → function → entry. */
import type { CodeFacts, Confidence } from '../../model/code.ts'
import { display } from '../../model/name.ts'
import type { Reach } from './reach.ts'
import { isSurer } from './search.ts'
import { relationOf } from './wanted.ts'

export type GraphNode = {
  readonly id: string
  readonly kind: 'table' | 'query' | 'function' | 'entry'
  readonly name: string
  readonly file: string
  readonly line: number
}
export type GraphEdge = { readonly from: string; readonly to: string; readonly confidence: Confidence }
export type Graph = { readonly nodes: readonly GraphNode[]; readonly edges: readonly GraphEdge[] }

const tableNode = ({ tables }: CodeFacts, at: number): GraphNode => {
  const table = tables[at] ?? { schema: '', name: '', file: '', line: 0 }
  const name = display(relationOf(table)).replaceAll('"', '')
  return { id: `table ${name}`, kind: 'table', name, file: table.file, line: table.line }
}

/** The nodes of a way, from the table to the entry. */
const nodesOf = (facts: CodeFacts, { entry, path, use }: Reach): readonly GraphNode[] => {
  const [, ...frames] = path
  return [
    tableNode(facts, use.table),
    ...frames.toReversed().map((frame, at): GraphNode => {
      const kind = at === 0 ? 'query' : 'function'
      return { id: `${kind} ${frame.file}:${frame.line} ${frame.what}`, kind, name: frame.what, file: frame.file, line: frame.line }
    }),
    { id: `entry ${entry.name} ${entry.file}:${entry.line}`, kind: 'entry', name: entry.name, file: entry.file, line: entry.line },
  ]
}

/** Each node and edge once; of an edge on several ways what is surest. */
export const graphOf = (facts: CodeFacts, reaches: readonly Reach[]): Graph => {
  const nodes = new Map<string, GraphNode>()
  const edges = new Map<string, GraphEdge>()
  for (const reach of reaches) {
    const way = nodesOf(facts, reach)
    const sure = reach.path.toReversed().map(({ confidence }) => confidence)
    way.forEach((node, at) => {
      nodes.set(node.id, node)
      const to = way[at + 1]
      if (!to) return
      const edge: GraphEdge = { from: node.id, to: to.id, confidence: sure[at] ?? 'certain' }
      const key = `${edge.from}\n${edge.to}`
      const known = edges.get(key)
      if (!known || isSurer(edge.confidence, known.confidence)) edges.set(key, edge)
    })
  }
  return { nodes: [...nodes.values()], edges: [...edges.values()] }
}
