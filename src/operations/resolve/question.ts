/** Both sides read, as far as the answer needs them: of snapshots only mine's own and those that they build on. */

import { Readings } from '../../changes/readings.ts'
import { journalPath } from '../../drizzle/journal.ts'
import type { Choices } from '../../features/collision/choices.ts'
import type { Question } from '../../features/collision/resolution.ts'
import { forked, type Sides, sidesOf } from '../../features/collision/sides.ts'
import { scopeOf } from '../../features/snapshots/scope.ts'
import { writeSnapshot } from '../../features/snapshots/write.ts'
import type { Project } from '../../model/config.ts'
import type { History } from '../../model/history.ts'
import type { World } from '../../model/world.ts'
import { companions } from './companions.ts'
import { mendedBefore, mendedSides } from './mended.ts'
import { readSide, type Side } from './side.ts'
import type { Situation } from './situation.ts'
import { earlierOf, snapshotsOf } from './snapshots.ts'

export type Read = { readonly situation: Situation; readonly landed: Side; readonly mine: Side; readonly question: Question }

/** Snapshots that count: mine's, the one before each of them on its side. In a 1.0 folder a snapshot may say only what it changes: all are read. */
const wantedOf = (sides: Sides, mine: History): readonly string[] => {
  const wanted = mine.layout === 'folders' ? mine.migrations : sides.mine.flatMap((migration) => [migration, earlierOf(mine, migration) ?? migration])
  return [...new Set(wanted.flatMap(({ snapshot }) => snapshot?.path ?? []))]
}

const newest = ({ migrations, layout }: History): readonly string[] => {
  const withSnapshot = migrations.filter(({ snapshot }) => snapshot !== undefined)
  return (layout === 'folders' ? withSnapshot : withSnapshot.slice(-1)).flatMap(({ snapshot }) => snapshot?.path ?? [])
}

/** Snapshots that the first of mine may come from: those of its own number and before are looked at first, and few are needed. */
const parentsOf = ({ common, landed, mine }: Sides): readonly string[] => {
  if (landed.length > 0 || mine.length === 0) return []
  const idx = mine[0]?.entry?.idx ?? common.length
  const near = common.filter(({ entry, index }) => Math.abs((entry?.idx ?? index) - idx) <= nearby)
  return near.flatMap(({ snapshot }) => snapshot?.path ?? [])
}

/** A branch that is further behind than that many migrations is told by its number alone. */
const nearby = 30

const emptySide = (name: string, project: Project, landed: Side): Side => ({
  name,
  history: { ...landed.history, migrations: [], orphans: [], orphanSnapshots: [], faults: [], folder: project.folder },
  paths: new Set(),
  texts: async () => new Map(),
  withHeads: async () => emptySide(name, project, landed),
})

/** Reads what a project's collision is about; undefined where the landed side has no such folder. Throws what reading a folder throws. */
export const readQuestion = async (world: World, project: Project, situation: Situation, choices: Choices): Promise<Read | undefined> => {
  const baseRef = situation.base && { at: situation.base, name: 'the base' }
  const [plainLanded, readMine, tagsOfBase] = await Promise.all([
    readSide(world, project, situation.landed),
    readSide(world, project, situation.mine),
    baseRef && readSide(world, project, baseRef, { onlyTags: true }),
  ])
  if (!plainLanded) return undefined
  const plainMine = readMine ?? emptySide(situation.mine.name, project, plainLanded)
  const first = sidesOf({ base: tagsOfBase?.history, landed: plainLanded.history, mine: plainMine.history })
  // Who edited what both had only the base's texts tell, and that is rarely asked.
  const base = baseRef && first.edited.length > 0 ? await readSide(world, project, baseRef) : tagsOfBase
  const found = sidesOf({ base: base?.history, landed: plainLanded.history, mine: plainMine.history })
  const wanted = wantedOf(found, plainMine.history)
  const [landed, mine] = await Promise.all([plainLanded.withHeads([...newest(plainLanded.history), ...parentsOf(found)]), plainMine.withHeads(wanted)])
  const told = forked(sidesOf({ base: base?.history, landed: landed.history, mine: mine.history }))
  const sides = mendedSides(told, situation.mine.at.type === 'files' ? new Map() : await mendedBefore(world, project, told), world.hash)
  const texts = { landed: await landed.texts(newest(landed.history)), mine: await mine.texts(wanted) }
  const beside = await mine.texts(sides.mine.flatMap((migration) => companions(mine, migration)))
  const journal = (await landed.texts([journalPath])).get(journalPath)
  return {
    situation,
    landed,
    mine,
    question: {
      sides,
      landed: landed.history,
      mine: mine.history,
      ...snapshotsOf(landed.history, mine.history, texts),
      companionsOf: (migration) => companions(mine, migration).map((path) => ({ path, text: beside.get(path) ?? '' })),
      hash: world.hash,
      write: (catalog, options) => writeSnapshot(catalog, { ...options, scope: scopeOf(landed.history.ledger, project) }),
      readings: new Readings(),
      choices,
      ...(journal === undefined ? {} : { journal }),
    },
  }
}
