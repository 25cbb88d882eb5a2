/** What is taken back of what a database has run. */
import { positionOf } from '../../../drizzle/history.ts'
import type { AppliedMigration } from '../../../drizzle/ledger.ts'
import { ToolError } from '../../../model/error.ts'
import type { History } from '../../../model/history.ts'
import type { Target } from '../../migrate/target.ts'
import type { ApplyOptions } from './options.ts'

/** Where a migration stands among those that were run here. Throws `no-such-migration` and `not-applied`. */
const placeOf = (history: History, target: Target, applied: readonly AppliedMigration[], text: string): number => {
  const index = positionOf(history, text)
  const at = applied.findIndex(({ migration }) => migration.index === index)
  if (at >= 0) return at
  throw new ToolError('not-applied', `${history.migrations[index]?.tag ?? text} is not applied in ${target.name}: there is nothing to take back.`, {
    help: `pgstrata version ${target.argument} says what is.`,
  })
}

/** So many are named of those that stand on one. */
const mostNamed = 5

/**
 * How many of `applied`, from the last one on, are taken back. Throws `no-such-migration`, `not-applied`, and `not-the-last` where others stand on the one that is
 * named.
 */
export const countOf = (history: History, target: Target, applied: readonly AppliedMigration[], { tag, to, all }: ApplyOptions): number => {
  if (all) return applied.length
  if (to !== undefined) return applied.length - placeOf(history, target, applied, to) - 1
  if (tag === undefined) return Math.min(1, applied.length)
  const at = placeOf(history, target, applied, tag)
  const above = applied.slice(at + 1).map(({ migration }) => migration.tag)
  if (above.length === 0) return 1
  const named = above.length > mostNamed ? `${above.slice(0, mostNamed).join(', ')} and ${above.length - mostNamed} more` : above.join(', ')
  const below = applied[at - 1]?.migration.tag
  throw new ToolError(
    'not-the-last',
    `${applied[at]?.migration.tag} cannot be taken back alone in ${target.name}: ${named} ${above.length === 1 ? 'was' : 'were'} applied behind it, and may stand on it.`,
    { help: `pgstrata rollback ${below === undefined ? '--all' : `--to ${below}`} --apply ${target.argument} takes back all of them, the last one first.` },
  )
}
