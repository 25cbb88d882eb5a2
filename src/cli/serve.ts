/** Starts the language server with the worlds of this process. */
import { writeSync } from 'node:fs'
import { serve as serveEditor } from '../lsp/main.ts'
import type { Invocation } from './program.ts'
import { processRedactor } from './redact.ts'
import { loadEnvironment } from './run.ts'
import { createWorld } from './world.ts'

/** Serves until the client goes; the process then ends by itself. */
export const serve = ({ common }: Invocation, version: string): Promise<never> => {
  loadEnvironment(common.envFile)
  const redact = processRedactor()
  // A client that no longer reads is gone.
  process.stdout.on('error', () => process.exit(1))
  return serveEditor({
    version,
    input: process.stdin,
    output: process.stdout,
    now: () => Date.now(),
    log: (text) => {
      try {
        writeSync(process.stderr.fd, redact(`${text}\n`))
      } catch {
        // Nobody reads it.
      }
    },
    openWorld: (cwd) =>
      createWorld({
        cwd,
        ...(common.folder === undefined ? {} : { folder: common.folder }),
        ...(common.project === undefined ? {} : { project: common.project }),
        ...(common.config === undefined ? {} : { config: common.config }),
        judging: { all: common.all, ...(common.since === undefined ? {} : { since: common.since }) },
      }),
  })
}
