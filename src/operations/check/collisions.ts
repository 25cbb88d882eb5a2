/** Whether this branch's migrations collide with what has landed: told before the merge, in the middle of it and after it. */
import { collisionClass } from '../../features/collision/classes.ts'
import type { Resolution } from '../../features/collision/resolution.ts'
import type { Project } from '../../model/config.ts'
import { ToolError } from '../../model/error.ts'
import type { Finding, Unknown } from '../../model/finding.ts'
import { below } from '../../model/path.ts'
import type { World } from '../../model/world.ts'
import { reportedFinding } from '../../rules/report.ts'
import { editsOf } from '../resolve/edits.ts'
import { resolved } from '../resolve/hand-work.ts'
import { folderClass, numberFindings, stopFindings } from '../resolve/report.ts'
import { readSides } from '../resolve/sides.ts'
import { type Situation, situate } from '../resolve/situation.ts'

/** Where nothing is known to land nothing collides; a revert says so itself, and takes away. */
const nothingLands = ['no-repository', 'no-commit', 'no-landed-branch', 'revert-underway']

export type Collisions = {
  readonly findings: readonly Finding[]
  readonly unknown: readonly Unknown[]
  /** What kind of meeting it is, in words. */
  readonly shown?: string
}

const none: Collisions = { findings: [], unknown: [] }

/** Rows decide whether these run: a catalog cannot answer. */
const warningFindings = (project: Project, { mine, commutation }: Resolution): readonly Finding[] =>
  commutation.warnings.map(({ mine: [first], class: number, explanation }) => {
    const path = mine.find(({ tag }) => tag === first?.tag)?.path
    const place = first && path !== undefined ? { file: below(project.folder, path), line: first.line, migration: first.tag } : { file: project.folder }
    return reportedFinding('collision-undecided', explanation, place, `warning ${number}`, {
      severity: 'warning',
      help: 'Look at the rows, or run pgstrata resolve: it runs both orders in a PostgreSQL.',
    })
  })

const judge = async (world: World, project: Project, at: Situation): Promise<Collisions> => {
  const both = await readSides(world, project, at, new Map(), world.judging.since)
  if (!both) return none
  const { mine, landed, edited, removed } = both.question.sides
  if (mine.length === 0 && edited.length === 0 && removed.length === 0) return none
  // Without anything new on the other side there is nobody to collide with; what this branch does to landed migrations has rules of its own.
  if (at.kind === 'ahead' && landed.length === 0) return none
  const { read, found } = await resolved(world, project, both)
  // What resolve has written already waits only for its commit.
  const written = found.stops.length === 0 && read.situation.kind !== 'ahead' && (await editsOf(world, project, read, found)).edits.length === 0
  // A journal that holds both sides has settled their order; a 1.0 folder never does.
  const open = read.situation.kind === 'ahead' || read.landed.history.layout === 'folders'
  const collisions = written ? [] : [...numberFindings(project, read, found), ...stopFindings(project, found)]
  const number = folderClass({ read, resolution: found })
  return {
    findings: [...collisions, ...(open ? warningFindings(project, found) : [])],
    unknown: open ? found.commutation.unknown : [],
    ...(collisions.length > 0 && number !== undefined ? { shown: collisionClass(number).meaning } : {}),
  }
}

/** Findings of `collision` and `collision-undecided`; what could not be read or told is unknown. Throws what the ref that somebody named throws. */
export const judgeCollisions = async (world: World, project: Project): Promise<Collisions> => {
  try {
    return await judge(world, project, await situate(world, world.judging.since))
  } catch (error) {
    if (!(error instanceof ToolError)) throw error
    if (nothingLands.includes(error.code) && world.judging.since === undefined) return none
    if (error.code === 'no-such-ref' && world.judging.since !== undefined) throw error
    const what = `whether ${project.folder} collides with what has landed`
    return { findings: [], unknown: [{ what, why: error.message, ...(error.help === undefined ? {} : { help: error.help }) }] }
  }
}
