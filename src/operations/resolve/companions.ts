/** Files that belong to a migration beside its SQL and snapshot: its way back. */
import type { Migration } from '../../model/history.ts'
import type { Side } from './side.ts'

/** Their paths below the folder, where the side has them. */
export const companions = ({ history, paths }: Side, { tag }: Migration): readonly string[] => {
  const path = history.layout === 'journal' ? `${tag}.down.sql` : `${tag}/down.sql`
  return paths.has(path) ? [path] : []
}
