/** Why a schema could not be turned into SQL, in words: the user's own error, and where it is. */
import { relative } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { ToolError } from '../../model/error.ts'
import type { Outcome } from './run.ts'

export type Place = {
  /** Paths are shown relative to it. */
  readonly cwd: string
  /** drizzle-kit's version. */
  readonly version: string
  readonly patience: number
}

const shown = (cwd: string, path: string): string => {
  const way = relative(cwd, path)
  return way.startsWith('..') ? path : way
}

/** `file:line:column` of the first place in the user's own code that an error names: in its message (syntax), or in its stack. */
const placeIn = (cwd: string, text: string): string | undefined => {
  for (const [, path = '', line = '', column = ''] of text.matchAll(/(?:file:\/\/)?((?:[A-Za-z]:)?[/\\][^\s():]*[.][cm]?[jt]sx?):(\d+):(\d+)/g))
    if (!/[/\\]node_modules[/\\]/.test(path) && !path.startsWith('node:')) return `${shown(cwd, path)}:${line}:${column}`
  return undefined
}

const firstLine = (text: string): string =>
  text
    .split('\n')
    .map((line) => line.trim())
    .find((line) => line !== '') ?? ''

/** The sentence of an error: a parser puts the file before or behind it. */
const sentence = (message: string): string =>
  stripVTControlCharacters(message)
    .replace(/^ParseError:\s*/, '')
    .split('\n')
    .map((line) => line.trim())
    .find((line) => line !== '' && !/^\S+:\d+:\d+$/.test(line))
    ?.replace(/\s*\(?(?:file:\/\/)?\S*[/\\]\S+:\d+:\d+\)?$/, '')
    .replace(/[.]$/, '') ?? 'an error without a message'

/** The last lines of what was printed, on one line. */
const said = (output: string): string => {
  const lines = stripVTControlCharacters(output)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
  return lines
    .slice(-6)
    .join(' ')
    .replace(/^(?:Warning|Error)\s+/, '')
}

const inSchema = (file: string, why: string): ToolError =>
  new ToolError('schema-unreadable', `The schema cannot be loaded: ${file}: ${why}.`, {
    help: 'Correct it; if it wants variables, give them with --env-file.',
    exit: 3,
  })

/** drizzle-kit has read the schema, and refuses it. */
export const byKit = (version: string, why: string): ToolError =>
  new ToolError('schema-invalid', `drizzle-kit ${version} makes no SQL of the schema: ${why === '' ? 'it ended without a word' : why}`, {
    help: 'Correct the schema until `drizzle-kit export` prints its SQL.',
    exit: 3,
  })

const whileLoading = ({ at = '', error, code, output }: Outcome, { cwd }: Place): ToolError => {
  const file = at === '' ? 'its files' : shown(cwd, at)
  if (!error) return inSchema(file, `it ended the process (exit ${code ?? 'by a signal'})${output.trim() === '' ? '' : `: ${said(output)}`}`)
  const text = stripVTControlCharacters(`${error.message}\n${error.stack}`)
  return inSchema(placeIn(cwd, text) ?? file, sentence(error.message))
}

/** The error for an outcome without SQL. */
export const failureOf = (outcome: Outcome, place: Place): ToolError => {
  const { at, error, output, timedOut, twice } = outcome
  if (timedOut)
    return new ToolError('schema-timeout', `The schema${at ? ` (${shown(place.cwd, at)})` : ''} was not read within ${place.patience / 1000} s.`, {
      help: 'A schema’s files must only describe tables: what connects to a database or waits belongs elsewhere.',
      exit: 3,
    })
  if (twice) return new ToolError('schema-invalid', `The schema defines ${twice.join(', ')} twice.`, { help: 'Give each table a name of its own.', exit: 3 })
  if (at !== '') return whileLoading(outcome, place)
  return byKit(place.version, error ? firstLine(stripVTControlCharacters(error.message)) : said(output))
}
