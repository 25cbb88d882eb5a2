/**
 * Answers a command again that was answered before, when all that it would look at looks as it did then (docs/decisions/0035). It is asked before anything else is loaded,
 * so it stands on nothing but Node's own first modules.
 */
import { fstatSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { codeOf } from '../adapters/error-code.ts'
import { askAgain } from '../adapters/git/again.ts'
import { statOf } from '../adapters/looks.ts'
import { type GitQuestion, looksAsSeen, recordedSights, recordSights } from '../adapters/sights.ts'
import { cacheDirectory } from '../adapters/store/directory.ts'
import { readKept, touchKept, writeKept } from './kept-files.ts'
import { showsUnicode, wantsColor, widthFor } from './output.ts'
import { secretsIn } from './redact.ts'
import { encoded, sumDigits, sumOf, sumOfText } from './sum.ts'

declare const PGSTRATA_BUILD: string

const filesKept = 200

/** What was answered, and all that it hangs on beside the file system. */
type Header = {
  readonly key: string
  readonly paths: readonly (readonly [path: string, seen: string])[]
  /** The values are not written down, for one may be a secret. */
  readonly variables: readonly (readonly [name: string, sum: string])[]
  readonly git: readonly { readonly question: GitQuestion; readonly sum: string }[]
  readonly secrets: string
  /** The moment of the answer. A clock that was set back knows less than it did then. */
  readonly at: number
  readonly exit: number
}

const isHeader = (value: unknown): value is Header =>
  typeof value === 'object' && value !== null && 'exit' in value && 'paths' in value && Array.isArray(value.paths) && 'variables' in value

/** Whether standard output may be a terminal. It is opened only then, for that takes two milliseconds. */
const mayBeTerminal = (): boolean => {
  const output = fstatSync(1)
  return output.isCharacterDevice() && output.rdev !== statOf('/dev/null')?.rdev
}

const noTerminal = { write: () => true }

/** All that an answer hangs on which every run knows at once: program, command, place, day, and who reads it. */
const keyOf = (argv: readonly string[]): string => {
  const { env, platform, version, execArgv } = process
  const reader = mayBeTerminal() ? process.stdout : noTerminal
  return JSON.stringify([
    PGSTRATA_BUILD,
    [version, platform, process.arch, execArgv, env.NODE_OPTIONS ?? ''],
    process.cwd(),
    argv,
    // Waivers end with a day.
    new Date().toISOString().slice(0, 10),
    [widthFor(reader, env), wantsColor(reader, env, undefined), showsUnicode(env, platform)],
  ])
}

/** What a report does not say because it is a secret here; as a sum, for it is written down. A command with an address is not kept. */
const secretsOf = (env: NodeJS.ProcessEnv): string => {
  const secrets = secretsIn(Object.values(env).filter((value) => value !== undefined))
  return secrets.length === 0 ? '' : sumOfText(JSON.stringify(secrets))
}

const sumOfValue = (value: string | undefined): string => (value === undefined ? 'none' : sumOfText(value))

const pathFor = (key: string): string => join(cacheDirectory(), 'reports', sumOfText(key))

const newline = 0x0a

type Kept = {
  readonly header: Header
  readonly text: Uint8Array
  /** False for what a crash left half written. To be asked last: after an edit a look at one file says already that the report is not that of now, and a sum over all takes milliseconds. */
  isWhole(): boolean
}

/** A line of JSON, the text that was written, and the sum of both. */
const read = (path: string): Kept | undefined => {
  const bytes = readKept(path)
  if (!bytes || bytes.length < sumDigits) return undefined
  const content = bytes.subarray(0, -sumDigits)
  const end = content.indexOf(newline)
  const header: unknown = JSON.parse(content.toString('utf8', 0, end))
  if (!isHeader(header)) return undefined
  return { header, text: content.subarray(end + 1), isWhole: () => sumOf(content) === bytes.toString('latin1', content.length) }
}

const stillHolds = (header: Header, key: string): boolean =>
  header.key === key &&
  header.at <= Date.now() &&
  header.secrets === secretsOf(process.env) &&
  header.variables.every(([name, sum]) => sum === sumOfValue(process.env[name])) &&
  header.paths.every(([path, seen]) => looksAsSeen(path, seen)) &&
  header.git.every(({ question, sum }) => sum === sumOfValue(askAgain(question)))

/** Lets the stream write; who reads may have gone. */
const hand = (text: Uint8Array): true => {
  process.stdout.on('error', () => undefined).write(text)
  return true
}

/** Writes to standard output, without opening it where it is no terminal. False where it cannot be written. */
const put = (text: Uint8Array): boolean => {
  if (mayBeTerminal() && process.stdout.isTTY) return hand(text)
  for (let at = 0; at < text.length; )
    try {
      at += writeSync(1, text, at)
    } catch (error) {
      // Nobody reads any more: who has gone has what he wanted.
      if (codeOf(error) === 'EPIPE') return true
      // Somebody else has said that nobody waits for this pipe: the stream knows how.
      return codeOf(error) === 'EAGAIN' && hand(text.subarray(at))
    }
  return true
}

/** Writes what was answered before, and answers the exit code; undefined where there is no such answer, or it may be another one now. */
export const answerAgain = (argv: readonly string[]): number | undefined => {
  try {
    const key = keyOf(argv)
    const path = pathFor(key)
    const kept = read(path)
    if (!kept || !stillHolds(kept.header, key) || !kept.isWhole() || !put(kept.text)) return undefined
    touchKept(path)
    return kept.header.exit
  } catch {
    return undefined
  }
}

/** An address may hold a password, and the command is written down. */
const holdsAddress = (argv: readonly string[]): boolean => argv.some((word) => word.includes('://'))

/** Notes from now on what this run looks at; what comes back keeps its answer, if nothing was missed. */
export const keeperOf = (argv: readonly string[]): ((text: string, exit: number) => void) => {
  if (holdsAddress(argv)) return () => undefined
  const key = keyOf(argv)
  const at = Date.now()
  recordSights()
  return (text, exit) => {
    const sights = recordedSights()
    // The day ended, or the terminal has another width.
    if (!sights || keyOf(argv) !== key) return
    const header: Header = {
      key,
      paths: [...sights.paths],
      variables: [...sights.variables].map(([name, value]) => [name, sumOfValue(value)]),
      git: sights.git.map(({ question, answer }) => ({ question, sum: sumOfValue(answer) })),
      secrets: secretsOf(process.env),
      at,
      exit,
    }
    const content = encoded(`${JSON.stringify(header)}\n${text}`)
    writeKept(pathFor(key), [content, encoded(sumOf(content))], filesKept)
  }
}
