/**
 * How many runs of a verb, one after the other, were short in a working directory: the length of a small file in the cache directory. It foretells how much of the program the next one
 * there calls; a wrong guess costs nothing but time.
 */
import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { statOf } from '../adapters/looks.ts'
import { cacheDirectory } from '../adapters/store/directory.ts'
import { forget, writeKept } from './kept-files.ts'
import { sumOfText } from './sum.ts'

const placesKept = 200

export type ShortRuns = {
  /** Until this run. */
  readonly before: number
  /** Counts this run; one that was not short ends the row. */
  note(isShort: boolean): void
}

const addTo = (path: string): void => {
  try {
    appendFileSync(path, '.')
  } catch {
    // Where nothing can be written, nothing is foretold.
  }
}

export const shortRuns = (verb: string): ShortRuns => {
  const path = join(cacheDirectory(), 'short-runs', sumOfText(JSON.stringify([process.cwd(), verb])))
  const before = statOf(path)?.size ?? 0
  return {
    before,
    note: (isShort) => {
      if (!isShort) forget(path)
      else if (before === 0) writeKept(path, [Buffer.from('.')], placesKept)
      else addTo(path)
    },
  }
}
