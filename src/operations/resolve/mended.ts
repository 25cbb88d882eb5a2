/** What somebody mended by hand in mine's files in the middle of a merge: he meant it, and his text counts where it is whole. */
import { nameIn } from '../../drizzle/append.ts'
import { conflictMarkerLine } from '../../drizzle/json-text.ts'
import type { Sides } from '../../features/collision/sides.ts'
import type { Project } from '../../model/config.ts'
import type { Migration } from '../../model/history.ts'
import { below } from '../../model/path.ts'
import { withLf } from '../../model/text.ts'
import type { World } from '../../model/world.ts'
import { textAt } from '../text-at.ts'

/** Texts by the paths that mine's migrations have. */
export type Mended = ReadonlyMap<string, string>

/** Without git’s marks of a conflict. */
export const isWhole = (text: string): boolean => conflictMarkerLine(text) === undefined

/** Texts in mine's own files that are none of a commit. Where one of the same name is gone, resolve has been here, and the file may be that one’s. */
export const mendedBefore = async (world: World, { folder }: Project, { mine, landed }: Sides): Promise<Mended> => {
  const now = new Map<Migration, string | undefined>()
  for (const migration of mine) now.set(migration, await textAt(world, below(folder, migration.path)))
  const known = new Set([...mine, ...landed].map(({ sql }) => withLf(sql ?? '')))
  const gone = mine.filter((migration) => now.get(migration) === undefined)
  return new Map(
    mine.flatMap((migration) => {
      const text = now.get(migration)
      const sure = !gone.some(({ tag }) => nameIn(tag) === nameIn(migration.tag))
      return text !== undefined && !known.has(withLf(text)) && sure && isWhole(text) ? [[migration.path, text] as const] : []
    }),
  )
}

export const mendedSides = (sides: Sides, mended: Mended, hash: (text: string) => string): Sides => ({
  ...sides,
  mine: sides.mine.map((migration): Migration => {
    const sql = mended.get(migration.path)
    return sql === undefined ? migration : { ...migration, sql, hash: hash(sql) }
  }),
})
