/** How a table became a partition. */
import type { Move } from '../changes/batch.ts'
import type { Change } from '../model/change.ts'
import type { StepView } from './define.ts'

/** True for CREATE TABLE … PARTITION OF; false for ATTACH PARTITION. */
export const makesPartition = ({ change }: Move<Change<'attach-partition'>>, { step, moves }: StepView): boolean =>
  step.statement.node === 'DoStmt'
    ? /\bpartition\s+of\b/i.test(step.statement.text) && moves.some((move) => move.change.kind === 'create-table' && move.change.name === change.child)
    : step.statement.node === 'CreateStmt'
