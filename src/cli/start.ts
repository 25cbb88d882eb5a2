/** From arguments to an exit code: help, a run, or what is said when neither was possible. */
import type { Loaded } from './code-cache.ts'
import { asksForHelp, helpText } from './help.ts'
import type { Manifest } from './manifest.ts'
import { hearWriteErrors, wantsColor, widthFor, writeAll } from './output.ts'
import { setFlags } from './v8-flags.ts'
import { version } from './version.ts'

declare const PGSTRATA_MANIFEST: string

/** Names, summaries and flags of the verbs; the build writes them into the bundle as JSON (scripts/build.mjs). */
const manifest = (): Manifest => JSON.parse(PGSTRATA_MANIFEST) as Manifest

const main = async (argv: readonly string[], program: string, loading: (loaded: Loaded) => void): Promise<number> => {
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
  const verbs = manifest()
  const named = argv.find((word) => verbs.some(({ name }) => name === word))
  // Node's own modules have their bytecode under no flags: those that this needs (node:crypto is sixteen) are loaded before.
  const { loadBody } = await import('./code-cache.ts')
  setFlags()
  const loaded = loadBody(program, named ?? '')
  loading(loaded)
  const { readArguments, run, serve, listenForSignals, isServer } = loaded.body
  const invocation = readArguments(argv, verbs)
  if (isServer(invocation.verb)) return serve(invocation, version)
  const stopping = listenForSignals(process)
  try {
    return await run(invocation, version, stopping)
  } catch (error) {
    const stopped = stopping.code()
    if (stopped !== undefined) return stopped
    throw error
  }
}

/** Runs the command line and ends the process: a connection that somebody forgot must not keep it. `program` is the address of the bundle. */
export const start = async (argv: readonly string[], program: string): Promise<void> => {
  let loaded: Loaded | undefined
  const failed = async (error: unknown): Promise<never> => {
    if (!loaded) throw error
    const { describeFailure, processRedactor } = loaded.body
    const { text, exit } = describeFailure(error, { verbose: argv.includes('--verbose'), version })
    await writeAll(process.stderr, processRedactor()(text))
    process.exit(exit)
  }
  hearWriteErrors([process.stdout, process.stderr])
  process.on('uncaughtException', failed)
  process.on('unhandledRejection', failed)
  const code = await main(argv, program, (all) => {
    loaded = all
  }).catch(failed)
  loaded?.keep()
  process.exit(code)
}
