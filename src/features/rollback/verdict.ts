/** What a rollback is worth, in one word, and whether its proof bears out what it says of itself. */
import { withChildren } from './affected.ts'
import type { RollbackProof } from './proof.ts'
import type { Rollback } from './rollback.ts'
import type { RowsPass } from './rows.ts'
import type { Changed } from './sums.ts'

/** What becomes of the rows from before. `irreversible`: the catalog itself does not come back. */
export type RollbackClass = 'lossless' | 'lossless-with-archive' | 'lossy' | 'irreversible'

const isOfOld = ({ name }: RowsPass): boolean => name !== 'since'

const changedIn = (rows: readonly RowsPass[]): readonly Changed[] => rows.flatMap((pass) => (pass.state === 'changed' ? pass.changed : []))

/** What did not come back of the rows from before. */
export const changedRows = (rows: readonly RowsPass[]): readonly Changed[] => changedIn(rows.filter(isOfOld))

/** Every row that was tried came back as it was, and some were; or none can be there, because the migration does not run over any. */
const allKept = (rows: readonly RowsPass[]): boolean => {
  const old = rows.filter(isOfOld)
  return (
    old.some(({ state, rows: count, without }) => state === 'kept' && (count > 0 || without !== undefined)) &&
    old.every(({ state }) => state === 'kept' || state === 'up-refused')
  )
}

/** Rows of a table that was empty in the proof say nothing of what its rows lose. */
const untried = ({ loses }: Rollback, rows: readonly RowsPass[]): boolean =>
  rows.some((pass) => isOfOld(pass) && loses.some(({ table }) => pass.without?.includes(table)))

/** What depends on the rows is decided by the proof; without one it counts as lost. */
export const classOf = (rollback: Rollback, { schema, rows }: RollbackProof): RollbackClass => {
  if (schema.state === 'refused' || schema.state === 'differs') return 'irreversible'
  const { loses } = rollback
  const isLost = loses.some(({ certain }) => certain) || changedRows(rows).length > 0 || (loses.length > 0 && (!allKept(rows) || untried(rollback, rows)))
  return isLost ? 'lossy' : 'lossless'
}

/** The class of a rewritten migration, whose claims the archive answers: the proof alone decides. */
export const archivedClassOf = ({ schema, rows }: RollbackProof): RollbackClass => {
  if (schema.state === 'refused' || schema.state === 'differs') return 'irreversible'
  return changedIn(rows).length === 0 && allKept(rows) ? 'lossless-with-archive' : 'lossy'
}

/** What was lost in the proof though nobody had said so. Deleted rows take along what refers to them. */
export const unsaid = ({ loses, before }: Rollback, rows: readonly RowsPass[]): readonly Changed[] => {
  const since = changedIn(rows.filter((pass) => !isOfOld(pass)))
  const whole = withChildren(before, new Set(loses.filter(({ columns }) => columns === undefined).map(({ table }) => table)))
  const isSaid = ({ table, column }: Changed): boolean =>
    whole.has(table) || loses.some((loss) => loss.table === table && column !== undefined && loss.columns?.includes(column))
  return [...since, ...changedRows(rows).filter((changed) => !isSaid(changed))]
}

/** Where rows stopped the rollback, or the migration, and nothing had said that they may. */
export const unannounced = (rows: readonly RowsPass[]): readonly RowsPass[] => rows.filter((pass) => 'announced' in pass && !pass.announced)
