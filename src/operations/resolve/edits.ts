/** What is to be written: the landed folder byte for byte, and mine behind it. */

import { isHistoryFile } from '../../drizzle/history.ts'
import type { Resolution } from '../../features/collision/resolution.ts'
import type { Project } from '../../model/config.ts'
import type { Migration } from '../../model/history.ts'
import { below } from '../../model/path.ts'
import { sameLines, textEdit } from '../../model/text.ts'
import type { FileEdit, World } from '../../model/world.ts'
import { textAt } from '../text-at.ts'
import { companions } from './companions.ts'
import { refuseLoss } from './hand-work.ts'
import { lockAfter } from './lock.ts'
import type { Read } from './question.ts'
import type { Side } from './side.ts'
import type { Situation } from './situation.ts'

/** Files of mine's migrations under the names that they had. */
const oldFiles = (mine: Side, migrations: readonly Migration[]): readonly string[] =>
  migrations.flatMap((migration) => [migration.path, ...(migration.snapshot ? [migration.snapshot.path] : []), ...companions(mine, migration)])

/** Half merged, or changed by what is decided: otherwise what stands in the working tree is somebody's own doing, a repair of doctor's among it. */
const isUnsettled = ({ mine: { at } }: Situation, { rebase, dropped, decisions }: Resolution): boolean =>
  at.type !== 'files' || dropped.length > 0 || decisions.length > 0 || (rebase?.moves ?? []).some(({ untouched }) => !untouched)

/** Landed files that stand otherwise in the working tree: half merged, overwritten, or gone. */
const toRestore = async (
  world: World,
  { folder }: Project,
  landed: Side,
  { landed: { at } }: Situation,
  written: ReadonlySet<string>,
): Promise<readonly string[]> => {
  const differing = new Set(await world.git.changedSince(at.commit, folder))
  return [...landed.paths].filter((path) => (isHistoryFile(path) || path.endsWith('down.sql')) && !written.has(path) && differing.has(below(folder, path)))
}

const isThere = async (world: World, path: string, text: string): Promise<boolean> => sameLines(await textAt(world, path), text)

export type Edits = {
  readonly edits: readonly FileEdit[]
  /** Paths of those among them that bring back what has landed. */
  readonly restored: readonly string[]
}

/** The edits, and nothing where the working tree is so already. Throws `hand-work`. */
export const editsOf = async (world: World, project: Project, read: Read, resolution: Resolution): Promise<Edits> => {
  const { folder } = project
  const { situation, landed, mine } = read
  const files = new Map(resolution.rebase?.files ?? [])
  const restored = isUnsettled(situation, resolution) ? await toRestore(world, project, landed, situation, new Set(files.keys())) : []
  for (const [path, text] of await landed.texts(restored)) files.set(path, text)
  for (const [path, text] of await lockAfter(world, folder, landed, mine, resolution)) files.set(path, text)
  const written: string[] = []
  for (const [path, text] of files) if (!(await isThere(world, below(folder, path), text))) written.push(path)
  const left = [
    ...(resolution.rebase?.moves ?? []).filter(({ untouched }) => !untouched).map(({ from }) => from),
    ...resolution.dropped.map(({ migration }) => migration),
  ]
  const removed: string[] = []
  for (const path of oldFiles(mine, left))
    if (!landed.paths.has(path) && !files.has(path) && (await world.files.exists(below(folder, path)))) removed.push(path)
  await refuseLoss(world, project, read, [...written, ...removed], files.values())
  return {
    edits: [
      ...written.map((path) => textEdit(below(folder, path), files.get(path) ?? '')),
      ...removed.map((path): FileEdit => ({ path: below(folder, path), remove: true })),
    ],
    restored: restored.filter((path) => written.includes(path)).map((path) => below(folder, path)),
  }
}
