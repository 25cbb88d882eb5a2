/**
 * How right a report of `pgstrata impact` is, by labels. What is counted is a pair of entry and access: an entry that reads and writes counts twice. Deletions of rows
 * and what the labels accept count for nothing.
 */
import { isAccepted, isSameEntry, type Reported, type Target } from './truth.ts'

export type Pair = { readonly entry: string; readonly file: string; readonly access: 'read' | 'write' }

export type Score = {
  readonly hits: number
  readonly false: number
  readonly missed: number
}

/** `explicit`: only what names the target; `all`: whole rows that carry it too. */
export type Verdict = {
  readonly id: string
  readonly explicit: Score
  readonly all: Score
  /** Of `all`. */
  readonly misses: readonly Pair[]
  readonly wrong: readonly Reported[]
}

type Labelled = Pair & { readonly via: 'explicit' | 'implicit' }

const labelled = ({ reads, writes }: Target): readonly Labelled[] => [
  ...reads.map((entry) => ({ ...entry, access: 'read' as const })),
  ...writes.map((entry) => ({ ...entry, access: 'write' as const })),
]

const accessOf = { reads: 'read', writes: 'write', deletes: 'delete' } as const

const isNeutral = (target: Target, found: Reported): boolean =>
  found.access === 'delete' || target.accept.some(({ entry, as }) => accessOf[as] === found.access && isAccepted(entry, found))

const isHit = (pair: Pair, found: Reported): boolean => pair.access === found.access && isSameEntry(pair, found)

/** Each entry and access once; explicit where any of them is. */
const distinct = (entries: readonly Reported[]): readonly Reported[] => {
  const kept = new Map<string, Reported>()
  for (const found of entries) {
    const key = `${found.access} ${found.entry} ${found.file}`
    if (!kept.has(key) || found.via === 'explicit') kept.set(key, found)
  }
  return [...kept.values()]
}

/** The labels of one target against what was reported for it. An explicit entry that the labels call implicit is neutral in `explicit`, a hit in `all`. */
export const judge = (target: Target, entries: readonly Reported[]): Verdict => {
  const truth = labelled(target)
  const found = distinct(entries)
  const named = found.filter(({ via }) => via === 'explicit')
  const wrong = found.filter((entry) => !isNeutral(target, entry) && !truth.some((pair) => isHit(pair, entry)))
  const misses = truth.filter((pair) => !found.some((entry) => isHit(pair, entry)))
  const explicit = truth.filter(({ via }) => via === 'explicit')
  const namedHits = explicit.filter((pair) => named.some((entry) => isHit(pair, entry))).length
  return {
    id: target.id,
    explicit: { hits: namedHits, false: wrong.filter(({ via }) => via === 'explicit').length, missed: explicit.length - namedHits },
    all: { hits: truth.length - misses.length, false: wrong.length, missed: misses.length },
    misses,
    wrong,
  }
}

/**
 * Entries that a baseline found, without their access. Generous: one that the labels know counts for each of its accesses, and a wrong one is counted once; what is
 * only deleted from or accepted counts for nothing.
 */
export const judgeEntries = (target: Target, found: readonly { readonly entry: string; readonly file: string }[]): Verdict => {
  const truth = labelled(target)
  const known = [...truth, ...target.deletes]
  const accepted = (entry: { readonly entry: string; readonly file: string }): boolean => target.accept.some((pattern) => isAccepted(pattern.entry, entry))
  const hits = truth.filter((pair) => found.some((entry) => isSameEntry(pair, entry)))
  const explicit = truth.filter(({ via }) => via === 'explicit')
  const explicitHits = hits.filter(({ via }) => via === 'explicit').length
  const wrong = found.filter((entry) => !accepted(entry) && !known.some((pair) => isSameEntry(pair, entry))).length
  return {
    id: target.id,
    explicit: { hits: explicitHits, false: wrong, missed: explicit.length - explicitHits },
    all: { hits: hits.length, false: wrong, missed: truth.length - hits.length },
    misses: truth.filter((pair) => !hits.includes(pair)),
    wrong: [],
  }
}

/** Nothing found where nothing is to be found is right. */
const share = (part: number, whole: number): number => (whole === 0 ? 1 : part / whole)

export const precision = (score: Score): number => share(score.hits, score.hits + score.false)
export const recall = (score: Score): number => share(score.hits, score.hits + score.missed)
export const f1 = (score: Score): number => share(2 * score.hits, 2 * score.hits + score.false + score.missed)

/** All pairs of all targets as one. */
export const micro = (scores: readonly Score[]): Score => ({
  hits: scores.reduce((sum, { hits }) => sum + hits, 0),
  false: scores.reduce((sum, score) => sum + score.false, 0),
  missed: scores.reduce((sum, { missed }) => sum + missed, 0),
})

export type Rates = { readonly precision: number; readonly recall: number; readonly f1: number }

export const rates = (score: Score): Rates => ({ precision: precision(score), recall: recall(score), f1: f1(score) })

const mean = (values: readonly number[]): number =>
  share(
    values.reduce((sum, value) => sum + value, 0),
    values.length,
  )

/** Each target counts the same, however many pairs it has. */
export const macro = (scores: readonly Score[]): Rates => ({
  precision: mean(scores.map(precision)),
  recall: mean(scores.map(recall)),
  f1: mean(scores.map(f1)),
})
