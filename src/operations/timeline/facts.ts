/** What a replay knows of each version of a folder, kept by the hashes of the files: the same ones are replayed once. */
import type { Chain } from '../../features/version/compatibility.ts'
import type { Classified } from '../../features/version/numbers.ts'
import type { Migration } from '../../model/history.ts'
import type { World } from '../../model/world.ts'
import { once } from '../once.ts'
import type { Versioned } from '../version/classified.ts'
import type { Fact } from './fact.ts'

const form = 'timeline facts 2'

/** The replayed folder, made when somebody needs the catalogs themselves. */
export type Replayed = () => Promise<Chain>

/** A history with its classes, replayed in memory. */
export const replayedChain = async (migrations: readonly Migration[], classes: readonly Classified[] | undefined): Promise<Chain> => {
  const { chained } = await import('./replayed.ts')
  return chained(migrations, classes)
}

export const factsOf = async (world: World, { history, classes }: Versioned): Promise<{ readonly facts: readonly Fact[]; readonly chain: Replayed }> => {
  const chain = once(() => replayedChain(history.migrations, classes))
  const key = world.hash([form, world.config.postgres ?? '', ...history.migrations.map(({ tag, hash }) => `${tag} ${hash ?? 'missing'}`)].join('\n'))
  const cached = await world.cache.get(key)
  if (cached) return { facts: JSON.parse(new TextDecoder().decode(cached)) as readonly Fact[], chain }
  const { factsIn } = await import('./replayed.ts')
  const facts = factsIn(history, await chain(), world.config.postgres)
  await world.cache.put(key, new TextEncoder().encode(JSON.stringify(facts)))
  return { facts, chain }
}
