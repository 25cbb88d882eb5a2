/** Names and marks of the databases that we make on somebody's server, so that what a killed run left can be told from everything else. */
import { randomBytes } from 'node:crypto'
import { type Owner, parseOwner } from '../owner.ts'

/** Our prefix, the time in base 36, six random bytes. */
const form = /^pgstrata_([0-9a-z]{8,9})_[0-9a-f]{12}$/

export const newName = (now: number): string => `pgstrata_${now.toString(36)}_${randomBytes(6).toString('hex')}`

/** When a database with this name was made; undefined when the name is not one of ours. */
export const madeAt = (name: string): number | undefined => {
  const [, time] = form.exec(name) ?? []
  return time === undefined ? undefined : Number.parseInt(time, 36)
}

const mark = 'pgstrata: a database of one run, dropped at its end. '

/** The comment that a database of ours bears. */
export const commentOf = (owner: Owner): string => mark + JSON.stringify(owner)

export const ownerIn = (comment: string): Owner | undefined => (comment.startsWith(mark) ? parseOwner(comment.slice(mark.length)) : undefined)

export type Found = { readonly name: string; readonly comment: string | null; readonly connections: number }

const day = 24 * 3600_000

/**
 * Whether a database is what a killed run left: named as ours and bearing our comment (or none, when the run was killed before it could write one), with nobody connected, and either its
 * process is dead or, where that cannot be known, it is older than a day.
 */
export const isStale = ({ name, comment, connections }: Found, now: number, stateOf: (owner: Owner) => 'alive' | 'dead' | 'elsewhere'): boolean => {
  const made = madeAt(name)
  const owner = comment === null ? undefined : ownerIn(comment)
  if (made === undefined || connections > 0 || (comment !== null && !owner)) return false
  const state = owner ? stateOf(owner) : 'elsewhere'
  return state === 'dead' || (state === 'elsewhere' && now - made > day)
}
