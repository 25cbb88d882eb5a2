/** Whether this branch's migrations collide with what has landed: told before the merge, in the middle of it and after it. */
import { collisionClass } from '../../features/collision/classes.ts'
import type { Project } from '../../model/config.ts'
import { ToolError } from '../../model/error.ts'
import type { Finding } from '../../model/finding.ts'
import type { World } from '../../model/world.ts'
import { editsOf } from '../resolve/edits.ts'
import { resolved } from '../resolve/hand-work.ts'
import { folderClass, numberFindings, stopFindings } from '../resolve/report.ts'
import { readSides } from '../resolve/sides.ts'
import { type Situation, situate } from '../resolve/situation.ts'

/** Nothing is known to have landed: no repository, no such branch, a revert. That is no collision. */
const situation = async (world: World): Promise<Situation | undefined> => {
  try {
    return await situate(world, world.judging.since)
  } catch (error) {
    if (error instanceof ToolError && world.judging.since === undefined) return undefined
    throw error
  }
}

/** Findings of `collision` and `collision-undecided`, and in words what kind of meeting it is. */
export const judgeCollisions = async (world: World, project: Project): Promise<{ readonly findings: readonly Finding[]; readonly shown?: string }> => {
  const at = await situation(world)
  if (!at) return { findings: [] }
  try {
    const both = await readSides(world, project, at, new Map(), world.judging.since)
    if (!both || (both.question.sides.mine.length === 0 && both.question.sides.edited.length === 0 && both.question.sides.removed.length === 0))
      return { findings: [] }
    // Without anything new on the other side there is nobody to collide with; what this branch does to landed migrations has rules of its own.
    if (at.kind === 'ahead' && both.question.sides.landed.length === 0) return { findings: [] }
    const { read, found } = await resolved(world, project, both)
    // What resolve has written already waits only for its commit.
    const written = found.stops.length === 0 && read.situation.kind !== 'ahead' && (await editsOf(world, project, read, found)).edits.length === 0
    const findings = written ? [] : [...numberFindings(project, read, found), ...stopFindings(project, found)]
    const number = folderClass({ read, resolution: found })
    return { findings, ...(findings.length > 0 && number !== undefined ? { shown: collisionClass(number).meaning } : {}) }
  } catch (error) {
    // A side that cannot be read is told by the folder's own rules.
    if (error instanceof ToolError) return { findings: [] }
    throw error
  }
}
