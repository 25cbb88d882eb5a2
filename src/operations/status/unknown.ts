/** What cannot be said of the databases, and why not. */
import type { Unknown } from '../../model/finding.ts'
import type { Instant } from '../../model/world.ts'
import type { Standing } from './standings.ts'
import { ageText } from './words.ts'

const notSeen = ({ seen, unread }: Standing, now: Instant): Omit<Unknown, 'what'> => {
  if (seen?.report?.isOld)
    return {
      why: `${seen.report.path} is ${ageText(now - seen.observedAt)} old. ${unread?.why ?? ''}`.trim(),
      help: '--max-age says how old evidence may be; pgstrata report --env NAME writes it anew.',
    }
  if (seen) return { why: 'A file of the folder is missing: whether it is applied cannot be said.', help: 'pgstrata doctor says which.' }
  return unread ?? { why: 'It was not seen.' }
}

/** Of evidence it is another one who may not read it. */
const hiddenFrom = ({ seen }: Standing): Omit<Unknown, 'what'> => ({
  why: `${seen?.report ? 'Whoever looked' : 'This user'} may not read pgstrata.unfinished_migrations.`,
  help: 'GRANT USAGE ON SCHEMA pgstrata and SELECT ON pgstrata.unfinished_migrations to it; where row level security is on, ask as the owner.',
})

/** Known from evidence that is not too old, and from nothing else. */
export const isHearsay = ({ seen }: Pick<Standing, 'seen'>): boolean => seen?.report !== undefined && !seen.report.isOld

/** A gate wants to have looked by itself. */
const hearsayOf = ({ seen, unread, situation }: Standing, now: Instant): Omit<Unknown, 'what'> => ({
  why: `It is known only from ${seen?.report?.path ?? 'a report'}, ${ageText(now - (seen?.observedAt ?? now))} old (${situation.state}). ${unread?.why ?? ''}`.trim(),
  help: '--check wants to ask the database itself: run it where the environment can be reached.',
})

const namesShown = 3

/** Each reason once, with the databases that it holds for. */
export const unknownOf = (standings: readonly Standing[], asked: { readonly drift: boolean; readonly check: boolean }, now: Instant): readonly Unknown[] => {
  const found = new Map<string, { readonly why: Omit<Unknown, 'what'>; readonly names: string[] }>()
  const add = (name: string, why: Omit<Unknown, 'what'>): void => {
    const known = found.get(JSON.stringify(why))
    if (known) known.names.push(name)
    else found.set(JSON.stringify(why), { why, names: [name] })
  }
  for (const standing of standings) {
    const { lane, situation, drift, seen } = standing
    if (drift.state === 'unknown') add(`drift of ${lane.name}`, { why: drift.why })
    else if (asked.drift && seen && drift.state === 'not-looked-at') add(`drift of ${lane.name}`, { why: 'Whoever saw it did not look for drift.' })
    if (seen && seen.begun === undefined) add(`what has begun in ${lane.name}`, hiddenFrom(standing))
    if (asked.check && isHearsay(standing)) add(lane.name, hearsayOf(standing, now))
    else if (!seen || seen.report?.isOld || situation.cells.some(({ state }) => state === 'unknown')) add(lane.name, notSeen(standing, now))
  }
  return [...found.values()].map(({ why, names }) => ({
    what: names.length <= namesShown ? names.join(', ') : `${names.slice(0, namesShown).join(', ')} and ${names.length - namesShown} more`,
    ...why,
  }))
}
