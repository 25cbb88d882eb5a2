/** Who a lock file or a run directory belongs to: one process, told apart from a later one with the same number. */
import { execFileSync } from 'node:child_process'
import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'

export type Owner = {
  readonly pid: number
  /** When that process started, as the system counts it. */
  readonly started: string
  /** Changes with every start of the machine. */
  readonly boot: string
  readonly host: string
  /** Processes of another container cannot be asked after. */
  readonly namespace: string
}

const attempt = (read: () => string): string => {
  try {
    return read().trim()
  } catch {
    return ''
  }
}

const onLinux = process.platform === 'linux'

/** Field 22 of /proc/<pid>/stat; the name in field 2 may hold blanks and parentheses. */
const startOnLinux = (pid: number) => attempt(() => readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ')[19] ?? '')
const startElsewhere = (pid: number) =>
  attempt(() => execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }))
const startOf = (pid: number) => (onLinux ? startOnLinux(pid) : startElsewhere(pid))

const bootOf = () => (onLinux ? attempt(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8')) : '')
const namespaceOf = () => (onLinux ? attempt(() => readlinkSync('/proc/self/ns/pid')) : '')

let self: Owner | undefined

/** This process. */
export const currentOwner = (): Owner => {
  self ??= { pid: process.pid, started: startOf(process.pid), boot: bootOf(), host: hostname(), namespace: namespaceOf() }
  return self
}

/** Reads an owner from a file's text; undefined when it is not one. */
export const parseOwner = (text: string): Owner | undefined => {
  try {
    const { pid, started, boot, host, namespace } = JSON.parse(text) as Record<string, unknown>
    return Number.isInteger(pid)
      ? { pid: Number(pid), started: String(started), boot: String(boot), host: String(host), namespace: String(namespace) }
      : undefined
  } catch {
    return undefined
  }
}

const exists = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Whether an owner still runs; `elsewhere` when it lives on another machine or in another container. */
export const stateOf = (owner: Owner): 'alive' | 'dead' | 'elsewhere' => {
  const here = currentOwner()
  if (owner.host !== here.host || (owner.boot === here.boot && owner.namespace !== here.namespace)) return 'elsewhere'
  if (owner.boot !== here.boot) return 'dead'
  return exists(owner.pid) && startOf(owner.pid) === owner.started ? 'alive' : 'dead'
}
