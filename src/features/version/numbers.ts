/** Version numbers, from the classes of migrations. Nothing here needs the parser. */

/**
 * What a change means to code that runs against the schema. `major`: code written for the schema before may fail. `minor`: it runs on, and there is
 * something new. `patch`: it cannot tell. `unknown`: memory could not follow the statement; counted as major.
 */
export type Bump = 'major' | 'minor' | 'patch' | 'none' | 'unknown'

/** What a class alone does not say. */
export type Flag = keyof typeof flagWords

/** Each flag's words. */
export const flagWords = {
  'reader-risk': 'strict readers may meet a value that they do not know',
  'null-risk': 'readers may meet NULL',
  'driver-type': 'drivers give the values in another form',
  data: 'rows are changed, and nothing is known of which',
  'data-loss': 'values that stood there are gone, unless the migration carries them over',
  'on-conflict': 'an ON CONFLICT that names it fails',
  'delete-risk': 'a DELETE of a row that is referred to is refused',
  trigger: 'a trigger changes what a write does, and may refuse it',
  rewrite: 'the table is written anew',
  behaviour: 'the same statement has another effect',
} as const

/** What somebody has said of a migration or a statement, in a comment of the file. */
export type Override = {
  readonly says: 'major' | 'minor' | 'patch' | 'breaking' | 'not breaking'
  readonly reason: string
  readonly line: number
  /** Whether it speaks for the whole migration or for the statement below it. */
  readonly of: 'migration' | 'statement'
  /** It says what was so without it. */
  readonly idle?: true
}

/** A comment that wants to be an override and is none. */
export type BadOverride = { readonly line: number; readonly text: string; readonly why: string }

/** One statement's class. */
export type ClassifiedStatement = {
  /** Position of the statement in its file, from 0, and its line. */
  readonly index: number
  readonly line: number
  /** The class that counts: the override's, where there is one. */
  readonly bump: Bump
  /** What the change that decided it does, in words, and why that is of this class. */
  readonly what: string
  readonly why: string
  readonly flags: readonly Flag[]
  /** Whether code written before it may fail. */
  readonly breaking: boolean
  /** A comment above it says so. */
  readonly said?: true
}

/** What a reader of the changelog is told. */
export type Entry = { readonly section: ChangelogSection; readonly text: string; readonly breaking: boolean }

export const changelogSections = ['Added', 'Changed', 'Deprecated', 'Removed', 'Fixed', 'Security'] as const
export type ChangelogSection = (typeof changelogSections)[number]

/** One migration's class, and why. */
export type Classified = {
  readonly bump: Bump
  /** The change that decided it, in words, and why it is of this class. */
  readonly why: string
  /** Whether code written before may fail: a major change, unless somebody has said otherwise. */
  readonly breaking: boolean
  readonly flags: readonly Flag[]
  readonly statements: readonly ClassifiedStatement[]
  readonly overrides: readonly Override[]
  readonly bad: readonly BadOverride[]
  readonly entries: readonly Entry[]
}

const rank: Readonly<Record<Bump, number>> = { none: 0, patch: 1, minor: 2, major: 3, unknown: 4 }

/** Above 0 where the first class is the stronger one. */
export const compareBumps = (a: Bump, b: Bump): number => rank[a] - rank[b]

/** Whether code written before a change of that class may fail. */
export const breaks = (bump: Bump): boolean => bump === 'major' || bump === 'unknown'

export type Version = { readonly major: number; readonly minor: number; readonly patch: number }

export const displayVersion = ({ major, minor, patch }: Version): string => `${major}.${minor}.${patch}`

/** `7.3.0`; undefined where a text is no version. */
export const parseVersion = (text: string): Version | undefined => {
  const [, major, minor, patch] = /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$/.exec(text) ?? []
  return major === undefined ? undefined : { major: Number(major), minor: Number(minor), patch: Number(patch) }
}

/** The version after a migration of that class. */
const nextVersion = (version: Version, bump: Bump): Version => {
  switch (bump) {
    case 'major':
    case 'unknown':
      return { major: version.major + 1, minor: 0, patch: 0 }
    case 'minor':
      return { ...version, minor: version.minor + 1, patch: 0 }
    case 'patch':
      return { ...version, patch: version.patch + 1 }
    case 'none':
      return version
  }
}

const firstVersion: Version = { major: 1, minor: 0, patch: 0 }

/** Versions after each migration: the first one makes `first`, 1.0.0 where nothing else is said. */
export const versionsOf = (bumps: readonly Bump[], first: Version = firstVersion): readonly Version[] => {
  const versions: Version[] = []
  let version = first
  bumps.forEach((bump, at) => {
    if (at > 0) version = nextVersion(version, bump)
    versions.push(version)
  })
  return versions
}
