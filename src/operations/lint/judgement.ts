/** The judgement of a set of migrations as plain data, kept by all that it depends on: an unchanged folder is judged once. */
import type { Pending } from '../../features/lint.ts'
import type { Project } from '../../model/config.ts'
import type { History } from '../../model/history.ts'
import type { World } from '../../model/world.ts'
import type { Judgement } from './judged.ts'
import type { LintOptions } from './options.ts'
import { pendingIn, pendingSections } from './pending.ts'

/** All that a judgement depends on, hashed. Waivers and deprecations end with a day. Undefined where a file is missing. */
const keyOf = async (
  world: World,
  project: Project,
  history: History,
  pending: Pending,
  { identity, surroundings: { now } }: LintOptions,
): Promise<string | undefined> => {
  const { folder, migrations } = history
  if (migrations.length === 0 || migrations.some(({ hash }) => hash === undefined)) return undefined
  const facts = {
    folder,
    title: project.folder,
    migrations: migrations.map(({ tag, path, hash, when }) => [tag, path, hash, when]),
    pending: pending.type === 'each' ? 'each' : [...pending.migrations],
    before: await pendingSections(world, project, history, pending),
    identity,
    day: new Date(now).toISOString().slice(0, 10),
  }
  return `lint-judgement-1 ${world.hash(JSON.stringify(facts))}`
}

const lists = ['findings', 'batches', 'waivers', 'blocks', 'counts']

const isJudgement = (value: unknown): value is Judgement =>
  typeof value === 'object' && value !== null && 'analysed' in value && lists.every((name) => Array.isArray((value as Readonly<Record<string, unknown>>)[name]))

/** What was kept; what is damaged counts as absent. */
const kept = async (world: World, key: string): Promise<Judgement | undefined> => {
  const bytes = await world.cache.get(key)
  if (!bytes) return undefined
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes))
    return isJudgement(value) ? value : undefined
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

/** Judges a project's pending migrations by the policy, or answers what was said of the same before. */
export const judgementOn = async (world: World, project: Project, history: History, pending: Pending, options: LintOptions): Promise<Judgement> => {
  const key = await keyOf(world, project, history, pending, options)
  const before = key === undefined ? undefined : await kept(world, key)
  if (before) return before
  const { judgeProject } = await import('./judge.ts')
  const judgement = await judgeProject(world, project, history, pending, options)
  if (key !== undefined) await world.cache.put(key, new TextEncoder().encode(JSON.stringify(judgement)))
  return judgement
}

/** The same for what git says is new. Throws what looking for refs throws. */
export const projectJudgement = async (world: World, project: Project, history: History, options: LintOptions): Promise<Judgement> =>
  judgementOn(world, project, history, await pendingIn(world, project, history), options)
