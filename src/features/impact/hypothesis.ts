/** A change that somebody thinks of, done to the catalog in memory. */
import { apply } from '../../changes/index.ts'
import { replay, type Step } from '../../changes/replay.ts'
import type { Catalog } from '../../model/catalog.ts'
import type { Change } from '../../model/change.ts'
import { type PostgresRefusal, ToolError } from '../../model/error.ts'
import type { Statement } from '../../model/statement.ts'
import { readScript } from '../../sql/script.ts'
import type { Hypothetical } from './phrase.ts'

export type Hypothesis = {
  readonly steps: readonly Step[]
  readonly end: Catalog
  /** What PostgreSQL says to the plain statement, where it refuses it. */
  readonly refused?: PostgresRefusal
}

const run = (sql: string, start: Catalog, text: string): Hypothesis => {
  const { statements, faults } = readScript(sql)
  const [fault] = faults
  if (fault)
    throw new ToolError('invalid-change', `${JSON.stringify(text)} makes SQL that PostgreSQL’s parser refuses: ${fault.message}.`, {
      help: `The SQL is: ${sql}`,
    })
  const { steps } = replay([{ statements }], start)
  const refused = steps.find((step) => step.refused)?.refused
  return { steps, end: steps.at(-1)?.after ?? start, ...(refused ? { refused } : {}) }
}

/** What PostgreSQL has no statement for stands under a text of its own. */
const unwritten = (change: Change, text: string, start: Catalog): Hypothesis => {
  const position = { offset: 0, line: 1, column: 1 }
  const statement: Statement = { text, start: position, end: position, index: 0, chunk: 0, node: '', tree: {}, comments: [] }
  const after = apply(change, start)
  return { steps: [{ migration: 0, statement, changes: [change], before: start, after }], end: after }
}

/** Throws `invalid-change`, and `refused` where PostgreSQL refuses the change whatever way it is written. The parser must be loaded. */
export const hypothesisOf = ({ sql, or, labels }: Hypothetical, text: string, start: Catalog): Hypothesis => {
  if (labels) return unwritten({ kind: 'set-enum-values', ...labels }, text, start)
  const first = run(sql, start, text)
  if (!first.refused) return first
  const second = or === undefined ? first : run(or, start, text)
  if (second.refused) throw new ToolError('refused', `PostgreSQL refuses ${JSON.stringify(text)}: ${first.refused.message} (${first.refused.sqlstate}).`)
  return { ...second, refused: first.refused }
}
