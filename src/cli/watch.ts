/** `--watch`: a verb that runs again and again, and is shown when it has something else to say. */
import { ToolError } from '../model/error.ts'
import type { Report } from '../model/report.ts'
import type { Operation } from '../operations/define.ts'
import { describeFailure } from './failure.ts'
import { processRedactor } from './redact.ts'
import type { Stopping } from './signals.ts'
import { waitFor } from './wait.ts'

const [least, most] = [1, 3_600]

/** Seconds between two runs; undefined where one is enough. Throws `usage`. */
export const secondsOf = ({ watches }: Pick<Operation, 'watches'>, { watch }: Readonly<Record<string, unknown>>): number | undefined => {
  if (!watches || watch === undefined) return undefined
  const seconds = Number(watch)
  if (watch !== '' && Number.isFinite(seconds) && seconds >= least && seconds <= most) return seconds
  throw new ToolError('usage', `--watch wants seconds from ${least} to ${most}, not ${JSON.stringify(watch)}.`, { help: 'Join them to the flag: --watch=10.' })
}

/** `2 min ago`, `under a minute old`: how evidence ages in the words of a report. */
const ages = /\b(?:under a minute|[\d,]+ (?:min|h|days?)) (?=ago\b|old\b)/g

/** What a person would see of it. The moment at which something was looked at is no news, nor is how long ago it was. */
const contentOf = ({ findings, blocks, unknown }: Report): string => JSON.stringify([findings, blocks, unknown]).replaceAll(ages, '')

/** Why there is no new picture; what a later round throws may be over at the next. */
const tellOnError = (error: ToolError): void => {
  process.stderr.write(processRedactor()(describeFailure(error, { verbose: false, version: '' }).text))
}

/** Runs `round` every so many seconds; it is told whether its report is news. Ends when nobody listens any more, by what stops the run, or by what the first round throws; once there is a picture, a `ToolError` is told, and it goes on. */
export const watching = async (
  seconds: number,
  { signal }: Pick<Stopping, 'signal'>,
  listens: () => boolean,
  round: (isNews: (report: Report) => boolean) => Promise<number>,
  tell: (error: ToolError) => void = tellOnError,
): Promise<number> => {
  let shown: string | undefined
  let told: string | undefined
  const isNews = (report: Report): boolean => {
    const before = shown
    shown = contentOf(report)
    const isBack = told !== undefined
    told = undefined
    return isBack || shown !== before
  }
  /** Throws what is no passing trouble. */
  const goOn = (error: unknown): number => {
    if (!(error instanceof ToolError) || signal.aborted || shown === undefined) throw error
    if (error.message !== told) tell(error)
    told = error.message
    return error.exit
  }
  for (;;) {
    const code = await round(isNews).catch(goOn)
    if (!listens()) return code
    await waitFor(seconds * 1_000, signal)
  }
}

/** Clears a terminal, so that the new picture stands where the old one did. */
export const clear = '\u001b[2J\u001b[H'
