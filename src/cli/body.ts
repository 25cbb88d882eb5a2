/** All of the command line that a run needs beyond `--version` and help: one file of its own in dist/ (see code-cache.ts). */
export { describeFailure } from './failure.ts'
export { readArguments } from './program.ts'
export { processRedactor } from './redact.ts'
export { run } from './run.ts'
export { isServer } from './servers.ts'
export { listenForSignals } from './signals.ts'

export const serve = async (...given: Parameters<typeof import('./serve.ts').serve>): Promise<never> => (await import('./serve.ts')).serve(...given)
