/** The class of a migration: of each of its statements, and of all of them together. */
import { describe } from '../../changes/index.ts'
import type { Step } from '../../changes/replay.ts'
import type { Catalog } from '../../model/catalog.ts'
import type { Change, ChangeKind } from '../../model/change.ts'
import type { RelationName } from '../../model/name.ts'
import type { Statement } from '../../model/statement.ts'
import { child, list, text } from '../../sql/tree.ts'
import { classes } from './classes.ts'
import { type Judge, type Judgement, major, minor, none, strongest, unknown } from './judgement.ts'
import { type Moment, momentsOf } from './moment.ts'
import { type Bump, compareBumps, type Flag } from './numbers.ts'

/** A judged change. */
export type JudgedChange = Judgement & { readonly change: Change }

/** What one statement means, and why. */
export type JudgedStatement = Judgement & {
  readonly step: Step
  /** The change that decided, in words. */
  readonly what: string
  readonly changes: readonly JudgedChange[]
}

/** The table or view that a change is part of. */
const relationOf = (change: Change): RelationName | undefined => ('on' in change ? (change.on as RelationName) : undefined)

const isPartOfNew = (change: Change, { start, startName }: Moment): boolean => {
  const on = relationOf(change)
  if (on === undefined || change.kind === 'set-tablespace') return false
  const name = startName(on)
  return !start.tables.has(name) && !start.views.has(name)
}

const judgeChange = (change: Change, moment: Moment): Judgement => {
  const judge = classes[change.kind] as Judge<ChangeKind>
  const partOfNew = isPartOfNew(change, moment)
  if (partOfNew && typeof judge === 'function' && change.kind !== 'add-constraint') return minor('what it belongs to is new')
  const judgement = typeof judge === 'function' ? judge(change, moment) : judge
  return partOfNew && compareBumps(judgement.bump, 'minor') > 0 ? { ...judgement, bump: 'minor', why: 'what it belongs to is new' } : judgement
}

const idle = none('nothing is left to do for it')

/** A password is in no catalog, so no change says it. */
const setsPassword = ({ node, tree }: Statement): boolean =>
  node === 'AlterRoleStmt' && list(tree, 'options').some((option) => text(child(option, 'DefElem'), 'defname') === 'password')

const judgeStep = (step: Step, changes: readonly JudgedChange[]): JudgedStatement => {
  if (step.refused) {
    const why = `memory says that PostgreSQL refuses it: ${step.refused.message}`
    return { step, ...unknown(why), what: 'the statement is not understood', changes }
  }
  const [first, ...others] = [...changes, ...(setsPassword(step.statement) ? [major('code that connects with the former password fails')] : [])]
  if (!first) return { step, ...idle, what: 'nothing changes', changes }
  const together = strongest(first, ...others)
  const decisive = changes.find(({ bump }) => bump === together.bump)
  return { step, ...together, what: decisive ? describe(decisive.change) : 'the password of a role is another', changes }
}

/** The classes of the statements of one migration, or of several as if they were one, given the catalogs before and after the whole. */
export const judgeMigration = (steps: readonly Step[], start: Catalog, end: Catalog): readonly JudgedStatement[] => {
  const momentAt = momentsOf(
    steps.flatMap(({ changes }) => changes),
    start,
    end,
  )
  let at = 0
  return steps.map((step) =>
    judgeStep(
      step,
      step.changes.map((change) => ({ change, ...judgeChange(change, momentAt(at++, step.before, step.after)) })),
    ),
  )
}

/** The classes of the changes that lead from one catalog to another: what code that was written for the first one meets in the second. */
export const judgeDifference = (changes: readonly Change[], start: Catalog, end: Catalog): readonly JudgedChange[] => {
  const momentAt = momentsOf(changes, start, end)
  return changes.map((change, at) => ({ change, ...judgeChange(change, momentAt(at, start, end)) }))
}

/** The strongest class among some; a migration that changes nothing anyone can see is still a patch. */
export const strongestBump = (bumps: readonly Bump[]): Bump => bumps.reduce<Bump>((top, bump) => (compareBumps(bump, top) > 0 ? bump : top), 'patch')

export const flagsOf = (judged: readonly { readonly flags: readonly Flag[] }[]): readonly Flag[] => [...new Set(judged.flatMap(({ flags }) => flags))]
