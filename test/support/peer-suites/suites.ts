/** The suites that are compared with, each under the name of its checkout's directory. */

import { bytebase } from './bytebase.ts'
import type { PeerSuite } from './case.ts'
import { drizzleMigrationLint } from './drizzle-migration-lint.ts'
import { eugene } from './eugene.ts'
import { pgfence } from './pgfence.ts'
import { pgsafe } from './pgsafe.ts'
import { squawk } from './squawk.ts'

export const suites: readonly PeerSuite[] = [squawk, eugene, pgsafe, pgfence, bytebase, drizzleMigrationLint]
