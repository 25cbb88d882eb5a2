/** What a timeline says, in words that text, table and drawing share. */
import type { Cost, WayBack } from '../../features/compatibility/way-back.ts'
import { gradeWords } from '../../features/timeline/list.ts'
import type { Grade, LaneState } from '../../features/timeline/picture.ts'
import type { Interval, Stop } from '../../features/version/compatibility.ts'
import { displayVersion } from '../../features/version/numbers.ts'
import { plural } from '../../model/numbers.ts'
import type { App } from './apps.ts'
import { begunText, unreadBegun } from './begun.ts'
import type { Environment } from './environments.ts'
import type { Entry } from './timeline.ts'

export const stateWords: Readonly<Record<LaneState, string>> = {
  applied: 'applied',
  edited: 'applied, and its file is another one today',
  pending: 'pending',
  skipped: 'skipped: Drizzle’s migrator will never run it',
  'out-of-order': 'out of order: it will run behind later ones',
  unknown: 'unknown: the environment could not be read, or it is half done',
}

export const gradeOf = ({ class: worth, since }: Cost): Grade =>
  worth === 'unknown' ? 'unknown' : worth === 'lossy' ? 'data' : since.length > 0 ? 'new rows' : 'exact'

export const versionAt = (entries: readonly Entry[], at: number): string => {
  const version = entries[at]?.version
  return version ? displayVersion(version) : 'none'
}

/** Some of many: `a, b and 3 more`. */
export const some = (parts: readonly string[], shown: number): string =>
  parts.length <= shown ? parts.join(', ') : `${parts.slice(0, shown).join(', ')} and ${parts.length - shown} more`

/** What a migration changed: what breaks code goes first. */
export const changeTexts = ({ classified: { entries, statements, bump } }: Entry): readonly string[] => {
  const texts = entries.toSorted((a, b) => Number(b.breaking) - Number(a.breaking)).map(({ text }) => text)
  if (texts.length > 0) return texts
  const decisive = statements.find((statement) => statement.bump === bump)
  return [decisive?.what ?? 'nothing that code can see']
}

export const rangeText = (entries: readonly Entry[], { back, forth }: Interval): string =>
  back.at === forth.at ? `${versionAt(entries, back.at)} alone` : `${versionAt(entries, back.at)} to ${versionAt(entries, forth.at)}`

const tagOf = (entries: readonly Entry[], { at }: Stop): string => entries[at]?.migration.tag ?? ''

const reason = ({ what, why, unknown }: Stop): string => `${unknown ? 'unknown, ' : ''}${what}: ${why}`

/** Why code does not go on behind a migration. */
export const aheadText = (entries: readonly Entry[], stop: Stop): string => `${tagOf(entries, stop)}: ${reason(stop)}`

/** Why code does not go back over a migration. */
export const behindText = (entries: readonly Entry[], stop: Stop): string => `back over ${tagOf(entries, stop)}, ${reason(stop)}`

export const lossesOf = ({ over }: WayBack): readonly string[] => [...new Set(over.flatMap(({ cost }) => [...cost.loses, ...cost.since]))]

export const stopsOf = ({ over }: WayBack): readonly string[] => [...new Set(over.flatMap(({ cost }) => cost.stoppedBy))]

/** `6 migrations: 4 exact, 2 lose data`. */
export const costText = ({ over }: WayBack): string => {
  const grades = over.map(({ cost }) => gradeOf(cost))
  const counted = (Object.keys(gradeWords) as readonly Grade[]).flatMap((grade) => {
    const count = grades.filter((each) => each === grade).length
    return count === 0 ? [] : [`${count} ${gradeWords[grade]}`]
  })
  return `${plural(over.length, 'migration')}: ${counted.join(', ')}`
}

/** What of a migration breaks code; undefined where nothing does. */
export const breakText = ({ classified: { breaking, statements, why } }: Entry): string | undefined =>
  breaking ? (statements.find((statement) => statement.breaking)?.what ?? why) : undefined

const count = ({ cells }: Environment, state: LaneState): number => cells.filter((cell) => cell === state).length

/** `7 pending, 1 skipped`. */
export const stateText = (environment: Environment): string => {
  const { unknown, orphans, beyond, begun } = environment
  if (unknown) return 'unknown'
  const parts = [
    ...(begun?.map(begunText) ?? [unreadBegun]),
    ...(['pending', 'out-of-order', 'skipped', 'edited'] as const).flatMap((state) => {
      const number = count(environment, state)
      return number === 0 ? [] : [`${number} ${state === 'out-of-order' ? 'out of order' : state}`]
    }),
    ...(beyond > 0 ? [`${beyond} applied beyond a hole`] : []),
    ...(orphans > 0 ? [plural(orphans, 'row without a file', 'rows without a file')] : []),
  ]
  return parts.length === 0 ? 'up to date' : parts.join(', ')
}

/** The first migration of a future deployment that breaks an app. */
export const breakAhead = ({ runs }: App, environment: Environment): Stop | undefined =>
  runs && runs.forth.at >= environment.prefix - 1 ? runs.forth.stop : undefined
