/** `lint --fix`: the pending migrations of a project with what is mechanical mended, judged again before anything is written. */
import { startOf } from '../../changes/start.ts'
import { type BesideKind, besidePath, besideText, type Section, withSection } from '../../features/fix/beside.ts'
import { type Beside, editedTexts, type Fix, type Left, planFixes } from '../../features/fix.ts'
import { lint as judge, type Lint } from '../../features/lint.ts'
import type { Project } from '../../model/config.ts'
import { ToolError } from '../../model/error.ts'
import type { Finding } from '../../model/finding.ts'
import type { Migration } from '../../model/history.ts'
import { textEdit } from '../../model/text.ts'
import type { FileEdit, World } from '../../model/world.ts'
import { fileOf } from '../../rules/place.ts'
import { readScript } from '../../sql/script.ts'
import { followUp } from '../follow-up.ts'
import { landedIn } from '../landed.ts'
import { readBeside } from './beside.ts'
import { isUntimely } from './fix-due.ts'
import { contentsOf, objection } from './fix-objection.ts'
import type { LintOptions } from './options.ts'
import { replayWith, type Subject } from './subject.ts'

/** What `--fix` did to a project. */
export type Fixed = {
  readonly project: Project
  /** Files that were written or removed, as paths. */
  readonly written: readonly string[]
  /** Those of them that were removed. */
  readonly removed: readonly string[]
  /** How many migrations are new. */
  readonly pending: number
  readonly fixed: readonly Finding[]
  readonly left: readonly Left[]
  /** Files to be run by hand before the deployment. */
  readonly before: readonly string[]
  /** Files that hold what is left to the next deployment. */
  readonly next: readonly string[]
  /** True where some of that is due, and better not deployed together with the new migrations. */
  readonly waits: boolean
}

type State = { readonly subject: Subject; readonly before: readonly Section[]; readonly next: readonly Beside[]; readonly fixed: readonly Finding[] }
type Attempt = State & { readonly result: Lint; readonly left: readonly Left[] }

const textsOf = ({ history }: Subject): readonly string[] => history.migrations.map(({ sql }) => sql ?? '')

/** The subject with other texts, read and replayed anew. */
const rewritten = (subject: Subject, texts: readonly string[], before: readonly Section[]): Subject => {
  const migrations = subject.history.migrations.map((migration, at): Migration => ({ ...migration, sql: migration.sql === undefined ? undefined : texts[at] }))
  const scripts = migrations.map(({ sql }, at) => {
    const known = subject.scripts[at]
    return known && sql === subject.history.migrations[at]?.sql ? known : readScript(sql ?? '')
  })
  return { ...subject, history: { ...subject.history, migrations }, scripts, replayed: replayWith(scripts, startOf(scripts).catalog, subject.pending, before) }
}

const tagOf = ({ history }: Subject, migration: number): string => history.migrations[migration]?.tag ?? ''

const withBefore = (subject: Subject, sections: readonly Section[], more: readonly Beside[]): readonly Section[] =>
  more.reduce((all, { migration, sql }) => withSection(all, tagOf(subject, migration), sql, 'before'), sections)

const judged = ({ history, replayed, pending }: Subject, { runner, surroundings }: LintOptions): Lint =>
  judge({ history, steps: replayed.steps, pending, runner }, surroundings)

type Unwilling = ReadonlyMap<string, string>

/** What only the newest PostgreSQL understands is not written for a production that nobody has named. */
const unknownMajor = ({ rule }: Finding, { majorIsAssumed }: LintOptions): string | undefined =>
  majorIsAssumed && rule === 'set-not-null'
    ? 'it depends on the major of production, which is not known: give --pg-version, or postgres in the configuration'
    : undefined

const plan = (state: State, result: Lint, unwilling: Unwilling, options: LintOptions): Fix | undefined => {
  const [batch] = result.batches
  return batch && planFixes(result.found, batch, textsOf(state.subject), (finding) => unwilling.get(finding.fingerprint) ?? unknownMajor(finding, options))
}

/** Rounds of fixes until nothing more can be fixed. A finding that comes again after its fix is answered in `again`. */
const attempt = (from: State, options: LintOptions, unwilling: Unwilling): { readonly attempt: Attempt; readonly again: readonly Finding[] } => {
  let state = from
  for (;;) {
    const result = judged(state.subject, options)
    const fix = plan(state, result, unwilling, options)
    const again = fix?.fixed.filter(({ fingerprint }) => state.fixed.some((before) => before.fingerprint === fingerprint)) ?? []
    if (!fix || fix.fixed.length === 0 || again.length > 0) return { attempt: { ...state, result, left: fix?.left ?? [] }, again }
    const before = withBefore(state.subject, state.before, fix.before)
    const subject = rewritten(state.subject, editedTexts(textsOf(state.subject), fix.edits), before)
    state = { subject, before, next: [...state.next, ...fix.next], fixed: [...state.fixed, ...fix.fixed] }
  }
}

type Blamed = readonly (readonly [fingerprint: string, why: string])[]

/** What in an attempt does not do, and why: each fix that does not do alone, otherwise the last. */
const blame = (start: State, options: LintOptions, unwilling: Unwilling, tried: Attempt, why: string, objects: (to: Attempt) => string | undefined): Blamed => {
  const suspects = [...new Set(tried.fixed.filter(({ rule }) => rule !== 'missing-lock-timeout').map(({ fingerprint }) => fingerprint))]
  const alone = suspects.flatMap((suspect): Blamed => {
    const others = suspects.filter((other) => other !== suspect).map((other) => [other, 'it is tried by itself'] as const)
    const reason = objects(attempt(start, options, new Map([...unwilling, ...others])).attempt)
    return reason === undefined ? [] : [[suspect, reason]]
  })
  return alone.length > 0 ? alone : suspects.slice(-1).map((suspect) => [suspect, why])
}

/** The best attempt: what does not help, or would make another schema, is not done. */
const bestAttempt = (subject: Subject, options: LintOptions): Attempt => {
  const start: State = { subject, before: subject.before ?? [], next: [], fixed: [] }
  const unwilling = new Map<string, string>()
  const was = { subject, result: judged(subject, options) }
  const objects = (tried: Attempt): string | undefined => objection(was, tried, options.surroundings.postgres)
  for (;;) {
    const { attempt: tried, again } = attempt(start, options, unwilling)
    for (const { fingerprint } of again) unwilling.set(fingerprint, 'it is found again after the fix')
    if (again.length > 0) continue
    const why = objects(tried)
    if (why === undefined) return { ...tried, next: contentsOf(tried) }
    const blamed = blame(start, options, unwilling, tried, why, objects)
    if (blamed.length === 0) throw new Error(`a fixed migration would not do what the unfixed one does: ${why}`)
    for (const [fingerprint, reason] of blamed) unwilling.set(fingerprint, reason)
  }
}

const sqlEdits = (from: Subject, { subject }: State): readonly FileEdit[] =>
  subject.history.migrations.flatMap((migration, at) =>
    migration.sql === undefined || migration.sql === from.history.migrations[at]?.sql ? [] : [textEdit(fileOf(subject.history, migration), migration.sql)],
  )

const isValidation = (sql: string): boolean => /\bVALIDATE\s+CONSTRAINT\b/i.test(sql)

/** What reads tables first, while no stronger lock is held: before PostgreSQL 18, SET NOT NULL comes behind its proof. */
const readingFirst = (statements: readonly string[]): readonly string[] => [
  ...statements.filter(isValidation),
  ...statements.filter((sql) => !isValidation(sql)),
]

/** The file of the sections, written, or removed where none is left; no edit where it is as it was. */
const besideEdit = (folder: string, kind: BesideKind, was: readonly Section[], sections: readonly Section[]): readonly FileEdit[] => {
  const path = besidePath(folder, kind)
  const text = besideText(sections, kind, path)
  if (text === besideText(was, kind, path)) return []
  return [text === undefined ? { path, remove: true } : textEdit(path, text)]
}

const nextSections = (subject: Subject, sections: readonly Section[], next: readonly Beside[]): readonly Section[] =>
  next.reduce((all, { migration, sql }) => withSection(all, tagOf(subject, migration), sql, 'next'), sections)

const statementsOf = (sections: readonly Section[]): readonly string[] => sections.flatMap(({ sql }) => readScript(sql).statements.map(({ text }) => text))

const landedTags = async (world: World, { folder }: Project): Promise<ReadonlySet<string>> => {
  if (world.judging.all)
    throw new ToolError('usage', '--fix does not go with --all: a migration that has landed is never written anew.', { help: 'Leave --all out.' })
  const landed = (await landedIn(world, folder))?.landed
  if (landed) return landed
  throw new ToolError('landed-unknown', 'It is not known which migrations have landed, and those must not be written anew.', {
    help: 'Name the branch that they land in: --since origin/main, or landed in the configuration.',
  })
}

/** Migrations that run later must not be validated with the ones before in one transaction: the locks of these would be kept over it. */
const runsApart = (runner: LintOptions['runner']): boolean => runner !== 'drizzle'

/** What is left from a deployment before waits on where the new migrations lock its tables in the same transaction. */
const mustWait = (subject: Subject, section: Section, options: LintOptions): boolean =>
  !runsApart(options.runner) && isUntimely(subject, section, (each) => judged(each, options))

/** Fixes the pending migrations of a project and writes them, all or nothing. Throws `landed-unknown`, `usage`, and what writing throws. */
export const fixProject = async (world: World, subject: Subject & { readonly project: Project }, options: LintOptions): Promise<Fixed> => {
  const { project, history, pending } = subject
  const landed = await landedTags(world, project)
  const done: State & { readonly left: readonly Left[] } =
    pending.type === 'together' ? bestAttempt(subject, options) : { subject, before: [], next: [], fixed: [], left: [] }
  const [wasBefore, wasNext] = [await readBeside(world, project.folder, 'before'), await readBeside(world, project.folder, 'next')]
  const before = [...done.before, ...wasBefore.filter(({ tag }) => !done.before.some((section) => section.tag === tag))].filter(({ tag }) => !landed.has(tag))
  const due = wasNext.filter((section) => landed.has(section.tag) && !mustWait(done.subject, section, options))
  const waiting = wasNext.filter((section) => !due.includes(section))
  const own = done.next.flatMap(({ sql }) => sql)
  const next = runsApart(options.runner) ? waiting : nextSections(subject, waiting, done.next)
  const edits = [
    ...sqlEdits(subject, done),
    ...(await followUp(world, history, 'validate_constraints', readingFirst([...statementsOf(due), ...(runsApart(options.runner) ? own : [])]))),
    ...besideEdit(project.folder, 'before', wasBefore, before),
    ...besideEdit(project.folder, 'next', wasNext, next),
  ]
  if (edits.length > 0) await world.files.write(edits)
  return {
    project,
    written: edits.map(({ path }) => path),
    removed: edits.flatMap((edit) => ('remove' in edit ? [edit.path] : [])),
    pending: pending.type === 'together' ? pending.migrations.size : 0,
    fixed: done.fixed,
    left: done.left,
    before: before.length > 0 ? [besidePath(project.folder, 'before')] : [],
    next: next.length > 0 ? [besidePath(project.folder, 'next')] : [],
    waits: waiting.some(({ tag }) => landed.has(tag)),
  }
}
