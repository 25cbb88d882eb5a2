/** `resolve`: mine behind what has landed, without losing a line. */
import type { Choices } from '../features/collision/choices.ts'
import { type LedgerOutlook, ledgerOf, outlookOf } from '../features/collision/ledgers.ts'
import type { Resolution } from '../features/collision/resolution.ts'
import type { Project } from '../model/config.ts'
import { ToolError } from '../model/error.ts'
import type { Unknown } from '../model/finding.ts'
import { below } from '../model/path.ts'
import type { Report } from '../model/report.ts'
import type { World } from '../model/world.ts'
import { loadSql } from '../sql/parser.ts'
import { defineOperation } from './define.ts'
import { editsOf } from './resolve/edits.ts'
import { resolved } from './resolve/hand-work.ts'
import { askLedgers } from './resolve/ledgers.ts'
import { preview } from './resolve/preview.ts'
import type { Read } from './resolve/question.ts'
import { blocksOf, dataOf, type Environment, findingsOf, isSound, numberFindings, type Resolved } from './resolve/report.ts'
import { askKit } from './resolve/schema.ts'
import type { Side } from './resolve/side.ts'
import { readSides } from './resolve/sides.ts'
import { type Situation, situate } from './resolve/situation.ts'
import { undo, withUndo } from './resolve/undo.ts'
import type { Verified } from './resolve/verified.ts'
import { type Candidate, verify } from './resolve/verify.ts'

type Options = { readonly unproven: boolean; readonly ledger: string | undefined; readonly landed: string | undefined }

const choicesOf = (given: readonly string[]): Choices =>
  new Map(
    given.map((text) => {
      const at = text.lastIndexOf('=')
      if (at < 1)
        throw new ToolError('usage', `--choose wants KEY=WAY, and was given ${JSON.stringify(text)}.`, {
          help: 'pgstrata resolve prints each decision with its ways.',
        })
      return [text.slice(0, at), text.slice(at + 1)]
    }),
  )

/** A choice that decides nothing is a misunderstanding. Throws `usage`. */
const refuseIdle = (choices: Choices, results: readonly Resolved[]): void => {
  const decisions = results.flatMap(({ resolution: { decisions } }) => decisions)
  for (const [key, way] of choices) {
    const asked = key === '*' ? decisions : decisions.filter((decision) => decision.key === key)
    const ways = new Set(asked.flatMap((decision) => decision.ways.filter(({ who }) => who === 'tool').map(({ id }) => id as string)))
    if (key !== '*' && asked.length === 0)
      throw new ToolError('usage', `Nothing is to be decided about ${key}.`, {
        help:
          decisions.length === 0
            ? 'There is no decision to be made: leave --choose out.'
            : `Decisions: ${[...new Set(decisions.map((decision) => decision.key))].join(', ')}.`,
      })
    if (asked.length > 0 && !ways.has(way))
      throw new ToolError('usage', `${key} has no way ${way} that pgstrata may take.`, {
        help: ways.size === 0 ? 'It needs a change by hand: pgstrata resolve says which.' : `Ways: ${[...ways].join(', ')}.`,
      })
  }
}

/** Files below the folder: as each side has them, and as they will be. */
const loadersOf = ({ landed, mine }: Read, { rebase }: Resolution): Candidate['load'] => {
  const from =
    (...sides: readonly Side[]) =>
    async (path: string): Promise<string> => {
      for (const side of sides) {
        const text = (await side.texts([path])).get(path)
        if (text !== undefined) return text
      }
      throw new ToolError('no-such-file', `${below(landed.history.folder, path)} is not on either side.`)
    }
  const behind = from(landed, mine)
  return { landed: from(landed), mine: from(mine), after: async (path) => rebase?.files.get(path) ?? behind(path) }
}

const verified = async (world: World, project: Project, read: Read, found: Resolution, proven: boolean): Promise<readonly Verified[]> => {
  if (!found.rebase?.moves.some(({ untouched }) => !untouched) || found.stops.length > 0) return []
  const load = loadersOf(read, found)
  world.progress({ step: `looking at ${project.folder} as it will be`, done: 0, total: undefined })
  const seen = await verify(
    world,
    {
      project,
      landed: read.landed.history,
      mine: read.mine.history,
      after: found.rebase.history,
      moves: found.rebase.moves,
      sides: read.question.sides,
      commutation: found.commutation,
      readings: read.question.readings,
      load,
    },
    proven,
  )
  const asks = proven && read.situation.kind !== 'ahead'
  return asks ? [...seen, await askKit(world, project, found.rebase.history, load.after)] : seen
}

/** A developer's own database, that has run mine where it stood and nothing of what has landed since: the one that everybody forgets. */
const ranMine = ({ mine: { history }, question }: Read, found: Resolution): readonly Environment[] => {
  if (!found.rebase || question.sides.mine.length === 0) return []
  // In a working tree that holds both sides, what has landed stands among mine's; a name may be on both.
  const [landed, own] = [question.sides.landed, question.sides.mine].map((side) => new Set(side.map(({ tag }) => tag)))
  const ledger = ledgerOf({ ...history, migrations: history.migrations.filter(({ tag }) => own?.has(tag) || !landed?.has(tag)) })
  const outlook: LedgerOutlook = outlookOf(found.rebase.history, ledger, found)
  return outlook.repair === undefined && outlook.unrepaired === undefined ? [] : [{ name: 'a database that has run mine as it was', outlook }]
}

const resolveProject = async (
  world: World,
  project: Project,
  situation: Situation,
  choices: Choices,
  { unproven, ledger, landed }: Options,
): Promise<{ readonly resolved: Resolved; readonly unknown: readonly Unknown[] } | undefined> => {
  const sides = await readSides(world, project, situation, choices, landed)
  if (!sides) return undefined
  const { read, found } = await resolved(world, project, sides)
  const looked = await verified(world, project, read, found, !unproven)
  const { edits, restored } =
    found.stops.length > 0 || read.situation.kind === 'ahead' ? { edits: [], restored: [] } : await editsOf(world, project, read, found)
  const asked = await askLedgers(world, found.rebase?.history ?? read.landed.history, found, ledger)
  return {
    resolved: {
      project,
      read,
      resolution: found,
      verified: looked,
      edits,
      restored,
      environments: [...asked.environments, ...ranMine(read, found)],
      written: false,
      waitsFor: [],
    },
    unknown: [
      ...asked.unknown,
      ...asked.environments.flatMap(({ name, outlook: { unrepaired: why } }) =>
        why === undefined
          ? []
          : [{ what: `how ${name} gets to where the folder is`, why, help: 'Make it anew, or take back by hand what it has run of these.' }],
      ),
      ...found.commutation.unknown.filter(() => !looked.some(({ name, unknown }) => name === 'orders' && unknown.length === 0)),
      ...looked.flatMap(({ unknown }) => unknown),
    ],
  }
}

/** All projects are written, or none: where one has to be decided first, the others wait for it. */
const together = (results: readonly Resolved[], write: boolean): readonly Resolved[] => {
  const open = results.filter((each) => !isSound(each)).map(({ project: { folder } }) => folder)
  return results.map((each) => ({
    ...each,
    written: write && open.length === 0 && each.edits.length > 0,
    waitsFor: each.edits.length === 0 ? [] : open.filter((folder) => folder !== each.project.folder),
  }))
}

const undone = (paths: readonly string[]): Report => ({
  operation: 'resolve',
  analysed: { files: paths.length },
  findings: [],
  unknown: [],
  data: { undone: [...paths] },
  blocks: [{ type: 'text', text: `Taken back: ${paths.join(', ')}.` }],
  informs: true,
})

export const resolve = defineOperation({
  name: 'resolve',
  summary: 'Puts this branch’s migrations behind those that have landed.',
  description:
    'Finds which side of a merge, rebase or cherry-pick has landed (by ancestry, never by git’s ours and theirs), leaves it byte for byte, and puts the other side’s migrations behind it: new numbers and times, their SQL as it was, their snapshots merged entity by entity. Says whether the two sides commute, and stops where a person has to decide. Without --write it only shows the plan. Works in the middle of a conflict and after it.',
  arguments: [],
  flags: {
    landed: {
      type: 'string',
      value: 'REF',
      description: 'The branch that work lands on; default: `landed` of the configuration, or the upstream’s main branch.',
    },
    write: { type: 'boolean', description: 'Write it: all files or none.' },
    undo: { type: 'boolean', description: 'Take back what the last --write wrote.' },
    choose: { type: 'strings', value: 'KEY=WAY', description: 'A decision that the plan asked for; `*=WAY` for all that have this way.' },
    unproven: { type: 'boolean', description: 'Do not run the result in a PostgreSQL.' },
    with: { type: 'strings', value: 'REF', description: 'Only say whether this branch will collide with these, which have not landed.' },
    ledger: {
      type: 'string',
      value: 'FILE',
      description: 'Rows of a database’s ledger as JSON or CSV: what its next migrate does, and the SQL that sets it right.',
    },
  },
  examples: [
    { command: 'pgstrata resolve', shows: 'in the middle of a conflicted merge: what would be written, and why' },
    { command: 'pgstrata resolve --write', shows: 'the same, written' },
    { command: 'pgstrata resolve --with origin/feature-a --with origin/feature-b', shows: 'which open branches this one will collide with' },
    { command: 'pgstrata resolve --choose defined-twice:column-users.nick=drop-mine --write', shows: 'with a decision that the plan asked for' },
  ],
  async run(world, { flags }): Promise<Report> {
    if (flags.undo) {
      if (flags.write || flags.choose.length > 0) throw new ToolError('usage', '--undo goes alone.')
      return undone(await undo(world))
    }
    if (flags.with.length > 0) {
      if (flags.write)
        throw new ToolError('usage', '--with looks at open branches: there is nothing to write.', {
          help: 'Merge one of them first, then pgstrata resolve --write.',
        })
      await loadSql()
      return preview(world, flags.with)
    }
    const choices = choicesOf(flags.choose)
    const [situation] = await Promise.all([situate(world, flags.landed), loadSql()])
    if (flags.write && situation.kind === 'ahead')
      throw new ToolError('not-merged', `${situation.landed.name} is not merged here: there is nothing to put in line yet.`, {
        help: `git merge ${situation.landed.name} (or git rebase ${situation.landed.name}), then pgstrata resolve --write. Without --write it shows what will collide.`,
      })
    const found: Resolved[] = []
    const unknown: Unknown[] = []
    for (const project of await world.projects()) {
      const one = await resolveProject(world, project, situation, choices, flags)
      if (!one) continue
      found.push(one.resolved)
      unknown.push(...one.unknown)
    }
    if (found.length === 0)
      throw new ToolError('no-folder', `No project has a migrations folder in ${situation.landed.name}: nothing has landed that could collide.`)
    refuseIdle(choices, found)
    const results = together(found, flags.write)
    const edits = results.filter(({ written }) => written).flatMap((each) => each.edits)
    if (edits.length > 0) await world.files.write(await withUndo(world, edits))
    return {
      operation: 'resolve',
      analysed: {
        migrations: results.reduce((sum, { read }) => sum + read.landed.history.migrations.length + read.question.sides.mine.length, 0),
        landed: results.reduce((sum, { read }) => sum + read.question.sides.landed.length, 0),
        mine: results.reduce((sum, { read }) => sum + read.question.sides.mine.length, 0),
      },
      findings: results.flatMap((each) => [
        ...findingsOf(each),
        ...(each.written || (each.edits.length === 0 && each.read.situation.kind !== 'ahead') ? [] : numberFindings(each.project, each.read, each.resolution)),
      ]),
      unknown,
      data: { projects: results.map(dataOf) },
      blocks: results.flatMap(blocksOf),
      chosen: true,
    }
  },
})
