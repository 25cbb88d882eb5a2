/** Which of a project's migrations are judged, and what is taken as done before them. */
import type { Section } from '../../features/fix/beside.ts'
import type { Pending } from '../../features/lint.ts'
import type { Project } from '../../model/config.ts'
import type { History } from '../../model/history.ts'
import type { World } from '../../model/world.ts'
import { landedIn } from '../landed.ts'
import { readBeside } from './beside.ts'

/** Positions of the migrations that have not landed; `each` where none is new, or nothing is known to have landed. */
const pendingOf = ({ migrations }: History, landed: ReadonlySet<string> | undefined, mustBeNew: boolean): Pending => {
  const fresh = landed && migrations.filter(({ tag }) => !landed.has(tag)).map(({ index }) => index)
  return fresh && (fresh.length > 0 || mustBeNew) ? { type: 'together', migrations: new Set(fresh) } : { type: 'each' }
}

/** Which of a project's migrations are judged, and how. Throws what looking for refs throws. */
export const pendingIn = async (world: World, project: Project, history: History): Promise<Pending> => {
  const landed = (await landedIn(world, project.folder))?.landed
  return pendingOf(history, landed, world.judging.since !== undefined)
}

/** The sections of the script before the deployment that belong to migrations which are still pending. */
export const pendingSections = async (world: World, { folder }: Project, { migrations }: History, pending: Pending): Promise<readonly Section[]> => {
  if (pending.type === 'each' || pending.migrations.size === 0) return []
  const tags = new Set(migrations.filter(({ index }) => pending.migrations.has(index)).map(({ tag }) => tag))
  return (await readBeside(world, folder, 'before')).filter(({ tag }) => tags.has(tag))
}
