/** What the flags, the configuration and the project say of what is compared. */
import type { Selection } from '../../features/drift/select.ts'
import { nearest } from '../../model/config-schema.ts'
import { ToolError } from '../../model/error.ts'
import { type Facet, facets } from '../../model/printed.ts'
import type { World } from '../../model/world.ts'
import { isOwnedBy, type PlatformPreset, platformOf } from '../../sql/platforms/owned.ts'
import type { ReadSide } from './sides.ts'

export type SelectFlags = { readonly include: readonly string[]; readonly exclude: readonly string[]; readonly facets: ReadonlySet<Facet> }

const words = (text: string): readonly string[] => text.split(',').flatMap((word) => (word.trim() === '' ? [] : word.trim()))

const isFacet = (word: string): word is Facet => (facets as readonly string[]).includes(word)

const facet = (word: string): Facet => {
  if (isFacet(word)) return word
  const near = nearest(word, facets)
  throw new ToolError('usage', `--facets does not know ${JSON.stringify(word)}.`, {
    help: `${near === undefined ? '' : `Did you mean ${near}? `}Facets: ${facets.join(', ')}, all, none.`,
  })
}

/** Two databases are compared with their privileges; text says little of them. */
const usual = (live: boolean): readonly Facet[] => (live ? ['grants'] : [])

/** The facets that are compared; `live`: both sides are databases. Only they have roles. Throws `usage` for a word that is none. */
export const facetsOf = ({ config }: World, flag: string | undefined, live: boolean): ReadonlySet<Facet> => {
  const asked = flag === 'all' ? facets : flag === 'none' ? [] : flag === undefined ? (config.drift?.facets ?? usual(live)) : words(flag).map(facet)
  return new Set(asked.filter((each) => live || each !== 'roles'))
}

/** `['!audit_*', 'app']` and the like, as drizzle-kit takes them. */
const list = (of: readonly string[] | undefined): readonly string[] | undefined => (of === undefined || of.length === 0 ? undefined : of)

/** Only what the project manages, where one side is its text. */
const managed = async (world: World, sides: readonly ReadSide[]): Promise<Pick<Selection, 'schemas' | 'tables'>> => {
  if (sides.every(({ live }) => live) || !sides.some(({ live }) => live)) return {}
  const [project, ...others] = await world.projects().catch(() => [])
  if (!project || others.length > 0) return {}
  const [schemas, tables] = [list(project.schemaFilter), list(project.tablesFilter)]
  return { ...(schemas ? { schemas } : {}), ...(tables ? { tables } : {}) }
}

export type Selected = Selection & {
  /** The platform whose own objects are left out, and whether somebody named it. */
  readonly platform?: { readonly name: PlatformPreset; readonly found: boolean }
}

export const selectionOf = async (world: World, flags: SelectFlags, sides: readonly ReadSide[]): Promise<Selected> => {
  const named = world.config.drift?.preset
  const found = named ?? sides.flatMap(({ live, printed }) => (live ? (platformOf(printed) ?? []) : [])).at(0)
  return {
    facets: flags.facets,
    include: flags.include.flatMap(words),
    exclude: [...flags.exclude.flatMap(words), ...(world.config.drift?.exclude ?? [])],
    ...(await managed(world, sides)),
    ...(found === undefined ? {} : { isPlatform: isOwnedBy(found), platform: { name: found, found: named === undefined } }),
  }
}
