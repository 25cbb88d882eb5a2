/** Texts as files, for what reads only files. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

let standing = 0
/** Whether there is such a directory now: a killed process would leave it behind. */
export const isLaidOut = (): boolean => standing > 0

/** Lays files out in a directory of their own while they are used. `called`: the directory's name begins so. */
export const laidOut = async <T>(
  called: string,
  files: readonly { readonly path: string; readonly text: string }[],
  use: (directory: string) => Promise<T>,
): Promise<T> => {
  standing += 1
  try {
    const directory = await mkdtemp(join(tmpdir(), called))
    try {
      const paths = files.map(({ path }) => join(directory, path))
      for (const folder of new Set(paths.map(dirname))) await mkdir(folder, { recursive: true })
      await Promise.all(files.map(({ text }, at) => writeFile(paths[at] ?? '', text)))
      return await use(directory)
    } finally {
      await rm(directory, { recursive: true, force: true })
    }
  } finally {
    standing -= 1
  }
}
