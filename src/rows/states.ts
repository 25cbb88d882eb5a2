/**
 * The states that a table's rows can be in: what each column must be so that all conditions hold at once. A table whose kind says which columns are filled
 * has a state for each kind.
 */
import type { Wish } from './atom.ts'
import type { Clause } from './clauses.ts'
import { type Demand, meet } from './demand.ts'

/** By column; a column that is absent is free. */
export type State = ReadonlyMap<string, Demand>

type Comparing = Extract<Wish, { left: string }>

/** A state in the making. */
type Draft = { readonly demands: State; readonly comparing: readonly Comparing[] }

const mostStates = 24
/** A list of more constants than this is not taken apart. */
const mostConstants = 12
/** Steps of the search for one state; conditions that take more have their rows found by trying. */
const mostSteps = 4000

const withDemand = (demands: State, column: string, demand: Demand): State | undefined => {
  const merged = meet(demands.get(column) ?? {}, demand)
  return merged ? new Map(demands).set(column, merged) : undefined
}

const compared: Demand = { plain: true }

const fulfil = (draft: Draft, wish: Wish): Draft | undefined => {
  if ('column' in wish) {
    const demands = withDemand(draft.demands, wish.column, wish.demand)
    return demands && { ...draft, demands }
  }
  const left = withDemand(draft.demands, wish.left, compared)
  const demands = left && withDemand(left, wish.right, compared)
  return demands && { demands, comparing: [...draft.comparing, wish] }
}

const fulfilAll = (draft: Draft, clause: Clause): Draft | undefined => {
  let current: Draft | undefined = draft
  for (const wish of clause) current = current && fulfil(current, wish)
  return current
}

/** One way for each condition, so that none contradicts another. */
const search = (draft: Draft, conditions: readonly (readonly Clause[])[], steps: { left: number }): Draft | undefined => {
  const [first, ...rest] = conditions
  if (!first) return draft
  for (const clause of first) {
    if (steps.left-- <= 0) return undefined
    const next = fulfilAll(draft, clause)
    const found = next && search(next, rest, steps)
    if (found) return found
  }
  return undefined
}

const nulls = (clause: Clause): number => clause.filter((wish) => 'column' in wish && wish.demand.null === true).length

const comparisons = (clause: Clause): number => clause.filter((wish) => 'left' in wish).length

/** Ways that leave more columns filled come first. */
const byPreference = (clauses: readonly Clause[]): readonly Clause[] => [...clauses].sort((a, b) => nulls(a) - nulls(b) || comparisons(a) - comparisons(b))

/** The right side is ahead where it must be greater, the left one where that must; as often as there are comparisons, so that chains come out. */
const withLeads = ({ demands, comparing }: Draft): State => {
  const ahead = new Map<string, number>()
  const at = (column: string): number => ahead.get(column) ?? 0
  const lead = (column: string, least: number): void => void (at(column) < least && ahead.set(column, least))
  for (let round = 0; round < comparing.length; round++) {
    for (const { left, comparison, right } of comparing) {
      if (comparison === '<' || comparison === '<>') lead(right, at(left) + 1)
      if (comparison === '>') lead(left, at(right) + 1)
      if (comparison === '<=' || comparison === '=') lead(right, at(left))
      if (comparison === '>=' || comparison === '=') lead(left, at(right))
    }
  }
  return [...ahead].reduce<State>((state, [column, lead]) => withDemand(state, column, { ahead: lead }) ?? state, demands)
}

/** True for a column that is better not NULL. */
export type Avoiding = (column: string) => boolean

/** A NULL can be avoided where nothing else hangs on it. */
const isFull = (clause: Clause, avoid: Avoiding): boolean =>
  !clause.some((wish) => 'column' in wish && wish.demand.null === true && avoid(wish.column)) ||
  clause.some((wish) => 'column' in wish && (wish.demand.oneOf !== undefined || wish.demand.not !== undefined))

/** A wish for one of a few constants, as a wish for each of them. */
const apart = (clause: Clause): readonly Clause[] => {
  const at = clause.findIndex((wish) => 'column' in wish && (wish.demand.oneOf?.length ?? 0) > 1)
  const wish = clause[at]
  const constants = wish && 'column' in wish ? (wish.demand.oneOf ?? []) : []
  if (!wish || !('column' in wish) || constants.length > mostConstants) return [clause]
  return constants.map((constant) => clause.map((each, position) => (position === at ? { ...wish, demand: { ...wish.demand, oneOf: [constant] } } : each)))
}

/** The ways of a condition that deserve a state of their own: those without a NULL that is to be avoided, if there are such. */
const worthTrying = (clauses: readonly Clause[], avoid: Avoiding): readonly Clause[] => {
  const full = clauses.filter((clause) => isFull(clause, avoid))
  return full.length > 0 ? full : clauses
}

const keyOf = (state: State): string =>
  JSON.stringify(
    [...state].sort(([a], [b]) => (a < b ? -1 : 1)),
    (_key, value) => (value instanceof Map ? [...value] : value),
  )

/** States in which all conditions hold, and every way of every condition that can be in one is in one. At least one: where none is found, the columns alone say what they want. */
export const statesOf = (columns: State, conditions: readonly (readonly Clause[])[], avoid: Avoiding): readonly State[] => {
  const ordered = conditions.filter((clauses) => clauses.length > 0).map(byPreference)
  const found = new Map<string, State>()
  const attempt = (list: readonly (readonly Clause[])[]): void => {
    if (found.size >= mostStates) return
    const draft = search({ demands: columns, comparing: [] }, list, { left: mostSteps })
    const state = draft && withLeads(draft)
    if (state) found.set(keyOf(state), state)
  }
  attempt(ordered)
  for (const [at, clauses] of ordered.entries()) {
    const others = ordered.filter((_other, position) => position !== at)
    const worthy = worthTrying(clauses, avoid).flatMap(apart)
    for (const clause of worthy.length > 1 ? worthy : []) attempt([[clause], ...others])
  }
  return found.size > 0 ? [...found.values()] : [columns]
}
