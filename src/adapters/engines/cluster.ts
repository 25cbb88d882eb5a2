/** One running server: started from a copy of an image, with a watchdog that outlives us and leaves nothing behind. */
import type { ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import type { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { ToolError } from '../../model/error.ts'
import { connect, type PostgresSession } from '../postgres/session.ts'
import type { Binaries } from './binaries.ts'
import { currentOwner } from './owner.ts'
import type { Places } from './places.ts'
import { type ServerUser, spawnScript } from './server-user.ts'

/**
 * The watchdog is the server's parent: a shell that waits for a word on its standard input. We hold the other end, so our death, however sudden, is the end
 * of that input. `keep` = stop cleanly and leave the directory; anything else = stop at once and remove it.
 * Arguments: the program, the run directory, the image, the owner, the socket's directory; then the server's settings.
 */
const watchdog = `
program=$1 run=$2 image=$3 owner=$4 socket=$5; shift 5
umask 077
mkdir "$run" || exit 70
printf '%s\\n' "$owner" > "$run/owner.json"
[ "$socket" = "$run" ] || mkdir "$socket" || { rm -rf "$run"; exit 70; }
cp -R -p "$image/data" "$run/data" 2> "$run/log" || { cat "$run/log" >&3; rm -rf "$run" "$socket"; exit 71; }
"$program" -D "$run/data" -c "unix_socket_directories=$socket" "$@" < /dev/null >> "$run/log" 2>&1 &
server=$!
exec 3>&-
read -r word || word=gone
if [ "$word" = keep ]; then kill -INT $server; limit=60; else kill -QUIT $server; limit=3; fi
( sleep $limit & nap=$!; trap 'kill $nap; exit' TERM; wait $nap; kill -KILL $server ) > /dev/null 2>&1 &
killer=$!
wait $server
kill $killer 2> /dev/null
[ "$word" = keep ] || rm -rf "$run"
[ "$socket" = "$run" ] || rm -rf "$socket"
`

const startPatience = 60_000
/** Our own server is there, or its socket is not: long silence means a busy machine. */
const connectPatience = 60_000
/** A socket's path may have 107 bytes on Linux and 103 on macOS. */
const longestSocketPath = 100

/** Beside the server's data where the path is short enough, else in the system's directory for temporary files. */
export const socketDirectory = (run: string): string =>
  join(run, '.s.PGSQL.5432.lock').length > longestSocketPath ? join(tmpdir(), `pgstrata-${basename(run)}`) : run

const isDiskFull = (text: string) => /No space left on device|Disk quota exceeded/i.test(text)

const startFailure = (text: string): ToolError =>
  isDiskFull(text)
    ? new ToolError('disk-full', 'The disk is full: the engine could not start.', { help: 'Free some space (an engine needs about 60 MB).', exit: 3 })
    : new ToolError('engine-start-failed', `The embedded PostgreSQL did not start: ${text.trim().split('\n').slice(-3).join(' ') || 'it said nothing'}`, {
        help: 'Give a server with --engine postgres://… , or report this with the message.',
        exit: 3,
      })

type Handles = {
  readonly child: ChildProcess
  readonly run: string
  readonly socket: string
  readonly program: () => boolean
  readonly exited: Promise<number>
  readonly said: () => string
}

/** The end of the third pipe says that the server, which alone holds its other end, is gone. */
const follow = (child: ChildProcess, run: string, socket: string): Handles => {
  const pipe = child.stdio[3] as Readable
  const parts: string[] = []
  const state = { gone: false }
  pipe.on('data', (part) => parts.push(String(part)))
  pipe.on('error', () => undefined)
  pipe.once('end', () => Object.assign(state, { gone: true }))
  const exited = new Promise<number>((resolve) => {
    child.once('error', () => resolve(127))
    child.once('exit', (code) => resolve(code ?? 1))
  })
  child.stdin?.on('error', () => undefined)
  return { child, run, socket, exited, program: () => !state.gone, said: () => parts.join('') }
}

/** Nothing of a server keeps Node from ending: its end is the signal to the watchdog. */
const unref = ({ child }: Handles): void => {
  child.unref()
  for (const stream of child.stdio) (stream as { unref?: () => void } | null)?.unref?.()
}

const isReady = async (run: string): Promise<boolean> =>
  (await readFile(join(run, 'data', 'postmaster.pid'), 'utf8').catch(() => '')).split('\n')[7]?.trim() === 'ready'

const logOf = (run: string): string => {
  try {
    return readFileSync(join(run, 'log'), 'utf8').slice(-4000)
  } catch {
    return ''
  }
}

const untilReady = async (handles: Handles): Promise<void> => {
  const until = Date.now() + startPatience
  while (!(await isReady(handles.run))) {
    if (!handles.program() || handles.child.exitCode !== null) throw startFailure(logOf(handles.run) || handles.said())
    if (Date.now() > until) throw startFailure(`${logOf(handles.run)}\nno answer after ${startPatience / 1000} s`)
    await sleep(2)
  }
}

export class Cluster {
  readonly #handles: Handles
  #sessions = new Set<PostgresSession>()
  #ended: Promise<void> | undefined

  constructor(handles: Handles) {
    this.#handles = handles
  }

  /** The directory that holds the server's `data`. */
  get run(): string {
    return this.#handles.run
  }

  async session(database: string): Promise<PostgresSession> {
    const session = await connect({
      host: this.#handles.socket,
      port: 5432,
      user: 'postgres',
      database,
      sslMode: 'disable',
      connectTimeout: connectPatience,
      explainLoss: () => this.#explainLoss(),
    })
    this.#sessions.add(session)
    return session
  }

  /** Stops at once and removes everything. Once is enough; later calls wait for the first. */
  async destroy(): Promise<void> {
    this.#ended ??= this.#end('stop')
    await this.#ended
  }

  /** Stops cleanly and leaves `run/data`, which may be started again. */
  async keep(): Promise<void> {
    this.#ended ??= this.#end('keep')
    await this.#ended
  }

  async #end(word: 'stop' | 'keep'): Promise<void> {
    if (word === 'keep') await Promise.all([...this.#sessions].map((session) => session.close()))
    this.#handles.child.ref()
    this.#handles.child.stdin?.end(`${word}\n`)
    await this.#handles.exited
    await Promise.all([...this.#sessions].map((session) => session.close()))
  }

  #explainLoss(): string | undefined {
    const log = logOf(this.#handles.run)
    if (isDiskFull(log)) return 'the engine ran out of disk space'
    return this.#ended ? 'the engine was stopped' : undefined
  }
}

/** What it takes to start servers here. */
export type Launcher = { readonly binaries: Binaries; readonly places: Places; readonly user: ServerUser; readonly settings: readonly string[] }

/** Starts a server on a copy of an image. Throws `ToolError` `engine-start-failed` or `disk-full`; nothing is left then. */
export const startCluster = async ({ binaries, places, user, settings }: Launcher, image: string): Promise<Cluster> => {
  const run = `${places.runPrefix}${randomBytes(6).toString('hex')}`
  const socket = socketDirectory(run)
  const program = join(binaries.directory, 'bin', 'postgres')
  const args = [program, run, image, JSON.stringify(currentOwner()), socket, ...settings]
  const handles = follow(spawnScript(user, watchdog, args, ['pipe', 'ignore', 'ignore', 'pipe']), run, socket)
  try {
    await untilReady(handles)
  } catch (error) {
    handles.child.stdin?.end('stop\n')
    await handles.exited
    throw error
  }
  unref(handles)
  return new Cluster(handles)
}
