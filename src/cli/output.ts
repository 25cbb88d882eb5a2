/** What standard output and standard error can show, and writing to them. */
import type { WriteStream } from 'node:tty'
import { ToolError } from '../model/error.ts'

type Environment = Readonly<Record<string, string | undefined>>
type Stream = Pick<NodeJS.WriteStream, 'write'> & { readonly isTTY?: boolean; readonly columns?: number }

const widthOfPipe = 100

/** Colours by flag, then NO_COLOR (no-color.org), FORCE_COLOR, and whether a terminal listens. */
export const wantsColor = (stream: Stream, environment: Environment, flag: boolean | undefined): boolean => {
  if (flag !== undefined) return flag
  if (environment.NO_COLOR) return false
  if (environment.FORCE_COLOR !== undefined) return environment.FORCE_COLOR !== '0' && environment.FORCE_COLOR !== 'false'
  return stream.isTTY === true && environment.TERM !== 'dumb'
}

/** Columns: COLUMNS, the terminal's own, or 100 where the text goes to a pipe. */
export const widthFor = (stream: Stream, environment: Environment): number => {
  const given = Number(environment.COLUMNS)
  if (Number.isInteger(given) && given > 0) return given
  return (stream.isTTY && stream.columns) || widthOfPipe
}

/** Whether more than ASCII can be shown. */
export const showsUnicode = (environment: Environment, platform: string): boolean => {
  if (environment.TERM === 'dumb' || environment.TERM === 'linux') return false
  if (platform === 'win32') return Boolean(environment.WT_SESSION || environment.TERM_PROGRAM || environment.CI)
  const locale = environment.LC_ALL || environment.LC_CTYPE || environment.LANG
  return !/iso-?8859|ascii/i.test(locale ?? '')
}

/** Writes all of a text. A reader that has gone (EPIPE) is no failure: it has what it wanted. Throws `cannot-write` (a full disk). */
export const writeAll = (stream: WriteStream | NodeJS.WriteStream, text: string): Promise<void> =>
  new Promise((resolve, reject) => {
    if (text === '') return resolve()
    stream.write(text, (error) => {
      if (!error || isGone(error)) resolve()
      else reject(cannotWrite(error))
    })
  })

const cannotWrite = (error: Error): ToolError =>
  new ToolError('cannot-write', `The output cannot be written: ${error.message}.`, { help: 'Free some space, or let it go to another place.', cause: error })

const isGone = (error: Error): boolean => 'code' in error && (error.code === 'EPIPE' || error.code === 'ERR_STREAM_DESTROYED')

/** Without a listener a stream that cannot be written ends the process at once; who writes hears of it from `writeAll`. */
export const hearWriteErrors = (streams: readonly NodeJS.WriteStream[]): void => {
  for (const stream of streams) stream.on('error', () => undefined)
}
