/** The way from entries to places of the code: a search against the calls, over tables of numbers that are made once. */
import type { CodeFacts, Confidence } from '../../model/code.ts'

export const confidences = ['certain', 'high', 'likely', 'possible'] as const satisfies readonly Confidence[]

/** The lower, the surer. */
const rankOf: Readonly<Record<Confidence, number>> = { certain: 0, high: 1, likely: 2, possible: 3 }

export const weaker = (a: Confidence, b: Confidence): Confidence => (rankOf[a] >= rankOf[b] ? a : b)
export const isSurer = (a: Confidence, b: Confidence): boolean => rankOf[a] < rankOf[b]

/** The calls of a program the other way round: of function `f`, the calls `start[f]` to `start[f + 1]` lead to it. */
type Callers = { readonly start: Int32Array; readonly from: Int32Array; readonly line: Int32Array; readonly rank: Uint8Array }

/** What an entry runs, by the function that is run. */
type Run = { readonly entry: number; readonly what: string; readonly confidence: Confidence; readonly rank: number }

export type CodeIndex = {
  readonly facts: CodeFacts
  readonly callers: Callers
  readonly runs: ReadonlyMap<number, readonly Run[]>
  /** Functions with uses or inserts, by the table's position. */
  readonly users: ReadonlyMap<number, readonly number[]>
  /** Whether some entry runs the function, directly or by calls. */
  isReached(at: number): boolean
}

const callersOf = ({ functions }: CodeFacts): Callers => {
  const start = new Int32Array(functions.length + 1)
  for (const { calls } of functions) for (const { to } of calls) start[to + 1] = (start[to + 1] ?? 0) + 1
  for (let at = 0; at < functions.length; at++) start[at + 1] = (start[at + 1] ?? 0) + (start[at] ?? 0)
  const total = start[functions.length] ?? 0
  const callers = { start, from: new Int32Array(total), line: new Int32Array(total), rank: new Uint8Array(total) }
  const next = start.slice()
  functions.forEach(({ calls }, from) => {
    for (const { to, line, confidence } of calls) {
      const at = next[to] ?? 0
      next[to] = at + 1
      callers.from[at] = from
      callers.line[at] = line
      callers.rank[at] = rankOf[confidence]
    }
  })
  return callers
}

const grouped = <T>(pairs: Iterable<readonly [number, T]>): ReadonlyMap<number, readonly T[]> => {
  const found = new Map<number, T[]>()
  for (const [key, value] of pairs) {
    const known = found.get(key)
    if (known) known.push(value)
    else found.set(key, [value])
  }
  return found
}

const runsOf = ({ entries }: CodeFacts): ReadonlyMap<number, readonly Run[]> =>
  grouped(entries.flatMap(({ runs }, entry) => runs.map(({ to, what, confidence }) => [to, { entry, what, confidence, rank: rankOf[confidence] }] as const)))

const usersOf = ({ functions }: CodeFacts): ReadonlyMap<number, readonly number[]> => {
  const pairs: (readonly [number, number])[] = []
  functions.forEach(({ uses, inserts }, at) => {
    // Most functions use no table.
    if (uses.length + inserts.length === 0) return
    for (const table of new Set([...uses, ...inserts].map((one) => one.table))) pairs.push([table, at])
  })
  return grouped(pairs)
}

const reachedFrom = ({ entries, functions }: CodeFacts): CodeIndex['isReached'] => {
  const reached = new Uint8Array(functions.length)
  const waiting = entries.flatMap(({ runs }) => runs.map(({ to }) => to))
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    if (reached[at] === 1) continue
    reached[at] = 1
    for (const { to } of functions[at]?.calls ?? []) waiting.push(to)
  }
  return (at) => reached[at] === 1
}

/** Makes the tables; once for all questions about the same code. */
export const indexOf = (facts: CodeFacts): CodeIndex => ({
  facts,
  callers: callersOf(facts),
  runs: runsOf(facts),
  users: usersOf(facts),
  isReached: reachedFrom(facts),
})

/** A place that is looked for, by the function that it stands in. */
export type Source = { readonly at: number; readonly confidence: Confidence }

/** The call from one function into the next of a way. */
export type Step = { readonly from: number; readonly to: number; readonly line: number; readonly confidence: Confidence }

/** The best way from an entry: its weakest part is as sure as can be, and among those it is the shortest. */
export type Way<S extends Source> = {
  readonly entry: number
  readonly run: { readonly to: number; readonly what: string; readonly confidence: Confidence }
  readonly steps: readonly Step[]
  readonly source: S
  readonly confidence: Confidence
}

/**
 * Rounds over the calls, from the sources to whoever calls them: each with only such calls as are at least that sure, the nearest functions first. One set of tables serves all rounds: what is
 * noted of a function counts when it carries the round's number.
 */
class Rounds<S extends Source> {
  readonly #index: CodeIndex
  readonly #sources: readonly S[]
  readonly #seen: Int32Array
  /** The position of the call that leads on, and where it leads; -1 where the function holds a source. */
  readonly #call: Int32Array
  readonly #to: Int32Array
  readonly #order: Int32Array
  #held = new Map<number, S>()
  #round = 0

  constructor(index: CodeIndex, sources: readonly S[]) {
    const count = index.facts.functions.length
    this.#index = index
    this.#sources = sources
    this.#seen = new Int32Array(count)
    this.#call = new Int32Array(count)
    this.#to = new Int32Array(count)
    this.#order = new Int32Array(count)
  }

  /** The functions that reach a source over calls of that rank or a surer one, nearest first. */
  reached(rank: number): Int32Array {
    this.#round++
    this.#held = new Map()
    let length = 0
    for (const source of this.#sources) {
      if (rankOf[source.confidence] > rank) continue
      const known = this.#held.get(source.at)
      if (known === undefined) length = this.#note(source.at, -1, -1, length)
      if (known === undefined || isSurer(source.confidence, known.confidence)) this.#held.set(source.at, source)
    }
    for (let at = 0; at < length; at++) length = this.#spread(this.#order[at] ?? 0, rank, length)
    return this.#order.subarray(0, length)
  }

  #note(at: number, call: number, to: number, length: number): number {
    this.#seen[at] = this.#round
    this.#call[at] = call
    this.#to[at] = to
    this.#order[length] = at
    return length + 1
  }

  #spread(to: number, most: number, reached: number): number {
    const { start, from, rank } = this.#index.callers
    let length = reached
    const end = start[to + 1] ?? 0
    for (let call = start[to] ?? 0; call < end; call++) {
      const caller = from[call] ?? 0
      if ((rank[call] ?? 0) <= most && this.#seen[caller] !== this.#round) length = this.#note(caller, call, to, length)
    }
    return length
  }

  /** The calls from a function of the last round to its source. */
  wayFrom(begin: number): { readonly steps: readonly Step[]; readonly source: S } | undefined {
    const { line, rank } = this.#index.callers
    const steps: Step[] = []
    let at = begin
    for (let call = this.#call[at] ?? -1; call >= 0; call = this.#call[at] ?? -1) {
      const to = this.#to[at] ?? 0
      steps.push({ from: at, to, line: line[call] ?? 0, confidence: confidences[rank[call] ?? 0] ?? 'possible' })
      at = to
    }
    const source = this.#held.get(at)
    return source && { steps, source }
  }
}

/** The best way from each entry to one of the sources; entries that reach none are absent. */
export const waysTo = <S extends Source>(index: CodeIndex, sources: readonly S[]): readonly Way<S>[] => {
  const found = new Map<number, Way<S>>()
  if (sources.length === 0) return []
  const rounds = new Rounds(index, sources)
  for (const [rank, confidence] of confidences.entries()) {
    for (const reached of rounds.reached(rank)) {
      for (const run of index.runs.get(reached) ?? []) {
        if (run.rank > rank || found.has(run.entry)) continue
        const way = rounds.wayFrom(reached)
        if (way) found.set(run.entry, { entry: run.entry, run: { to: reached, what: run.what, confidence: run.confidence }, confidence, ...way })
      }
    }
  }
  return [...found.values()]
}
