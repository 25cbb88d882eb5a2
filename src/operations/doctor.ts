import { plainStartOf } from '../changes/start.ts'
import { allSnapshots } from '../drizzle/history.ts'
import { judgeBaseline } from '../features/baseline.ts'
import type { Project } from '../model/config.ts'
import { ToolError } from '../model/error.ts'
import type { Finding, Unknown } from '../model/finding.ts'
import type { History } from '../model/history.ts'
import type { Tree } from '../model/json.ts'
import { plural } from '../model/numbers.ts'
import { type Block, type Report, type Text, toned } from '../model/report.ts'
import type { FileEdit, World } from '../model/world.ts'
import { rules } from '../rules/index.ts'
import { mayBePulled } from '../sql/commented.ts'
import { loadSql } from '../sql/parser.ts'
import { readScript } from '../sql/script.ts'
import { assertAnalysed } from './analysed.ts'
import { defineOperation } from './define.ts'
import { editsOf } from './doctor/edits.ts'
import { isNeeded, type Mending, mendingOf } from './doctor/mending.ts'
import { mendingBlocks, mendingData } from './doctor/report.ts'
import { type Examined, examine, titleOf, unreadable } from './examine.ts'
import { pushFindings } from './version/push.ts'

const tones = { error: 'bad', warning: 'warn', note: 'muted' } as const
const order = { error: 0, warning: 1, note: 2 } as const

/** One line for each rule that found something, the worst first. The findings themselves, with place and repair, are the report's. */
const overview = (findings: readonly Finding[]): readonly Block[] => {
  const names = [...new Set(findings.toSorted((a, b) => order[a.severity] - order[b.severity]).map(({ rule }) => rule))]
  const rows = names.map((name): readonly Text[] => {
    const of = findings.filter(({ rule }) => rule === name)
    const severity = of[0]?.severity ?? 'note'
    return [[{ text: severity, tone: tones[severity] }], String(of.length), name, [{ text: rules.find(({ id }) => id === name)?.summary ?? '', tone: 'muted' }]]
  })
  // A single rule needs no overview: its findings say the same.
  return rows.length < 2
    ? []
    : [{ type: 'table', columns: [{ title: 'severity' }, { title: 'found', align: 'right' }, { title: 'rule' }, { title: 'what it means' }], rows }]
}

const blocksOf = ({ project, history, findings, caveats }: Examined): readonly Block[] => {
  const count = (severity: Finding['severity']): number => findings.filter((finding) => finding.severity === severity).length
  const counted = [
    plural(history.migrations.length, 'migration'),
    plural(allSnapshots(history).length, 'snapshot'),
    history.layout === 'journal' ? `journal version ${history.version ?? 'unknown'}` : 'one folder per migration',
  ]
  const found = (['error', 'warning', 'note'] as const).filter((severity) => count(severity) > 0).map((severity) => plural(count(severity), severity))
  const verdict = found.length === 0 ? 'nothing is wrong' : found.join(', ')
  return [
    { type: 'heading', level: 1, text: titleOf(project) },
    { type: 'text', text: `${counted.join(', ')}; ${verdict}.` },
    ...overview(findings),
    ...(caveats.length === 0 ? [] : [toned(caveats.map((caveat) => `Note: ${caveat}.`).join('\n'), 'muted')]),
  ]
}

const dataOf = ({ project, history, findings, caveats }: Examined): Tree => ({
  name: project.name,
  folder: project.folder,
  config: project.config ?? null,
  layout: history.layout,
  version: history.version ?? null,
  migrations: history.migrations.length,
  snapshots: allSnapshots(history).length,
  anomalies: findings.map(({ rule, severity, message, help, file, line, migration }) => ({
    rule,
    severity,
    message,
    repair: help ?? null,
    file: file ?? null,
    line: line ?? null,
    migration: migration ?? null,
  })),
  notes: caveats,
})

/** The note on a first migration that was pulled; the others are read only where it may be one. */
const pulledFindings = (history: History): readonly Finding[] => {
  if (!mayBePulled(history.migrations[0]?.sql ?? '')) return []
  const scripts = history.migrations.map(({ sql }) => readScript(sql ?? ''))
  return judgeBaseline(history, scripts, plainStartOf(scripts).baseline)
}

type Treated = Examined & { readonly mending: Mending }

const examineProject = async (world: World, project: Project): Promise<Treated> => {
  const examined = await examine(world, project)
  return {
    ...examined,
    findings: [...examined.findings, ...pulledFindings(examined.history), ...pushFindings(project, examined.history.layout)],
    mending: await mendingOf(world, project, examined.history),
  }
}

/** A folder that cannot be read stops a run over it alone; among several it is one unknown, and the others are still judged. */
const examineAll = async (
  world: World,
  projects: readonly Project[],
): Promise<{ readonly examined: readonly Treated[]; readonly unknown: readonly Unknown[] }> => {
  const examined: Treated[] = []
  const unknown: Unknown[] = []
  for (const [index, project] of projects.entries()) {
    world.progress({ step: `reading ${project.folder}`, done: index, total: projects.length })
    try {
      examined.push(await examineProject(world, project))
    } catch (error) {
      if (projects.length === 1) throw error
      unknown.push(unreadable(project, error))
    }
  }
  return { examined, unknown }
}

const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0)

const filesOf = (history: History): number =>
  history.migrations.filter(({ sql }) => sql !== undefined).length +
  allSnapshots(history).length +
  history.orphans.length +
  (history.layout === 'journal' ? 1 : 0)

const bytesOf = (mendings: readonly Mending[]): Uint8Array => new TextEncoder().encode(mendings.flatMap(({ ledgerSql }) => ledgerSql ?? []).join('\n'))

/** Mends all folders at once: every file is written, or none. */
const mend = async (world: World, treated: readonly Treated[], ledgerFile: string | undefined): Promise<readonly Treated[]> => {
  const needed = treated.map(({ mending }) => mending).filter(isNeeded)
  const edits: FileEdit[] = []
  for (const mending of needed) edits.push(...(await editsOf(world, mending)))
  const sql = ledgerFile !== undefined && needed.some(({ moved }) => moved.length > 0) ? [{ path: ledgerFile, bytes: bytesOf(needed) }] : []
  if (edits.length > 0) await world.files.write([...edits, ...sql])
  const again: Treated[] = []
  for (const one of treated) again.push(isNeeded(one.mending) ? { ...(await examineProject(world, one.project)), mending: one.mending } : one)
  return again
}

export const doctor = defineOperation({
  name: 'doctor',
  summary: 'Finds and repairs what is wrong with the migrations folder itself.',
  description:
    'Reads the journal, the SQL files and the snapshots of every Drizzle project, and names each anomaly with its file and its repair: missing and stray files, numbers that stand twice, times that make the migrator skip a migration, broken and forked snapshot chains, conflict markers, invalid JSON. No database is needed. With --write, what can be repaired is: missing snapshots are rebuilt from what the SQL makes (in memory, in a PostgreSQL of its own where memory cannot follow), every snapshot is linked to the one before it, times in the journal rise second by second, and snapshots get what drizzle-kit 1.0 wants; `drizzle-kit up` of 1.0 then takes the folder. SQL files keep their bytes. Where times change, databases that have the migrations need one statement, which the report shows and --ledger-sql writes: run it right before the first deployment with the changed journal, so that neither drizzle-orm 0.45 nor, after `up`, 1.0 runs a migration again. Without --write the report says what would be done, and nothing is written.',
  arguments: [],
  flags: {
    write: { type: 'boolean', description: 'Repair what can be repaired, all files or none; SQL files are not touched.' },
    ledgerSql: { type: 'string', value: 'FILE', description: 'With --write: the statement for the ledgers goes into this file, where times have changed.' },
  },
  examples: [
    { command: 'pgstrata doctor', shows: 'the anomalies of the nearest Drizzle project, and what --write would repair' },
    { command: 'pgstrata doctor --write --ledger-sql ledger.sql', shows: 'the folder repaired, and the SQL for databases that have it' },
    { command: 'pgstrata doctor --folder packages/db/drizzle --format json', shows: 'those of one folder, for a script' },
  ],
  async run(world, { flags }): Promise<Report> {
    const { write, ledgerSql: ledgerFile } = flags
    if (ledgerFile !== undefined && !write)
      throw new ToolError('usage', '--ledger-sql goes with --write: the statement belongs to the times that are written.', {
        help: 'Without --write the report shows the statement.',
      })
    await loadSql()
    const read = await examineAll(world, await world.projects())
    const { unknown } = read
    const examined = write ? await mend(world, read.examined, ledgerFile) : read.examined
    const histories = examined.map(({ history }) => history)
    assertAnalysed(
      histories,
      examined.flatMap(({ findings }) => findings),
    )
    return {
      operation: 'doctor',
      analysed: {
        projects: examined.length,
        migrations: sum(histories.map(({ migrations }) => migrations.length)),
        snapshots: sum(histories.map((history) => allSnapshots(history).length)),
        files: sum(histories.map(filesOf)),
      },
      findings: examined.flatMap(({ findings }) => findings),
      data: { projects: examined.map((one) => ({ ...dataOf(one), repairs: mendingData(one.mending, write) })) },
      blocks: examined.flatMap((one) => [...blocksOf(one), ...mendingBlocks(one.mending, { written: write, file: ledgerFile })]),
      unknown,
    }
  },
})
