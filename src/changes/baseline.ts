/** What a database had before its first migration, where somebody pulled it: a state, so the order in which it is written does not count. */
import type { Catalog } from '../model/catalog.ts'
import type { PostgresRefusal } from '../model/error.ts'
import type { Commented, Statement } from '../model/statement.ts'
import { freshSession } from './reading.ts'
import { isOpaque, readStep, type Step } from './replay.ts'

/** What PostgreSQL says of a baseline's statements, where it does not take them as they are written. */
export type Taken = { readonly refused: ReadonlyMap<Statement, PostgresRefusal>; readonly mended: ReadonlyMap<Statement, Statement> }

export const takenWhole: Taken = { refused: new Map(), mended: new Map() }

export type Baseline = {
  /** The catalog that it stands on. */
  readonly on: Catalog
  readonly commented: Commented
  /** What is taken as there, in an order in which it runs. */
  readonly steps: readonly Step[]
  /** What PostgreSQL refuses wherever it stands in that order. */
  readonly refused: Taken['refused']
  /** What PostgreSQL takes in another form only: that form, by the statement as it is written. */
  readonly mended: Taken['mended']
  /** What memory cannot follow: left out on both sides. */
  readonly opaque: readonly Statement[]
  readonly catalog: Catalog
}

type Pass = { readonly steps: Step[]; readonly opaque: Statement[]; readonly refused: Map<Statement, PostgresRefusal>; catalog: Catalog }

const pass = (before: Catalog, statements: readonly Statement[]): Pass => {
  const done: Pass = { steps: [], opaque: [], refused: new Map(), catalog: before }
  for (const statement of statements) {
    const { step } = readStep(0, statement, done.catalog, freshSession)
    if (step.refused) done.refused.set(statement, step.refused)
    else if (isOpaque(step)) done.opaque.push(statement)
    else {
      done.steps.push(step)
      done.catalog = step.after
    }
  }
  return done
}

/** The baseline on a catalog, as far as PostgreSQL is known to take it. Its statements are tried again as long as one more of them runs. */
export const baselineOn = (on: Catalog, commented: Commented, { refused, mended }: Taken = takenWhole): Baseline => {
  const steps: Step[] = []
  const opaque: Statement[] = []
  let catalog = on
  let left = commented.statements.filter((statement) => !refused.has(statement)).map((statement) => mended.get(statement) ?? statement)
  for (;;) {
    const done = pass(catalog, left)
    steps.push(...done.steps)
    opaque.push(...done.opaque)
    catalog = done.catalog
    left = [...done.refused.keys()]
    if (done.steps.length === 0 || left.length === 0) return { on, commented, steps, opaque, catalog, mended, refused: new Map([...refused, ...done.refused]) }
  }
}

/** A statement of the comment that is not taken as there. */
export type LeftOut = { readonly sql: string; readonly line: number; readonly why: string; readonly statement?: Statement }

/** What the comment holds and the baseline does not, in the order of the file. */
export const leftOut = ({ commented, refused, opaque }: Baseline): readonly LeftOut[] =>
  [
    ...commented.faults.map(({ text, message, at }) => ({ sql: text, line: at.line, why: message })),
    ...[...refused].map(([statement, { message, sqlstate }]) => ({
      sql: statement.text,
      line: statement.start.line,
      why: `${message} (SQLSTATE ${sqlstate})`,
      statement,
    })),
    ...opaque.map((statement) => ({ sql: statement.text, line: statement.start.line, why: 'memory cannot follow it', statement })),
  ].sort((a, b) => a.line - b.line)

/** Whether PostgreSQL takes the baseline as memory has it. */
export const isTakenAs = ({ refused, mended }: Taken, baseline: Baseline): boolean =>
  mended.size === baseline.mended.size && refused.size === baseline.refused.size && [...refused.keys()].every((statement) => baseline.refused.has(statement))
