/** `check`: everything that can be said of a project's migrations, part by part. */
import { ToolError } from '../model/error.ts'
import type { Unknown } from '../model/finding.ts'
import type { Report } from '../model/report.ts'
import type { World } from '../model/world.ts'
import { loadSql } from '../sql/parser.ts'
import { assertAnalysed } from './analysed.ts'
import { type Code, codeBelow } from './check/code.ts'
import { driftPart, environmentsOf } from './check/drift.ts'
import { folderPart } from './check/folder.ts'
import { impactPart } from './check/impact.ts'
import { lintPart } from './check/lint.ts'
import { type Part, type PartName, partNames } from './check/part.ts'
import { withRemarks } from './check/remarks.ts'
import { replayPart } from './check/replay.ts'
import { analysedIn, blocksOf, type Checked, dataOf } from './check/report.ts'
import { rollbackPart } from './check/rollback.ts'
import { snapshotsPart } from './check/snapshots.ts'
import { readSubject, type Subject } from './check/subject.ts'
import { defineOperation } from './define.ts'
import { unreadable } from './examine.ts'

const parts: { readonly [P in PartName]: (subject: Subject, code: Code) => Promise<Part> } = {
  folder: folderPart,
  replay: replayPart,
  snapshots: snapshotsPart,
  lint: lintPart,
  impact: impactPart,
  rollback: rollbackPart,
  drift: driftPart,
}

/** Without environments there is nothing to compare with, and nothing is said of it unless it was asked for. */
const chosenParts = (world: World, only: string | undefined): readonly PartName[] => {
  const none = environmentsOf(world).length === 0
  if (only === undefined) return partNames.filter((name) => name !== 'drift' || !none)
  if (none && only.split(',').some((name) => name.trim() === 'drift'))
    throw new ToolError('usage', '--only drift wants an environment, and the configuration names none.', {
      help: "pgstrata.config.ts: environments: { production: { url: env('PROD_URL') } }. Without one: pgstrata drift folder postgres://…",
    })
  return only.split(',').map((name) => {
    const part = partNames.find((each) => each === name.trim())
    if (part) return part
    throw new ToolError('usage', `--only does not know the part ${name.trim()}.`, { help: `Parts: ${partNames.join(', ')}.` })
  })
}

const checkProject = async (subject: Subject, code: Code, names: readonly PartName[]): Promise<Checked> => {
  const found: Part[] = []
  for (const name of names) found.push(await parts[name](subject, code))
  const replayed = names.some((name) => name !== 'folder') ? await subject.settled() : subject.replayed
  return { subject: { ...subject, replayed }, found: withRemarks(found) }
}

export const check = defineOperation({
  name: 'check',
  summary: 'Checks the migrations: folder, replay, policy, impact, rollback, drift.',
  description:
    'Reads every migration of the project, judges the folder (journal, files, snapshots), replays the history in memory and in a real PostgreSQL that it starts by itself, proves that both give the same catalog, compares it with Drizzle’s own snapshots, judges the new migrations by the policy, says which routes, jobs and pages they break where they take something away, and tries their rollbacks. Environments that the configuration names are compared with the folder, over read-only connections; no other database of yours is touched.',
  arguments: [],
  flags: {
    only: { type: 'string', value: 'PARTS', description: `Only these parts, by comma: ${partNames.join(', ')}.` },
    root: { type: 'string', value: 'DIR', description: 'The directory of the code that new migrations may break.', default: '.' },
    every: { type: 'boolean', description: 'Compare with PostgreSQL after every migration, not only after the last.' },
  },
  examples: [
    { command: 'pgstrata check', shows: 'the verdict on the nearest Drizzle project' },
    { command: 'pgstrata check --folder drizzle --only folder --format json', shows: 'the folder alone, for a script' },
  ],
  async run(world, { flags }): Promise<Report> {
    await loadSql()
    const names = chosenParts(world, flags.only)
    const projects = await world.projects()
    const code = codeBelow(world, flags.root)
    const results: Checked[] = []
    const unread: Unknown[] = []
    for (const project of projects) {
      world.progress({ step: `reading ${project.folder}`, done: results.length, total: projects.length })
      const subject = await readSubject(world, project, flags.every).catch((error: unknown) => {
        if (projects.length === 1) throw error
        unread.push(unreadable(project, error))
      })
      if (subject) results.push(await checkProject(subject, code, names))
    }
    const all = results.flatMap(({ found }) => found)
    const findings = all.flatMap((part) => part.findings)
    assertAnalysed(
      results.map(({ subject }) => subject.history),
      findings,
    )
    return {
      operation: 'check',
      analysed: analysedIn(results),
      findings,
      unknown: [...unread, ...all.flatMap(({ unknown }) => unknown)],
      data: dataOf(names, results),
      blocks: results.flatMap(blocksOf),
    }
  },
})
