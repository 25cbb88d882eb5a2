/** What the command line asks impact about. */
import { ToolError } from '../../model/error.ts'

export type Asked = {
  /** Targets, as they are written. */
  readonly targets: readonly string[]
  /** Tags of migrations. */
  readonly migrations: readonly string[]
  /** Migrations that are absent at the merge base with this ref. */
  readonly since: string | undefined
  /** Changes that somebody thinks of, in words or SQL. */
  readonly changes: readonly string[]
  /** Whether the compiler is asked too. */
  readonly types: boolean
}

/** Throws `usage` where nothing is asked, or the compiler is asked nothing. */
export const assertAsked = ({ targets, migrations, since, changes, types }: Asked): void => {
  if (types && targets.length === 0)
    throw new ToolError('usage', '--types asks the compiler about targets, and none is named.', {
      help: "Name what the change touches beside it: column:users.email, table:users, enumValue:status.'open'.",
    })
  if (targets.length + migrations.length + changes.length > 0 || since !== undefined) return
  throw new ToolError('usage', 'impact of what?', {
    help: 'Name a target (column:users.email, table:users, enumValue:status.\'open\'), or a change: --migration TAG, --since REF, --change "drop users.email".',
  })
}
