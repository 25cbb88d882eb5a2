/** The graph that following the program leaves behind: functions by what they are called with, their uses, the calls between them. */
import type { CodeCall, CodeFunction, CodeInsert, CodePlace, CodeUse, Confidence } from '../../../model/code.ts'

const order: Readonly<Record<Confidence, number>> = { certain: 0, high: 1, likely: 2, possible: 3 }

export const surer = (a: Confidence, b: Confidence): Confidence => (order[a] <= order[b] ? a : b)

type Node = CodePlace & {
  readonly name: string
  readonly calls: Map<number, CodeCall>
  readonly uses: Map<string, CodeUse>
  readonly inserts: Map<string, CodeInsert>
}

export class Graph {
  readonly #nodes: Node[] = []

  add(name: string, place: CodePlace): number {
    this.#nodes.push({ name, ...place, calls: new Map(), uses: new Map(), inserts: new Map() })
    return this.#nodes.length - 1
  }

  #node(number: number): Node {
    const node = this.#nodes[number]
    if (!node) throw new RangeError(`There is no function ${number} in the graph.`)
    return node
  }

  call(from: number, to: number, line: number, confidence: Confidence): void {
    const { calls } = this.#node(from)
    const known = calls.get(to)
    calls.set(to, known ? { ...known, confidence: surer(known.confidence, confidence) } : { to, line, confidence })
  }

  /** What a function calls. */
  callsOf(from: number): readonly number[] {
    return [...this.#node(from).calls.keys()]
  }

  use(at: number, use: CodeUse): void {
    const { uses } = this.#node(at)
    const key = [use.table, use.column, use.value, use.access, use.via, use.role, use.file, use.line].join(' ')
    const known = uses.get(key)
    uses.set(key, known ? { ...known, confidence: surer(known.confidence, use.confidence) } : use)
  }

  insert(at: number, insert: CodeInsert): void {
    this.#node(at).inserts.set(`${insert.table} ${insert.file} ${insert.line} ${insert.given.join(' ')}`, insert)
  }

  functions(): readonly CodeFunction[] {
    return this.#nodes.map(({ calls, uses, inserts, ...node }) => ({
      ...node,
      calls: [...calls.values()],
      uses: [...uses.values()],
      inserts: [...inserts.values()],
    }))
  }
}
