/** What `lint` judges: a project's new migrations on top of those that have landed, or files by name. */

import { type Replay, replay, type Step } from '../../changes/replay.ts'
import { type Start, startOf } from '../../changes/start.ts'
import type { Section } from '../../features/fix/beside.ts'
import type { Pending } from '../../features/lint.ts'
import type { Catalog } from '../../model/catalog.ts'
import type { Project } from '../../model/config.ts'
import type { History } from '../../model/history.ts'
import type { Script } from '../../model/statement.ts'
import type { World } from '../../model/world.ts'
import { readScript } from '../../sql/script.ts'
import { countsOf, holdsFor, keepBase, keptBase } from './base.ts'
import { pendingIn, pendingSections } from './pending.ts'

export type Subject = {
  readonly title: string
  readonly project?: Project
  readonly history: History
  readonly scripts: readonly Script[]
  readonly replayed: Replay
  readonly pending: Pending
  /** What is run by hand before the pending migrations, and is taken as done. */
  readonly before?: readonly Section[]
  /** What files without a history name and do not make, in words: it is taken to be there. */
  readonly assumed?: readonly string[]
  /** How many statements each chunk of each migration holds, where not all scripts were read. */
  readonly counts?: readonly (readonly number[])[]
}

/** A project's migrations, with those that are new against what has landed. Throws what reading a folder and looking for refs throws. */
export const projectSubject = async (world: World, project: Project): Promise<Subject> => {
  const history = await world.history({ type: 'folder', path: project.folder })
  return subjectOf(world, project, history, await pendingIn(world, project, history))
}

/** The subject of a history that was read already. */
export const subjectOf = async (world: World, project: Project, history: History, pending: Pending): Promise<Subject> => {
  const scripts = history.migrations.map(({ sql }) => readScript(sql ?? ''))
  const before = await pendingSections(world, project, history, pending)
  const start = startOf(scripts)
  const replayed = replayWith(scripts, start.catalog, pending, before)
  await keepLanded(world, history, scripts, start, replayed, pending)
  return { title: project.folder, project, history, scripts, replayed, pending, ...(before.length > 0 ? { before } : {}) }
}

/** The first of the migrations that are judged together. */
export const firstOf = (pending: Pending): number => (pending.type === 'each' ? 0 : Math.min(...pending.migrations))

const keepLanded = async (
  world: World,
  { migrations }: History,
  scripts: readonly Script[],
  start: Start,
  { catalogs }: Replay,
  pending: Pending,
): Promise<void> => {
  const first = firstOf(pending)
  const catalog = Number.isFinite(first) ? catalogs[first - 1] : undefined
  if (catalog) await keepBase(world, migrations.slice(0, first), scripts.slice(0, first), start, catalog)
}

const unread: Script = { statements: [], faults: [], chunks: [] }

const wholly = ({ refused, changes }: Step): boolean => refused === undefined && changes.every(({ kind }) => kind !== 'opaque')

/**
 * The same from what is kept of the landed migrations: these are not read again, and the replay begins behind them. Undefined where nothing is kept, or where the
 * new migrations may need what only a whole reading tells.
 */
export const subjectOnBase = async (world: World, project: Project, history: History, pending: Pending): Promise<Subject | undefined> => {
  const first = firstOf(pending)
  if (first === 0 || !Number.isFinite(first)) return undefined
  const base = await keptBase(world, history.migrations.slice(0, first))
  if (!base) return undefined
  const own = history.migrations.slice(first).map(({ sql }) => readScript(sql ?? ''))
  if (!holdsFor(base, own)) return undefined
  const before = await pendingSections(world, project, history, pending)
  const replayed = replayBehind(base.catalog, own, first, before)
  if (!replayed.steps.every(wholly)) return undefined
  const scripts = [...history.migrations.slice(0, first).map(() => unread), ...own]
  const counts = [...base.counts, ...own.map(countsOf)]
  return { title: project.folder, project, history, scripts, replayed, pending, counts, ...(before.length > 0 ? { before } : {}) }
}

/** The replay of the migrations from `first` on, behind what is run by hand before them. What that cannot do is left undone. */
export const replayBehind = (landed: Catalog, scripts: readonly Script[], first: number, before: readonly Section[]): Replay => {
  const prepared = replay([{ statements: before.flatMap(({ sql }) => readScript(sql).statements) }], landed)
  const { steps, catalogs, catalog } = replay(scripts, prepared.catalog)
  return { steps: steps.map((step) => ({ ...step, migration: step.migration + first })), catalogs, catalog }
}

/** The replay of all migrations; `before` runs right before the first pending one. */
export const replayWith = (scripts: readonly Script[], start: Catalog, pending: Pending, before: readonly Section[]): Replay => {
  if (before.length === 0) return replay(scripts, start)
  const first = firstOf(pending)
  const landed = replay(scripts.slice(0, first), start)
  const rest = replayBehind(landed.catalog, scripts.slice(first), first, before)
  return { steps: [...landed.steps, ...rest.steps], catalogs: [...landed.catalogs, ...rest.catalogs], catalog: rest.catalog }
}
