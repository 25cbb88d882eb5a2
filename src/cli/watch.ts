/** `--watch`: a verb that runs again and again, and is shown when it has something else to say. */
import { ToolError } from '../model/error.ts'
import type { Report } from '../model/report.ts'
import type { Operation } from '../operations/define.ts'
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

/** What a person would see of it. The moment at which something was looked at is no news. */
const contentOf = ({ findings, blocks, unknown }: Report): string => JSON.stringify([findings, blocks, unknown])

/** Runs `round` every so many seconds; it is told whether its report is news. Ends when nobody listens any more, by what stops the run, or by what a round throws. */
export const watching = async (
  seconds: number,
  { signal }: Pick<Stopping, 'signal'>,
  listens: () => boolean,
  round: (isNews: (report: Report) => boolean) => Promise<number>,
): Promise<number> => {
  let shown: string | undefined
  const isNews = (report: Report): boolean => {
    const before = shown
    shown = contentOf(report)
    return shown !== before
  }
  for (;;) {
    const code = await round(isNews)
    if (!listens()) return code
    await waitFor(seconds * 1_000, signal)
  }
}

/** Clears a terminal, so that the new picture stands where the old one did. */
export const clear = '\u001b[2J\u001b[H'
