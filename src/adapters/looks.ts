/** What the file system says of a file or a directory. */
import { lstatSync, type Stats, statSync } from 'node:fs'

export type Looks = Pick<Stats, 'size' | 'mtimeMs' | 'ctimeMs' | 'ino'>

/** While this is the same, the bytes are the same (as git's index has it): nobody can set the time of a file's last change. */
export const textOfLooks = ({ size, mtimeMs, ctimeMs, ino }: Looks): string => `${size} ${mtimeMs} ${ctimeMs} ${ino}`

/** A file that was written so short a time ago may be written again with the same time stamp. Milliseconds. */
const restless = 2_000

/** Whether it was changed last some time before that moment. */
export const isSettled = ({ mtimeMs, ctimeMs }: Looks, at: number = Date.now()): boolean => at - Math.max(mtimeMs, ctimeMs) > restless

/** The answer of `stat`, symbolic links followed; undefined where there is nothing, or nothing that may be seen. */
export const statOf = (path: string): Stats | undefined => {
  try {
    return statSync(path, { throwIfNoEntry: false })
  } catch {
    return undefined
  }
}

/** The same of the entry itself: of a link, and not of what it names. */
export const entryAt = (path: string): Stats | undefined => {
  try {
    return lstatSync(path, { throwIfNoEntry: false })
  } catch {
    return undefined
  }
}
