/** On which versions of a schema code runs that was written for one of them. */
import { diff } from '../../changes/diff.ts'
import { describe } from '../../changes/index.ts'
import { byMigration, isOpaque, type Replay, type Step } from '../../changes/replay.ts'
import type { Catalog } from '../../model/catalog.ts'
import type { Tree } from '../../model/json.ts'
import { flag, list, text, walk } from '../../sql/tree.ts'
import { judgeDifference, judgeMigration } from './judge.ts'
import { breaks, type Classified, type Flag } from './numbers.ts'

/** A history, replayed and judged. A version is a position in it: what stands when that migration has run. */
export type Chain = {
  readonly start: Catalog
  readonly catalogs: readonly Catalog[]
  readonly steps: ReadonlyMap<number, readonly Step[]>
  readonly classes: readonly Classified[]
}

export const chainOf = ({ steps, catalogs }: Replay, start: Catalog, classes: readonly Classified[]): Chain => ({
  start,
  catalogs,
  steps: byMigration(steps),
  classes,
})

/** What keeps code from going on: over that migration, forwards or backwards. */
export type Stop = {
  /** Position of the migration. */
  readonly at: number
  readonly what: string
  readonly why: string
  /** Nobody knows what the migration did: the code may run on, and may not. */
  readonly unknown: boolean
}

/** The last version in one direction on which the code runs. */
export type End = {
  readonly at: number
  /** What code may meet on the way, and most of it does not mind. */
  readonly risks: readonly Flag[]
  /** Undefined at the end of the folder. */
  readonly stop: Stop | undefined
}

/** The versions on which code runs: from `back` to `forth`, without a gap. */
export type Interval = { readonly back: End; readonly forth: End }

/** Flags that say something of code; the others are of rows and of the time that a migration takes. */
const ofCode = new Set<Flag>(['reader-risk', 'null-risk', 'driver-type', 'on-conflict', 'delete-risk', 'trigger', 'behaviour'])

const risksOf = (judged: readonly { readonly flags: readonly Flag[] }[]): readonly Flag[] => [
  ...new Set(judged.flatMap(({ flags }) => flags.filter((flag) => ofCode.has(flag)))),
]

/** What of a migration nobody could follow, whatever stands before it. */
const notFollowedItself = ({ classes, steps }: Chain, at: number): Stop | undefined => {
  const statements = classes[at]?.statements ?? []
  const unread = statements.find(({ index }) => index < 0)
  if (unread) return { at, what: unread.what, why: unread.why, unknown: true }
  const step = steps.get(at)?.find((each) => each.refused !== undefined || isOpaque(each))
  if (!step) return undefined
  const [opaque] = step.changes.filter((change) => change.kind === 'opaque')
  return { at, what: 'a statement is not followed in memory', why: step.refused?.message ?? opaque?.reason ?? 'what it does is not known', unknown: true }
}

const firstBlind = new WeakMap<Chain, number>()

/** The first migration that nobody could follow: behind it nobody knows what stands. */
const blindFrom = (chain: Chain): number => {
  const known = firstBlind.get(chain)
  if (known !== undefined) return known
  const found = chain.catalogs.findIndex((_, at) => notFollowedItself(chain, at) !== undefined)
  const from = found < 0 ? Number.POSITIVE_INFINITY : found
  firstBlind.set(chain, from)
  return from
}

/** A statement that does what it says only where something is there, or is not: whether it did, memory answers of what it knows alone. */
const isConditional = ({ statement, changes }: Step): boolean => {
  let [ifThere, ifNotThere, cascades] = [0, false, false]
  walk(statement.tree, (node) => {
    if (flag(node, 'missing_ok')) ifThere += addsColumn(node) ? 0 : Math.max(1, list(node, 'objects').length)
    if (flag(node, 'if_not_exists') || flag(node, 'skipIfNewValExists') || (flag(node, 'missing_ok') && addsColumn(node))) ifNotThere = true
    if (text(node, 'behavior') === 'DROP_CASCADE') cascades = true
    return undefined
  })
  return ifNotThere || changes.length < ifThere || (cascades && ifThere > 1)
}

/** ADD COLUMN IF NOT EXISTS has the mark of IF EXISTS in PostgreSQL's tree. */
const addsColumn = (node: Tree): boolean => text(node, 'subtype') === 'AT_AddColumn'

const conditionalIn = (chain: Chain, at: number): Step | undefined => (at > blindFrom(chain) ? chain.steps.get(at)?.find(isConditional) : undefined)

/** What of a migration nobody could follow: behind one like that, what IF [NOT] EXISTS comes to is not known either. */
export const notFollowed = (chain: Chain, at: number): Stop | undefined => {
  const own = notFollowedItself(chain, at)
  if (own || !conditionalIn(chain, at)) return own
  return {
    at,
    what: 'what IF EXISTS or IF NOT EXISTS comes to is not known',
    why: 'an earlier migration could not be followed: what it left there is not known',
    unknown: true,
  }
}

/** What a comment says of a whole migration, where it changes anything. */
const isSaid = ({ overrides }: Classified): boolean => overrides.some(({ of, idle }) => of === 'migration' && !idle)

/** Whether a statement breaks code is what its author says of it, or else what the judgement says. */
const isBreaking = ({ classes }: Chain, { migration, statement }: Step, judged: boolean): boolean => {
  const classified = classes[migration]
  // Code does not come past one whose author says that it breaks.
  if (classified && isSaid(classified)) return false
  const own = classified?.statements.find(({ index }) => index === statement.index)
  return own?.said ? own.breaking : judged
}

/** What an author says breaks code, though nothing in it does. */
const saidToBreak = (classified: Classified | undefined): boolean => classified !== undefined && isSaid(classified) && classified.breaking

/** Whether an author has said that what nobody could follow breaks nothing. Of what is conditional the judgement itself says so, which knows no better. */
const isExcused = (chain: Chain, at: number): boolean => {
  const classified = chain.classes[at]
  if (!classified || classified.breaking) return false
  const step = notFollowedItself(chain, at) ? undefined : conditionalIn(chain, at)
  return (
    step === undefined ||
    classified.overrides.some(({ of }) => of === 'migration') ||
    classified.statements.some(({ index, said }) => index === step.statement.index && said === true)
  )
}

type Look = { readonly stop: Stop | undefined; readonly risks: readonly Flag[] }

/** Whether code of a version goes on when the migrations behind it have run, up to that one; they are judged as if they were one. */
const lookAhead = (chain: Chain, contract: number, at: number): Look => {
  const { catalogs, classes, start } = chain
  const classified = classes[at]
  const unfollowed = notFollowed(chain, at)
  if (unfollowed && !isExcused(chain, at)) return { stop: unfollowed, risks: [] }
  if (saidToBreak(classified)) return { stop: { at, what: 'its author says that it breaks code', why: classified?.why ?? '', unknown: false }, risks: [] }
  const steps = Array.from({ length: at - contract }, (_, next) => chain.steps.get(contract + 1 + next) ?? []).flat()
  const judged = judgeMigration(steps, catalogs[contract] ?? start, catalogs[at] ?? start)
  const broken = judged.find(({ step, bump }) => isBreaking(chain, step, breaks(bump)))
  return { stop: broken && { at, what: broken.what, why: broken.why, unknown: false }, risks: risksOf(judged) }
}

/** Whether code that was written for a catalog runs on a version of the folder. */
const meet = ({ catalogs }: Chain, contract: Catalog, version: number): Look => {
  const there = catalogs[version]
  if (!there) return { stop: undefined, risks: [] }
  const judged = judgeDifference(diff(contract, there), contract, there)
  const broken = judged.find(({ bump }) => breaks(bump))
  return { stop: broken && { at: version, what: describe(broken.change), why: broken.why, unknown: false }, risks: risksOf(judged) }
}

/** Whether it goes on when that migration has been taken back. */
const lookBehind = (chain: Chain, contract: Catalog, at: number): Look => {
  const unfollowed = notFollowed(chain, at)
  if (unfollowed) return { stop: unfollowed, risks: [] }
  const { stop, risks } = meet(chain, contract, at - 1)
  return { stop: stop && { ...stop, at }, risks }
}

/** Walks from a version on for as long as the code runs; `look` is asked for each migration that is passed. */
const goOn = (from: number, passed: (version: number) => number | undefined, look: (migration: number) => Look): End => {
  let end: End = { at: from, risks: [], stop: undefined }
  for (let migration = passed(end.at); migration !== undefined; migration = passed(end.at)) {
    const { stop, risks } = look(migration)
    if (stop) return { ...end, stop }
    end = { at: migration > end.at ? migration : migration - 1, risks, stop: undefined }
  }
  return end
}

const ahead =
  ({ catalogs }: Chain) =>
  (version: number): number | undefined =>
    version + 1 < catalogs.length ? version + 1 : undefined

/** Before the first migration there is no version. */
const behind = (version: number): number | undefined => (version > 0 ? version : undefined)

/** The versions on which code runs that was written for a version of this folder. */
export const intervalOf = (chain: Chain, contract: number): Interval => {
  const catalog = chain.catalogs[contract] ?? chain.start
  return {
    back: goOn(contract, behind, (at) => lookBehind(chain, catalog, at)),
    forth: goOn(contract, ahead(chain), (at) => lookAhead(chain, contract, at)),
  }
}

/** Code that runs on no version of the folder, or nobody knows of any: what stands against the newest one. */
export type Nowhere = { readonly nearest: Stop | undefined }

const firstUnfollowed = (chain: Chain): Stop | undefined => chain.catalogs.map((_, at) => notFollowed(chain, at)).find((stop) => stop !== undefined)

/**
 * The versions on which code runs that was written for another folder: the newest stretch of them. What an author says of a migration is not asked: that code has never met it. Where either folder
 * holds what nobody could follow, its catalogs are not known.
 */
export const intervalOfCatalog = (chain: Chain, contract: Chain): Interval | Nowhere => {
  const unfollowed = firstUnfollowed(chain) ?? firstUnfollowed(contract)
  if (unfollowed) return { nearest: unfollowed }
  const catalog = contract.catalogs.at(-1) ?? contract.start
  const looks = chain.catalogs.map((_, at) => meet(chain, catalog, at))
  const last = looks.findLastIndex(({ stop }) => stop === undefined)
  if (last < 0) return { nearest: looks.at(-1)?.stop }
  const before = looks.slice(0, last).findLastIndex(({ stop }) => stop !== undefined)
  const stop = looks[before]?.stop
  return {
    back: { at: before + 1, risks: looks[before + 1]?.risks ?? [], stop: stop && { ...stop, at: before + 1 } },
    forth: { at: last, risks: looks[last]?.risks ?? [], stop: looks[last + 1]?.stop },
  }
}
