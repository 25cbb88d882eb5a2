/** A SQL file while it is being written: judged from its text, before it is saved, on top of what stands before it. */
import { type Replay, replay } from '../../changes/replay.ts'
import { type Start, startOf } from '../../changes/start.ts'
import { type BesideKind, besidePath, type Section, sectionsOf } from '../../features/fix/beside.ts'
import type { Project } from '../../model/config.ts'
import { ToolError } from '../../model/error.ts'
import type { History, Migration } from '../../model/history.ts'
import type { Script } from '../../model/statement.ts'
import type { World } from '../../model/world.ts'
import { readScript } from '../../sql/script.ts'
import { landedIn } from '../landed.ts'
import { loneSubject } from './lone.ts'
import type { Subject } from './subject.ts'

/** A file beside the folder; `text` is undefined where there is none. */
export type BesideFile = { readonly path: string; readonly text: string | undefined; readonly sections: readonly Section[] }

/** A project as it stands on disk. */
export type Base = {
  readonly project: Project
  readonly history: History
  /** The tags of what has landed, where that is known. */
  readonly landed: ReadonlySet<string> | undefined
  /** What is run by hand before the deployment, and what is left to the next one, by migration. */
  readonly beside: { readonly [K in BesideKind]: BesideFile }
}

/** What has landed is a help, not a need: an editor may stand outside of any repository. */
const landedTags = async (world: World, project: Project): Promise<ReadonlySet<string> | undefined> => {
  try {
    return (await landedIn(world, project.folder))?.landed
  } catch (error) {
    if (error instanceof ToolError) return undefined
    throw error
  }
}

const besideFile = async (world: World, { folder }: Project, kind: BesideKind): Promise<BesideFile> => {
  const path = besidePath(folder, kind)
  if (!(await world.files.exists(path))) return { path, text: undefined, sections: [] }
  const text = new TextDecoder().decode(await world.files.read(path))
  return { path, text, sections: sectionsOf(text, kind) }
}

/** Reads a project's folder. Throws what reading a folder throws. */
export const readBase = async (world: World, project: Project): Promise<Base> => {
  const [history, landed, before, next] = await Promise.all([
    world.history({ type: 'folder', path: project.folder }, { snapshots: false }),
    landedTags(world, project),
    besideFile(world, project, 'before'),
    besideFile(world, project, 'next'),
  ])
  return { project, history, landed, beside: { before, next } }
}

const tagOf = (path: string): string => path.replace(/\/migration[.]sql$/i, '').replace(/[.]sql$/i, '')

/** The migrations up to the one at `path`, which has the text that is being written. A file that the journal does not name yet comes after all others. */
const withText = ({ history: { migrations } }: Base, path: string, sql: string): { readonly before: readonly Migration[]; readonly own: Migration } => {
  const known = migrations.find((migration) => migration.path === path)
  const own: Migration = known ? { ...known, sql } : { tag: tagOf(path), index: migrations.length, path, sql, hash: undefined, when: 0 }
  return { before: migrations.slice(0, own.index), own }
}

/** Positions of what runs together with a migration: those before it that have not landed either. One that has landed is judged by itself. */
const pendingWith = (before: readonly Migration[], own: Migration, landed: Base['landed']): ReadonlySet<number> => {
  const fresh = landed && !landed.has(own.tag) ? before.filter(({ tag }) => !landed.has(tag)) : []
  return new Set([...fresh, own].map(({ index }) => index))
}

/** What is run by hand before the pending migrations; it is taken as done. */
const preparing = (base: Base, before: readonly Migration[], own: Migration, pending: ReadonlySet<number>): readonly Script[] => {
  const tags = new Set([...before, own].filter(({ index }) => pending.has(index)).map(({ tag }) => tag))
  return base.beside.before.sections.filter(({ tag }) => tags.has(tag)).map(({ sql }) => readScript(sql))
}

type Replayed = { readonly scripts: readonly Script[]; readonly start: string; readonly replay: Replay }

const sameScripts = (a: readonly Script[], b: readonly Script[]): boolean => a.length === b.length && a.every((script, at) => script === b[at])

const startKey = ({ extensions, platform }: Start): string => JSON.stringify([extensions, platform.sql])

/** One replay behind another. */
const behind = (before: Replay, { steps, catalogs, catalog }: Replay): Replay => ({
  steps: [...before.steps, ...steps.map((step) => ({ ...step, migration: step.migration + before.catalogs.length }))],
  catalogs: [...before.catalogs, ...catalogs],
  catalog,
})

/** Migrations of which parsed text is kept; a folder has hundreds. */
const keptScripts = 4000
const keptReplays = 8

/**
 * Reads files that are being written. It keeps what it has parsed and replayed, so that a keystroke costs no more than the file itself. The parser must be
 * loaded.
 */
export const createReader = () => {
  const parsed = new Map<string, Script>()
  const replays = new Map<string, Replayed>()

  const parse = (sql: string): Script => {
    const known = parsed.get(sql)
    if (known) return known
    if (parsed.size >= keptScripts) parsed.clear()
    const script = readScript(sql)
    parsed.set(sql, script)
    return script
  }

  const replayOf = (key: string, before: readonly Script[], start: Start): Replay => {
    if (before.length === 0) return { steps: [], catalogs: [], catalog: start.catalog }
    const known = replays.get(key)
    if (known && known.start === startKey(start) && sameScripts(known.scripts, before)) return known.replay
    if (replays.size >= keptReplays) replays.clear()
    const made: Replayed = { scripts: before, start: startKey(start), replay: replay(before, start.catalog) }
    replays.set(key, made)
    return made.replay
  }

  return {
    /** A migration of a project (its path relative to the folder), judged with those before it that have not landed: they will run together. */
    migration(base: Base, path: string, sql: string): Subject {
      const { before, own } = withText(base, path, sql)
      const scripts = [...before.map((migration) => parse(migration.sql ?? '')), readScript(sql)]
      const pending = pendingWith(before, own, base.landed)
      const first = Math.min(...pending)
      const standing = replayOf(`${base.project.folder} ${first}`, scripts.slice(0, first), startOf(scripts))
      const prepared = replay(preparing(base, before, own, pending), standing.catalog)
      return {
        title: base.project.folder,
        project: base.project,
        history: { ...base.history, migrations: [...before, own] },
        scripts,
        replayed: behind(standing, replay(scripts.slice(first), prepared.catalog)),
        pending: { type: 'together', migrations: pending },
      }
    },

    /** A file of no project: what it names and does not make is taken to be there. */
    alone: (path: string, sql: string): Subject => loneSubject([{ path, sql }]),
  }
}

export type Reader = ReturnType<typeof createReader>
