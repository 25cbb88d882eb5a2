/** `doctor`: what is wrong with the migrations folders themselves, and how to repair it. */
import { allSnapshots } from '../drizzle/history.ts'
import type { Project } from '../model/config.ts'
import { ToolError } from '../model/error.ts'
import type { Finding, Unknown } from '../model/finding.ts'
import type { History, Migration } from '../model/history.ts'
import type { Json } from '../model/json.ts'
import type { Block, Report, Text } from '../model/report.ts'
import type { World } from '../model/world.ts'
import type { HistoryView } from '../rules/define.ts'
import { rules } from '../rules/index.ts'
import { judgeHistory } from '../rules/run.ts'
import { loadSql } from '../sql/parser.ts'
import { readScript } from '../sql/script.ts'
import { assertAnalysed } from './analysed.ts'
import { defineOperation } from './define.ts'

type Examined = { readonly project: Project; readonly history: History; readonly findings: readonly Finding[]; readonly caveats: readonly string[] }

const statementsInChunk = ({ sql }: Migration): readonly number[] => readScript(sql ?? '').chunks.map(({ statements }) => statements)

/** What git knows of edits, and what it cannot know. */
const editsOf = async (world: World, folder: string): Promise<{ readonly edited: HistoryView['edited']; readonly caveats: readonly string[] }> => {
  try {
    if ((await world.git.root()) === undefined) return { edited: [], caveats: ['not in a git repository: edits after a commit cannot be seen'] }
    const caveats = (await world.git.isShallow()) ? ['the clone is shallow: edits before its first commit cannot be seen'] : []
    return { edited: await world.git.editedAfterAdded(folder), caveats }
  } catch (error) {
    if (!(error instanceof ToolError)) throw error
    return { edited: [], caveats: [`edits after a commit cannot be seen: ${error.message}`] }
  }
}

/** Judges one project's folder; `check` shares it, with the history that it has read. Throws what reading a folder throws. */
export const examine = async (world: World, project: Project, read?: History): Promise<Examined> => {
  const history = read ?? (await world.history({ type: 'folder', path: project.folder }))
  const { edited, caveats } = await editsOf(world, project.folder)
  const findings = judgeHistory({ history, edited, now: world.now(), statementsInChunk }, world.config.policy)
  return { project, history, findings, caveats: [...project.notes, ...caveats] }
}

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

const plural = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`

/** What a project is called at the head of its part of a report. */
export const titleOf = ({ name, folder }: Project): string => (name === folder ? folder : `${name}: ${folder}`)

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
    ...(caveats.length === 0
      ? []
      : [{ type: 'text', text: [{ text: caveats.map((caveat) => `Note: ${caveat}.`).join('\n'), tone: 'muted' }] } satisfies Block]),
  ]
}

const dataOf = ({ project, history, findings, caveats }: Examined): Json => ({
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

/** One project of several that cannot be read. Throws on what is no `ToolError`. */
export const unreadable = (project: Project, error: unknown): Unknown => {
  if (!(error instanceof ToolError)) throw error
  return { what: titleOf(project), why: error.message, ...(error.help === undefined ? {} : { help: error.help }) }
}

/** A folder that cannot be read stops a run over it alone; among several it is one unknown, and the others are still judged. */
const examineAll = async (
  world: World,
  projects: readonly Project[],
): Promise<{ readonly examined: readonly Examined[]; readonly unknown: readonly Unknown[] }> => {
  const examined: Examined[] = []
  const unknown: Unknown[] = []
  for (const [index, project] of projects.entries()) {
    world.progress({ step: `reading ${project.folder}`, done: index, total: projects.length })
    try {
      examined.push(await examine(world, project))
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

export const doctor = defineOperation({
  name: 'doctor',
  summary: 'Finds what is wrong with the migrations folder itself.',
  description:
    'Reads the journal, the SQL files and the snapshots of every Drizzle project, and names each anomaly with its file and its repair: missing and stray files, numbers that stand twice, times that make the migrator skip a migration, broken and forked snapshot chains, conflict markers, invalid JSON. No database is needed and nothing is written.',
  arguments: [],
  flags: {},
  examples: [
    { command: 'pgstrata doctor', shows: 'the anomalies of the nearest Drizzle project' },
    { command: 'pgstrata doctor --folder packages/db/drizzle --format json', shows: 'those of one folder, for a script' },
  ],
  async run(world): Promise<Report> {
    await loadSql()
    const { examined, unknown } = await examineAll(world, await world.projects())
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
      data: { projects: examined.map(dataOf) },
      blocks: examined.flatMap(blocksOf),
      unknown,
    }
  },
})
