/** From arguments to an exit code: help, a run, or what is said when neither was possible. */
import { asksForHelp, helpText } from './help.ts'
import type { Manifest } from './manifest.ts'
import { hearWriteErrors, wantsColor, widthFor, writeAll } from './output.ts'
import { version } from './version.ts'

declare const PGSTRATA_MANIFEST: string

/** Names, summaries and flags of the verbs; the build writes them into the bundle as JSON (scripts/build.mjs). */
const manifest = (): Manifest => JSON.parse(PGSTRATA_MANIFEST) as Manifest

const fail = async (error: unknown, verbose: boolean): Promise<number> => {
  const [{ describeFailure }, { processRedactor }] = await Promise.all([import('./failure.ts'), import('./redact.ts')])
  const { text, exit } = describeFailure(error, { verbose, version })
  await writeAll(process.stderr, processRedactor()(text))
  return exit
}

const main = async (argv: readonly string[]): Promise<number> => {
  const looks = {
    width: widthFor(process.stdout, process.env),
    color: wantsColor(process.stdout, process.env, argv.includes('--no-color') ? false : undefined),
  }
  if (argv.length === 0) {
    await writeAll(process.stderr, helpText(argv, manifest(), looks))
    return 2
  }
  if (asksForHelp(argv)) {
    await writeAll(process.stdout, helpText(argv, manifest(), looks))
    return 0
  }
  const [{ readArguments }, { run }, { listenForSignals }, { isServer }] = await Promise.all([
    import('./program.ts'),
    import('./run.ts'),
    import('./signals.ts'),
    import('./servers.ts'),
  ])
  const invocation = readArguments(argv, manifest())
  if (isServer(invocation.verb)) return (await import('./serve.ts')).serve(invocation, version)
  const stopping = listenForSignals(process)
  try {
    return await run(invocation, version, stopping)
  } catch (error) {
    const stopped = stopping.code()
    if (stopped !== undefined) return stopped
    throw error
  }
}

/** Runs the command line and ends the process: a connection that somebody forgot must not keep it. */
export const start = async (argv: readonly string[]): Promise<void> => {
  const failed = async (error: unknown): Promise<never> => process.exit(await fail(error, argv.includes('--verbose')))
  hearWriteErrors([process.stdout, process.stderr])
  process.on('uncaughtException', failed)
  process.on('unhandledRejection', failed)
  await main(argv).then((code) => process.exit(code), failed)
}
