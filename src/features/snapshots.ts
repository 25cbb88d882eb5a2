/** Whether a folder's SQL makes what Drizzle's snapshots say: `drizzle-kit generate` starts from the last of them. */
import type { SnapshotCatalog } from '../drizzle/snapshot-catalog.ts'
import { rowsAt } from '../drizzle/snapshot-deltas.ts'
import { treeOf, word } from '../drizzle/snapshot-json.ts'
import { commonAncestor, mergeLeaves } from '../drizzle/snapshot-leaves.ts'
import { readSnapshot } from '../drizzle/snapshot-reader.ts'
import type { Catalog } from '../model/catalog.ts'
import type { Project } from '../model/config.ts'
import type { Engine } from '../model/engine.ts'
import { ToolError } from '../model/error.ts'
import type { Finding, Unknown } from '../model/finding.ts'
import type { History, Migration } from '../model/history.ts'
import type { Tree } from '../model/json.ts'
import { displayKey, type ObjectKey } from '../model/name.ts'
import { below } from '../model/path.ts'
import { reportedFinding } from '../rules/report.ts'
import { comparePairs, type Pair, type Scope } from './snapshots/compare.ts'
import { decide } from './snapshots/decide.ts'
import { readSnapshotCatalog } from './snapshots/read.ts'
import { scopeOf } from './snapshots/scope.ts'

/** One object on which SQL and snapshot do not agree. */
export type SnapshotDifference = {
  readonly object: ObjectKey
  /** Who has it. */
  readonly in: 'sql' | 'snapshot' | 'both'
  readonly sql?: string
  readonly snapshot?: string
  /** The first migration after which they differ without a break, when every snapshot was compared. */
  readonly since?: string
}

/** An object of which it is not known whether both agree. */
export type Undecided = { readonly object: ObjectKey; readonly why: string; readonly sql?: string; readonly snapshot?: string }

export type SnapshotDrift = { readonly differences: readonly SnapshotDifference[]; readonly undecided: readonly Undecided[] }

/** The two sides of one comparison; `engine` decides what memory cannot. `extensions` are those that the migrations use without making them. */
export type DriftQuestion = {
  readonly sql: Catalog
  readonly snapshot: SnapshotCatalog
  readonly scope: Scope
  readonly engine?: Engine
  readonly extensions?: readonly string[]
  /** What the migrations take for granted: it is not the project's. */
  readonly assumed?: Catalog
}

const asDifference = ({ object, sql, snapshot }: Pair): SnapshotDifference => ({
  object,
  in: sql === undefined ? 'snapshot' : snapshot === undefined ? 'sql' : 'both',
  ...(sql === undefined ? {} : { sql }),
  ...(snapshot === undefined ? {} : { snapshot }),
})

const asUndecided = ({ object, sql, snapshot }: Pair, why: string): Undecided => ({
  object,
  why,
  ...(sql === undefined ? {} : { sql }),
  ...(snapshot === undefined ? {} : { snapshot }),
})

/** Answers of PostgreSQL that can be used again: the same two spellings of the same object. */
type Memory = Map<string, boolean>
/** One text for two spellings of an object. */
const questionKey = ({ object, sql, snapshot }: Pick<Pair, 'object' | 'sql' | 'snapshot'>): string => JSON.stringify([object, sql, snapshot])

const ask = async (
  { engine, sql, extensions = [] }: DriftQuestion,
  pairs: readonly Pair[],
  memory: Memory,
): Promise<{ readonly differing: readonly Pair[]; readonly undecided: readonly Undecided[] }> => {
  if (!engine)
    return { differing: [], undecided: pairs.map((pair) => asUndecided(pair, 'They are spelled differently, and no PostgreSQL was there to decide.')) }
  const asked = pairs.filter((pair) => !memory.has(questionKey(pair)))
  const { differing, undecided } = await decide(engine, sql, asked, extensions)
  const open = new Set(undecided.map(({ pair }) => pair))
  for (const pair of asked) if (!open.has(pair)) memory.set(questionKey(pair), differing.has(pair))
  return { differing: pairs.filter((pair) => memory.get(questionKey(pair)) === true), undecided: undecided.map(({ pair, why }) => asUndecided(pair, why)) }
}

/**
 * Compares the catalog that the SQL makes with what a snapshot says: first in memory, object by object; then what is only spelled otherwise in PostgreSQL, when an
 * engine is given. Nothing stays in the engine.
 *
 * Forgiven is what a snapshot cannot say: functions, triggers, rules, extensions, domains and other types than enums, comments, privileges, owners, roles, storage, partitions,
 * foreign tables, exclusion constraints, indexes on materialised views; of constraints their deferral, validity, MATCH, INCLUDE and NO INHERIT; names of NOT NULL, of
 * unnamed primary keys and of the sequences of serials and identities; forced row security; the order of columns; schemas that hold nothing else; kinds for which
 * the snapshot's version has no place; views that Drizzle only reads; what the project's filters leave out; the ledger.
 */
export const snapshotDrift = async (question: DriftQuestion, memory: Memory = new Map()): Promise<SnapshotDrift> => {
  const { sql, snapshot, scope, assumed } = question
  const reading = readSnapshotCatalog(snapshot, sql)
  const pairs = comparePairs({ sql, reading, snapshot, scope, ...(assumed ? { assumed } : {}) })
  const { differing, undecided } = await ask(
    question,
    pairs.filter(({ likeness, put }) => likeness === 'spelling' && put),
    memory,
  )
  const found = new Set([...pairs.filter(({ likeness }) => likeness === 'other'), ...differing])
  return {
    differences: pairs.filter((pair) => found.has(pair)).map(asDifference),
    undecided: [...undecided, ...reading.unread.map(({ object, sql: text, why }) => ({ object, why, snapshot: text }))],
  }
}

export type SnapshotQuestion = {
  readonly history: History
  /** Memory's catalog after each migration. */
  readonly catalogs: readonly Catalog[]
  /** The text of a snapshot by its path in the folder. */
  readonly loadSnapshot: (path: string) => Promise<string>
  readonly engine?: Engine
  /** `last`: the snapshot that the next `generate` starts from, against all of the SQL; `all`: besides it each other snapshot against the SQL up to it. */
  readonly prefixes: 'last' | 'all'
  readonly project?: Pick<Project, 'schemaFilter' | 'tablesFilter'>
  readonly extensions?: readonly string[]
  /** The catalog before the first migration: what stands there is not compared. */
  readonly assumed?: Catalog
  /** The first migration is no SQL that has run but what was pulled from a database, as its snapshot is: where these two differ, drizzle-kit wrote one reading in two ways. */
  readonly pulled?: boolean
  readonly progress?: (done: number, total: number) => void
}

export type SnapshotJudgement = {
  /** Positions of the migrations whose snapshots were compared. */
  readonly compared: readonly number[]
  /** Of the last snapshot. */
  readonly differences: readonly SnapshotDifference[]
  /** Of the last snapshot. */
  readonly undecided: readonly Undecided[]
  readonly findings: readonly Finding[]
  /** Snapshots that could not be read. */
  readonly unknown: readonly Unknown[]
}

type Moment = SnapshotDrift & { readonly at: number }

const parents = (migration: Migration | undefined): readonly string[] => migration?.snapshot?.prevIds ?? []

/** Version 8: every snapshot says everything, and those of several branches are merged from what they have in common; nothing else is read. */
const mergedAt = async (before: readonly Migration[], leaves: readonly Migration[], load: (migration: Migration) => Promise<Tree>): Promise<Tree> => {
  const linked = (migrations: readonly Migration[]) => migrations.flatMap(({ snapshot }) => snapshot ?? [])
  const shared = commonAncestor(linked(before), linked(leaves))
  const common = before.find(({ snapshot }) => snapshot !== undefined && snapshot === shared)
  return mergeLeaves(common && (await load(common)), await Promise.all(leaves.map(load)))
}

/** Version 9: a snapshot says what changed, and all before it are needed. */
const rebuiltAt = async (before: readonly Migration[], leaves: readonly Migration[], load: (migration: Migration) => Promise<Tree>): Promise<Tree> => {
  const trees: Tree[] = []
  for (const migration of before) trees.push(await load(migration))
  const ids = leaves.toReversed().flatMap(({ snapshot }) => snapshot?.id ?? [])
  return { version: '9', ddl: [...rowsAt(trees, ids)] }
}

/** The snapshot at a migration: its own, or in v1 those of all branches that are open there, as one. */
const snapshotAt = async ({ history, loadSnapshot }: SnapshotQuestion, at: number): Promise<SnapshotCatalog> => {
  const load = async (migration: Migration | undefined): Promise<Tree> => treeOf(await loadSnapshot(migration?.snapshot?.path ?? ''))
  const own = await load(history.migrations[at])
  if (history.layout !== 'folders') return readSnapshot(own)
  const before = history.migrations.slice(0, at + 1).filter(({ snapshot }) => snapshot && !snapshot.fault)
  const named = new Set(before.flatMap(parents))
  const leaves = before.filter(({ snapshot }) => !named.has(snapshot?.id ?? ''))
  if (word(own, 'version') === '9') return readSnapshot(await rebuiltAt(before, leaves, load))
  return readSnapshot(leaves.length < 2 ? own : await mergedAt(before, leaves, load))
}

const kindOf = (difference: SnapshotDifference): string => `${difference.in} ${difference.object}`

const whatToDo: { readonly [side in SnapshotDifference['in']]: string } = {
  sql: 'Write it into the TypeScript schema and run `drizzle-kit generate`; then empty the new migration’s SQL, because the databases have it already. Or drop it: `drizzle-kit generate --custom`, with the DROP in it.',
  snapshot:
    'Make it with a custom migration (`drizzle-kit generate --custom`). Or take it out of the TypeScript schema, run `drizzle-kit generate`, and empty the new migration’s SQL.',
  both: 'Bring the database to what the snapshot says with a custom migration (`drizzle-kit generate --custom`). Or write what the SQL makes into the TypeScript schema, run `drizzle-kit generate`, and empty the new migration’s SQL.',
}

const sorted = (text: string | undefined): string =>
  [...(text ?? '').matchAll(/'(?:[^']|'')*'/g)]
    .map(([label]) => label)
    .sort()
    .join()

/**
 * What Drizzle does not know of, its next migration leaves alone, and it looks at no order of labels: warnings. What the snapshot takes for made is altered or dropped
 * as if it were there: errors.
 */
const severityOf = ({ object, in: side, sql, snapshot }: SnapshotDifference): Finding['severity'] =>
  side === 'sql' || (side === 'both' && object.startsWith('type ') && sorted(sql) === sorted(snapshot)) ? 'warning' : 'error'

const sentence = ({ object, in: side, sql, snapshot }: SnapshotDifference): string => {
  const name = displayKey(object)
  if (side === 'sql') return `The SQL makes ${name} (${sql}), and the snapshot has none.`
  if (side === 'snapshot') return `The snapshot has ${name} (${snapshot}), and the SQL does not make it.`
  return `The SQL makes ${name} as ${sql}; the snapshot says ${snapshot}.`
}

const place = (history: History, at: number): Pick<Finding, 'file' | 'migration'> => {
  const migration = history.migrations[at]
  return migration ? { file: below(history.folder, migration.snapshot?.path ?? migration.path), migration: migration.tag } : {}
}

const tagAt = ({ history }: SnapshotQuestion, at: number | undefined): string => history.migrations[at ?? -1]?.tag ?? ''

/** The first moment of the unbroken run of moments, up to `last`, that have the difference. */
const beginning = (moments: readonly (Moment & { readonly kinds: ReadonlySet<string> })[], last: number, kind: string): number => {
  let first = last
  while (first > 0 && moments[first - 1]?.kinds.has(kind)) first--
  return first
}

/** Differences that older snapshots had and the next one has no more: one note for each. */
const pastFindings = (question: SnapshotQuestion, moments: readonly (Moment & { readonly kinds: ReadonlySet<string> })[]): readonly Finding[] =>
  moments.slice(0, -1).flatMap((moment, number) => {
    const next = moments[number + 1]
    return moment.differences
      .filter((difference) => !next?.kinds.has(kindOf(difference)))
      .map((difference) => {
        const from = tagAt(question, moments[beginning(moments, number, kindOf(difference))]?.at)
        const until = tagAt(question, moment.at)
        return reportedFinding(
          'snapshot-drift',
          `${sentence(difference)} This was so ${from === until ? `at ${from} only` : `from ${from} to ${until}`}.`,
          place(question.history, moment.at),
          kindOf(difference),
          {
            severity: 'note',
            help: 'Nothing needs to be done: a later snapshot agrees with the SQL again.',
          },
        )
      })
  })

const unreadable = (history: History, migration: Migration, error: ToolError): Unknown => ({
  what: `the snapshot ${below(history.folder, migration.snapshot?.path ?? '')}`,
  why: error.message,
  ...(error.help === undefined ? {} : { help: error.help }),
})

const lastFindings = ({ history }: SnapshotQuestion, last: Moment, differences: readonly SnapshotDifference[]): readonly Finding[] => [
  ...differences.map((difference) =>
    reportedFinding(
      'snapshot-drift',
      `${sentence(difference)}${difference.since === undefined ? '' : ` Since ${difference.since}.`}`,
      place(history, last.at),
      kindOf(difference),
      {
        severity: severityOf(difference),
        help: whatToDo[difference.in],
      },
    ),
  ),
  ...last.undecided.map(({ object, why, sql, snapshot }) =>
    reportedFinding(
      'snapshot-drift',
      `It is not decided whether SQL and snapshot agree on ${displayKey(object)}: ${why}${sql === undefined ? '' : ` SQL: ${sql}.`}${snapshot === undefined ? '' : ` Snapshot: ${snapshot}.`}`,
      place(history, last.at),
      `undecided ${object}`,
      { severity: 'note', help: 'Run with an engine. What the engine cannot read either, compare by hand.' },
    ),
  ),
]

const driftAt = async (question: SnapshotQuestion, at: number, sql: Catalog, memory: Memory): Promise<SnapshotDrift> => {
  const { history, engine, extensions, assumed } = question
  const snapshot = await snapshotAt(question, at)
  const scope = scopeOf(history.ledger, question.project)
  return snapshotDrift({ sql, snapshot, scope, ...(engine ? { engine } : {}), ...(extensions ? { extensions } : {}), ...(assumed ? { assumed } : {}) }, memory)
}

/** What a pulled first migration and its snapshot say differently: the same words later on are no drift either. */
const spellingsOf = async (question: SnapshotQuestion, memory: Memory): Promise<ReadonlySet<string>> => {
  const [first] = question.history.migrations
  const [sql] = question.catalogs
  if (!question.pulled || !sql || !first?.snapshot || first.snapshot.fault) return new Set()
  try {
    const { differences, undecided } = await driftAt(question, 0, sql, memory)
    return new Set([...differences, ...undecided].map(questionKey))
  } catch (error) {
    if (error instanceof ToolError) return new Set()
    throw error
  }
}

const withoutSpellings = ({ differences, undecided }: SnapshotDrift, spellings: ReadonlySet<string>): SnapshotDrift => ({
  differences: differences.filter((difference) => !spellings.has(questionKey(difference))),
  undecided: undecided.filter((pair) => !spellings.has(questionKey(pair))),
})

/**
 * Compares a history's snapshots with its SQL. Findings of rule `snapshot-drift`: errors and warnings for the last snapshot, notes for
 * what older ones had and lost again.
 * Snapshots that are no JSON or of a version that is not read are `unknown`.
 */
export const judgeSnapshots = async (question: SnapshotQuestion): Promise<SnapshotJudgement> => {
  const { history, catalogs, prefixes } = question
  const withSnapshot = history.migrations.filter(({ snapshot }) => snapshot && !snapshot.fault)
  const wanted = prefixes === 'all' ? withSnapshot : withSnapshot.slice(-1)
  const memory: Memory = new Map()
  const moments: (Moment & { readonly kinds: ReadonlySet<string> })[] = []
  const unknown: Unknown[] = []
  const spellings = await spellingsOf(question, memory)
  for (const [number, migration] of wanted.entries()) {
    const sql = number === wanted.length - 1 ? catalogs.at(-1) : catalogs[migration.index]
    if (!sql) continue
    try {
      const drift = withoutSpellings(await driftAt(question, migration.index, sql, memory), spellings)
      moments.push({ ...drift, at: migration.index, kinds: new Set(drift.differences.map(kindOf)) })
    } catch (error) {
      if (!(error instanceof ToolError)) throw error
      unknown.push(unreadable(history, migration, error))
    }
    question.progress?.(number + 1, wanted.length)
  }
  const last = moments.at(-1)
  if (!last) return { compared: [], differences: [], undecided: [], findings: [], unknown }
  const differences = last.differences.map((difference): SnapshotDifference => {
    const since = prefixes === 'all' ? tagAt(question, moments[beginning(moments, moments.length - 1, kindOf(difference))]?.at) : undefined
    return { ...difference, ...(since === undefined ? {} : { since }) }
  })
  return {
    compared: moments.map(({ at }) => at),
    differences,
    undecided: last.undecided,
    unknown,
    findings: [...lastFindings(question, last, differences), ...pastFindings(question, moments)],
  }
}
