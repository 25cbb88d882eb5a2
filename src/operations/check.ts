/** `check`: everything that can be said of a project's migrations, part by part. */

import { emptyCatalog } from '../changes/edit.ts'
import { neededRoles } from '../changes/needed-roles.ts'
import { opaqueMigrations, type Replay, replay } from '../changes/replay.ts'
import { type Answer, agreement, judgeAgreement } from '../features/agreement.ts'
import { judgeReplay } from '../features/judged-replay.ts'
import { judgeSnapshots } from '../features/snapshots.ts'
import type { Project } from '../model/config.ts'
import type { Engine, EngineNeed } from '../model/engine.ts'
import { ToolError } from '../model/error.ts'
import type { Finding, Unknown } from '../model/finding.ts'
import type { History } from '../model/history.ts'
import type { Json } from '../model/json.ts'
import type { Block, Counts, Report, Text } from '../model/report.ts'
import type { Script } from '../model/statement.ts'
import type { World } from '../model/world.ts'
import { reportedFinding } from '../rules/report.ts'
import { extensionsIn } from '../sql/extensions.ts'
import { loadSql } from '../sql/parser.ts'
import { readScript } from '../sql/script.ts'
import { assertAnalysed } from './analysed.ts'
import { defineOperation } from './define.ts'
import { examine, titleOf, unreadable } from './doctor.ts'

/** One part of the check: what it looked at, what it found, what it could not tell. */
type Part = {
  readonly name: PartName
  readonly analysed: Counts
  readonly findings: readonly Finding[]
  readonly unknown: readonly Unknown[]
  /** What it has shown, in one line. */
  readonly shown: Text
  readonly data: { readonly [key: string]: Json }
}

const partNames = ['folder', 'replay', 'snapshots'] as const
type PartName = (typeof partNames)[number]

/** A project, read and replayed once for all parts. */
type Subject = {
  readonly world: World
  readonly project: Project
  readonly history: History
  readonly scripts: readonly Script[]
  readonly replayed: Replay
  readonly assumed: readonly string[]
  readonly every: boolean
  /** The PostgreSQL for all parts, started when one of them first needs it; or why there is none on this machine. */
  engine(): Promise<Engine | NoEngine>
  /** The history in that PostgreSQL beside the one in memory, run once. */
  proof(): Promise<Proof>
  /** The replay with what the engine answers where memory cannot follow a statement; runs the proof only when there is one. */
  settled(): Promise<Replay>
}

type NoEngine = { readonly unavailable: Unknown }

/** Starts the engine. A machine without one still gets every answer that needs none: what is missing is unknown. */
const openEngine = async (world: World, history: History, need: EngineNeed): Promise<Engine | NoEngine> => {
  try {
    return await world.engine(need)
  } catch (error) {
    if (!(error instanceof ToolError) || error.code !== 'engine-unavailable') throw error
    return {
      unavailable: { what: `agreement of ${history.folder} with PostgreSQL`, why: error.message, ...(error.help === undefined ? {} : { help: error.help }) },
    }
  }
}

const plural = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`

const folderPart = async ({ world, project, history }: Subject): Promise<Part> => {
  const { findings, caveats } = await examine(world, project, history)
  const worst = findings.filter(({ severity }) => severity !== 'note').length
  return {
    name: 'folder',
    analysed: { migrations: history.migrations.length },
    findings,
    unknown: [],
    shown:
      worst === 0 ? 'journal, files and snapshots fit together' : `${plural(worst, 'anomaly').replace('anomalys', 'anomalies')} in journal, files or snapshots`,
    data: { caveats: [...caveats] },
  }
}

/** The server refuses what memory has refused already, or what cannot be parsed: that finding has the better place. */
const isTold = (finding: Finding, told: readonly Finding[]): boolean =>
  finding.rule === 'engine-refuses' && told.some(({ rule, migration }) => (rule === 'refused' || rule === 'unparsed') && migration === finding.migration)

const countOpaque = ({ steps }: Replay): number => steps.flatMap(({ changes }) => changes).filter(({ kind }) => kind === 'opaque').length

const namesOf = ({ migrations }: History, { migration, objects, left }: Answer): Json => ({
  migration: migrations[migration]?.tag ?? String(migration),
  objects: [...objects],
  left: left.map(({ kind, identity }) => `${kind} ${identity}`),
})

/** What neither memory nor the engine's answer holds: not compared, and said so. */
const unheld = ({ migrations }: History, answers: readonly Answer[]): readonly Unknown[] =>
  answers.flatMap(({ migration, left }) =>
    left.map(
      ({ kind, identity, why }): Unknown => ({
        what: `${kind} ${identity} after ${migrations[migration]?.tag ?? migration}`,
        why,
        help: 'It is run and not compared; look at it by hand.',
      }),
    ),
  )

const replayPart = async (subject: Subject): Promise<Part> => {
  const { history, scripts, assumed } = subject
  const proof = await subject.proof()
  const { replayed } = proof
  const findings = [
    ...judgeReplay(history, scripts, replayed),
    ...assumed.map((extension) =>
      reportedFinding('extension-assumed', `The extension ${extension} is used, and no migration makes it.`, { file: history.folder }, extension),
    ),
  ]
  const answered = proof.answered.flatMap(({ objects }) => objects).length
  const analysed = { migrations: history.migrations.length, statements: replayed.steps.length, opaque: countOpaque(replayed), answered }
  return {
    name: 'replay',
    analysed: { ...analysed, compared: proof.compared },
    findings: [...findings, ...proof.findings.filter((finding) => !isTold(finding, findings))],
    unknown: [...proof.unknown, ...unheld(history, proof.answered)],
    shown: proof.shown,
    data: {
      tables: replayed.catalog.tables.size,
      engine: proof.engine,
      compared: proof.compared,
      stubbed: [...proof.stubbed],
      answered: proof.answered.map((each) => namesOf(history, each)),
    },
  }
}

type Proof = {
  readonly compared: number
  readonly findings: readonly Finding[]
  readonly unknown: readonly Unknown[]
  readonly shown: Text
  readonly engine: string | null
  readonly stubbed: readonly string[]
  readonly answered: readonly Answer[]
  readonly replayed: Replay
}

const serverName = (name: string, version: number): string => `${name} PostgreSQL ${Math.floor(version / 10_000)}.${version % 10_000}`

/** Runs the history in a real PostgreSQL beside the one in memory. */
const prove = async (subject: Pick<Subject, 'world' | 'history' | 'scripts' | 'replayed' | 'assumed' | 'every' | 'engine'>): Promise<Proof> => {
  const { world, history, scripts, replayed, assumed, every } = subject
  const engine = await subject.engine()
  if ('unavailable' in engine) {
    return {
      compared: 0,
      engine: null,
      stubbed: [],
      answered: [],
      replayed,
      findings: [],
      unknown: [engine.unavailable],
      shown: `not run in PostgreSQL: ${engine.unavailable.why}`,
    }
  }
  const name = serverName(engine.name, engine.version)
  const none = { compared: 0, engine: name, stubbed: engine.stubbed, answered: [], replayed }
  if (engine.missing.length > 0) {
    const why = `the extension ${engine.missing.join(', ')} is not in the ${name}`
    return {
      ...none,
      unknown: [{ what: `agreement of ${history.folder} with PostgreSQL`, why, help: 'Give a server that has it: --engine postgres://….' }],
      shown: `not run in PostgreSQL: ${why}`,
      findings: engine.missing.map((extension) =>
        reportedFinding('extension-missing', `The extension ${extension} is not in the ${name}.`, { file: history.folder }, extension),
      ),
    }
  }
  const plan = { scripts, replayed, ledger: history.ledger, extensions: assumed, roles: neededRoles(replayed.steps), prefixes: every ? 'all' : 'last' } as const
  const agreed = await agreement(engine, plan, (done) => world.progress({ step: `running ${history.folder} in ${name}`, done, total: scripts.length }))
  const findings = judgeAgreement(history, agreed)
  const where = every ? plural(agreed.compared.length, 'migration') : 'the last migration'
  return {
    compared: agreed.compared.length,
    findings,
    unknown: [],
    engine: name,
    stubbed: engine.stubbed,
    answered: agreed.answered,
    replayed: agreed.replayed,
    shown: agreed.failure
      ? `${name} refuses the history`
      : agreed.disagreements.length > 0
        ? `memory and ${name} differ`
        : `${plural(scripts.length, 'migration')} run in the ${name}; after ${where} its catalog equals the one in memory${engine.stubbed.length > 0 ? ` (imitated: ${engine.stubbed.join(', ')})` : ''}${answersIn(agreed.answered)}`,
  }
}

/** `; of 40 objects that 1 migration changed PostgreSQL says what they are` */
const answersIn = (answers: readonly Answer[]): string =>
  answers.length === 0
    ? ''
    : `; ${plural(answers.flatMap(({ objects }) => objects).length, 'object')} of ${plural(answers.length, 'migration')} that memory cannot follow taken from it`

/** Drizzle's own snapshots beside what the SQL makes. */
const snapshotsPart = async (subject: Subject): Promise<Part> => {
  const { world, project, history, every } = subject
  const engine = await subject.engine()
  const replayed = await subject.settled()
  const judged = await judgeSnapshots({
    history,
    project,
    catalogs: replayed.catalogs,
    extensions: [...replayed.catalog.extensions.keys()],
    prefixes: every ? 'all' : 'last',
    loadSnapshot: (path) => world.snapshot(history, path),
    ...('unavailable' in engine || engine.missing.length > 0 ? {} : { engine }),
    progress: (done, total) => world.progress({ step: `comparing snapshots of ${history.folder}`, done, total }),
  })
  const { compared, differences, undecided, findings, unknown } = judged
  const which = every ? plural(compared.length, 'snapshot') : 'the last snapshot'
  return {
    name: 'snapshots',
    analysed: { snapshots: compared.length },
    findings,
    unknown,
    shown:
      compared.length === 0
        ? 'there is no snapshot to compare'
        : differences.length === 0
          ? `${which} say${every ? '' : 's'} what the SQL makes`
          : `${plural(differences.length, 'object')} ${differences.length === 1 ? 'differs' : 'differ'} between the last snapshot and the SQL`,
    data: {
      compared: compared.length,
      differences: differences.map(({ object, in: side, sql, snapshot, since }) => ({
        object,
        in: side,
        sql: sql ?? null,
        snapshot: snapshot ?? null,
        since: since ?? null,
      })),
      undecided: undecided.length,
    },
  }
}

const parts: { readonly [P in PartName]: (subject: Subject) => Promise<Part> } = { folder: folderPart, replay: replayPart, snapshots: snapshotsPart }

const once = <T>(make: () => Promise<T>): (() => Promise<T>) => {
  let made: Promise<T> | undefined
  return () => (made ??= make())
}

const read = async (world: World, project: Project, every: boolean): Promise<Subject> => {
  const history = await world.history({ type: 'folder', path: project.folder })
  const scripts = history.migrations.map(({ sql }) => readScript(sql ?? ''))
  const { created, assumed } = extensionsIn(scripts)
  const need = {
    extensions: [...new Set([...created, ...assumed])],
    profile: 'replay',
    ...(world.config.postgres === undefined ? {} : { major: world.config.postgres }),
  } as const
  const start = { ...emptyCatalog, extensions: new Map(assumed.map((extension) => [extension, {}])) }
  const replayed = replay(scripts, start)
  const engine = once(() => openEngine(world, history, need))
  const proof = once(() => prove({ world, history, scripts, replayed, assumed, every, engine }))
  const settled = async (): Promise<Replay> => (opaqueMigrations(replayed.steps).size === 0 ? replayed : (await proof()).replayed)
  return { world, project, history, scripts, assumed, every, replayed, engine, proof, settled }
}

const worst = (findings: readonly Finding[]): 'error' | 'warning' | 'note' | undefined =>
  (['error', 'warning', 'note'] as const).find((severity) => findings.some((finding) => finding.severity === severity))

const verdictOf = ({ findings, unknown }: Part): 'clean' | 'findings' | 'unknown' => {
  const severity = worst(findings)
  return severity === 'error' || severity === 'warning' ? 'findings' : unknown.length > 0 ? 'unknown' : 'clean'
}

const mark = (part: Part): Text => {
  const severity = worst(part.findings)
  if (severity === 'error') return [{ text: 'error', tone: 'bad' }]
  if (severity === 'warning') return [{ text: 'warning', tone: 'warn' }]
  return part.unknown.length > 0 ? [{ text: 'unknown', tone: 'warn' }] : [{ text: 'ok', tone: 'good' }]
}

const blocksOf = ({ project, history, replayed }: Subject, found: readonly Part[]): readonly Block[] => [
  { type: 'heading', level: 1, text: titleOf(project) },
  {
    type: 'definition',
    items: [
      { term: 'migrations', text: `${history.migrations.length}, ${plural(replayed.steps.length, 'statement')}` },
      { term: 'last', text: history.migrations.at(-1)?.tag ?? 'none' },
      {
        term: 'schema',
        text: `${plural(replayed.catalog.tables.size, 'table')}, ${plural(replayed.catalog.indexes.size, 'index').replace('indexs', 'indexes')}, ${plural(replayed.catalog.types.size, 'type')}, ${plural(replayed.catalog.views.size, 'view')}, ${plural(replayed.catalog.routines.size, 'routine')}`,
      },
    ],
  },
  {
    type: 'table',
    columns: [{ title: 'part' }, { title: 'verdict' }, { title: 'what was shown' }],
    rows: found.map((part) => [part.name, mark(part), part.shown]),
  },
]

const chosenParts = (only: string | undefined): readonly PartName[] => {
  if (only === undefined) return partNames
  return only.split(',').map((name) => {
    const part = partNames.find((each) => each === name.trim())
    if (part) return part
    throw new ToolError('usage', `--only does not know the part ${name.trim()}.`, { help: `Parts: ${partNames.join(', ')}.` })
  })
}

const total = (counts: readonly Counts[]): Counts => {
  const sums: Record<string, number> = {}
  for (const count of counts) for (const [name, value] of Object.entries(count)) sums[name] = Math.max(sums[name] ?? 0, 0) + value
  return sums
}

const merged = (found: readonly Part[]): Counts => Object.assign({}, ...found.map(({ analysed }) => analysed)) as Counts

type Checked = { readonly subject: Subject; readonly found: readonly Part[] }

const checkProject = async (subject: Subject, names: readonly PartName[]): Promise<Checked> => {
  const found: Part[] = []
  for (const name of names) found.push(await parts[name](subject))
  const replayed = names.some((name) => name !== 'folder') ? await subject.settled() : subject.replayed
  return { subject: { ...subject, replayed }, found }
}

const partData = (part: Part): { readonly [key: string]: Json } => ({
  verdict: verdictOf(part),
  analysed: part.analysed,
  findings: part.findings.length,
  ...part.data,
})

const dataOf = ({ subject, found }: Checked): Json => ({
  name: subject.project.name,
  folder: subject.history.folder,
  parts: Object.fromEntries(found.map((part) => [part.name, partData(part)])),
})

const strictest = ['findings', 'unknown', 'clean'] as const

/** One object a part, over all projects: the worst verdict and the sums; of a single project all there is to say. */
const summaries = (names: readonly PartName[], results: readonly Checked[]): { readonly [part: string]: Json } =>
  Object.fromEntries(
    names.map((name) => {
      const of = results.flatMap(({ found }) => found.filter((part) => part.name === name))
      const [only] = of
      if (only && of.length === 1) return [name, partData(only)]
      const verdict = strictest.find((each) => of.some((part) => verdictOf(part) === each)) ?? 'unknown'
      return [name, { verdict, analysed: total(of.map(({ analysed }) => analysed)), findings: of.flatMap(({ findings }) => findings).length }]
    }),
  )

export const check = defineOperation({
  name: 'check',
  summary: 'Checks the migrations: folder, replay in memory and in PostgreSQL, snapshots.',
  description:
    'Reads every migration of the project, judges the folder (journal, files, snapshots), replays the history in memory and in a real PostgreSQL that it starts by itself, proves that both give the same catalog, and compares it with Drizzle’s own snapshots. No database of yours is touched.',
  arguments: [],
  flags: {
    only: { type: 'string', value: 'PARTS', description: `Only these parts, by comma: ${partNames.join(', ')}.` },
    every: { type: 'boolean', description: 'Compare with PostgreSQL after every migration, not only after the last.' },
  },
  examples: [
    { command: 'pgstrata check', shows: 'the verdict on the nearest Drizzle project' },
    { command: 'pgstrata check --folder drizzle --only folder --format json', shows: 'the folder alone, for a script' },
  ],
  async run(world, { flags }): Promise<Report> {
    await loadSql()
    const names = chosenParts(flags.only)
    const projects = await world.projects()
    const results: Checked[] = []
    const unread: Unknown[] = []
    for (const project of projects) {
      world.progress({ step: `reading ${project.folder}`, done: results.length, total: projects.length })
      const subject = await read(world, project, flags.every).catch((error: unknown) => {
        if (projects.length === 1) throw error
        unread.push(unreadable(project, error))
      })
      if (subject) results.push(await checkProject(subject, names))
    }
    const all = results.flatMap(({ found }) => found)
    assertAnalysed(
      results.map(({ subject }) => subject.history),
      all.flatMap(({ findings }) => findings),
    )
    return {
      operation: 'check',
      analysed: { projects: results.length, ...total(results.map(({ found }) => merged(found))) },
      findings: all.flatMap(({ findings }) => findings),
      unknown: [...unread, ...all.flatMap(({ unknown }) => unknown)],
      data: { ...summaries(names, results), projects: results.map(dataOf) },
      blocks: results.flatMap(({ subject, found }) => blocksOf(subject, found)),
    }
  },
})
