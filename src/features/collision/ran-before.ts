/** What a database did when it ran mine as it was, and what the folder no longer does: nothing of it can be taken back by running what has landed. */
import type { LedgerRow, Migration } from '../../model/history.ts'
import type { Conflict, Participant } from './commute.ts'
import type { Resolution } from './resolution.ts'

/** A migration of the folder, or of those that are given up, that the database has. */
type Ran = {
  readonly applied: readonly { readonly migration: Migration; readonly row: LedgerRow }[]
  readonly gone: readonly { readonly tag: string }[]
}

export type RanBefore = {
  /** Statements that were given up, and that it has run. */
  readonly givenUp: readonly Pick<Participant, 'tag' | 'sql'>[]
  /** Statements that it has run, and behind which what has landed does not run, or ends otherwise than in the folder. */
  readonly inTheWay: readonly (Pick<Participant, 'tag' | 'sql'> & { readonly of: readonly string[] })[]
}

/** Tags of mine's migrations that it ran with the text that they had. */
const ranAsTheyWere = ({ rebase }: Resolution, { applied, gone }: Ran): ReadonlySet<string> => {
  const before = new Map((rebase?.moves ?? []).map(({ from, to }) => [to.tag, from]))
  const kept = applied.flatMap(({ migration, row }) => {
    const from = before.get(migration.tag)
    return from && from.hash === row.hash ? [from.tag] : []
  })
  return new Set([...kept, ...gone.map(({ tag }) => tag)])
}

const statementOf = ({ mine: [first] }: Conflict): string => `${first?.position} ${first?.statement}`

/** Statements that both sides hold run once (class 7), and labels get their place (11): the repair knows both. */
const isKnown = ({ class: number }: Conflict): boolean => number === 7 || number === 11

export const ranBefore = (resolution: Resolution, ran: Ran): RanBefore => {
  const was = ranAsTheyWere(resolution, ran)
  const has = new Set(ran.applied.map(({ migration }) => migration.tag))
  const { rewrites, commutation } = resolution
  const rewritten = new Set(rewrites.map(({ conflict }) => statementOf(conflict)))
  const inTheWay = commutation.conflicts.flatMap((conflict) => {
    const { mine, landed, order } = conflict
    const of = [...new Set(landed.map(({ tag }) => tag))].filter((tag) => !has.has(tag))
    // Where both orders run they end otherwise: as in the folder only if mine gave way.
    const fits = order.mineFirst === 'runs' && rewritten.has(statementOf(conflict))
    return fits || isKnown(conflict) || of.length === 0 ? [] : mine.filter(({ tag }) => was.has(tag)).map(({ tag, sql }) => ({ tag, sql, of }))
  })
  const givenUp = rewrites
    .filter(({ conflict, tag, to }) => to.length === 0 && conflict.class !== 7 && was.has(tag))
    .map(({ tag, from }) => ({ tag, sql: from }))
  return { givenUp, inTheWay }
}
