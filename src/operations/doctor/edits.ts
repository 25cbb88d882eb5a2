/** The files that mending a folder changes. SQL files are never among them. */

import { journalPath } from '../../drizzle/journal.ts'
import { withHead, withTimes } from '../../drizzle/json-edit.ts'
import { withFields } from '../../drizzle/snapshot-lacks.ts'
import { below } from '../../model/path.ts'
import { textEdit } from '../../model/text.ts'
import type { FileEdit, World } from '../../model/world.ts'
import type { Mending } from './mending.ts'
import { rebuiltSnapshots } from './rebuild.ts'

const relinkedSnapshots = async (world: World, { history, chain, lacking, kept }: Mending): Promise<readonly (readonly [path: string, text: string])[]> => {
  const links = new Map(chain.relinked.map((link) => [link.index, link]))
  const touched = [...new Set([...links.keys(), ...lacking])].toSorted((a, b) => a - b)
  const texts: (readonly [string, string])[] = []
  for (const index of touched) {
    const path = history.migrations[index]?.snapshot?.path ?? ''
    const [text, link] = [await world.snapshot(history, path), links.get(index)]
    const whole = lacking.includes(index) ? withFields(text, kept) : text
    texts.push([path, link ? withHead(whole, link) : whole])
  }
  return texts
}

/** All edits of one folder, none of them made yet. Throws `snapshot-not-rebuilt`. */
export const editsOf = async (world: World, mending: Mending): Promise<readonly FileEdit[]> => {
  const { history, moved } = mending
  const times = new Map(moved.map(({ index, becomes }) => [index, becomes]))
  const journal = times.size > 0 ? [[journalPath, withTimes(await world.snapshot(history, journalPath), times)] as const] : []
  const texts = [...(await rebuiltSnapshots(world, mending)), ...(await relinkedSnapshots(world, mending)), ...journal]
  return texts.map(([path, text]) => textEdit(below(history.folder, path), text))
}
