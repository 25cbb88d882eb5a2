/** `lint --fix` on a directory in git. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { createWorld } from '../../src/cli/world.ts'
import type { Report } from '../../src/model/report.ts'
import { lint } from '../../src/operations/lint.ts'
import type { Place } from './place.ts'

export type Fixes = {
  readonly written: readonly string[]
  readonly removed: readonly string[]
  readonly fixed: readonly { rule: string }[]
  readonly left: readonly { rule: string; why: string }[]
  readonly before: readonly string[]
  readonly next: readonly string[]
  readonly waits: boolean
}

/** Of the only project. */
export const fixesOf = ({ data }: Report): Fixes => (data as unknown as { fixes: Fixes[] }).fixes[0] as Fixes

/** Commits all that is there; the first time the directory becomes a repository. */
export const commit = (place: Place): void => {
  if (!existsSync(join(place.path, '.git'))) place.git('init', '-q')
  place.git('add', '.')
  place.git('commit', '-qm', 'x')
}

/** Lints what was not committed yet. */
export const linted = async (place: Place, flags: { readonly [flag: string]: unknown }): Promise<Report> => {
  await using world = await createWorld({
    cwd: place.path,
    config: {},
    env: { ...process.env, XDG_CACHE_HOME: `${place.path}/.cache` },
    judging: { all: false, since: 'HEAD' },
  })
  return await lint.run(world, { arguments: [], flags: flags as never })
}
