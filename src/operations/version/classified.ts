/** The classes of a history's migrations, from the cache where the same files were classified before; and the numbers that they make. */
import { type Classified, parseVersion, type Version, versionsOf } from '../../features/version/numbers.ts'
import { type Config, type Project, versionConfigOf } from '../../model/config.ts'
import type { History } from '../../model/history.ts'
import type { World } from '../../model/world.ts'

/** What a change of the sources does not change by itself: the form in which classes are kept. */
const form = 'version classes 6'

const classified = async (world: World, history: History): Promise<readonly Classified[]> => {
  const key = world.hash([form, ...history.migrations.map(({ hash }) => hash ?? 'missing')].join('\n'))
  const cached = await world.cache.get(key)
  if (cached) return JSON.parse(new TextDecoder().decode(cached)) as readonly Classified[]
  // The parser and the algebra are loaded only where something is new.
  const { classifyHistory } = await import('../../features/version.ts')
  const classes = await classifyHistory(history)
  await world.cache.put(key, new TextEncoder().encode(JSON.stringify(classes)))
  return classes
}

/** How a project's versions are numbered and tagged. */
export type Numbering = { readonly first: Version | undefined; readonly tagPrefix: string }

const refPart = (name: string): string => name.replaceAll(/[^\w]+/g, '-').replaceAll(/^-+|-+$/g, '')

/** What a project says goes before what is said for all; of several projects each has tags of its own. */
export const numberingOf = (config: Config, project: Project | undefined, several: boolean): Numbering => {
  const own = versionConfigOf(config, project)
  const given =
    several && !config.projects?.[project?.name ?? '']?.version?.tagPrefix && own.tagPrefix
      ? `${own.tagPrefix}${refPart(project?.name ?? '')}-v`
      : own.tagPrefix
  const usual = several ? `schema-${refPart(project?.name ?? '')}-v` : 'schema-v'
  return { first: own.baseline === undefined ? undefined : parseVersion(own.baseline), tagPrefix: given ?? usual }
}

/** A history with the class and the version of each migration. */
export type Versioned = {
  readonly history: History
  readonly classes: readonly Classified[]
  readonly versions: readonly Version[]
  readonly numbering: Numbering
}

export const versionedOf = async (world: World, history: History, numbering: Numbering): Promise<Versioned> => {
  const classes = await classified(world, history)
  return {
    history,
    classes,
    numbering,
    versions: versionsOf(
      classes.map(({ bump }) => bump),
      numbering.first,
    ),
  }
}
