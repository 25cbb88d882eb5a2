/** One run of one verb: world, operation, renderers, exit code. */
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { notedEnvironment, spoilSights } from '../adapters/sights.ts'
import { ToolError } from '../model/error.ts'
import { exitCodeOf, type Report, verdictOf } from '../model/report.ts'
import { textEdit } from '../model/text.ts'
import type { World } from '../model/world.ts'
import type { Operation } from '../operations/define.ts'
import { isVerb, operations } from '../operations/index.ts'
import { judgeNew } from '../operations/landed.ts'
import type { RenderOptions } from '../renderers/define.ts'
import { renderers } from '../renderers/index.ts'
import { loadSqlThrough } from '../sql/parser.ts'
import { parseFormats, type Target } from './formats.ts'
import { keeperOf } from './kept-report.ts'
import { showsUnicode, wantsColor, widthFor, writeAll } from './output.ts'
import { requirePackage } from './packages.ts'
import type { Invocation } from './program.ts'
import { progressLine, silent } from './progress.ts'
import { recoverWrites } from './recover.ts'
import { processRedactor } from './redact.ts'
import type { Stopping } from './signals.ts'
import { compileFast } from './v8-flags.ts'
import { clear, secondsOf, watching } from './watch.ts'
import { witnessed } from './witnessed.ts'
import { createWorld, type WorldOptions } from './world.ts'

/** Reads the file of --env-file; variables that are set already win. Throws `no-env-file`. */
export const loadEnvironment = (file: string | undefined): void => {
  if (file === undefined) return
  try {
    process.loadEnvFile(resolve(file))
  } catch (error) {
    throw new ToolError('no-env-file', `The file ${file} of --env-file cannot be read.`, {
      help: 'Give the path of a file with NAME=value lines.',
      cause: error,
    })
  }
}

const optionsFor = (target: Target, { common }: Invocation, version: string): RenderOptions => ({
  version,
  failOn: common.failOn,
  color: target.path === undefined && wantsColor(process.stdout, process.env, common.color),
  width: widthFor(process.stdout, process.env),
  unicode: target.path !== undefined || showsUnicode(process.env, process.platform),
  verbose: common.verbose,
})

const writeFileAt = (path: string, text: string): void => {
  try {
    mkdirSync(dirname(resolve(path)), { recursive: true })
    // A step's summary is shared by all that the step runs.
    const write = path === process.env.GITHUB_STEP_SUMMARY ? appendFileSync : writeFileSync
    write(path, text)
  } catch (error) {
    throw new ToolError('cannot-write', `The report cannot be written to ${path}.`, {
      help: 'Give --format FMT=PATH a path that may be written.',
      cause: error,
    })
  }
}

const isQuiet = (report: Report, target: Target, { common }: Invocation): boolean =>
  common.quiet && target.format === 'pretty' && target.path === undefined && verdictOf(report, common.failOn) === 'clean'

const textFor = (report: Report, target: Target, invocation: Invocation, version: string, redact: (text: string) => string): string =>
  isQuiet(report, target, invocation) ? '' : redact(renderers[target.format].render(report, optionsFor(target, invocation, version)))

const write = async ({ path }: Target, text: string): Promise<void> => {
  if (path === undefined) await writeAll(process.stdout, text)
  else writeFileAt(path, text)
}

/** Keeps what went to standard output, where that is all that the run has left. */
const keeperFor = (operation: Operation, { common }: Invocation, targets: readonly Target[]): ReturnType<typeof keeperOf> | undefined => {
  const isAll = targets.every(({ path }) => path === undefined) && !common.save && common.envFile === undefined
  return operation.lasting && isAll ? keeperOf(process.argv.slice(2)) : undefined
}

const save = async (report: Report, world: World, invocation: Invocation, version: string, redact: (text: string) => string): Promise<void> => {
  const text = redact(renderers.json.render(report, optionsFor({ format: 'json', path: '' }, invocation, version)))
  await world.files.write([textEdit('.pgstrata/.gitignore', '*\n'), textEdit(`.pgstrata/reports/${report.operation}/${world.hash(text)}.json`, text)])
}

const worldOptions = ({ common }: Invocation, { signal, unheard }: Stopping, progress: NonNullable<WorldOptions['progress']>): WorldOptions => ({
  ...(common.folder === undefined ? {} : { folder: common.folder }),
  ...(common.project === undefined ? {} : { project: common.project }),
  ...(common.config === undefined ? {} : { config: common.config }),
  ...(common.engine === undefined ? {} : { engine: common.engine }),
  judging: { all: common.all, ...(common.since === undefined ? {} : { since: common.since }) },
  env: notedEnvironment(process.env),
  settled: true,
  signal,
  unheard,
  progress,
})

/** Whether the report is waited for when the user stops the run. */
const concludes = ({ concludes: when }: Operation, { flags }: Invocation): boolean =>
  when === true || (when !== undefined && flags[when] !== undefined && flags[when] !== false)

/** Runs a verb to its end and answers the exit code. */
export const run = async (invocation: Invocation, version: string, stopping: Stopping): Promise<number> => {
  const { common, verb } = invocation
  loadEnvironment(common.envFile)
  const targets = parseFormats(common.format)
  if (!isVerb(verb)) throw new Error(`the manifest names ${verb}, the list of operations does not`)
  const watched = process.stderr.isTTY === true && process.env.TERM !== 'dumb' && !common.quiet && !process.env.CI
  const progress = watched ? progressLine(process.stderr, () => performance.now()) : silent
  const redact = processRedactor()
  const operation: Operation = await operations[verb]()
  const keep = keeperFor(operation, invocation, targets)
  const recovered = await recoverWrites(process.cwd())
  if (recovered !== undefined) {
    spoilSights()
    await writeAll(process.stderr, `pgstrata: ${recovered}\n`)
  }
  loadSqlThrough({ compile: compileFast, require: requirePackage })
  const seconds = secondsOf(operation, invocation.flags)
  /** One world, one report. */
  const round = async (isNews: (report: Report) => boolean): Promise<number> => {
    await using world = await createWorld(worldOptions(invocation, stopping, progress.show))
    const asked = keep ? witnessed(world) : world
    const ran = operation.run(asked, { arguments: invocation.arguments, flags: invocation.flags as never }).then((all) => judgeNew(asked, all, world.judging))
    const report = await (concludes(operation, invocation) ? ran : Promise.race([ran, stopping.stopped]))
    progress.end()
    const exit = exitCodeOf(verdictOf(report, common.failOn))
    if (isNews(report)) {
      if (seconds !== undefined && process.stdout.isTTY) await writeAll(process.stdout, clear)
      const texts = targets.map((target) => textFor(report, target, invocation, version, redact))
      for (const [at, target] of targets.entries()) await write(target, texts[at] ?? '')
      if (common.save) await save(report, world, invocation, version, redact)
      if (!report.passing && stopping.code() === undefined) keep?.(texts.join(''), exit)
    }
    return stopping.code() ?? exit
  }
  try {
    return await (seconds === undefined ? round(() => true) : watching(seconds, stopping, () => process.stdout.writable, round))
  } finally {
    progress.end()
  }
}
