/** Where both orders run and leave different catalogs: the objects, and the statements behind them. */
import { differing } from '../../../changes/differing.ts'
import { equal } from '../../../changes/equal.ts'
import type { Catalog, Definition } from '../../../model/catalog.ts'
import type { ObjectKey } from '../../../model/name.ts'
import { type Act, type Effect, type Play, play, touchedBy } from './acts.ts'
import { type Alone, turningPoint } from './orders.ts'

/** An object that depends on the order, and who touches it. */
export type Difference = { readonly object: ObjectKey; readonly landed: readonly Effect[]; readonly mine: readonly Effect[]; readonly spelling: boolean }

/** Both sides without what fails in some order, and without what then fails for lack of it. */
const running = (base: Catalog, landed: readonly Act[], mine: readonly Act[], failed: ReadonlySet<Act>): readonly [readonly Act[], readonly Act[]] => {
  const out = new Set(failed)
  for (;;) {
    const stays = (act: Act): boolean => !out.has(act)
    const [l, m] = [landed.filter(stays), mine.filter(stays)]
    const refused = [play(base, [...l, ...m]), play(base, [...m, ...l])].flatMap(({ steps }) =>
      [...steps].flatMap(([act, step]) => (step.refused ? [act] : [])),
    )
    if (refused.length === 0) return [l, m]
    for (const act of refused) out.add(act)
  }
}

const ofActs = ({ effects }: Alone, acts: readonly Act[]): readonly Effect[] => effects.filter(({ act }) => acts.includes(act))

/** The pair of statements with which an object begins to differ that none of both sides names. */
const pairBehind = (base: Catalog, l: readonly Act[], m: readonly Act[], object: ObjectKey): readonly [Act | undefined, Act | undefined] => {
  const differs = (landed: readonly Act[], mine: readonly Act[]): boolean =>
    differing(play(base, [...landed, ...mine]).catalog, play(base, [...mine, ...landed]).catalog).some((each) => each.object === object)
  const landed = l.slice(
    0,
    turningPoint(l.length, (count) => differs(l.slice(0, count), m)),
  )
  const at = turningPoint(m.length, (count) => differs(landed, m.slice(0, count)))
  return [landed.at(-1), m[at - 1]]
}

/** Expressions that PostgreSQL writes anew by itself when a type changes: the same thing may then be kept in two ways. */
const respelled = (orders: readonly Play[]): ReadonlySet<ObjectKey> =>
  new Set(
    orders.flatMap(({ steps }) =>
      [...steps.values()].flatMap(({ changes }) => changes.flatMap((change) => (change.kind === 'respell' ? [change.object] : []))),
    ),
  )

/** A definition that both sides alter is kept as what was made and what was altered since, in order: whether that order counts, PostgreSQL knows. */
const sameAlters = (a: Definition | undefined, b: Definition | undefined): boolean => {
  const texts = (definition: Definition | undefined): readonly string[] => (definition?.alters ?? []).map((tree) => JSON.stringify(tree)).sort()
  return a !== undefined && b !== undefined && equal(a.create, b.create) && equal(texts(a), texts(b))
}

/** What depends on the order. `spelling`: only of how PostgreSQL writes it, as far as memory can tell. */
export const differences = (base: Catalog, landed: Alone, mine: Alone, failed: ReadonlySet<Act>): readonly Difference[] => {
  const [l, m] = running(base, landed.acts, mine.acts, failed)
  const orders = [play(base, [...l, ...m]), play(base, [...m, ...l])] as const
  const found = differing(orders[0].catalog, orders[1].catalog)
  const respelt = respelled(orders)
  const isSpelling = (object: ObjectKey): boolean =>
    respelt.has(object) || sameAlters(orders[0].catalog.definitions.get(object), orders[1].catalog.definitions.get(object))
  const [landedEffects, mineEffects] = [ofActs(landed, l), ofActs(mine, m)]
  return found.map(({ object }) => {
    const touching = (effects: readonly Effect[]): readonly Effect[] => effects.filter((effect) => touchedBy(effect).includes(object))
    const [byLanded, byMine] = [touching(landedEffects), touching(mineEffects)]
    if (byLanded.length > 0 && byMine.length > 0) return { object, landed: byLanded, mine: byMine, spelling: isSpelling(object) }
    const pair = pairBehind(base, l, m, object)
    return {
      object,
      landed: landedEffects.filter(({ act }) => act === pair[0]),
      mine: mineEffects.filter(({ act }) => act === pair[1]),
      spelling: isSpelling(object),
    }
  })
}
