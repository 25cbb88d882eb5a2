/** One lock file per cache entry, so that of two runs on a cold cache one works and the other waits. What is made under it appears by an atomic rename, so
 * a lock that was taken twice costs time and never a wrong entry. */
import { randomBytes } from 'node:crypto'
import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { ToolError } from '../../model/error.ts'
import { isLeft, type Patience } from './left.ts'
import { currentOwner, parseOwner } from './owner.ts'

const patience = 120_000
const pause = 20
const abandonedAfter: Patience = { unowned: 10_000, elsewhere: 300_000 }

const take = async (path: string): Promise<boolean> => {
  try {
    await writeFile(path, JSON.stringify(currentOwner()), { flag: 'wx', mode: 0o600 })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

const isAbandoned = async (path: string): Promise<boolean> => isLeft(path, parseOwner(await readFile(path, 'utf8')), abandonedAfter)

const clearAbandoned = async (path: string): Promise<void> => {
  // The file may vanish at any moment: its owner has finished.
  if (!(await isAbandoned(path).catch(() => false))) return
  const aside = `${path}.${randomBytes(6).toString('hex')}`
  await rename(path, aside).catch(() => undefined)
  await rm(aside, { force: true })
}

/** Runs `work` while no other process runs it under the same lock file. */
export const withLock = async <T>(path: string, work: () => Promise<T>): Promise<T> => {
  const until = Date.now() + patience
  while (!(await take(path))) {
    if (Date.now() > until)
      throw new ToolError('engine-cache-locked', `Another run has held ${path} for two minutes.`, { help: 'Stop that run, or delete the file.', exit: 3 })
    await clearAbandoned(path)
    await sleep(pause)
  }
  try {
    return await work()
  } finally {
    await rm(path, { force: true })
  }
}
