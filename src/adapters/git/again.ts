/** git asked once more, at a run's start: nothing is loaded for it where nothing is asked. */
import type { GitQuestion } from '../sights.ts'
import { answerText, argumentsFor, environmentFor } from './command.ts'

/** What git answers now; undefined where it cannot be started. */
export const askAgain = ({ cwd, parameters, input }: GitQuestion): string | undefined => {
  const { spawnSync } = process.getBuiltinModule('node:child_process')
  const { status, stdout, stderr, error } = spawnSync('git', argumentsFor(parameters), {
    cwd,
    env: environmentFor(process.env),
    input,
    windowsHide: true,
    maxBuffer: Number.POSITIVE_INFINITY,
  })
  return error ? undefined : answerText({ code: status ?? 1, stdout, stderr: stderr.toString('utf8').trim() })
}
