/** The lock of the folder as it will be. */
import { lockPath, writeLock } from '../../drizzle/lock.ts'
import type { Resolution } from '../../features/collision/resolution.ts'
import type { Migration } from '../../model/history.ts'
import type { World } from '../../model/world.ts'
import { lockIn } from '../lock-file.ts'
import type { Side } from './side.ts'

/** In the order in which they will be read: a 1.0 folder's is that of the names. */
const migrationsAfter = ({ history }: Side, { rebase, mine, dropped }: Resolution): readonly Migration[] => {
  if (history.layout === 'journal') return (rebase?.history ?? history).migrations
  const kept = mine.filter((migration) => !dropped.some((each) => each.migration.tag === migration.tag))
  const all = rebase?.history.migrations ?? [...history.migrations, ...kept]
  return all.toSorted((a, b) => a.tag.localeCompare(b.tag, 'en'))
}

/** Its path below the folder and its text, where one of the sides keeps a lock. */
export const lockAfter = async (world: World, folder: string, landed: Side, mine: Side, found: Resolution): Promise<readonly (readonly [string, string])[]> => {
  const kept = landed.paths.has(lockPath) || mine.paths.has(lockPath) || (await lockIn(world, folder)) !== undefined
  return kept ? [[lockPath, writeLock(migrationsAfter(landed, found), world.hash)]] : []
}
