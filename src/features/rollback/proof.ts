/** What PostgreSQL has shown of a rollback. */
import { differences, isColumnOrder, type PrintedCatalog, type PrintedDifference } from '../../model/printed.ts'
import { isKeptSince } from './keep-since.ts'
import type { RowsPass } from './rows.ts'

/** How the catalog after the rollback compares with the one from before the migration. */
export type SchemaProof = (
  | { readonly state: 'exact' }
  /** Columns stand in another order, and nothing else differs. */
  | { readonly state: 'order-only'; readonly columns: readonly string[] }
  | { readonly state: 'differs'; readonly differences: readonly PrintedDifference[] }
  | { readonly state: 'refused'; readonly sql: string; readonly why: string }
  | { readonly state: 'not-run'; readonly why: string }
) & {
  /** Rows that the history itself has written stopped it; the proof is of emptied tables. */
  readonly stopped?: readonly string[]
}

export type RollbackProof = {
  readonly schema: SchemaProof
  /** Over tables with rows; none where the migration touches none. */
  readonly rows: readonly RowsPass[]
}

/** Compares the catalog from before with the one that a rollback has left; what that has kept of rows written since is no part of it. */
export const compared = (before: PrintedCatalog, restored: PrintedCatalog): SchemaProof => {
  const found = differences(before, restored).filter(({ identity }) => !isKeptSince(identity))
  if (found.length === 0) return { state: 'exact' }
  return found.every(isColumnOrder) ? { state: 'order-only', columns: found.map(({ identity }) => identity) } : { state: 'differs', differences: found }
}
