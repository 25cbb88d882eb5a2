/**
 * Writes several files, all or nothing, even if the process is killed in the middle. The new contents are staged beside their targets; an intent file says what
 * is to happen. While it says `staging`, an interrupted write is taken back; once it says `commit`, it is finished. The intent file is also the lock between processes.
 */
import { randomUUID } from 'node:crypto'
import { chmod, lstat, mkdir, open, readFile, realpath, rename, rm, rmdir, stat } from 'node:fs/promises'
import { basename, dirname, join, relative, resolve, sep } from 'node:path'
import { ToolError } from '../../model/error.ts'
import type { FileEdit, Undo } from '../../model/world.ts'
import { codeOf } from '../error-code.ts'

/** Told before each step that touches the disk; tests stop the process in it. */
export type StepHook = (step: string) => void | Promise<void>

/** One file of an intent; all paths are absolute. `staged` is absent for a removal. */
type IntentFile = { readonly target: string; readonly staged?: string }
type Intent = {
  readonly id: string
  readonly phase: 'staging' | 'commit'
  readonly pid: number
  readonly files: readonly IntentFile[]
  /** Directories that the write makes, outermost first. */
  readonly directories: readonly string[]
}

const intentPath = (root: string): string => join(root, '.pgstrata', 'write-intent.json')
/** A write takes milliseconds: an intent of this age (milliseconds) has lost its owner, even if another process has its number now. */
const staleAfter = 60_000
const mine = new Set<string>()

const ignoring =
  (...codes: readonly string[]) =>
  (error: unknown): undefined => {
    if (!codes.includes(codeOf(error) ?? '')) throw error
  }

/** Makes a directory's entries durable. Windows cannot open a directory. */
const syncDirectory = async (path: string): Promise<void> => {
  const handle = await open(path, 'r').catch(ignoring('ENOENT', 'EISDIR', 'EPERM', 'EACCES'))
  await handle?.sync().catch(ignoring('EPERM', 'EINVAL', 'EISDIR'))
  await handle?.close()
}

const writeDurably = async (path: string, bytes: Uint8Array | string, flag: 'wx' | 'w'): Promise<void> => {
  const handle = await open(path, flag)
  try {
    await handle.writeFile(bytes)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

const removeIfEmpty = (path: string): Promise<void> => rmdir(path).catch(ignoring('ENOENT', 'ENOTEMPTY', 'EEXIST', 'EBUSY', 'EPERM', 'ENOTDIR'))

/** Removes a directory that has become empty, and its parents, below `root` only. */
const removeEmptyUp = async (directory: string, root: string): Promise<void> => {
  for (let path = directory; path !== root && path.startsWith(root + sep); path = dirname(path)) await removeIfEmpty(path)
}

const missingDirectories = async (directory: string): Promise<readonly string[]> => {
  const exists = await stat(directory).catch(ignoring('ENOENT'))
  if (exists || dirname(directory) === directory) return []
  return [...(await missingDirectories(dirname(directory))), directory]
}

/** The file that a path means: where a symbolic link leads, so that the link stays. */
const targetOf = async (root: string, path: string): Promise<string> => {
  const full = resolve(root, path)
  const info = await lstat(full).catch(ignoring('ENOENT', 'ENOTDIR'))
  return info?.isSymbolicLink() ? realpath(full) : full
}

const readBefore = async (target: string, path: string): Promise<FileEdit> => {
  const bytes = await readFile(target).catch(ignoring('ENOENT'))
  return bytes ? { path, bytes } : { path, remove: true }
}

const isIntent = (value: unknown): value is Intent =>
  typeof value === 'object' && value !== null && 'phase' in value && 'files' in value && Array.isArray(value.files)

/** What an intent file says; `undefined` when it was cut off while being written, before anything was staged. */
const parseIntent = (text: string): Intent | undefined => {
  try {
    const value: unknown = JSON.parse(text)
    return isIntent(value) ? value : undefined
  } catch {
    return undefined
  }
}

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return codeOf(error) === 'EPERM'
  }
}

const hasOwner = (intent: Intent | undefined, age: number): boolean => {
  if (intent && mine.has(intent.id)) return true
  return age < staleAfter && intent !== undefined && intent.pid !== process.pid && isAlive(intent.pid)
}

const dropIntent = async (root: string): Promise<void> => {
  const path = intentPath(root)
  await rm(`${path}.next`, { force: true })
  await rm(path, { force: true })
  await syncDirectory(dirname(path))
  await removeIfEmpty(dirname(path))
}

const finish = async (root: string, intent: Intent, step: StepHook): Promise<void> => {
  for (const { target, staged } of intent.files) {
    await step(`${staged ? 'rename' : 'remove'} ${target}`)
    if (staged) await rename(staged, target).catch(ignoring('ENOENT'))
    else await rm(target, { force: true })
  }
  const touched = new Set(intent.files.map(({ target }) => dirname(target)))
  for (const directory of touched) await syncDirectory(directory)
  for (const { target, staged } of intent.files) if (!staged) await removeEmptyUp(dirname(target), root)
  await step('drop intent')
  await dropIntent(root)
}

const takeBack = async (root: string, intent: Intent): Promise<void> => {
  for (const { staged } of intent.files) if (staged) await rm(staged, { force: true })
  for (const directory of intent.directories.toReversed()) await removeIfEmpty(directory)
  await dropIntent(root)
}

/**
 * Finishes or takes back a write that was interrupted in an earlier run; does nothing where there was none. Throws `write-busy` (exit 3) while another process writes.
 */
export const recover = async (root: string): Promise<'nothing' | 'finished' | 'taken-back'> => {
  const path = intentPath(root)
  const text = await readFile(path, 'utf8').catch(ignoring('ENOENT', 'ENOTDIR'))
  if (text === undefined) return 'nothing'
  const intent = parseIntent(text)
  const info = await stat(path).catch(ignoring('ENOENT'))
  if (hasOwner(intent, Date.now() - (info?.mtimeMs ?? 0)))
    throw new ToolError('write-busy', 'Another pgstrata process is writing to this project.', {
      help: 'Wait for it to end and run the command again.',
      exit: 3,
    })
  if (!intent) await dropIntent(root)
  else if (intent.phase === 'staging') await takeBack(root, intent)
  else await finish(root, intent, () => {})
  return intent?.phase === 'commit' ? 'finished' : 'taken-back'
}

/** Claims the lock with an intent of phase `staging`. */
const claim = async (root: string, intent: Intent): Promise<void> => {
  await mkdir(dirname(intentPath(root)), { recursive: true })
  try {
    await writeDurably(intentPath(root), JSON.stringify(intent), 'wx')
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
    throw new ToolError('write-busy', 'Another pgstrata process is writing to this project.', {
      help: 'Wait for it to end and run the command again.',
      exit: 3,
    })
  }
  await syncDirectory(dirname(intentPath(root)))
}

type Written = Extract<FileEdit, { readonly bytes: Uint8Array }>

const stage = async (staged: string, target: string, { bytes, executable }: Written): Promise<void> => {
  await writeDurably(staged, bytes, 'wx')
  const before = await stat(target).catch(ignoring('ENOENT'))
  if (before || executable) await chmod(staged, (before ?? (await stat(staged))).mode | (executable ? 0o111 : 0))
}

const plan = async (root: string, edits: readonly FileEdit[]): Promise<{ readonly intent: Intent; readonly targets: readonly string[] }> => {
  const targets: string[] = []
  for (const { path } of edits) targets.push(await targetOf(root, path))
  const twice = targets.find((target, index) => targets.indexOf(target) < index)
  if (twice) throw new Error(`two edits of one file: ${relative(root, twice)}`)
  const id = randomUUID()
  const files = targets.map(
    (target, index): IntentFile =>
      edits[index] && 'remove' in edits[index] ? { target } : { target, staged: join(dirname(target), `.${basename(target)}.${id}.tmp`) },
  )
  const directories = new Set<string>()
  for (const { target, staged } of files) if (staged) for (const directory of await missingDirectories(dirname(target))) directories.add(directory)
  return { intent: { id, phase: 'staging', pid: process.pid, files, directories: [...directories].sort() }, targets }
}

const stageAll = async (root: string, intent: Intent, edits: readonly FileEdit[], step: StepHook): Promise<void> => {
  for (const directory of intent.directories) {
    await step(`make ${directory}`)
    await mkdir(directory, { recursive: true })
  }
  for (const [index, edit] of edits.entries()) {
    const file = intent.files[index]
    if (!file?.staged || 'remove' in edit) continue
    await step(`stage ${edit.path}`)
    await stage(file.staged, file.target, edit)
  }
  for (const directory of new Set(intent.files.map(({ target }) => dirname(target)))) await syncDirectory(directory)
  await step('commit')
  const next = `${intentPath(root)}.next`
  await writeDurably(next, JSON.stringify({ ...intent, phase: 'commit' }), 'w')
  await step('publish commit')
  await rename(next, intentPath(root))
  await syncDirectory(dirname(next))
}

const explain = (error: unknown): never => {
  if (!['EACCES', 'EPERM', 'EROFS'].includes(codeOf(error) ?? '')) throw error
  throw new ToolError('no-permission', `Nothing was written: ${error instanceof Error ? error.message : String(error)}.`, {
    help: 'Give the user that runs pgstrata the permission to write there.',
    cause: error,
  })
}

/**
 * Writes all edits or none. Paths are relative to `root`. Directories are made as needed; one that a removal leaves empty goes too. A failure before the commit
 * leaves everything as it was. The answer takes the whole set back, in the same way. Throws `write-busy`, `no-permission`.
 */
export const writeEdits = async (root: string, edits: readonly FileEdit[], step: StepHook = () => {}): Promise<Undo> => {
  const base = resolve(root)
  await recover(base)
  const { intent, targets } = await plan(base, edits)
  const before: FileEdit[] = []
  for (const [index, { path }] of edits.entries()) before.push(await readBefore(targets[index] ?? resolve(base, path), path))
  mine.add(intent.id)
  try {
    await step('claim')
    await claim(base, intent).catch(explain)
    try {
      await stageAll(base, intent, edits, step)
    } catch (error) {
      await takeBack(base, intent)
      explain(error)
    }
    await finish(base, intent, step)
  } finally {
    mine.delete(intent.id)
  }
  return { undo: async () => void (await writeEdits(base, before)) }
}
