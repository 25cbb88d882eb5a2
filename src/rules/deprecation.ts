/** The note above a statement that drops something: `-- pgstrata: deprecated since TAG|DATE, ticket ID`. */
import { plural } from '../model/numbers.ts'
import type { Statement } from '../model/statement.ts'
import type { Instant } from '../model/world.ts'
import type { PolicyContext } from './define.ts'

/** What the notes of a statement say: long enough ago, or why not. `absent`: there is none. */
export type Deprecated = { readonly state: 'fulfilled' } | { readonly state: 'absent' } | { readonly state: 'wrong'; readonly why: string }

const day = 86_400_000
const isNote = /^\s*pgstrata:\s*deprecated\b/i
const shape = /^\s*pgstrata:\s*deprecated\s+since\s+(?<since>[^\s,]+)\s*,\s*ticket\s+(?<ticket>\S+)\s*$/i
const isDate = /^\d{4}-\d{2}-\d{2}$/

const wrong = (why: string): Deprecated => ({ state: 'wrong', why })

/** Midnight (UTC) of a day of the calendar. */
const timeOf = (date: string): Instant | undefined => {
  const time = Date.parse(`${date}T00:00:00Z`)
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(date) ? time : undefined
}

const judge = (text: string, { now }: PolicyContext, { days, madeAt }: NonNullable<PolicyContext['deprecation']>): Deprecated => {
  const { since } = shape.exec(text)?.groups ?? {}
  if (since === undefined) return wrong('it is not written as deprecated since TAG|DATE, ticket ID')
  const dated = isDate.test(since)
  const time = dated ? timeOf(since) : madeAt(since)
  if (time === undefined) return wrong(dated ? `${since} is no day of the calendar` : `there is no migration ${since}`)
  if (time > now) return wrong(`${since} is in the future`)
  const age = Math.floor((now - time) / day)
  return age >= days ? { state: 'fulfilled' } : wrong(`${since} is ${plural(age, 'day')} ago, and the policy asks for ${days}`)
}

/** What the comments above a statement say of deprecation; undefined where the policy does not ask. */
export const deprecationOf = ({ comments }: Statement, context: PolicyContext): Deprecated | undefined => {
  const { deprecation } = context
  if (!deprecation) return undefined
  const found = comments.filter(({ text }) => isNote.test(text)).map(({ text }) => judge(text, context, deprecation))
  return found.find(({ state }) => state === 'fulfilled') ?? found[0] ?? { state: 'absent' }
}
