/** What is checked: a project, read and replayed once for all parts. */
import { Readings } from '../../changes/readings.ts'
import { opaqueMigrations, type Replay } from '../../changes/replay.ts'
import { startOf } from '../../changes/start.ts'
import type { Project } from '../../model/config.ts'
import type { Engine } from '../../model/engine.ts'
import type { History } from '../../model/history.ts'
import type { World } from '../../model/world.ts'
import { once } from '../once.ts'
import { type NoEngine, openEngine } from './engine.ts'
import { type Proof, type Provable, prove } from './proof.ts'

export type Subject = Provable & {
  readonly project: Project
  /** Another PostgreSQL like `engine`'s: roles are a whole server's, and a history makes each of them only once. */
  anotherEngine(): Promise<Engine | NoEngine>
  /** The history in that PostgreSQL beside the one in memory, run once. */
  proof(): Promise<Proof>
  /** The replay with what the engine answers where memory cannot follow a statement, and says of a baseline; runs the proof only when there is one. */
  settled(): Promise<Replay>
}

/** A history replayed in memory, and where it can be run; `readings`: those of histories that begin like it. The parser must be loaded. */
export const subjectOf = (world: World, project: Project, history: History, every: boolean, readings: Readings = new Readings()): Subject => {
  const scripts = history.migrations.map(({ sql }) => readings.scriptOf(sql ?? ''))
  const start = startOf(scripts)
  const need = {
    extensions: [...new Set([...start.created, ...start.extensions])],
    profile: 'replay',
    ...(world.config.postgres === undefined ? {} : { major: world.config.postgres }),
  } as const
  const replayed = readings.replay(scripts, start.catalog)
  const anotherEngine = (): Promise<Engine | NoEngine> => openEngine(world, history, need)
  const provable = { world, history, scripts, start, replayed, every, engine: once(anotherEngine) }
  const proof = once(() => prove(provable))
  const settled = async (): Promise<Replay> => (opaqueMigrations(replayed.steps).size === 0 && !start.baseline ? replayed : (await proof()).replayed)
  return { ...provable, project, anotherEngine, proof, settled }
}

/** Reads a project's folder and replays it in memory. Throws what reading a folder throws. */
export const readSubject = async (world: World, project: Project, every: boolean): Promise<Subject> =>
  subjectOf(world, project, await world.history({ type: 'folder', path: project.folder }), every)
