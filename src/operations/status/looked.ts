/** Whether anybody looked for drift: that nothing was found and that nobody looked are two things. */
import { type Block, toned } from '../../model/report.ts'
import type { Instant } from '../../model/world.ts'
import type { Standing } from './standings.ts'
import { isHearsay } from './unknown.ts'
import { ageText } from './words.ts'

/** Of what was looked at by ourselves, just now. */
const liveText = (standings: readonly Standing[]): string | undefined => {
  const drifts = standings.flatMap(({ seen, drift }) => (seen && !seen.report ? drift.state : []))
  if (drifts.includes('not-looked-at')) return 'Drift was not looked at: in sync means that the ledger is. --drift compares the catalogs.'
  if (drifts.length === 0 || drifts.some((state) => state !== 'none')) return undefined
  return drifts.length === standings.length
    ? 'Drift was looked for: the catalogs are what the applied migrations make.'
    : 'Drift was looked for where it could be: there the catalogs are what the applied migrations make.'
}

/** Of what CI has seen, with its age; one sentence for each file. */
const reportedTexts = (standings: readonly Standing[], now: Instant): readonly string[] => {
  const reported = standings.filter(isHearsay)
  const paths = [...new Set(reported.map(({ seen }) => seen?.report?.path))]
  return paths.flatMap((path): readonly string[] => {
    const [first, ...others] = reported.filter(({ seen }) => seen?.report?.path === path)
    if (!first?.seen) return []
    const [name, age] = [first.lane.environment, ageText(now - first.seen.observedAt)]
    const drifts = [first, ...others].map(({ drift }) => drift.state)
    if (drifts.includes('not-looked-at')) return [`The report of ${name} did not look for drift: in sync means that the ledger was.`]
    return drifts.every((state) => state === 'none') ? [`Drift of ${name} was looked for ${age} ago: the catalog was what the applied migrations make.`] : []
  })
}

export const driftBlocks = (standings: readonly Standing[], now: Instant): readonly Block[] => {
  const words = [...[liveText(standings)].filter((text) => text !== undefined), ...reportedTexts(standings, now)]
  return words.length === 0 ? [] : [toned(words.join(' '), 'muted')]
}
