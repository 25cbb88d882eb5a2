/** The catalog after the migrations that have landed, kept by their content: new migrations are judged on it without reading the old ones. */
import { type Start, startOf } from '../../changes/start.ts'
import type { Catalog } from '../../model/catalog.ts'
import type { Migration } from '../../model/history.ts'
import type { Script } from '../../model/statement.ts'
import type { World } from '../../model/world.ts'
import { keepCatalog, keptCatalog } from '../kept-catalog.ts'

/** What stands before the new migrations. */
export type LandedBase = {
  readonly catalog: Catalog
  /** What the landed migrations take for granted: extensions, and statements that make stand-ins of a platform. */
  readonly extensions: readonly string[]
  readonly platform: readonly string[]
  /** How many statements each chunk of each migration holds. */
  readonly counts: readonly (readonly number[])[]
}

const kind = 'lint-base-2'

type Stored = Omit<LandedBase, 'catalog'>

const isStored = (value: unknown): value is Stored =>
  typeof value === 'object' &&
  value !== null &&
  ['extensions', 'platform', 'counts'].every((name) => Array.isArray((value as Readonly<Record<string, unknown>>)[name]))

/** What was kept for these migrations. */
export const keptBase = async (world: World, landed: readonly Migration[]): Promise<LandedBase | undefined> => {
  const kept = await keptCatalog(world, kind, landed, isStored)
  return kept?.known.counts.length === landed.length ? { ...kept.known, catalog: kept.catalog } : undefined
}

export const countsOf = ({ chunks }: Pick<Script, 'chunks'>): readonly number[] => chunks.map(({ statements }) => statements)

/** Keeps the catalog after the landed migrations. It is kept only where they alone take for granted what all together do. */
export const keepBase = async (world: World, landed: readonly Migration[], scripts: readonly Script[], start: Start, catalog: Catalog): Promise<void> => {
  const alone = startOf(scripts)
  const same = alone.extensions.join() === start.extensions.join() && alone.platform.sql.join('\n') === start.platform.sql.join('\n')
  if (!same) return
  const known: Stored = { extensions: start.extensions, platform: start.platform.sql, counts: scripts.map(countsOf) }
  await keepCatalog(world, kind, landed, { known, catalog })
}

/** True when these migrations take nothing for granted that the base does not hold. */
export const holdsFor = ({ catalog, extensions, platform }: LandedBase, scripts: readonly Script[]): boolean => {
  const own = startOf(scripts)
  return own.extensions.every((name) => extensions.includes(name) || catalog.extensions.has(name)) && own.platform.sql.every((sql) => platform.includes(sql))
}
