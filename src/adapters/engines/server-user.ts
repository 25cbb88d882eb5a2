/** As whom the server runs: PostgreSQL refuses root. */
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { ToolError } from '../../model/error.ts'

export type ServerUser =
  | { readonly kind: 'self'; readonly uid: number }
  /** Another account, as root may. */
  | { readonly kind: 'account'; readonly uid: number; readonly gid: number }
  /** Where accounts cannot be changed, or ours has no name: an account's number inside a user namespace, our own outside. */
  | { readonly kind: 'namespace'; readonly uid: number; readonly gid: number }

const nobody = 65534

const accountOf = (uid: number): { uid: number; gid: number } | undefined => {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((each) => each.split(':'))
    .find((fields) => Number(fields[2]) === uid && fields[0])
  return line ? { uid, gid: Number(line[3]) } : undefined
}

const succeeds = (command: string, args: readonly string[], options: SpawnOptions): Promise<boolean> =>
  new Promise((resolve) => {
    try {
      const child = spawn(command, args, { ...options, stdio: 'ignore', cwd: '/' })
      child.once('error', () => resolve(false))
      child.once('exit', (code) => resolve(code === 0))
    } catch {
      resolve(false)
    }
  })

const namespaceArguments = ({ uid, gid }: { uid: number; gid: number }): readonly string[] => ['--user', `--map-user=${uid}`, `--map-group=${gid}`]

/** The server looks its account up: a number without a name is refused. */
const someAccount = () => accountOf(nobody) ?? accountOf(1000) ?? accountOf(1)

const inNamespace = async (): Promise<ServerUser | undefined> => {
  const account = someAccount()
  if (!account || !(await succeeds('unshare', [...namespaceArguments(account), '/bin/sh', '-c', ':'], {}))) return undefined
  return { kind: 'namespace', ...account }
}

const unavailable = (why: string, help: string) =>
  new ToolError('engine-unavailable', `PostgreSQL ${why}, and this process may not make a user namespace.`, {
    help: `${help}, or give a server with --engine postgres://…`,
    exit: 3,
  })

const unprivileged = async (): Promise<ServerUser> => {
  const account = someAccount()
  if (account && (await succeeds('/bin/sh', ['-c', ':'], account))) return { kind: 'account', ...account }
  const namespace = await inNamespace()
  if (namespace) return namespace
  throw unavailable('refuses to run as root, and no other account can be used', 'Run the command as another user than root')
}

/** A container may run us under a number that has no name. */
const hasName = async (uid: number): Promise<boolean> =>
  process.platform !== 'linux' || accountOf(uid) !== undefined || (await succeeds('getent', ['passwd', String(uid)], {}))

const sameUser = async (uid: number): Promise<ServerUser> => {
  if (await hasName(uid)) return { kind: 'self', uid }
  const namespace = await inNamespace()
  if (namespace) return namespace
  throw unavailable(`refuses to run under the user number ${uid}, which has no name`, 'Run the command as a user that /etc/passwd knows')
}

let known: Promise<ServerUser> | undefined

/** The account for servers started here. Throws `ToolError` `engine-unavailable` when PostgreSQL would refuse it and there is no other way. */
export const serverUser = (): Promise<ServerUser> => {
  const uid = process.getuid?.() ?? 0
  known ??= uid === 0 ? unprivileged() : sameUser(uid)
  return known
}

/** Nothing of the caller's environment (PGDATA, PGPORT …) reaches the server. */
const environment = { PATH: process.env.PATH ?? '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' }

/** Starts a shell script as that account, in a process group of its own so that Ctrl-C does not reach it. */
export const spawnScript = (user: ServerUser, script: string, args: readonly string[], stdio: SpawnOptions['stdio']): ChildProcess => {
  const shell = ['/bin/sh', '-c', script, 'pgstrata', ...args]
  const [command = '', ...rest] = user.kind === 'namespace' ? ['unshare', ...namespaceArguments(user), ...shell] : shell
  return spawn(command, rest, {
    cwd: '/',
    detached: true,
    env: environment,
    ...(stdio && { stdio }),
    ...(user.kind === 'account' && { uid: user.uid, gid: user.gid }),
  })
}

/** Runs a script to its end; its exit code and what it wrote. */
export const runScript = (user: ServerUser, script: string, args: readonly string[]): Promise<{ readonly code: number; readonly output: string }> =>
  new Promise((resolve, reject) => {
    const child = spawnScript(user, script, args, ['ignore', 'pipe', 'pipe'])
    const parts: string[] = []
    child.stdout?.on('data', (part) => parts.push(String(part)))
    child.stderr?.on('data', (part) => parts.push(String(part)))
    child.once('error', reject)
    child.once('close', (code) => resolve({ code: code ?? 1, output: parts.join('') }))
  })
