/** What a migration breaks, in words: one line for each. */
import type { Reach } from '../../../features/impact/reach.ts'
import type { FoundUse } from '../../../features/impact/sources.ts'
import { plural } from '../../../model/numbers.ts'
import type { Block, Text } from '../../../model/report.ts'
import { entriesText } from '../../impact/words.ts'
import { type Blast, type Blow, brokenBy, isSure, type Sides } from './blast.ts'

const shownNames = 4
const shownPlaces = 2

const listed = (all: readonly string[], shown: number): string => {
  const words = [...new Set(all)]
  const rest = words.length - shown
  return rest > 0 ? `${words.slice(0, shown).join(', ')} and ${rest} more` : words.join(', ')
}

export const namesText = (reaches: readonly Reach[]): string =>
  listed(
    reaches.map(({ entry }) => entry.name),
    shownNames,
  )

const placesText = (uses: readonly FoundUse[]): string =>
  listed(
    uses.map(({ file, line }) => `${file}:${line}`),
    shownPlaces,
  )

/** `breaks 3 routes and 1 job`, `may break 1 route`. */
export const breaksText = (blast: Pick<Blast, 'blows'>): string => {
  const entries = brokenBy(blast)
  const may = blast.blows.some(isSure) ? 'breaks' : 'may break'
  if (entries.length > 0) return `${may} ${entriesText(entries)}`
  const places = blast.blows.flatMap(({ running }) => running.uses)
  return places.length > 0 ? `${may} ${plural(places.length, 'place')} of the code that no entry was seen to reach` : 'breaks nothing that was found'
}

export const isHarmless = ({ blows }: Pick<Blast, 'blows'>): boolean => blows.every(({ running }) => running.uses.length === 0)

/** What could not be followed near it: nothing found is then no clean answer. */
const gapsText = ({ blows }: Pick<Blast, 'blows'>): string => {
  const gaps = new Set(blows.flatMap(({ running }) => running.gaps)).size
  return gaps === 0 ? '' : `; ${plural(gaps, 'place')} near it could not be followed`
}

/** What is still to be done in the code here. */
const hereText = ({ blows }: Pick<Blast, 'blows'>, { commit }: Sides): string => {
  if (commit === undefined || isHarmless({ blows })) return ''
  const here = blows.flatMap((blow) => blow.here)
  return here.length === 0 ? ' The code here does not break.' : ` The code here breaks too: ${placesText(here)}.`
}

const whatText = ({ blows }: Blast): string =>
  listed(
    blows.map(({ running }) => running.effect.what),
    2,
  )

const lineOf = (blast: Blast, sides: Sides): Text => {
  const names = namesText(brokenBy(blast))
  const harmless = isHarmless(blast)
  return [
    { text: breaksText(blast), tone: harmless ? 'good' : blast.blows.some(isSure) ? 'bad' : 'warn' },
    `${names === '' ? '' : `: ${names}`}${gapsText(blast)}. It ${whatText(blast)}.${harmless ? '' : ` Deploy: ${blast.order}.`}${hereText(blast, sides)}`,
  ]
}

/** Which code was asked, in words. */
export const codeText = ({ commit }: Sides, root: string): string =>
  `the code ${root === '.' ? '' : `of ${root} `}${commit === undefined ? 'here' : `that has landed (${commit.slice(0, 9)})`}`

export const blastBlocks = (blasts: readonly Blast[], sides: Sides, root: string): readonly Block[] => {
  const { counts, entries } = sides.running.facts
  return [
    { type: 'heading', level: 2, text: 'blast radius of the new migrations' },
    {
      type: 'definition',
      items: [
        ...blasts.map((blast) => ({ term: blast.migration.tag, text: lineOf(blast, sides) })),
        {
          term: 'asked was',
          text: `${codeText(sides, root)}: ${plural(counts.files, 'file')}, ${plural(entries.length, 'entry', 'entries')}${entries.length === 0 ? '; --root DIR names the directory of the whole application' : ''}`,
        },
      ],
    },
  ]
}

/** The part's own line. */
export const shownText = (blasts: readonly Blast[], fresh: number): string => {
  const harmful = blasts.filter((blast) => !isHarmless(blast))
  const [only, ...others] = harmful
  if (!only) return `${plural(fresh, 'new migration')}: nothing of the code that was found breaks`
  if (others.length === 0) return `${only.migration.tag} ${breaksText(only)}`
  return `${harmful.length} of ${plural(fresh, 'new migration')}: together ${breaksText({ blows: harmful.flatMap(({ blows }) => blows) }).replace(/^(may )?breaks/, '$1break')}`
}

/** What a finding of the policy is told beside, where no code is in the way any more; undefined where some is. */
export const unusedText = ({ running, here }: Blow, sides: Sides, root: string): string | undefined => {
  if (running.uses.length + here.length > 0) return undefined
  const { gaps } = running
  return `No use of it was found in ${codeText(sides, root)}${gaps.length === 0 ? '' : `, but ${plural(gaps.length, 'place')} near it could not be followed`}.`
}
