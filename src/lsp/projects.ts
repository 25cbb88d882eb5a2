/** The Drizzle projects of the files that an editor has open, read once and again when something changed on disk. */
import { resolve } from 'node:path'
import { ToolError } from '../model/error.ts'
import type { World } from '../model/world.ts'
import { type Base, readBase } from '../operations/lint/document.ts'
import { below, startsFor } from './places.ts'

export type OpenWorld = (cwd: string) => Promise<World & AsyncDisposable>

/** A file's world, and where it belongs to a project's migrations, that project and the file's path in its folder. */
export type Home = { readonly world: World; readonly cwd: string; readonly migration?: { readonly base: Base; readonly path: string } }

/** What only says that there is no project of ours; everything else that stops is worth saying. */
const noProject = new Set(['no-project', 'no-folder', 'empty-folder'])

const isMigration = (path: string): boolean => /^[^/]+[.]sql$/i.test(path) || /^[^/]+\/migration[.]sql$/i.test(path)

export const createProjects = (openWorld: OpenWorld) => {
  let worlds = new Map<string, Promise<World & AsyncDisposable>>()
  let bases = new Map<string, Promise<Base>>()

  const worldAt = (cwd: string): Promise<World & AsyncDisposable> => {
    const known = worlds.get(cwd)
    if (known) return known
    const opening = openWorld(cwd)
    worlds.set(cwd, opening)
    return opening
  }

  const baseOf = (world: World, cwd: string, project: Base['project']): Promise<Base> => {
    const folder = resolve(cwd, project.folder)
    const known = bases.get(folder)
    if (known) return known
    const reading = readBase(world, project)
    bases.set(folder, reading)
    return reading
  }

  const migrationAt = async (world: World, cwd: string, file: string): Promise<Home['migration']> => {
    for (const project of await world.projects()) {
      const path = below(resolve(cwd, project.folder), file)
      if (path !== undefined && isMigration(path)) return { base: await baseOf(world, cwd, project), path }
    }
    return undefined
  }

  return {
    /** Where a file belongs. Throws `ToolError` when its project cannot be read. */
    async find(file: string, roots: readonly string[]): Promise<Home> {
      const starts = startsFor(file, roots)
      for (const cwd of starts) {
        const world = await worldAt(cwd)
        try {
          const migration = await migrationAt(world, cwd, file)
          if (migration) return { world, cwd, migration }
        } catch (error) {
          if (!(error instanceof ToolError) || !noProject.has(error.code)) throw error
        }
      }
      const [cwd = resolve('.')] = starts
      return { world: await worldAt(cwd), cwd }
    },
    /** The world of a text that is no file. */
    async nowhere(roots: readonly string[]): Promise<Home> {
      const [cwd = resolve('.')] = roots
      return { world: await worldAt(cwd), cwd }
    },
    /** Migrations have changed on disk. */
    forgetFiles(): void {
      bases = new Map()
    },
    /** Configurations have changed. */
    async forgetAll(): Promise<void> {
      const old = [...worlds.values()]
      worlds = new Map()
      bases = new Map()
      for (const opening of old) await opening.then((world) => world[Symbol.asyncDispose]()).catch(() => undefined)
    },
  }
}

export type Projects = ReturnType<typeof createProjects>
