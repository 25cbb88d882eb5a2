/** A statement's text with other names in it; whether it then runs is for a replay to say. */
import type { Change } from '../../../model/change.ts'
import { displayIdentifier, localName, quoteIdentifier } from '../../../model/name.ts'
import { quoteLiteral } from '../../../sql/print.ts'
import { tokenPattern } from '../../../sql/tokens.ts'

/** An identifier, or a text, and what stands in its place. */
export type Replacement = { readonly from: string; readonly to: string; readonly literal: boolean }

const wordOf = (token: string): string | undefined => {
  if (token.startsWith('"')) return token.slice(1, -1).replaceAll('""', '"')
  return /^[A-Za-z_\u0080-\uffff]/.test(token) && !token.endsWith("'") ? token.toLowerCase() : undefined
}

const isMeant = (token: string, { from, literal }: Replacement): boolean => (literal ? token === quoteLiteral(from) : wordOf(token) === from)

const written = (token: string, { to, literal }: Replacement): string => {
  if (literal) return quoteLiteral(to)
  return token.startsWith('"') ? quoteIdentifier(to) : displayIdentifier(to)
}

/** The text with each name replaced, and at how many places. */
export const replaced = (sql: string, replacements: readonly Replacement[]): { readonly sql: string; readonly places: number } => {
  let places = 0
  const text = sql.replaceAll(tokenPattern, (token) => {
    const meant = replacements.find((replacement) => isMeant(token, replacement))
    if (!meant) return token
    places += 1
    return written(token, meant)
  })
  return { sql: text, places }
}

/** What a change calls otherwise. */
export const renaming = (change: Change): Replacement | undefined => {
  if (!change.kind.startsWith('rename-') || change.implied) return undefined
  if ('from' in change && typeof change.from === 'string' && 'to' in change && typeof change.to === 'string')
    return { from: change.from, to: change.to, literal: change.kind === 'rename-enum-value' }
  if ('name' in change && 'to' in change && typeof change.to === 'string')
    return { from: localName(change.name as Parameters<typeof localName>[0]), to: change.to, literal: false }
  return undefined
}
