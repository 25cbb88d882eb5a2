/** The graph that following the program leaves behind: functions by what they are called with, their uses, the calls between them. */
import type { CodeCall, CodeFunction, CodeInsert, CodePlace, CodeUse, Confidence } from '../../../model/code.ts'

const order: Readonly<Record<Confidence, number>> = { certain: 0, high: 1, likely: 2, possible: 3 }

type Node = CodePlace & {
  readonly name: string
  calls?: Map<number, CodeCall>
  uses?: Map<string, CodeUse>
  inserts?: Map<string, CodeInsert>
}

/** Most uses are of a column and of none of its values: objects of one make, each of which is put together at once. */
const placed = (use: Omit<CodeUse, 'file' | 'line'>, file: string, line: number): CodeUse => {
  const { table, column, value, access, role, via, confidence } = use
  if (column === undefined || value !== undefined) return { ...use, file, line }
  return { table, column, access, role, via, confidence, file, line }
}

export class Graph {
  readonly #nodes: Node[] = []

  add(name: string, place: CodePlace): number {
    this.#nodes.push({ name, file: place.file, line: place.line })
    return this.#nodes.length - 1
  }

  #node(number: number): Node {
    const node = this.#nodes[number]
    if (!node) throw new RangeError(`There is no function ${number} in the graph.`)
    return node
  }

  call(from: number, to: number, line: number, confidence: Confidence): void {
    const node = this.#node(from)
    node.calls ??= new Map()
    const known = node.calls.get(to)
    if (!known || order[confidence] < order[known.confidence]) node.calls.set(to, { to, line: known?.line ?? line, confidence })
  }

  /** What a function calls. */
  callsOf(from: number): readonly number[] {
    return [...(this.#node(from).calls?.keys() ?? [])]
  }

  /** A function has hundreds of uses, and their names are short: most are in the function's own file. */
  use(at: number, use: Omit<CodeUse, 'file' | 'line'>, { file, line }: CodePlace): void {
    const node = this.#node(at)
    node.uses ??= new Map()
    const { table, column, value, access, via, role } = use
    const key = `${line} ${table} ${column} ${access} ${via} ${role}${value === undefined ? '' : ` ${value}`}${file === node.file ? '' : ` in ${file}`}`
    const known = node.uses.get(key)
    if (!known) node.uses.set(key, placed(use, file, line))
    else if (order[use.confidence] < order[known.confidence]) node.uses.set(key, { ...known, confidence: use.confidence })
  }

  insert(at: number, insert: CodeInsert): void {
    const node = this.#node(at)
    node.inserts ??= new Map()
    node.inserts.set(`${insert.table} ${insert.file} ${insert.line} ${insert.given.join(' ')}`, insert)
  }

  get count(): number {
    return this.#nodes.length
  }

  usesOf(at: number): Iterable<CodeUse> {
    return this.#node(at).uses?.values() ?? []
  }

  functions(): readonly CodeFunction[] {
    return this.#nodes.map(({ name, file, line, calls, uses, inserts }) => ({
      name,
      file,
      line,
      calls: calls ? [...calls.values()] : [],
      uses: uses ? [...uses.values()] : [],
      inserts: inserts ? [...inserts.values()] : [],
    }))
  }
}
