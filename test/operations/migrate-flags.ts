/** The flags of `migrate`, and of all that runs in an environment, as they are without any. */
import type { MigrateFlags } from '../../src/operations/migrate/options.ts'

export const runFlags: Omit<MigrateFlags, 'to' | 'baseline' | 'concurrency' | 'keepGoing'> = {
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

export const migrateFlags: MigrateFlags = { ...runFlags, to: undefined, baseline: undefined, concurrency: 1, keepGoing: false }
