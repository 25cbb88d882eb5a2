/** What is known of production's tables: from a profile's file, or from an environment that may be asked. */
import { parseProfile, readProfile } from '../../features/profile.ts'
import type { Config } from '../../model/config.ts'
import { ToolError } from '../../model/error.ts'
import type { RelationName } from '../../model/name.ts'
import type { StatisticsProfile, Usage } from '../../model/profile.ts'
import type { World } from '../../model/world.ts'
import { tableSettings } from '../../rules/severity.ts'
import { parseSource } from '../source-ref.ts'

/** Where a team keeps the profile that is used without being named. */
const customary = 'pgstrata.profile.json'

const fromFile = async (world: World, path: string): Promise<StatisticsProfile> => {
  let bytes: Uint8Array
  try {
    bytes = await world.files.read(path)
  } catch (cause) {
    throw new ToolError('no-such-file', `The profile ${path} cannot be read.`, { help: 'Make one with pgstrata profile ENVIRONMENT --out FILE.', cause })
  }
  return parseProfile(new TextDecoder().decode(bytes), path)
}

/** The profile that a flag names (a file, an environment or a URL), or the customary file's; undefined where there is none. */
export const profileFor = async (world: World, named: string | undefined): Promise<StatisticsProfile | undefined> => {
  if (named === undefined) return (await world.files.exists(customary)) ? fromFile(world, customary) : undefined
  const source = /[.]json$/i.test(named) ? undefined : parseSource(named, world.config)
  if (source?.type !== 'environment' && source?.type !== 'url') return fromFile(world, named)
  await using session = await world.reader(source)
  return await readProfile(session, source.type === 'environment' ? source.name : 'the database of the given URL', new Date(world.now()).toISOString())
}

/** A table's numbers of the profile, with what the configuration says of it. A table that the profile does not have is unknown. */
export const usageOf =
  (policy: NonNullable<Config['policy']>, profile: StatisticsProfile | undefined) =>
  (relation: RelationName): Usage => ({
    ...profile?.relations[relation],
    ...(tableSettings(policy, relation)?.traffic === 'high' ? { busy: true } : {}),
  })
