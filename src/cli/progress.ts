/** One line on standard error that says what a long run does; gone when the run ends. */
import type { Progress } from '../model/world.ts'

const patience = 1000
const refresh = 80
const erase = '\r\u001b[2K'

export type ProgressLine = { show(event: Progress): void; end(): void }

const describe = ({ step, done, total }: Progress): string => {
  if (total === undefined) return done > 0 ? `${step} ${done}` : step
  return `${step} ${done}/${total}`
}

/** Where nobody watches there is no progress. */
export const silent: ProgressLine = { show: () => undefined, end: () => undefined }

/** Shows nothing in a run's first second, and redraws at most twelve times a second. */
export const progressLine = (stream: NodeJS.WriteStream, now: () => number): ProgressLine => {
  const start = now()
  let drawn = 0
  return {
    show(event) {
      const time = now()
      if (time - start < patience || time - drawn < refresh) return
      drawn = time
      stream.write(`${erase}${describe(event).slice(0, Math.max(10, (stream.columns || 80) - 1))}`)
    },
    end() {
      if (drawn > 0) stream.write(erase)
      drawn = 0
    },
  }
}
