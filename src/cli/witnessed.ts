/** A world whose use tells whether a report could be known again without a run. */
import { spoilSights } from '../adapters/sights.ts'
import type { World } from '../model/world.ts'

/** Ports that tell what the file system said, which is noted where it is asked, or nothing that is outside. git, a server or standard input is not asked again. */
const known = [
  'projects',
  'history',
  'files',
  'cache',
  'git',
  'hash',
  'now',
  'config',
  'judging',
  'progress',
  'signal',
] as const satisfies readonly (keyof World)[]

const isKnown = (port: PropertyKey): boolean => known.some((name) => name === port)

export const witnessed = (world: World): World =>
  new Proxy(world, {
    get(target, port) {
      if (!isKnown(port)) spoilSights()
      return Reflect.get(target, port)
    },
  })
