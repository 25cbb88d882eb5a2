/** The Git port over the `git` binary. */
import { createHash } from 'node:crypto'
import { relative, resolve, sep } from 'node:path'
import { ToolError } from '../../model/error.ts'
import type { FolderFile } from '../../model/history.ts'
import type { Git } from '../../model/world.ts'
import { gitOutput, runGit } from './run.ts'

const lines = (output: Buffer): string => output.toString('utf8').trim()

const NEWLINE = 0x0a

/** Objects from the answer of `git cat-file --batch`: a line `id type size`, that many bytes, a newline. */
export const readBatch = (output: Buffer): ReadonlyMap<string, Buffer> => {
  const objects = new Map<string, Buffer>()
  let at = 0
  while (at < output.length) {
    const end = output.indexOf(NEWLINE, at)
    const [id = '', , size = '0'] = output.toString('latin1', at, end).split(' ')
    objects.set(id, output.subarray(end + 1, end + 1 + Number(size)))
    at = end + 1 + Number(size) + 1
  }
  return objects
}

type Blob = { readonly id: string; readonly path: string }

/** Blobs from `git ls-tree -r -z`: `mode type id TAB path NUL`. Symbolic links and submodules are left out. */
const readTree = (output: Buffer): readonly Blob[] =>
  output
    .toString('utf8')
    .split('\0')
    .flatMap((line) => {
      const [, mode, id, path] = /^(\d+) blob ([0-9a-f]+)\t(.*)$/s.exec(line) ?? []
      return id && path !== undefined && mode !== '120000' ? [{ id, path }] : []
    })

/** One commit of `git log --name-status -z`, newest first. */
type Changed = { readonly commit: string; readonly status: string; readonly path: string }

const commitMark = 'commit '

/** Reads `git log -z --format=tformat:commit%x20%H --name-status`: marks, statuses and paths, each ended by NUL. */
export const readLog = (output: Buffer): readonly Changed[] => {
  const changed: Changed[] = []
  const fields = output
    .toString('utf8')
    .split('\0')
    .map((field) => field.replace(/^\n/, ''))
  let commit = ''
  for (let index = 0; index < fields.length; index++) {
    const field = fields[index] ?? ''
    if (field.startsWith(commitMark)) commit = field.slice(commitMark.length)
    else if (/^[AMDT]$/.test(field)) changed.push({ commit, status: field, path: fields[++index] ?? '' })
  }
  return changed
}

const byPath = (log: readonly Changed[]): ReadonlyMap<string, readonly Changed[]> => {
  const groups = new Map<string, Changed[]>()
  for (const change of log) {
    const group = groups.get(change.path)
    if (group) group.push(change)
    else groups.set(change.path, [change])
  }
  return groups
}

/** Paths that changed after the commit that (last) added them; the log is newest first. */
export const editsIn = (log: readonly Changed[]): readonly { readonly path: string; readonly added: string; readonly edited: string }[] =>
  [...byPath(log)].flatMap(([path, changes]) => {
    const addedAt = changes.findIndex(({ status }) => status === 'A')
    const added = changes[addedAt]
    const later = changes.slice(0, Math.max(0, addedAt))
    const edited = later.find(({ status }) => status === 'M' || status === 'T')
    return added && edited && !later.some(({ status }) => status === 'D') ? [{ path, added: added.commit, edited: edited.commit }] : []
  })

const slashes = (path: string): string => path.split(sep).join('/')

/** Git as seen from `cwd`. Folders are relative to `cwd`, the answers' paths to the folder. Outside a repository, `root` and `resolve` answer undefined. */
export const createGit = (cwd: string): Git => {
  const root = async (): Promise<string | undefined> => {
    const { code, stdout, stderr } = await runGit(cwd, ['rev-parse', '--show-toplevel'])
    if (code === 0) return lines(stdout)
    // A repository of another user is refused for safety: that is no "outside".
    if (stderr.includes('dubious ownership'))
      throw new ToolError('git-failed', `git refuses this repository: ${stderr.split('\n')[0]}`, {
        help: 'Run `git config --global --add safe.directory <path>`.',
        exit: 3,
      })
    return undefined
  }
  /** The folder as a path from the repository's root, which `ls-tree --full-tree` and `log` below want. */
  const fromRoot = async (folder: string): Promise<{ readonly top: string; readonly path: string }> => {
    const top = await root()
    if (top === undefined)
      throw new ToolError('no-repository', `${cwd} is not in a git repository.`, {
        help: 'Run it inside the repository, or leave out what compares with a ref.',
      })
    const prefix = lines(await gitOutput(cwd, ['rev-parse', '--show-prefix'])).replace(/\/$/, '')
    const path = slashes(relative(top, resolve(top, prefix, relative(resolve(cwd), resolve(cwd, folder)))))
    return { top, path }
  }
  const below = (folder: string, path: string): string => (folder === '' ? path : path.slice(folder.length + 1))
  const commitOf = async (ref: string): Promise<string | undefined> => {
    const { code, stdout } = await runGit(cwd, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`])
    return code === 0 ? lines(stdout) : undefined
  }
  return {
    root,
    resolve: commitOf,
    async mergeBase(a, b) {
      const { code, stdout } = await runGit(cwd, ['merge-base', '--', a, b])
      return code === 0 ? lines(stdout) : undefined
    },
    isShallow: async () => lines((await runGit(cwd, ['rev-parse', '--is-shallow-repository'])).stdout) === 'true',
    async filesAt(ref, folder) {
      const { top, path } = await fromRoot(folder)
      const commit = await commitOf(ref)
      if (commit === undefined) throw new ToolError('no-such-ref', `git knows no commit ${ref}.`, { help: 'Fetch it first: `git fetch origin`.' })
      const tree = readTree(await gitOutput(top, ['ls-tree', '-r', '-z', '--full-tree', commit, '--', ...(path === '' ? [] : [path])]))
      if (tree.length === 0) return []
      const objects = readBatch(await gitOutput(top, ['cat-file', '--batch'], `${tree.map(({ id }) => id).join('\n')}\n`))
      return tree.map(({ id, path: file }): FolderFile => {
        const bytes = objects.get(id) ?? Buffer.alloc(0)
        const text = bytes.toString('utf8')
        return { path: below(path, file), text, hash: createHash('sha256').update(text, 'utf8').digest('hex') }
      })
    },
    async editedAfterAdded(folder) {
      const { top, path } = await fromRoot(folder)
      if ((await runGit(top, ['rev-parse', '--verify', '--quiet', 'HEAD'])).code !== 0) return []
      // First parents only: a file that was added and corrected inside one merged branch has never been seen unfinished by the others.
      const log = [
        'log',
        '--first-parent',
        '-m',
        '--no-renames',
        '--name-status',
        '-z',
        `--format=tformat:${commitMark}%H`,
        'HEAD',
        '--',
        ...(path === '' ? [] : [path]),
      ]
      return editsIn(readLog(await gitOutput(top, log))).map((edit) => ({ ...edit, path: below(path, edit.path) }))
    },
  }
}
