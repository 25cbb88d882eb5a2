/** A changelog of a schema, in the form of keepachangelog.com. */
import { type ChangelogSection, type Classified, changelogSections, type Entry, type Version } from './numbers.ts'

/** A release: a tag of git, and the last migration that it has. */
export type Release = { readonly tag: string; readonly at: number }

export type ChangelogEntry = Entry & { readonly migration: string }

/** One version's part, or what is not released. */
export type ChangelogPart = {
  /** Undefined for what is not released. */
  readonly version: Version | undefined
  /** The git tag that names it. */
  readonly tag: string | undefined
  /** The day (UTC) of its last migration. */
  readonly date: string
  readonly migrations: readonly string[]
  readonly breaking: boolean
  readonly sections: readonly { readonly section: ChangelogSection; readonly entries: readonly ChangelogEntry[] }[]
}

type Migrations = readonly { readonly tag: string; readonly when: number }[]

/** A journal may hold a number that is no time. */
export const dayOf = (when: number): string => (Number.isNaN(new Date(when).getTime()) ? 'no date' : new Date(when).toISOString().slice(0, 10))

/** Positions of the migrations that belong together, oldest first; `tag`: the release that they are. */
type Stretch = { readonly from: number; readonly to: number; readonly tag?: string; readonly released: boolean }

/** Where tags name releases, these; otherwise each migration that has landed is a version of its own. */
const stretchesOf = (count: number, releases: readonly Release[], landed: number): readonly Stretch[] => {
  const ordered = releases.toSorted((a, b) => a.at - b.at)
  const stretches: Stretch[] = ordered.map(({ tag, at }, place) => ({ from: (ordered[place - 1]?.at ?? -1) + 1, to: at, tag, released: true }))
  const done = ordered.length > 0 ? (ordered.at(-1)?.at ?? -1) + 1 : landed
  if (ordered.length === 0) for (let at = 0; at < landed; at++) stretches.push({ from: at, to: at, released: true })
  return done < count ? [...stretches, { from: done, to: count - 1, released: false }] : stretches
}

/** `landed`: how many migrations from the first one on have landed. Newest first. Two tags of one migration are one release: the second has nothing of its own. */
export const changelogOf = (
  migrations: Migrations,
  classes: readonly Classified[],
  versions: readonly Version[],
  releases: readonly Release[],
  landed: number,
): readonly ChangelogPart[] =>
  stretchesOf(migrations.length, releases, landed)
    .map(({ from, to, tag, released }): ChangelogPart => {
      const own = migrations.slice(from, to + 1)
      const entries = own.flatMap((migration, place) => (classes[from + place]?.entries ?? []).map((entry) => ({ ...entry, migration: migration.tag })))
      return {
        version: released ? versions[to] : undefined,
        tag,
        date: dayOf(migrations[to]?.when ?? 0),
        migrations: own.map((migration) => migration.tag),
        breaking: classes.slice(from, to + 1).some(({ breaking }) => breaking),
        sections: changelogSections
          .map((section) => ({ section, entries: entries.filter((entry) => entry.section === section) }))
          .filter(({ entries: some }) => some.length > 0),
      }
    })
    .toReversed()
