/** The flags of `migrate` as they are without any. */
import type { MigrateFlags } from '../../src/operations/migrate/options.ts'

export const migrateFlags: MigrateFlags = {
  to: undefined,
  baseline: undefined,
  concurrency: 1,
  keepGoing: false,
  dryRun: undefined,
  yes: false,
  accept: [],
  lockTimeout: 1_000,
  statementTimeout: undefined,
  retries: 10,
  wait: 300,
  cancelBlockers: false,
  undecided: undefined,
}
