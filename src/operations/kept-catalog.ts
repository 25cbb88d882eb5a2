/** The catalog that migrations make, kept by their content with what else is known of them. */
import { catalogFromJson, catalogToJson } from '../changes/catalog-json.ts'
import type { Catalog } from '../model/catalog.ts'
import type { Migration } from '../model/history.ts'
import type { Json } from '../model/json.ts'
import type { World } from '../model/world.ts'

export type Kept<Known> = { readonly known: Known; readonly catalog: Catalog }

/** The content of all files in their order; undefined where one is missing. `kind` tells apart what is kept. */
const keyOf = (world: World, kind: string, migrations: readonly Migration[]): string | undefined =>
  migrations.every(({ hash }) => hash !== undefined) ? `${kind} ${world.hash(migrations.map(({ hash }) => hash).join('\n'))}` : undefined

/** What was kept for these migrations; what is damaged counts as absent. */
export const keptCatalog = async <Known>(
  world: World,
  kind: string,
  migrations: readonly Migration[],
  isKnown: (value: unknown) => value is Known,
): Promise<Kept<Known> | undefined> => {
  const key = keyOf(world, kind, migrations)
  const bytes = key === undefined ? undefined : await world.cache.get(key)
  if (!bytes) return undefined
  try {
    const [first = '', catalog = ''] = new TextDecoder().decode(bytes).split('\n', 2)
    const known: unknown = JSON.parse(first)
    return isKnown(known) ? { known, catalog: catalogFromJson(catalog) } : undefined
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

/** Keeps it, if all files are there. */
export const keepCatalog = async (world: World, kind: string, migrations: readonly Migration[], { known, catalog }: Kept<Json>): Promise<void> => {
  const key = keyOf(world, kind, migrations)
  if (key !== undefined) await world.cache.put(key, new TextEncoder().encode(`${JSON.stringify(known)}\n${catalogToJson(catalog)}`))
}
