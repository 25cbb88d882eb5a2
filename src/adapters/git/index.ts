/** The Git port over the `git` binary. */
import { relative, resolve } from 'node:path'
import { ToolError } from '../../model/error.ts'
import type { FolderFile } from '../../model/history.ts'
import type { Git, Underway } from '../../model/world.ts'
import { spoilSights } from '../sights.ts'
import { slashes } from '../slashes.ts'
import type { GitAnswer } from './command.ts'
import { type Blob, createObjects } from './objects.ts'
import { outputOf, runGit } from './run.ts'
import { underwayOf } from './underway.ts'

const lines = (output: Buffer): string => output.toString('utf8').trim()

/** Blobs from `git ls-files -s -z`: `mode id stage TAB path NUL`. Stage 0 has no conflict; of a path that is being merged there are several others. */
const readIndex = (output: Buffer, stages: string = '0'): readonly Blob[] =>
  output
    .toString('utf8')
    .split('\0')
    .flatMap((line) => {
      const [, mode, id, stage, path] = /^(\d+) ([0-9a-f]+) (\d)\t(.*)$/s.exec(line) ?? []
      return id && stage && path !== undefined && stages.includes(stage) && mode !== '120000' && mode !== '160000' ? [{ id, path }] : []
    })

const pathsIn = (output: Buffer): readonly string[] =>
  output
    .toString('utf8')
    .split('\0')
    .filter((path) => path !== '')

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

type Author = { readonly path: string; readonly commit: string; readonly name: string; readonly when: number }

/**
 * Reads `git log -z --find-renames --diff-filter=AR --name-status` with marks, times and names, newest first: who (last) added a file. A file that was renamed is its first author's.
 */
const readAuthors = (output: Buffer): readonly Author[] => {
  const found = new Map<string, Author>()
  /** What a file of then is called in the newest commit. */
  const today = new Map<string, string>()
  const fields = output
    .toString('utf8')
    .split('\0')
    .map((field) => field.replace(/^\n/, ''))
  let own = { commit: '', name: '', when: 0 }
  for (let index = 0; index < fields.length; index++) {
    const field = fields[index] ?? ''
    const next = (): string => fields[++index] ?? ''
    if (field.startsWith(commitMark)) own = { commit: field.slice(commitMark.length), when: Number(next()) * 1000, name: next() }
    else if (/^R\d+$/.test(field)) {
      const [from, to] = [next(), next()]
      today.set(from, today.get(to) ?? to)
    } else if (field === 'A') {
      const added = next()
      const path = today.get(added) ?? added
      if (!found.has(path)) found.set(path, { path, ...own })
    }
  }
  return [...found.values()]
}

type RunGit = typeof runGit

/** Asks git each question once. */
const askingOnce = (): RunGit => {
  const answers = new Map<string, Promise<GitAnswer>>()
  return (cwd, parameters) => {
    const question = [cwd, ...parameters].join('\0')
    const known = answers.get(question)
    if (known) return known
    const answer = runGit(cwd, parameters)
    answers.set(question, answer)
    return answer
  }
}

const fullId = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/

/**
 * Git as seen from `cwd`. Folders are relative to `cwd`, the answers' paths to the folder. Outside a repository, `root` and `resolve` answer undefined.
 * `settled`: nobody moves refs or files while it is used, so that git is asked each question once.
 */
export const createGit = (cwd: string, { settled = false }: { readonly settled?: boolean } = {}): Git & AsyncDisposable => {
  const run = settled ? askingOnce() : runGit
  const output = async (at: string, parameters: readonly string[]): Promise<Buffer> => outputOf(parameters, await run(at, parameters))
  const objects = createObjects(cwd, settled)
  /** The repository's root, and the way from there to `cwd`. */
  const placeOfCwd = async (): Promise<{ readonly top: string; readonly prefix: string; readonly own: string } | undefined> => {
    const { code, stdout, stderr } = await run(cwd, ['rev-parse', '--show-toplevel', '--show-prefix', '--absolute-git-dir'])
    if (code === 0) {
      const [top = '', prefix = '', own = ''] = stdout.toString('utf8').split('\n')
      return { top, prefix, own }
    }
    // A repository of another user is refused for safety: that is no "outside".
    if (stderr.includes('dubious ownership'))
      throw new ToolError('git-failed', `git refuses this repository: ${stderr.split('\n')[0]}`, {
        help: 'Run `git config --global --add safe.directory <path>`.',
        exit: 3,
      })
    return undefined
  }
  const root = async (): Promise<string | undefined> => (await placeOfCwd())?.top
  /** The folder as a path from the repository's root, which objects and `log` are asked with. */
  const fromRoot = async (folder: string): Promise<{ readonly top: string; readonly path: string; readonly prefix: string }> => {
    const place = await placeOfCwd()
    if (place === undefined)
      throw new ToolError('no-repository', `${cwd} is not in a git repository.`, {
        help: 'Run it inside the repository, or leave out what compares with a ref.',
      })
    const { top, prefix } = place
    const path = slashes(relative(top, resolve(top, prefix.replace(/\/$/, ''), relative(resolve(cwd), resolve(cwd, folder)))))
    return { top, path, prefix }
  }
  const below = (folder: string, path: string): string => (folder === '' ? path : path.slice(folder.length + 1))
  const commitOf = async (ref: string): Promise<string | undefined> => {
    if ((await root()) === undefined) return undefined
    const [commit] = await objects.read([`${ref}^{commit}`])
    return commit?.id
  }
  const treeAt = async (path: string, ref: string): Promise<readonly Blob[]> => {
    const commit = fullId.test(ref) ? ref : await commitOf(ref)
    if (commit === undefined) throw new ToolError('no-such-ref', `git knows no commit ${ref}.`, { help: 'Fetch it first: `git fetch origin`.' })
    return objects.files(commit, path)
  }
  const filesOf = async (folder: string, blobs: readonly Blob[]): Promise<readonly FolderFile[]> => {
    const texts = await objects.texts(blobs.map(({ id }) => id))
    return texts.map((text, at): FolderFile => ({ path: below(folder, blobs[at]?.path ?? ''), ...text }))
  }
  /** What the commits of this branch did to a folder's files, newest first. */
  const logOf = async (folder: string): Promise<{ readonly path: string; readonly changes: readonly Changed[] }> => {
    const { top, path } = await fromRoot(folder)
    if ((await run(top, ['rev-parse', '--verify', '--quiet', 'HEAD'])).code !== 0) return { path, changes: [] }
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
    return { path, changes: readLog(await output(top, log)) }
  }
  const underway = async (): Promise<Underway | undefined> => {
    const place = await placeOfCwd()
    return place && underwayOf({ commitOf, directory: place.own, conflicts: () => output(cwd, ['ls-files', '--unmerged', '-z']) })
  }
  const ownPath = async (name: string): Promise<string> => lines(await output(cwd, ['rev-parse', '--git-path', name]))
  return {
    [Symbol.asyncDispose]: () => objects[Symbol.asyncDispose](),
    root,
    resolve: commitOf,
    ownPath,
    fromRoot: async (path) => (await fromRoot(path)).path,
    // Not asked once: it is what `configure` writes.
    async setting(key) {
      const { code, stdout } = await runGit(cwd, ['config', '--local', '--get', key])
      return code === 0 ? stdout.toString('utf8').replace(/\n$/, '') : undefined
    },
    async configure(key, value) {
      spoilSights()
      const parameters = value === undefined ? ['config', '--local', '--unset-all', key] : ['config', '--local', '--replace-all', key, value]
      const answer = await runGit(cwd, parameters)
      // There is nothing to take out.
      if (value !== undefined || answer.code !== 5) outputOf(parameters, answer)
    },
    underway,
    async branch() {
      const { code, stdout } = await run(cwd, ['symbolic-ref', '--quiet', '--short', 'HEAD'])
      return code === 0 ? lines(stdout) : undefined
    },
    async isAncestor(commit, of) {
      const parameters = ['merge-base', '--is-ancestor', '--', commit, of]
      const answer = await run(cwd, parameters)
      // 1 says no; anything else, that git could not tell.
      if (answer.code !== 0 && answer.code !== 1) outputOf(parameters, answer)
      return answer.code === 0
    },
    async pathsAt(ref, folder) {
      const { path } = await fromRoot(folder)
      return (await treeAt(path, ref)).map((blob) => below(path, blob.path))
    },
    async conflicts(folder) {
      const { top, path } = await fromRoot(folder)
      const index = await output(top, ['ls-files', '--unmerged', '-z', '--', ...(path === '' ? [] : [`:(top,literal)${path}`])])
      return [...new Set(readIndex(index, '123').map((blob) => below(path, blob.path)))]
    },
    async stage(stage, folder) {
      const { top, path } = await fromRoot(folder)
      const index = await output(top, ['ls-files', '--stage', '-z', '--', ...(path === '' ? [] : [`:(top,literal)${path}`])])
      return filesOf(path, readIndex(index, `0${stage}`))
    },
    async mergeBase(a, b) {
      const { code, stdout } = await run(cwd, ['merge-base', '--', a, b])
      return code === 0 ? lines(stdout) : undefined
    },
    isShallow: async () => lines((await run(cwd, ['rev-parse', '--is-shallow-repository'])).stdout) === 'true',
    async filesAt(ref, folder, wanted = () => true) {
      const { path } = await fromRoot(folder)
      const tree = await treeAt(path, ref)
      return filesOf(
        path,
        tree.filter((blob) => wanted(below(path, blob.path))),
      )
    },
    async staged(folder) {
      const { top, path } = await fromRoot(folder)
      const only = ['--', ...(path === '' ? [] : [`:(top,literal)${path}`])]
      const [index, changed] = await Promise.all([
        output(top, ['ls-files', '--stage', '-z', ...only]),
        output(top, ['diff', '--cached', '--name-only', '--no-renames', '-z', ...only]),
      ])
      return { files: await filesOf(path, readIndex(index)), changed: pathsIn(changed).map((file) => below(path, file)) }
    },
    async changedSince(commit, folder = '.') {
      const [{ top, prefix }, { path: only }] = [await fromRoot('.'), await fromRoot(folder)]
      const where = folder === '.' || only === '' ? [] : [`:(top,literal)${only}`]
      const [changed, untracked] = await Promise.all([
        output(top, ['diff', '--name-only', '--no-renames', '-z', commit, '--', ...where]),
        output(top, ['ls-files', '--others', '--exclude-standard', '-z', '--', ...where]),
      ])
      const paths = [changed, untracked].flatMap(pathsIn)
      return paths.map((path) => slashes(relative(prefix === '' ? '.' : prefix, path)))
    },
    async tags(prefix) {
      if ((await root()) === undefined) return []
      // An annotated tag names a tag object, which names the commit.
      const listed = await output(cwd, ['for-each-ref', '--format=%(refname:strip=2)%09%(objectname)%09%(*objectname)', `refs/tags/${prefix}*`])
      return lines(listed)
        .split('\n')
        .flatMap((line) => {
          const [name = '', object = '', commit = ''] = line.split('\t')
          return name === '' ? [] : [{ name, commit: commit || object }]
        })
    },
    async added(folder) {
      const { path, changes } = await logOf(folder)
      return [...byPath(changes)].flatMap(([file, own]) => {
        const last = own.find(({ status }) => status === 'A' || status === 'D')
        return last?.status === 'A' ? [{ path: below(path, file), commit: last.commit }] : []
      })
    },
    async authors(folder) {
      const { top, path } = await fromRoot(folder)
      if ((await run(top, ['rev-parse', '--verify', '--quiet', 'HEAD'])).code !== 0) return []
      const format = `--format=tformat:${commitMark}%H%x00%at%x00%aN`
      const log = ['log', '--find-renames', '--diff-filter=AR', '--name-status', '-z', format, 'HEAD', '--', ...(path === '' ? [] : [path])]
      return readAuthors(await output(top, log)).map((author) => ({ ...author, path: below(path, author.path) }))
    },
    async editedAfterAdded(folder) {
      const { path, changes } = await logOf(folder)
      return editsIn(changes).map((edit) => ({ ...edit, path: below(path, edit.path) }))
    },
  }
}
