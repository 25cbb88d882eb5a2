/** Private cache directories for tests, and a look at what is left of servers. */
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/** A cache of one's own, that also another account can reach. */
export const privateCache = (): { readonly path: string; readonly remove: () => void } => {
  const path = mkdtempSync(join(tmpdir(), 'pgstrata-test-'))
  chmodSync(path, 0o711)
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

const commandLine = (pid: string): string => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
  } catch {
    return ''
  }
}

/** Processes whose command line names the run directory: the server and its watchdog. */
export const processesOf = (run: string): readonly string[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(commandLine)
    .filter((command) => command.includes(run))

/** What is left of a server with this data directory. */
export const remains = (data: string): { readonly processes: readonly string[]; readonly directory: boolean } => ({
  processes: processesOf(dirname(data)),
  directory: existsSync(dirname(data)),
})

/** Waits until `done`, at most `milliseconds`; whether it came true. */
export const within = async (milliseconds: number, done: () => boolean): Promise<boolean> => {
  const until = Date.now() + milliseconds
  while (!done() && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 20))
  return done()
}
