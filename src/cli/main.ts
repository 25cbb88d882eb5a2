#!/usr/bin/env node
/** The command line's door. It is small, so that `--version` costs little more than Node itself. */

import { answerAgain } from './kept-report.ts'

/** As in version.ts, which would be one more file to load. */
declare const PGSTRATA_VERSION: string

const argv = process.argv.slice(2)
if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) process.stdout.write(`${PGSTRATA_VERSION}\n`)
else {
  const code = answerAgain(argv)
  if (code === undefined) void (require('./start.ts') as typeof import('./start.ts')).start(argv, import.meta.url)
  // The process ends by itself: what is written may still be on its way.
  else process.exitCode = code
}
