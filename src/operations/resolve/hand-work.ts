/** What somebody mended by hand after `resolve` had written: it counts where it can be told what it is, and is never written over. */
import { type Resolution, resolution } from '../../features/collision/resolution.ts'
import type { Project } from '../../model/config.ts'
import { ToolError } from '../../model/error.ts'
import { below } from '../../model/path.ts'
import { sameLines, withLf } from '../../model/text.ts'
import type { World } from '../../model/world.ts'
import { textAt } from '../text-at.ts'
import { isWhole, type Mended, mendedSides } from './mended.ts'
import type { Read } from './question.ts'

/** Texts in the files that an earlier run has put mine in. Where resolve changes something in them itself, nobody can tell what is the hand’s. */
const mendedAfter = async (world: World, { folder }: Project, { landed, mine }: Read, { rebase, rewrites }: Resolution): Promise<Mended> => {
  const mended = new Map<string, string>()
  for (const { from, to } of rebase?.moves ?? []) {
    if (landed.paths.has(to.path) || mine.paths.has(to.path) || rewrites.some(({ tag }) => tag === from.tag)) continue
    if (await world.files.exists(below(folder, from.path))) continue
    const text = await textAt(world, below(folder, to.path))
    if (text !== undefined && !sameLines(text, to.sql) && isWhole(text)) mended.set(from.path, text)
  }
  return mended
}

/** What becomes of mine, with what was mended since it was written. */
export const resolved = async (world: World, project: Project, read: Read): Promise<{ readonly read: Read; readonly found: Resolution }> => {
  const found = resolution(read.question)
  const mended = read.situation.mine.at.type === 'files' ? new Map<string, string>() : await mendedAfter(world, project, read, found)
  if (mended.size === 0) return { read, found }
  const question = { ...read.question, sides: mendedSides(read.question.sides, mended, world.hash) }
  return { read: { ...read, question }, found: resolution(question) }
}

/** Throws `hand-work` where the text of a SQL file that is to be written over or removed stands nowhere else. `written`: what is to stand in the folder. */
export const refuseLoss = async (
  world: World,
  { folder }: Project,
  { landed, mine, question }: Read,
  paths: readonly string[],
  written: Iterable<string>,
): Promise<void> => {
  const scripts = paths.filter((path) => path.endsWith('.sql'))
  const [theirs, ours] = [await landed.texts(scripts), await mine.texts(scripts)]
  const kept = new Set([...written, ...question.sides.mine.map(({ sql }) => sql ?? '')].map(withLf))
  for (const path of scripts) {
    const text = await textAt(world, below(folder, path))
    if (text === undefined || !isWhole(text) || kept.has(withLf(text)) || sameLines(theirs.get(path), text) || sameLines(ours.get(path), text)) continue
    throw new ToolError('hand-work', `${below(folder, path)} holds what neither side has and nothing keeps: it was changed by hand. Nothing is written.`, {
      help: `git add -A ${folder}, and it counts as it stands there. Or move it out of the way, and run pgstrata resolve again.`,
    })
  }
}
