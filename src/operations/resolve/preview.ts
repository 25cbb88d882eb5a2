/** `--with`: which open branches this one will collide with, whoever lands first. */
import { type Resolution, resolution } from '../../features/collision/resolution.ts'
import type { Project } from '../../model/config.ts'
import { ToolError } from '../../model/error.ts'
import type { Finding, Unknown } from '../../model/finding.ts'
import type { Report, Text } from '../../model/report.ts'
import type { World } from '../../model/world.ts'
import { reportedFinding } from '../../rules/report.ts'
import { titleOf } from '../examine.ts'
import { type Read, readQuestion } from './question.ts'

/** This branch beside another one. */
type Meeting = { readonly project: Project; readonly ref: string; readonly read: Read; readonly found: Resolution }

/**
 * `none`: they do not meet. `orders`: one has to go behind the other, which resolve does. `decides`: a person has to. `depends`: whether they do, rows decide;
 * `unknown`: memory cannot tell.
 */
type Outcome = 'none' | 'orders' | 'decides' | 'depends' | 'unknown'

const outcomeOf = ({ read, found }: Meeting): Outcome => {
  const { landed, mine } = read.question.sides
  if (found.stops.length > 0) return 'decides'
  if (landed.length > 0 && mine.length > 0 && found.rebase !== undefined) return 'orders'
  const { verdict } = found.commutation
  return verdict === 'unknown' || verdict === 'depends' ? verdict : 'none'
}

const words: { readonly [O in Outcome]: Text } = {
  none: [{ text: 'no collision', tone: 'good' }],
  orders: [{ text: 'collides', tone: 'warn' }, ': the second to land runs pgstrata resolve'],
  decides: [{ text: 'collides', tone: 'bad' }, ': somebody has to decide'],
  depends: [{ text: 'depends', tone: 'warn' }, ': the rows of a database decide'],
  unknown: [{ text: 'unknown', tone: 'warn' }, ': both orders have to run in a PostgreSQL'],
}

const meet = async (world: World, project: Project, ref: string): Promise<Meeting | undefined> => {
  const commit = await world.git.resolve(ref)
  if (commit === undefined) throw new ToolError('no-such-ref', `git knows no ref ${ref}.`, { help: 'Fetch it first: git fetch origin.' })
  const base = await world.git.mergeBase(commit, 'HEAD')
  const read = await readQuestion(
    world,
    project,
    {
      kind: 'ahead',
      landed: { at: { type: 'commit', commit }, name: ref },
      mine: { at: { type: 'files' }, name: 'the working tree' },
      base: base === undefined ? undefined : { type: 'commit', commit: base },
      why: 'as if it had landed',
    },
    new Map(),
  )
  return read && { project, ref, read, found: resolution(read.question) }
}

const findingOf = (meeting: Meeting): readonly Finding[] => {
  const outcome = outcomeOf(meeting)
  if (outcome === 'none' || outcome === 'unknown') return []
  const { project, ref, read, found } = meeting
  const [landed, mine] = [read.question.sides.landed, read.question.sides.mine].map((side) => side.map(({ tag }) => tag).join(', '))
  if (outcome === 'depends') {
    const reasons = found.commutation.warnings.map(({ explanation }) => explanation).join(' ')
    return [
      reportedFinding('collision-undecided', `${mine} of this branch beside ${landed} of ${ref}: ${reasons}`, { file: project.folder }, ref, {
        severity: 'warning',
      }),
    ]
  }
  const why = outcome === 'decides' ? ` ${found.stops.map(({ explanation }) => explanation).join(' ')}` : ''
  return [
    reportedFinding('collision', `${mine} of this branch and ${landed} of ${ref} claim one place in the line.${why}`, { file: project.folder }, ref, {
      severity: 'warning',
      help: 'Whoever lands second merges the landed branch and runs pgstrata resolve --write.',
    }),
  ]
}

const rowOf = (meeting: Meeting): readonly Text[] => {
  const { ref, read, found } = meeting
  return [ref, read.question.sides.landed.map(({ tag }) => tag).join('\n'), words[outcomeOf(meeting)], found.stops.map(({ key }) => key).join('\n')]
}

/** Throws `no-such-ref`, and what reading a folder throws. */
export const preview = async (world: World, refs: readonly string[]): Promise<Report> => {
  const projects = await world.projects()
  const meetings: Meeting[] = []
  const unknown: Unknown[] = []
  for (const project of projects)
    for (const ref of refs) {
      const meeting = await meet(world, project, ref)
      if (meeting) meetings.push(meeting)
      else unknown.push({ what: `${ref} beside ${project.folder}`, why: `it has no folder ${project.folder}` })
    }
  return {
    operation: 'resolve',
    analysed: { branches: meetings.length },
    findings: meetings.flatMap(findingOf),
    unknown: [...unknown, ...meetings.flatMap(({ found }) => found.commutation.unknown)],
    data: {
      branches: meetings.map((meeting) => ({
        folder: meeting.project.folder,
        ref: meeting.ref,
        theirs: meeting.read.question.sides.landed.map(({ tag }) => tag),
        mine: meeting.read.question.sides.mine.map(({ tag }) => tag),
        outcome: outcomeOf(meeting),
        commutes: meeting.found.commutation.verdict,
        decisions: meeting.found.stops.map(({ class: number, key, explanation }) => ({ class: number, key, explanation })),
      })),
    },
    blocks: projects.flatMap((project) => [
      { type: 'heading', level: 1, text: titleOf(project) } as const,
      {
        type: 'table',
        columns: [{ title: 'branch' }, { title: 'its new migrations' }, { title: 'beside this one' }, { title: 'decisions' }],
        rows: meetings.filter((meeting) => meeting.project === project).map(rowOf),
      } as const,
    ]),
    chosen: true,
  }
}
