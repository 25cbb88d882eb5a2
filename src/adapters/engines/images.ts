/** Data directories to start from: an empty cluster per version, and filled ones per template key. Each appears whole, by a rename. */
import { createHash, randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readdir, readFile, rename, rm, stat, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { ToolError } from '../../model/error.ts'
import type { Launcher } from './cluster.ts'
import { withLock } from './lock.ts'
import { runScript } from './server-user.ts'
import { initdbFlags } from './settings.ts'

/** The empty database that every image holds, so that the first one that is asked for costs nothing. */
export const firstDatabase = 'db_0'

/** template1 becomes the first database, without what makes it a template. */
const singleUser = `ALTER DATABASE template1 RENAME TO ${firstDatabase}
COMMENT ON DATABASE ${firstDatabase} IS NULL
UPDATE pg_database SET datistemplate = false, datacl = NULL WHERE datname = '${firstDatabase}'
`

/** Arguments: the programs' folder, the draft, the single-user commands; then initdb's flags. */
const initialise = `
bin=$1 draft=$2 commands=$3; shift 3
umask 077
mkdir "$draft" || exit 70
"$bin/initdb" -D "$draft/data" "$@" > "$draft/log" 2>&1 && printf '%s' "$commands" | "$bin/postgres" --single -D "$draft/data" -c fsync=off postgres >> "$draft/log" 2>&1
code=$?
[ $code = 0 ] || { tail -n 5 "$draft/log"; rm -rf "$draft"; }
exit $code
`

const sha = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 24)

const initFailure = (output: string): ToolError =>
  /No space left/i.test(output)
    ? new ToolError('disk-full', 'The disk is full: no database cluster could be made.', { help: 'Free some space.', exit: 3 })
    : new ToolError('engine-start-failed', `initdb failed: ${output.trim()}`, {
        help: 'Give a server with --engine postgres://… , or report this with the message.',
        exit: 3,
      })

const baseKey = ({ binaries }: Launcher): string =>
  `empty-${binaries.version}-${sha([binaries.directory, singleUser, ...initdbFlags(binaries.major)].join('\n'))}`

const draftOf = (path: string): string => `${path}.draft-${randomBytes(6).toString('hex')}`

const makeBase = async (launcher: Launcher, path: string): Promise<void> => {
  const { binaries, user } = launcher
  const draft = draftOf(path)
  const { code, output } = await runScript(user, initialise, [join(binaries.directory, 'bin'), draft, singleUser, ...initdbFlags(binaries.major)])
  if (code !== 0) throw initFailure(output)
  await publish(draft, path)
}

/** Somebody may have been faster: theirs is as good. */
const publish = async (draft: string, path: string): Promise<void> => {
  await rename(draft, path).catch(async (error) => {
    await rm(draft, { recursive: true, force: true })
    if (!existsSync(path)) throw error
  })
}

const locked = <T>({ places }: Launcher, key: string, work: () => Promise<T>): Promise<T> => withLock(join(places.locks, key), work)

/** The image of an empty cluster, made if need be. */
export const baseImage = async (launcher: Launcher): Promise<string> => {
  const key = baseKey(launcher)
  const path = join(launcher.places.images, key)
  if (existsSync(path)) return path
  return locked(launcher, key, async () => {
    if (!existsSync(path)) await makeBase(launcher, path)
    return path
  })
}

/** Takes an image that will not start out of the cache: a machine that crashed may have left it torn. */
export const dropImage = async (path: string): Promise<void> => {
  const aside = draftOf(path)
  await rename(path, aside).catch(() => undefined)
  await rm(aside, { recursive: true, force: true })
}

/** Where the image of a filled template is or will be. */
export const templateImage = (launcher: Launcher, key: string): string => join(launcher.places.images, `template-${sha(`${baseKey(launcher)}\n${key}`)}`)

/** Marks an image as used now, so that it is the last to go. */
export const touchImage = async (path: string): Promise<void> => {
  const now = new Date()
  await utimes(path, now, now).catch(() => undefined)
}

const bytesBelow = async (directory: string): Promise<number> => {
  const entries = await readdir(directory, { withFileTypes: true, recursive: true })
  const sizes = await Promise.all(entries.filter((entry) => entry.isFile()).map(async (entry) => (await stat(join(entry.parentPath, entry.name))).size))
  return sizes.reduce((sum, size) => sum + size, 0)
}

const sizeFile = (path: string) => join(path, 'bytes')

/** Arguments: the run directory, the draft, its bytes. The run may lie on another file system. */
const keepData = `
run=$1 draft=$2 bytes=$3
umask 077
mkdir "$draft" && cp -R -p "$run/data" "$draft/data" && printf '%s' "$bytes" > "$draft/bytes" || { rm -rf "$draft"; exit 1; }
`

/** Makes a copy of a stopped cluster the image of a template. */
export const keepTemplate = async (launcher: Launcher, run: string, path: string, limits: Limits = defaultLimits): Promise<void> => {
  const bytes = await bytesBelow(join(run, 'data'))
  const draft = draftOf(path)
  const { code } = await runScript(launcher.user, keepData, [run, draft, String(bytes)])
  // A template that cannot be kept is only slower next time.
  if (code === 0) await publish(draft, path)
  await prune(launcher.places.images, limits)
}

export type Limits = {
  readonly entries: number
  readonly bytes: number
  /** Milliseconds since its last use in which an image is never removed: somebody may be copying it. */
  readonly grace: number
}

const defaultLimits: Limits = { entries: 30, bytes: 2 * 2 ** 30, grace: 60_000 }

type Entry = { readonly path: string; readonly used: number; readonly bytes: number }

const entryOf = async (path: string): Promise<Entry> => ({ path, used: (await stat(path)).mtimeMs, bytes: Number(await readFile(sizeFile(path), 'utf8')) })

/** Removes the filled images that were not used for longest, until both limits hold. */
export const prune = async (images: string, { entries, bytes, grace }: Limits): Promise<void> => {
  const names = (await readdir(images)).filter((name) => /^template-[0-9a-f]+$/.test(name))
  const found = (await Promise.all(names.map((name) => entryOf(join(images, name)).catch(() => undefined)))).filter((entry) => entry !== undefined)
  const newestFirst = found.toSorted((a, b) => b.used - a.used)
  let sum = 0
  for (const [at, entry] of newestFirst.entries()) {
    sum += entry.bytes
    if ((at >= entries || sum > bytes) && Date.now() - entry.used > grace) await dropImage(entry.path)
  }
}
