/** Removes what dead runs left: only directories whose owner file names a process that no longer runs. */
import { execFileSync } from 'node:child_process'
import { lstat, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { socketDirectory } from './cluster.ts'
import { isLeft, type Patience } from './left.ts'
import { parseOwner } from './owner.ts'
import { ownerOf, type Places } from './places.ts'
import { runScript, type ServerUser } from './server-user.ts'

/** Without an owner file: it is being made, or was never finished. */
const patience: Patience = { unowned: 60_000, elsewhere: 24 * 3600_000 }

const isStale = async (run: string): Promise<boolean> => isLeft(run, parseOwner(await readFile(join(run, 'owner.json'), 'utf8').catch(() => '')), patience)

const commandOf = async (pid: number): Promise<string> => {
  if (process.platform === 'linux') return (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).replaceAll('\0', ' ')
  try {
    return execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' })
  } catch {
    return ''
  }
}

/** The server of this very directory, if it still runs: its command line names the directory. */
const serverOf = async (run: string): Promise<number | undefined> => {
  const pid = Number((await readFile(join(run, 'data', 'postmaster.pid'), 'utf8').catch(() => '')).split('\n')[0])
  return pid > 1 && (await commandOf(pid)).includes(join(run, 'data')) ? pid : undefined
}

const stop = async (run: string): Promise<void> => {
  const pid = await serverOf(run)
  if (pid === undefined) return
  try {
    process.kill(pid, 'SIGQUIT')
  } catch {
    return
  }
  for (let left = 100; left > 0 && (await serverOf(run)) !== undefined; left -= 1) await sleep(20)
}

/** Removes a run directory whose server, if it still runs, is stopped first. */
export const removeRun = async (user: ServerUser, run: string): Promise<void> => {
  await stop(run)
  await runScript(user, 'rm -rf "$@"', [run, socketDirectory(run)])
}

/** Directories of the server's account that bear the cache's prefix. */
const candidates = async (prefix: string, user: ServerUser): Promise<readonly string[]> => {
  const directory = prefix.slice(0, prefix.lastIndexOf('/'))
  const found = (await readdir(directory).catch(() => [])).map((name) => `${directory}/${name}`).filter((path) => path.startsWith(prefix))
  const owners = await Promise.all(found.map(async (path) => (await lstat(path).catch(() => undefined))?.uid))
  return found.filter((_, at) => owners[at] === ownerOf(user))
}

/** Sweeps once; the run directories it removed. */
export const sweep = async ({ allRunPrefixes }: Places, user: ServerUser): Promise<readonly string[]> => {
  const all = (await Promise.all(allRunPrefixes.map((prefix) => candidates(prefix, user)))).flat()
  const stale = await Promise.all(all.map(async (run) => ((await isStale(run).catch(() => false)) ? [run] : [])))
  await Promise.all(stale.flat().map((run) => removeRun(user, run)))
  return stale.flat()
}
