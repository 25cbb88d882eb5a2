/** Databases that stand alike are one column: of a thousand tenants one wants to hear how many are not like the others. */

import { digits } from '../../model/numbers.ts'
import type { Standing } from './standings.ts'
import { endingText } from './words.ts'

export type Column = {
  /** Above the matrix: `production`, `production (6)`. */
  readonly title: string
  /** In a sentence: `6 of 1,000 tenants of production`. */
  readonly subject: string
  readonly standings: readonly [Standing, ...Standing[]]
}

/** As many environments have a column of their own, however alike they are. */
export const mostColumns = 6

/** What makes two databases different to a reader. */
const signature = ({ situation, drift, deploy, seen }: Standing): string =>
  JSON.stringify([
    situation.state,
    situation.last,
    situation.cells.map(({ migration, state, last }) => [migration, state, last]),
    drift,
    seen?.begun,
    deploy && endingText(deploy, true),
    seen?.report?.path,
  ])

/** The worst first. */
const severity = ({ situation: { state }, deploy }: Standing): number => {
  const ranks = { diverged: 0, drifted: 1, behind: deploy?.obstacle ? 2 : 3, ahead: 4, unknown: 5, 'in-sync': 6 } as const
  return ranks[state]
}

const grouped = (standings: readonly Standing[], keyOf: (standing: Standing) => string): readonly Column['standings'][] => {
  const groups = new Map<string, [Standing, ...Standing[]]>()
  for (const standing of standings) {
    const group = groups.get(keyOf(standing))
    if (group) group.push(standing)
    else groups.set(keyOf(standing), [standing])
  }
  return [...groups.values()]
}

/** `a and b`, `6 environments (a, b …)`. */
const namesOf = (standings: readonly Standing[]): string => {
  const names = standings.map(({ lane }) => lane.name)
  return names.length <= 2 ? names.join(' and ') : `${digits(names.length)} environments (${names.slice(0, 2).join(', ')} …)`
}

const columnOf = (standings: Column['standings'], totals: ReadonlyMap<string, number>): Column => {
  const [{ lane }] = standings
  const total = totals.get(lane.environment) ?? 0
  if (standings.length === 1) return { title: lane.name, subject: lane.name, standings }
  if (lane.tenant === undefined) return { title: `${lane.name} +${standings.length - 1}`, subject: namesOf(standings), standings }
  const all = standings.length === total
  return {
    title: `${lane.environment} (${all ? 'all ' : ''}${digits(standings.length)})`,
    subject: `${all ? `all ${digits(total)}` : `${digits(standings.length)} of ${digits(total)}`} tenants of ${lane.environment}`,
    standings,
  }
}

const isProtected = ({ standings: [{ lane }] }: Column): boolean => lane.protected

/** The columns in the order in which one speaks of them: protected environments first, then the worst. */
export const worstFirst = (columns: readonly Column[]): readonly Column[] =>
  columns.toSorted((a, b) => Number(isProtected(b)) - Number(isProtected(a)) || severity(a.standings[0]) - severity(b.standings[0]))

/** The columns: few environments keep their order and each has its own; of many, and of tenants, those that stand alike are one. */
export const columnsOf = (standings: readonly Standing[]): readonly Column[] => {
  const tenants = standings.filter(({ lane }) => lane.tenant !== undefined)
  const few = standings.length - tenants.length <= mostColumns
  const totals = new Map(grouped(tenants, ({ lane }) => lane.environment).map((group) => [group[0].lane.environment, group.length]))
  const keyOf = (standing: Standing): string => {
    const { lane } = standing
    if (lane.tenant === undefined) return few ? lane.name : `${lane.protected} ${signature(standing)}`
    return `${lane.environment} ${signature(standing)}`
  }
  const columns = grouped(standings, keyOf).map((group) => columnOf(group, totals))
  return few && tenants.length === 0 ? columns : worstFirst(columns)
}
