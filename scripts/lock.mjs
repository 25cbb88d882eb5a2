// One at a time: set-up and builds of the same checkout wait for each other. The lock is a directory; that of a dead process is taken over.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const alive = (pid) => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

const abandoned = (lock) => {
  const owner = join(lock, 'pid')
  if (existsSync(owner)) return !alive(Number(readFileSync(owner, 'utf8')))
  return existsSync(lock) && Date.now() - statSync(lock).mtimeMs > 5000
}

/** Runs `work` while no other process holds the lock `name` for `root`. */
export const withLock = async (root, name, work) => {
  const lock = join(tmpdir(), `pgstrata-${name}-${createHash('sha256').update(root).digest('hex').slice(0, 16)}.lock`)
  for (;;) {
    try {
      mkdirSync(lock)
      break
    } catch (error) {
      if (error.code !== 'EEXIST') throw error
      if (abandoned(lock)) rmSync(lock, { recursive: true, force: true })
      else await sleep(100)
    }
  }
  writeFileSync(join(lock, 'pid'), String(process.pid))
  try {
    return await work()
  } finally {
    rmSync(lock, { recursive: true, force: true })
  }
}
