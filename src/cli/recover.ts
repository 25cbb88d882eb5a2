/** At a run's start: a write that an earlier run could not end is finished or taken back, once, before anything is read. */
import { dirname, join, resolve } from 'node:path'
import { isThere } from '../adapters/sights.ts'
import { ToolError } from '../model/error.ts'

/** Where the traces of writes are kept: the same for every directory of a repository. Outside one, the working directory. */
export const writeRoot = (cwd: string): string => {
  for (let directory = resolve(cwd); ; directory = dirname(directory)) {
    if (isThere(join(directory, '.git'))) return directory
    if (dirname(directory) === directory) return resolve(cwd)
  }
}

/** Another run's write takes milliseconds: it is waited for. */
const attempts = 40
const pause = 50

const unfinished = (root: string): boolean => isThere(join(root, '.pgstrata', 'write-intent.json'))

const said = {
  finished: 'A write that an earlier run had begun was finished.',
  'taken-back': 'A write that an earlier run had not committed was taken back.',
} as const

const explained = (root: string, error: unknown): unknown =>
  error instanceof ToolError || !(error instanceof Error && 'code' in error)
    ? error
    : new ToolError('no-permission', `An earlier run was interrupted while it wrote below ${root}, and that cannot be repaired: ${error.message}.`, {
        help: 'Run pgstrata as a user who may write there.',
        cause: error,
      })

/** Answers what is to be said about it, or nothing. Throws `write-busy` (exit 3) while another run writes for seconds, and `no-permission`. */
export const recoverWrites = async (cwd: string): Promise<string | undefined> => {
  const root = writeRoot(cwd)
  if (!unfinished(root)) return undefined
  const { recover } = await import('../adapters/files/write.ts')
  for (let left = attempts; ; left -= 1) {
    try {
      const done = await recover(root)
      return done === 'nothing' ? undefined : said[done]
    } catch (error) {
      if (left === 0 || !(error instanceof ToolError) || error.code !== 'write-busy') throw explained(root, error)
      await (await import('node:timers/promises')).setTimeout(pause)
    }
  }
}
