/** How bad an effect is for this code, and why. */
import type { CodeGap, CodeMention } from '../../model/code.ts'
import { plural } from '../../model/numbers.ts'
import type { Breakage, Effect } from './change/effect.ts'
import type { Dependent } from './database.ts'
import type { Reach } from './reach.ts'
import type { FoundUse } from './sources.ts'

export const risks = ['none', 'low', 'medium', 'high'] as const
export type Risk = (typeof risks)[number]

export type Risked = { readonly risk: Risk; readonly riskWhy: string }

/** What an effect meets in the code and the database. */
export type Met = {
  readonly effect: Effect
  /** Entries that break once it has run, and those that fail until it has run. */
  readonly breaks: readonly Reach[]
  readonly needs: readonly Reach[]
  /** The places that break, whoever reaches them. */
  readonly uses: readonly FoundUse[]
  readonly mentions: readonly CodeMention[]
  readonly dependents: readonly Dependent[]
  readonly gaps: readonly CodeGap[]
}

const failing: Readonly<Record<Breakage, string>> = {
  fails: 'is refused',
  'may fail': 'may fail',
  'other rows': 'may have another effect or answer',
  slower: 'may be slower',
}

const entriesIn = (reaches: readonly Reach[]): number => new Set(reaches.map(({ entry }) => entry)).size

const sentText = (reaches: readonly Reach[], fate: string): string => `what ${plural(entriesIn(reaches), 'entry sends', 'entries send')} ${fate}`

const ofBreaks = ({ effect: { breakage }, breaks }: Met): Risked | undefined => {
  if (breaks.length === 0) return undefined
  const sure = breaks.filter(({ confidence }) => confidence !== 'possible')
  if (breakage === 'slower') return { risk: 'low', riskWhy: sentText(breaks, failing.slower) }
  if (breakage === 'fails' && sure.length > 0) return { risk: 'high', riskWhy: sentText(sure, failing.fails) }
  return { risk: 'medium', riskWhy: sentText(breaks, breakage === 'fails' ? 'may be refused' : failing[breakage]) }
}

const ofUnreached = ({ effect, uses }: Met): Risked | undefined => {
  if (effect.unseen !== undefined) return { risk: 'medium', riskWhy: 'this code no longer declares it; an earlier release that still runs may use it' }
  if (uses.length === 0 || effect.breakage === 'slower') return undefined
  return { risk: 'medium', riskWhy: `${plural(uses.length, 'place', 'places')} in code that no entry was seen to reach` }
}

const ofRest = ({ needs, mentions, dependents, gaps }: Met): Risked => {
  if (needs.length > 0) return { risk: 'low', riskWhy: `${plural(entriesIn(needs), 'entry', 'entries')} of this code cannot run before it` }
  if (gaps.length > 0) return { risk: 'low', riskWhy: `nothing was found, but ${plural(gaps.length, 'place', 'places')} near it could not be followed` }
  if (mentions.length + dependents.length > 0) return { risk: 'low', riskWhy: 'it is named, and no query was found that breaks' }
  return { risk: 'none', riskWhy: 'nothing of the code that was followed depends on it' }
}

/** What breaks goes first, then what may be hidden; nothing found near something that was not followed is no clean answer. */
export const riskOf = (met: Met): Risked => ofBreaks(met) ?? ofUnreached(met) ?? ofRest(met)
