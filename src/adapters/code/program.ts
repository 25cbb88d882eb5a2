/** A repository's program: what there is of it on disk, and what of it is worth following. */
import type { Cache } from '../../model/world.ts'
import { loadSql } from '../../sql/parser.ts'
import { type Choice, choose, firstRead } from './choice.ts'
import { clients } from './clients/index.ts'
import { type Drizzle, makeDrizzle } from './drizzle/index.ts'
import { listFiles, type SourceFiles } from './files.ts'
import { type Followed, followed, type Ground } from './follow.ts'
import type { ProjectFiles } from './frameworks/define.ts'
import { frameworks } from './frameworks/index.ts'
import { makePg } from './frameworks/pg.ts'
import { makePostgres } from './frameworks/postgres.ts'
import { lodash } from './libraries/lodash.ts'
import type { Declared } from './mentions/asked.ts'
import { type Notebook, openNotebook } from './notebook.ts'
import { openProject } from './project.ts'
import { createResolver, type Resolver } from './resolve/index.ts'
import { readManifests } from './resolve/manifests.ts'
import { sqlReader } from './sql-text/for-drizzle.ts'
import { openTrees, type Trees } from './trees.ts'
import { validators } from './validators/index.ts'
import { startWorkers, type Workers } from './workers.ts'

/** A repository that has been looked at, and nothing of it followed. */
export type Opened = {
  readonly listed: SourceFiles
  readonly notebook: Notebook
  readonly project: ProjectFiles
  readonly resolver: Resolver
  readonly trees: Trees
  readonly workers: Workers
}

/** Throws `no-directory`. The caller disposes of the trees. */
export const openProgram = async (root: string, cache: Cache, keptAs: string): Promise<Opened> => {
  const listed = await listFiles(root)
  const paths = [...listed.sources, ...listed.others]
  const manifests = readManifests(root, paths)
  const workers = startWorkers(root, listed.sources)
  const notebook = await openNotebook({ root, looks: listed.looks, cache, keptAs, workers })
  const resolver = createResolver(root, paths, manifests)
  const trees = openTrees({ root, sources: listed.sources, notebook, cache, keptAs, resolver, workers })
  return { listed, notebook, project: openProject(root, paths, notebook, manifests), resolver, trees, workers }
}

/** What of a program is followed from the start. */
export type Starts = Pick<Ground, 'registering' | 'roots' | 'uncalled'>

export type Program = {
  readonly chosen: Choice
  /** Follows it from these starts, with nothing that an earlier call has met. `declared` hears of its tables and enums as soon as they are known. */
  follow(starts: Starts, declared?: (what: Declared) => void): Followed
  /** From now on only these files are followed. */
  narrow(paths: ReadonlySet<string>): void
  /** Sources that were read to choose them or to follow them, up to now. */
  readonly touched: ReadonlySet<string>
  /** Those whose text was looked at for it, and not their tree. */
  readonly looked: ReadonlySet<string>
}

/** Chooses the files, and begins to make their trees. */
export const chooseProgram = async ({ listed, notebook, project: all, resolver, trees }: Opened): Promise<Program> => {
  const [touched, looked] = [new Set<string>(), new Set<string>()]
  const project: ProjectFiles = {
    ...all,
    read(path) {
      touched.add(path)
      looked.add(path)
      return all.read(path)
    },
  }
  await firstRead(listed.sources, notebook, trees.prepare)
  const chosen = choose(listed.sources, project, resolver, notebook, { frameworks, libraries: validators })
  const { known, related, declaring } = chosen
  await trees.prepare(chosen.toLoad)
  await loadSql()
  let only: ReadonlySet<string> | undefined
  return {
    chosen,
    follow({ registering, roots, uncalled }, declared) {
      const tables = () => drizzle.tables()
      const drizzle: Drizzle = makeDrizzle({ readSql: sqlReader(tables) })
      return followed({
        sources: {
          tree(path) {
            if (!known.has(path) || only?.has(path) === false) return undefined
            touched.add(path)
            return trees.tree(path)
          },
          resolve: (from, specifier) => resolver.resolve(from, specifier),
          matters: (path) => chosen.matters(path) || (only?.has(path) ?? false),
          reaches: (path) => related.has(path),
        },
        project,
        models: [drizzle.framework, makePg(tables), makePostgres(tables), lodash, ...validators, ...frameworks, ...clients],
        declaring,
        registering,
        roots,
        uncalled,
        tables,
        enums: () => drizzle.enums(),
        declared: () => declared?.({ tables: tables(), enums: drizzle.enums() }),
      })
    },
    narrow(paths) {
      only = paths
    },
    touched,
    looked,
  }
}
