/** `lint --fix`: what is mechanical in a remedy, written into the pending migrations. */
import { type BatchStep, simulateBatch } from '../changes/batch.ts'
import { emptyCatalog } from '../changes/edit.ts'
import { equal } from '../changes/equal.ts'
import { freshSession } from '../changes/reading.ts'
import { readStep, replay, type Step } from '../changes/replay.ts'
import type { Catalog } from '../model/catalog.ts'
import type { Change } from '../model/change.ts'
import type { Finding, Remedy } from '../model/finding.ts'
import { display, keyOf, member, type ObjectKey } from '../model/name.ts'
import { replaced } from '../model/text.ts'
import { breakpoint } from '../sql/chunks.ts'
import { readScript } from '../sql/script.ts'
import { commentsOf, concurrentSpellings, notValidSpellings, tolerantIndexSpellings } from './fix/spelling.ts'

/** A finding with the statement it is about, and what it is about in it. */
export type Fixable = { readonly finding: Finding; readonly at: BatchStep; readonly object: string }

/** New text for a stretch of a migration's file (UTF-16 units). */
export type TextEdit = { readonly migration: number; readonly start: number; readonly end: number; readonly text: string }

/** SQL that stands outside of the pending migrations, and the migration that it belongs to. */
export type Beside = { readonly migration: number; readonly sql: readonly string[] }

/** A finding that nobody but a person can mend, and why. */
export type Left = { readonly finding: Finding; readonly why: string }

export type Fix = {
  readonly edits: readonly TextEdit[]
  /** To be run before the deployment, statement by statement, in no transaction. */
  readonly before: readonly Beside[]
  /** For a migration that is deployed after this one has run. */
  readonly next: readonly Beside[]
  readonly fixed: readonly Finding[]
  readonly left: readonly Left[]
}

/** What one finding asks for: an edit, or none where the text is right already. */
type Mending = { readonly edit?: TextEdit; readonly before?: readonly string[]; readonly next?: readonly string[] }

/** A remedy's statements for one time. */
export const remedySql = ({ steps }: Remedy, when: Remedy['steps'][number]['when']): readonly string[] =>
  steps.filter((step) => step.when === when).flatMap(({ sql }) => sql)

/** What a statement's text does at its place, read by itself; undefined where it cannot be read or is refused. */
const changesOf = (sql: string, { before, migration }: Step): readonly Change[] | undefined => {
  const { statements, faults } = readScript(sql)
  const [statement] = statements
  if (faults.length > 0 || !statement || statements.length > 1) return undefined
  const { step } = readStep(migration, statement, before, freshSession)
  if (step.refused) return undefined
  const [only] = simulateBatch([step], 'none', emptyCatalog).steps
  return only?.moves.map(({ change }) => change).filter(({ kind }) => kind !== 'opaque')
}

const objectOf = (change: Change): ObjectKey | undefined => {
  switch (change.kind) {
    case 'add-constraint':
      return keyOf('constraint', member(change.on, change.name))
    case 'add-domain-constraint':
      return keyOf('domain constraint', member(change.domain, change.name))
    default:
      return undefined
  }
}

const unvalidated = (change: Change, object: string): Change => {
  if (objectOf(change) !== object) return change
  if (change.kind === 'add-domain-constraint') return { ...change, constraint: { ...change.constraint, notValid: true } }
  if (change.kind !== 'add-constraint' || !('state' in change.constraint)) return change
  return { ...change, constraint: { ...change.constraint, state: 'not valid' } }
}

const withConcurrently = (change: Change, concurrently: boolean): Change =>
  change.kind === 'create-index' || change.kind === 'drop-index' ? { ...change, concurrently } : change

/** The first spelling that does what is wanted. */
const firstThatDoes = (
  spellings: readonly string[],
  wanted: readonly Change[] | undefined,
  normal: (change: Change) => Change,
  step: Step,
): string | undefined =>
  wanted &&
  spellings.find((spelling) => {
    const changes = changesOf(spelling, step)
    return changes !== undefined && equal(changes.map(normal), wanted)
  })

const asIs = (change: Change): Change => change

const replacing = ({ step: { migration, statement } }: BatchStep, text: string): TextEdit => ({
  migration,
  start: statement.start.offset,
  end: statement.end.offset,
  text,
})

const lineEnd = (sql: string): string => (sql.includes('\r\n') ? '\r\n' : '\n')

const joined = (statements: readonly string[], end: string): string => statements.map((sql) => sql.replace(/;\s*$/, '')).join(`;${end}${breakpoint}${end}`)

type Texts = readonly string[]

/** Other statements in the place of one, below its comments. */
const instead = (at: BatchStep, statements: readonly string[], texts: Texts): TextEdit => {
  const end = lineEnd(texts[at.step.migration] ?? '')
  return replacing(at, [...commentsOf(at.step.statement.text), joined(statements, end)].join(end))
}

const mendConstraint = ({ finding, at, object }: Fixable, remedy: Remedy, texts: Texts): Mending | string => {
  const { step } = at
  const { text } = step.statement
  const next = remedySql(remedy, 'next deployment')
  const wanted = changesOf(text, step)?.map((change) => unvalidated(change, object))
  const spelling = firstThatDoes(notValidSpellings(text), wanted, asIs, step)
  if (spelling !== undefined) return { edit: replacing(at, spelling), next }
  if (remedy.mechanical) return { edit: instead(at, remedySql(remedy, 'instead'), texts), next }
  return finding.rule.startsWith('add-column')
    ? 'the constraint stands inside of ADD COLUMN, where NOT VALID cannot be said: give it a statement of its own'
    : 'NOT VALID cannot be written into this statement: give the constraint a statement of its own'
}

/** Why SQL cannot run before the deployment; undefined where it can. */
const refusedBefore = (sql: readonly string[], catalog: Catalog): string | undefined => {
  const { statements } = readScript(sql.join(';\n'))
  return replay([{ statements }], catalog).steps.find(({ refused }) => refused)?.refused?.message
}

type Surroundings = { readonly steps: readonly BatchStep[]; readonly before: Catalog }

/** The table whose rows the batch changes before it makes a unique index on it: the index may need that. */
const changedFirst = ({ at }: Fixable, { steps }: Surroundings): string | undefined => {
  const unique = at.moves.flatMap(({ change }) => {
    if (change.kind === 'add-constraint') return [change.on]
    return change.kind === 'create-index' && change.index.unique ? [change.index.relation] : []
  })
  const written = steps
    .slice(0, at.position)
    .flatMap(({ moves }) =>
      moves.flatMap(({ change }) => (change.kind === 'change-data' && !/^(?:SELECT|REFRESH)/.test(change.command) ? change.relations : [])),
    )
  return unique.find((relation) => written.includes(relation))
}

/** IF NOT EXISTS makes a second run of the script harmless. */
const repeatable = (sql: string): string => sql.replace(/^(CREATE (?:UNIQUE )?INDEX CONCURRENTLY) (?!IF NOT EXISTS)/, '$1 IF NOT EXISTS ')

/** Why an index cannot be built before the deployment; undefined where it can. */
const unreadyBefore = (found: Fixable, before: readonly string[], surroundings: Surroundings): string | undefined => {
  const refusal = refusedBefore(before, surroundings.before)
  if (refusal !== undefined) return `it cannot be done before the deployment (${refusal}): build the index in a later one`
  const written = changedFirst(found, surroundings)
  return written && `the batch changes rows of ${display(written)} first, and the unique index may need that: build it after the deployment`
}

/** True for a statement of the migration itself that does one thing. */
const doesOneThing = ({ step, moves }: BatchStep): boolean => step.statement.node !== 'DoStmt' && moves.filter(({ change }) => !change.implied).length === 1

const mendIndex = (found: Fixable, remedy: Remedy, surroundings: Surroundings, texts: Texts): Mending | string => {
  const { at } = found
  const { text } = at.step.statement
  const isLoose = (change: Change): Change => withConcurrently(change, false)
  const wanted = changesOf(text, at.step)?.map(isLoose)
  if (!at.inBlock && at.step.statement.node === 'IndexStmt') {
    const concurrent = firstThatDoes(concurrentSpellings(text), wanted, isLoose, at.step)
    if (concurrent !== undefined) return { edit: replacing(at, concurrent) }
  }
  const before = remedySql(remedy, 'outside').map(repeatable)
  const unready = unreadyBefore(found, before, surroundings)
  if (unready !== undefined) return unready
  const tolerant = firstThatDoes(tolerantIndexSpellings(text).filter(isTolerant), wanted, isLoose, at.step)
  if (tolerant === text) return { before }
  if (tolerant !== undefined) return { edit: replacing(at, tolerant), before }
  const statements = remedySql(remedy, 'instead')
  const isPlain = ['IndexStmt', 'DropStmt'].includes(at.step.statement.node) && doesOneThing(at)
  return statements.length > 0 && isPlain ? { edit: instead(at, statements, texts), before } : 'the index has no statement of its own'
}

/** A key takes over an index that was built before. */
const mendKey = (found: Fixable, remedy: Remedy, surroundings: Surroundings, texts: Texts): Mending | string => {
  const { at } = found
  if (!doesOneThing(at)) return ownStatement
  if (remedySql(remedy, 'next deployment').length > 0)
    return 'its columns must be NOT NULL first, and the key comes in the next deployment: its remedy says how'
  const before = remedySql(remedy, 'outside').map(repeatable)
  return unreadyBefore(found, before, surroundings) ?? { edit: instead(at, remedySql(remedy, 'instead'), texts), before }
}

const isTolerant = (sql: string): boolean => /\bINDEX\s+IF\s+(?:NOT\s+)?EXISTS\b/i.test(sql)

/** The setting goes to the top of the file in which the transaction begins. */
const mendTimeout = ({ at }: Fixable, remedy: Remedy, { steps }: Surroundings, texts: Texts): Mending | string => {
  if (at.block === 'own') return 'the migration begins its transaction itself: put SET LOCAL lock_timeout behind its BEGIN'
  if (at.block !== 'runner') return 'no transaction of the runner is around the statement, so that SET LOCAL has no effect: set lock_timeout for the role'
  const first = steps.find(({ transaction }) => transaction === at.transaction)
  if (!first || first.step.statement.index !== 0) return 'its transaction begins inside of a file'
  const { migration } = first.step
  const sql = texts[migration] ?? ''
  const start = sql.startsWith('\uFEFF') ? 1 : 0
  return { edit: { migration, start, end: start, text: `${joined(remedySql(remedy, 'before'), lineEnd(sql))};${lineEnd(sql)}${breakpoint}${lineEnd(sql)}` } }
}

const mendMechanical = ({ at }: Fixable, remedy: Remedy, texts: Texts): Mending | string => {
  const before = remedySql(remedy, 'before')
  if (before.length > 0) return 'its remedy is no single place'
  return { edit: instead(at, remedySql(remedy, 'instead'), texts), next: remedySql(remedy, 'next deployment') }
}

const constraintRules: ReadonlySet<string> = new Set(['fk-validating', 'check-validating'])
const indexRules: ReadonlySet<string> = new Set(['index-not-concurrent', 'drop-index-not-concurrent', 'concurrently-in-tx'])

const keyRule = 'unique-constraint-index-build'
const ownStatement = 'the statement does more than this: give this a statement of its own'

/** True for a remedy that could be written if its statement said nothing else. */
const isSplit = (remedy: Remedy): boolean => remedySql(remedy, 'instead').length > 0 && remedySql(remedy, 'next deployment').length > 0

const mend = (found: Fixable, surroundings: Surroundings, texts: Texts): Mending | string | undefined => {
  const { rule, remedy, severity } = found.finding
  if (rule === 'missing-lock-timeout') return remedy ? mendTimeout(found, remedy, surroundings, texts) : undefined
  const known = constraintRules.has(rule) || indexRules.has(rule) || rule === keyRule
  if (!remedy) return known ? (found.finding.help ?? 'it has no remedy that can be written') : undefined
  if (!known && !remedy.mechanical) return isSplit(remedy) && !doesOneThing(found.at) && severity !== 'note' ? ownStatement : undefined
  if (severity === 'note') return 'it is a note: the table is small, or nobody uses it'
  if (constraintRules.has(rule)) return mendConstraint(found, remedy, texts)
  if (rule === keyRule) return mendKey(found, remedy, surroundings, texts)
  return indexRules.has(rule) ? mendIndex(found, remedy, surroundings, texts) : mendMechanical(found, remedy, texts)
}

const overlaps = (edits: readonly TextEdit[], { migration, start, end }: TextEdit): boolean =>
  edits.some((other) => other.migration === migration && start < other.end && other.start < end)

/**
 * What can be fixed of a batch's findings, at most one finding a statement: what else is found in a changed statement is for the next round, when it has been
 * read anew. `texts` are the migrations' files by position; `unwilling` says why a finding is not to be fixed.
 */
export const planFixes = (
  found: readonly Fixable[],
  surroundings: Surroundings,
  texts: readonly string[],
  unwilling: (finding: Finding) => string | undefined,
): Fix => {
  const fix = { edits: [] as TextEdit[], before: [] as Beside[], next: [] as Beside[], fixed: [] as Finding[], left: [] as Left[] }
  for (const each of found) {
    const { finding, at } = each
    if (finding.waived || finding.old) continue
    const mending = mend(each, surroundings, texts)
    if (mending === undefined) continue
    const why = typeof mending === 'string' ? mending : unwilling(finding)
    if (why !== undefined || typeof mending === 'string') {
      fix.left.push({ finding, why: why ?? '' })
      continue
    }
    if (mending.edit && overlaps(fix.edits, mending.edit)) continue
    const { migration } = at.step
    if (mending.edit) fix.edits.push(mending.edit)
    if (mending.before?.length) fix.before.push({ migration, sql: mending.before })
    if (mending.next?.length) fix.next.push({ migration, sql: mending.next })
    fix.fixed.push(finding)
  }
  return fix
}

/** The migrations' texts with the edits made; what no edit names is kept byte for byte. */
export const editedTexts = (texts: readonly string[], edits: readonly TextEdit[]): readonly string[] =>
  texts.map((text, migration) =>
    replaced(
      text,
      edits.filter((edit) => edit.migration === migration),
    ),
  )
