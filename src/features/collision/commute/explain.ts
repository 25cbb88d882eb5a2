/** Why two statements do not get along, in words. */
import { describe } from '../../../changes/index.ts'
import { displayKey, type ObjectKey } from '../../../model/name.ts'
import { type ClassNumber, collisionClass } from '../classes.ts'
import type { Effect } from './acts.ts'
import type { Outcome } from './verdict.ts'

const listed = (words: readonly string[]): string => (words.length < 4 ? words.join('; ') : `${words.slice(0, 3).join('; ')}; and ${words.length - 3} more`)

/** In one line, cut where it is long. */
const shown = (sql: string): string => {
  const line = sql.replaceAll(/\s+/g, ' ')
  return line.length > 100 ? `${line.slice(0, 99)}…` : line
}

/** What a statement does alone; its text where that is nothing (IF EXISTS). */
const done = ({ changes, act }: Effect): string => {
  const own = changes.filter(({ implied }) => !implied)
  return listed((own.length > 0 ? own : changes).map(describe)) || shown(act.statement.text)
}

const said = (effects: readonly Effect[]): string => listed(effects.map(done))

export type Order = { readonly landedFirst: Outcome; readonly mineFirst: Outcome }

type Told = {
  readonly number: ClassNumber
  readonly landed: readonly Effect[]
  readonly mine: Effect
  readonly objects: readonly ObjectKey[]
  readonly order: Order
  /** What PostgreSQL says. */
  readonly why: readonly string[]
  readonly warning: boolean
}

const ordered = ({ landedFirst, mineFirst }: Order, { warning, why, number }: Told): string => {
  const because = why.length > 0 ? ` (${listed(why)})` : ''
  if (landedFirst === 'fails' && mineFirst === 'fails') return `PostgreSQL refuses both orders${because}.`
  if (landedFirst === 'fails')
    return `Landed first, PostgreSQL refuses mine${because}; mine first, both run${number === 9 ? ', and what mine made goes with what has landed' : ''}.`
  if (mineFirst === 'fails') return `Landed first, both run; mine first, PostgreSQL refuses what has landed${because}.`
  if (landedFirst === 'unknown' || mineFirst === 'unknown') return 'Whether both orders run, PostgreSQL has to say; they leave different catalogs.'
  return warning ? 'Both orders run.' : 'Both orders run, and leave different catalogs.'
}

export const explained = (told: Told): string => {
  const { number, landed, mine, objects, order } = told
  const about = listed([...new Set(objects)].map(displayKey))
  return `${collisionClass(number).meaning} Landed: ${said(landed)}. Mine: ${done(mine)}. ${ordered(order, told)}${about ? ` About ${about}.` : ''}`
}
