/** Other tools that compare two databases: each installed from npm into a directory of its own, and asked in a process of its own. */
import { fork, spawnSync } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Engine } from '../../src/model/engine.ts'

/** `what` names its kind of answer in scripts/ask-peer.mjs. */
export type Peer = { readonly what: string; readonly name: string; readonly version: string; readonly with: readonly string[] }

export const pgDelta: Peer = { what: 'pg-delta', name: '@supabase/pg-delta', version: '1.0.0-alpha.34', with: [] }

/** When these were the newest on npm; drizzle-kit's second one is what comes next. */
export const newestIn = 'November 2026'

export const peers: readonly Peer[] = [
  pgDelta,
  { what: 'migra', name: '@pgkit/migra', version: '0.6.1', with: [] },
  { what: 'drizzle-kit', name: 'drizzle-kit', version: '0.31.11', with: ['drizzle-orm@0.45.4', 'pg@8.23.1'] },
  { what: 'drizzle-kit 1.0', name: 'drizzle-kit', version: '1.0.0-rc.5', with: ['drizzle-orm@1.0.0-rc.5', 'pg@8.23.1'] },
]

const npm = (cwd: string, ...args: readonly string[]): void => {
  const { status, stderr } = spawnSync('npm', args, { cwd, encoding: 'utf8' })
  if (status !== 0) throw new Error(`npm ${args.join(' ')}: ${stderr}`)
}

/** The directory below `parent` in which the peer is then installed. */
export const installPeer = async (peer: Peer, parent: string): Promise<string> => {
  const directory = join(parent, peer.what.replaceAll(' ', '-'))
  await mkdir(directory)
  npm(directory, 'init', '-y')
  npm(directory, 'install', '--no-audit', '--no-fund', `${peer.name}@${peer.version}`, ...peer.with)
  return directory
}

/** How a program that only takes URLs finds a database of the embedded server, which listens on a socket in a directory. */
export const urlsOf = async (engine: Engine): Promise<(database: string) => string> => {
  await using session = await engine.session(await engine.createDatabase())
  const [row] = await session.query(`SELECT current_setting('unix_socket_directories') AS host`)
  return (database) => `postgres://postgres@localhost/${database}?host=${encodeURIComponent(String(row?.host))}`
}

export type Answer = {
  readonly seen: boolean
  /** From the first database to the second. */
  readonly sql: readonly string[]
  /** Kinds of object that it says it does not compare, and that only the second database has, or has more of. */
  readonly warned?: readonly string[]
  /** Why it has no answer. */
  readonly failed?: string
}

const patience = 90_000

/** What the peer answers of two databases; a peer that ends, hangs or asks back has failed. The working directory is the repository. */
export const askPeer = ({ what, name }: Peer, directory: string, a: string, b: string): Promise<Answer> =>
  new Promise((resolve) => {
    const child = fork('scripts/ask-peer.mjs', [what, name, directory, a, b], { silent: true, timeout: patience })
    const parts: string[] = []
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (part) => parts.push(String(part)))
    child.once('message', (answer) => resolve(answer as Answer))
    child.once('exit', (code, signal) =>
      resolve({ seen: false, sql: [], failed: signal ? 'no answer in time' : `it ended with ${code}: ${parts.join('').trim()}` }),
    )
  })
