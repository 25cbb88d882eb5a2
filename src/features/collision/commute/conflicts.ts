/** The places at which both histories do not get along: one for each statement of mine and class. */
import type { Catalog } from '../../../model/catalog.ts'
import { displayKey, type ObjectKey, type QualifiedName } from '../../../model/name.ts'
import { quoteLiteral } from '../../../sql/print.ts'
import { type ClassNumber, collisionClass } from '../classes.ts'
import { type Act, type Effect, participant, touchedBy } from './acts.ts'
import { classOf, type Pair, type Rebuilt } from './classify.ts'
import { differences } from './differences.ts'
import { explained } from './explain.ts'
import { isRetypedByBoth } from './guesses.ts'
import { type Alone, type Blamed, doubtful, failing } from './orders.ts'
import { rowsDeciding } from './rows.ts'
import { unspoken } from './unspoken.ts'
import type { Conflict, Outcome } from './verdict.ts'
import { type Place, waysOf } from './ways.ts'

/** Two statements that clash, before they are put together with others. */
type Clash = {
  readonly landed: Effect
  readonly mine: Effect
  readonly objects: readonly ObjectKey[]
  readonly fails: { readonly landedFirst: boolean; readonly mineFirst: boolean }
  readonly why: readonly string[]
}

/** Enums that a side makes anew, or of which it takes labels away. A label that is only renamed stays one of as many. */
const rebuiltBy = (base: Catalog, { effects, catalog }: Alone): ReadonlySet<QualifiedName> => {
  const made = effects.flatMap(({ changes }) =>
    changes.flatMap((change) => (change.kind === 'create-type' ? [change.name] : change.kind === 'set-enum-values' ? [change.type] : [])),
  )
  return new Set(made.filter((name) => base.types.get(name)?.kind === 'enum' && catalog.types.has(name)))
}

const effectOfAct = ({ effects }: Alone, act: Act): Effect | undefined => effects.find((effect) => effect.act === act)

const reason = ({ refusal, missing, label }: Blamed): string => {
  if (refusal) return `${refusal.message}, SQLSTATE ${refusal.sqlstate}`
  return missing === undefined ? `label ${quoteLiteral(label?.label ?? '')} is not there` : `${displayKey(missing)} is not there`
}

const failuresAsClashes = (landed: Alone, mine: Alone, behindLanded: readonly Blamed[], behindMine: readonly Blamed[]): readonly Clash[] => [
  ...behindLanded.flatMap((failure): readonly Clash[] => {
    const by = effectOfAct(landed, failure.by)
    return by ? [{ landed: by, mine: failure.effect, objects: [], fails: { landedFirst: true, mineFirst: false }, why: [reason(failure)] }] : []
  }),
  ...behindMine.flatMap((failure): readonly Clash[] => {
    const by = effectOfAct(mine, failure.by)
    return by ? [{ landed: failure.effect, mine: by, objects: [], fails: { landedFirst: false, mineFirst: true }, why: [reason(failure)] }] : []
  }),
]

type Classed = Clash & { readonly number: ClassNumber }

/** Objects that a clash is about: what both touch, or what one of them takes from the other. */
const aboutOf = ({ objects, landed, mine }: Clash): readonly ObjectKey[] => {
  if (objects.length > 0) return objects
  const other = new Set(touchedBy(mine))
  const both = touchedBy(landed).filter((object) => other.has(object))
  return both.length > 0 ? both : [...landed.removed, ...mine.removed].slice(0, 1)
}

/** Clashes with their classes. What only follows from another clash of the same statement is left out. */
const classed = (clashes: readonly Clash[], pair: (clash: Clash) => Pair): readonly Classed[] => {
  const known = clashes.map((clash) => ({ clash, number: classOf(pair(clash)) }))
  return known.flatMap(({ clash, number }): readonly Classed[] => {
    if (number !== undefined) return [{ ...clash, number }]
    const follows = known.some((other) => other.number !== undefined && (other.clash.landed === clash.landed || other.clash.mine === clash.mine))
    return follows ? [] : [{ ...clash, number: clash.landed.removed.size + clash.mine.removed.size > 0 ? 9 : 10 }]
  })
}

const grouped = (clashes: readonly Classed[]): readonly (readonly Classed[])[] => {
  const groups = new Map<Effect, Map<ClassNumber, Classed[]>>()
  for (const clash of clashes) {
    const ofMine = groups.get(clash.mine) ?? new Map<ClassNumber, Classed[]>()
    groups.set(clash.mine, ofMine.set(clash.number, [...(ofMine.get(clash.number) ?? []), clash]))
  }
  return [...groups.values()].flatMap((byClass) => [...byClass.values()])
}

const outcomeOf = (group: readonly Classed[], which: 'landedFirst' | 'mineFirst'): Outcome => {
  if (group.some(({ fails }) => fails[which])) return 'fails'
  return group.some(({ landed, mine }) => isRetypedByBoth(landed, mine)) ? 'unknown' : 'runs'
}

type Ground = Pick<Place, 'base' | 'sides'>

const toConflict = (group: readonly Classed[], ground: Ground, warning: boolean): readonly Conflict[] => {
  const [first] = group
  if (!first) return []
  const { number, mine } = first
  const landed = [...new Set(group.map((clash) => clash.landed))]
  const objects = [...new Set(group.flatMap(aboutOf))]
  const order = { landedFirst: outcomeOf(group, 'landedFirst'), mineFirst: outcomeOf(group, 'mineFirst') }
  const why = [...new Set(group.flatMap((clash) => clash.why))]
  return [
    {
      class: number,
      name: collisionClass(number).name,
      objects,
      landed: landed.map(({ act }) => participant(act)),
      mine: [participant(mine.act)],
      explanation: explained({ number, landed, mine, objects, order, why, warning }),
      ...waysOf({ number, ...ground, landed, mine, objects, order }),
      order,
    },
  ]
}

/** What fails in one of the orders, or leaves another catalog; and objects of which only PostgreSQL knows whether it writes them alike. */
export type Found = { readonly conflicts: readonly Conflict[]; readonly spelling: readonly ObjectKey[] }

export const conflictsOf = (base: Catalog, landed: Alone, mine: Alone): Found => {
  const behindLanded = failing(base, landed, mine)
  const behindMine = failing(base, mine, landed)
  const failed = new Set([...behindLanded, ...behindMine].map(({ effect }) => effect.act))
  const rebuilt: Rebuilt = { landed: rebuiltBy(base, landed), mine: rebuiltBy(base, mine) }
  const different = differences(base, landed, mine, failed)
  const clashes: readonly Clash[] = [
    ...failuresAsClashes(landed, mine, behindLanded, behindMine),
    ...different
      .filter(({ spelling }) => !spelling)
      .flatMap((difference) =>
        difference.mine.flatMap((m) =>
          difference.landed.map((l): Clash => ({ landed: l, mine: m, objects: [difference.object], fails: { landedFirst: false, mineFirst: false }, why: [] })),
        ),
      ),
  ]
  const pair = ({ landed: l, mine: m }: Clash): Pair => ({ landed: l, mine: m, sides: { landed, mine }, rebuilt })
  return {
    conflicts: grouped(classed(clashes, pair)).flatMap((group) => toConflict(group, { base, sides: { landed, mine } }, false)),
    spelling: different.filter(({ spelling }) => spelling).map(({ object }) => object),
  }
}

/** What both orders run through in memory and somebody should know, where it is no conflict already. */
export const warningsOf = (base: Catalog, landed: Alone, mine: Alone, conflicts: readonly Conflict[]): readonly Conflict[] => {
  const quiet = { fails: { landedFirst: false, mineFirst: false }, why: [] }
  const rows: readonly Classed[] = [
    ...rowsDeciding(landed, mine).map((pair): Classed => ({ ...quiet, ...pair, objects: [pair.object], number: 17 })),
    ...doubtful(base, landed, mine).flatMap(({ effect, missing }) =>
      landed.effects.filter(({ removed }) => removed.has(missing)).map((l): Classed => ({ ...quiet, landed: l, mine: effect, objects: [missing], number: 17 })),
    ),
    ...doubtful(base, mine, landed).flatMap(({ effect, missing }) =>
      mine.effects.filter(({ removed }) => removed.has(missing)).map((m): Classed => ({ ...quiet, landed: effect, mine: m, objects: [missing], number: 17 })),
    ),
  ]
  const told = [...rows, ...unspoken(landed, mine).map((each): Classed => ({ ...quiet, ...each }))]
  return grouped(told)
    .flatMap((group) => toConflict(group, { base, sides: { landed, mine } }, true))
    .filter(
      (warning) =>
        !conflicts.some((conflict) => conflict.mine[0]?.position === warning.mine[0]?.position && conflict.mine[0]?.statement === warning.mine[0]?.statement),
    )
}
