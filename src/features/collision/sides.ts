/** Two folders that come from one: what each side added, and what it did to what was there. */
import { nameIn } from '../../drizzle/append.ts'
import type { History, Migration } from '../../model/history.ts'
import { sameLines, withLf } from '../../model/text.ts'

/** The folder as it landed, as mine has it, and as both had it once. */
export type Folders = { readonly base: History | undefined; readonly landed: History; readonly mine: History }

/** A migration that both sides have, in two texts. */
export type Edited = { readonly tag: string; readonly landed: Migration; readonly mine: Migration; readonly by: 'landed' | 'mine' | 'both' }

export type Sides = {
  /** Those of the landed folder that mine has too, in the landed order: the ground on which both stand. */
  readonly common: readonly Migration[]
  readonly landed: readonly Migration[]
  readonly mine: readonly Migration[]
  /** Mine's that landed under another number. */
  readonly twins: readonly { readonly mine: Migration; readonly landed: Migration }[]
  /** One tag, two texts, of what both had once. Where both made it anew it is two migrations: one of `landed`, one of `mine`. */
  readonly edited: readonly Edited[]
  /** Of the base, what one side has no more. What both gave up is nobody's. */
  readonly removed: readonly { readonly migration: Migration; readonly by: 'landed' | 'mine' }[]
}

/** Text that does something: placeholders of custom migrations are alike and are not the same migration. */
const hasStatements = ({ sql }: Migration): boolean => (sql ?? '').replaceAll(/--[^\n]*|\/\*[\s\S]*?\*\//g, '').trim() !== ''

const byTag = (history: History | undefined): ReadonlyMap<string, Migration> =>
  new Map((history?.migrations ?? []).map((migration) => [migration.tag, migration]))

const sameText = (a: Migration | undefined, b: Migration | undefined): boolean => a !== undefined && b !== undefined && sameLines(a.sql, b.sql)

const editor = (base: Migration | undefined, landed: Migration, mine: Migration): Edited['by'] =>
  sameText(base, mine) ? 'landed' : sameText(base, landed) ? 'mine' : 'both'

/** What a migration is whatever its number: what it is called, and what it does. Two that only do the same may stand behind different things. */
const identity = ({ tag, sql }: Migration): string => `${nameIn(tag)} ${withLf(sql ?? '')}`

/** Those among the migrations that nothing has taken yet. */
const untaken = (migrations: readonly Migration[]): ((migration: Migration) => Migration | undefined) => {
  const free = new Map(migrations.filter(hasStatements).map((migration) => [identity(migration), migration]))
  return (migration) => {
    const found = free.get(identity(migration))
    free.delete(identity(migration))
    return found
  }
}

/**
 * Tells the sides apart by tag and by text; a base is only needed to tell who removed or edited what, so histories without a common commit have an answer as well.
 * What both added alike is common.
 */
export const sidesOf = ({ base, landed, mine }: Folders): Sides => {
  const [inBase, inLanded, inMine] = [byTag(base), byTag(landed), byTag(mine)]
  // Both sides made a migration, and gave it one name. A file that is missing is no other text.
  const isMet = (one: Migration, other: Migration | undefined): boolean =>
    base !== undefined && !inBase.has(one.tag) && one.sql !== undefined && other?.sql !== undefined && !sameText(one, other)
  const met = new Set(landed.migrations.flatMap((migration) => (isMet(migration, inMine.get(migration.tag)) ? [migration.tag] : [])))
  const onlyLanded = landed.migrations.filter(({ tag }) => !inMine.has(tag) || met.has(tag))
  const onlyMine = mine.migrations.filter(({ tag }) => !inLanded.has(tag) || met.has(tag))
  // A migration of the base that one side renumbered is where the other side still has it.
  const twinOf = untaken(onlyLanded)
  const twins = onlyMine.flatMap((migration) => {
    const twin = hasStatements(migration) ? twinOf(migration) : undefined
    return twin ? [{ mine: migration, landed: twin }] : []
  })
  const [twinned, twinnedHere] = [new Set(twins.map(({ landed: twin }) => twin)), new Set(twins.map(({ mine: twin }) => twin))]
  const edited = landed.migrations.flatMap((migration): readonly Edited[] => {
    const other = inMine.get(migration.tag)
    return other && !met.has(migration.tag) && !sameText(migration, other)
      ? [{ tag: migration.tag, landed: migration, mine: other, by: editor(inBase.get(migration.tag), migration, other) }]
      : []
  })
  return {
    common: landed.migrations.filter((migration) => (inMine.has(migration.tag) && !met.has(migration.tag)) || twinned.has(migration)),
    landed: onlyLanded.filter((migration) => !inBase.has(migration.tag) && !twinned.has(migration)),
    mine: onlyMine.filter((migration) => !inBase.has(migration.tag) && !twinnedHere.has(migration)),
    twins,
    edited,
    removed: [
      ...onlyLanded.filter((migration) => inBase.has(migration.tag) && !twinned.has(migration)).map((migration) => ({ migration, by: 'mine' as const })),
      ...onlyMine.filter((migration) => inBase.has(migration.tag) && !twinnedHere.has(migration)).map((migration) => ({ migration, by: 'landed' as const })),
    ],
  }
}

/** Where mine left the line of those that both have, by what it was made on: the snapshot that it names, or its number. */
const forkOf = ({ common, mine }: Sides): number => {
  const [first] = mine
  const parents = new Set(first?.snapshot?.prevIds ?? [])
  const parent = common.findLastIndex(({ snapshot }) => snapshot?.id !== undefined && parents.has(snapshot.id))
  if (parent >= 0) return parent + 1
  const idx = first?.entry?.idx
  const taken = idx === undefined ? -1 : common.findIndex(({ entry }) => entry !== undefined && entry.idx >= idx)
  return taken < 0 ? common.length : taken
}

/** The sides of a folder that was merged already: what landed after mine was made is told by mine, for the folder itself holds both. */
export const forked = (sides: Sides): Sides => {
  if (sides.landed.length > 0 || sides.mine.length === 0) return sides
  const fork = forkOf(sides)
  return { ...sides, common: sides.common.slice(0, fork), landed: sides.common.slice(fork) }
}
