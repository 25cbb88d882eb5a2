/** Version numbers, from the classes of migrations. */

/**
 * What a change means to code that runs against the schema. `major`: code written for the schema before may fail. `minor`: it runs on, and there is
 * something new. `patch`: it cannot tell. `unknown`: memory could not follow the statement; counted as major.
 */
export type Bump = 'major' | 'minor' | 'patch' | 'none' | 'unknown'

/** One migration's class, and the change that decided it, in words. */
export type Classified = { readonly bump: Bump; readonly why: string }

export type Version = { readonly major: number; readonly minor: number; readonly patch: number }

export const displayVersion = ({ major, minor, patch }: Version): string => `${major}.${minor}.${patch}`

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

/** Versions after each migration: the first one makes 1.0.0. */
export const versionsOf = (bumps: readonly Bump[]): readonly Version[] => {
  const versions: Version[] = []
  let version: Version = { major: 1, minor: 0, patch: 0 }
  bumps.forEach((bump, at) => {
    if (at > 0) version = nextVersion(version, bump)
    versions.push(version)
  })
  return versions
}
