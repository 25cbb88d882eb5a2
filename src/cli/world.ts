/** The World over the real outside: every adapter, loaded when it is first asked for. The command line and the library's door both build theirs here. */
import { hash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { placeFrom } from '../adapters/slashes.ts'
import type { Catalog } from '../model/catalog.ts'
import type { CodeFacts, CodeQuestion } from '../model/code.ts'
import type { Config, Project } from '../model/config.ts'
import { ToolError } from '../model/error.ts'
import type { Unknown } from '../model/finding.ts'
import type { History } from '../model/history.ts'
import type { SourceRef } from '../model/source.ts'
import type { Files, Git, HistoryOptions, Judging, Progress, SourceSql, World } from '../model/world.ts'
import { once } from '../operations/once.ts'
import { onlyProject } from '../operations/only-project.ts'
import { displaySource } from '../operations/source-ref.ts'
import { actorIn } from './actor.ts'
import { type Keeper, keeper } from './keeper.ts'
import { liveDatabases } from './live.ts'
import { writeRoot } from './recover.ts'
import { notSupported } from './source-error.ts'
import { waitFor } from './wait.ts'

export type WorldOptions = {
  /** The working directory; default: the process's. */
  readonly cwd?: string
  /** The migrations folder; default: found by the Drizzle configs. */
  readonly folder?: string
  /** Which Drizzle project when there are several; `all` for all. */
  readonly project?: string
  /** The configuration, or the path of its file; default: found upward. */
  readonly config?: Config | string
  /** `auto`, `embedded`, `pglite` or a `postgres://` URL; default: the configuration's. */
  readonly engine?: string
  /** Environment variables; default: the process's. */
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly judging?: Judging
  /** Nothing moves in git while this world lives: a run of the command line, not a server. */
  readonly settled?: boolean
  readonly signal?: AbortSignal
  /** Around work in which nothing can be heard of the signal, and that leaves nothing to clean up: the process may be ended in it. */
  readonly unheard?: <T>(work: () => T) => T
  readonly progress?: (event: Progress) => void
}

/** A world that is given back when it is no longer needed: what it opened is closed. */
export type OpenWorld = World & AsyncDisposable

const engineConfig = (text: string): NonNullable<Config['engine']> => {
  if (text === 'auto' || text === 'embedded' || text === 'pglite') return text
  if (/^postgres(ql)?:\/\//i.test(text)) return { url: text }
  throw new ToolError('usage', '--engine wants auto, embedded, pglite or a postgres:// URL.')
}

const readConfig = async (cwd: string, options: WorldOptions): Promise<Config> => {
  const { loadConfig } = await import('../adapters/project/index.ts')
  const config = typeof options.config === 'object' ? options.config : await loadConfig(cwd, options.config)
  return options.engine === undefined ? config : { ...config, engine: engineConfig(options.engine) }
}

const chooseProjects = (found: readonly Project[], name: string | undefined): readonly Project[] => {
  if (name === undefined || name === 'all') return found
  const chosen = found.filter((project) => project.name === name)
  if (chosen.length > 0) return chosen
  throw new ToolError('no-such-project', `There is no project ${name}.`, { help: `Projects: ${found.map((project) => project.name).join(', ')}.` })
}

const lazyFiles = (cwd: string): Files => {
  const files = once(async () => (await import('../adapters/files/index.ts')).createFiles(writeRoot(cwd)))
  const full = (path: string): string => resolve(cwd, path)
  return {
    read: async (path) => (await files()).read(full(path)),
    exists: async (path) => (await files()).exists(full(path)),
    place: (path) => placeFrom(cwd, path),
    list: async (directory) => (await files()).list(full(directory)),
    write: async (edits) => (await files()).write(edits.map((edit) => ({ ...edit, path: full(edit.path) }))),
  }
}

const lazyGit = (cwd: string, settled: boolean, opened: Keeper): Git => {
  const git = once(() =>
    opened.keep(
      import('../adapters/git/index.ts').then(({ createGit }) => createGit(cwd, { settled })),
      { endsWithUs: true },
    ),
  )
  return {
    root: async () => (await git()).root(),
    branch: async () => (await git()).branch(),
    isAncestor: async (commit, of) => (await git()).isAncestor(commit, of),
    underway: async () => (await git()).underway(),
    conflicts: async (folder) => (await git()).conflicts(folder),
    fromRoot: async (path) => (await git()).fromRoot(path),
    setting: async (key) => (await git()).setting(key),
    configure: async (key, value) => (await git()).configure(key, value),
    ownPath: async (name) => (await git()).ownPath(name),
    pathsAt: async (ref, folder) => (await git()).pathsAt(ref, folder),
    stage: async (stage, folder) => (await git()).stage(stage, folder),
    tags: async (prefix) => (await git()).tags(prefix),
    added: async (folder) => (await git()).added(folder),
    authors: async (folder) => (await git()).authors(folder),
    resolve: async (ref) => (await git()).resolve(ref),
    mergeBase: async (a, b) => (await git()).mergeBase(a, b),
    isShallow: async () => (await git()).isShallow(),
    filesAt: async (ref, folder, wanted) => (await git()).filesAt(ref, folder, wanted),
    staged: async (folder) => (await git()).staged(folder),
    changedSince: async (commit, folder) => (await git()).changedSince(commit, folder),
    editedAfterAdded: async (folder) => (await git()).editedAfterAdded(folder),
  }
}

/** The hash of the sources that were built (scripts/build.mjs); there is none where the sources run themselves. */
declare const PGSTRATA_BUILD: string | undefined

const noCache: World['cache'] = { get: async () => undefined, put: async () => undefined }

const lazyCache = (env: NonNullable<WorldOptions['env']>): World['cache'] => {
  const build = typeof PGSTRATA_BUILD === 'undefined' ? undefined : PGSTRATA_BUILD
  // Sources that are being changed must not be answered by what they said before.
  if (build === undefined) return noCache
  const cache = once(async () => {
    const [{ createCache }, { cacheDirectory }] = await Promise.all([import('../adapters/store/cache.ts'), import('../adapters/store/directory.ts')])
    return createCache({ directory: join(cacheDirectory(env), 'content'), build })
  })
  return { get: async (key) => (await cache()).get(key), put: async (key, bytes) => (await cache()).put(key, bytes) }
}

/** Builds the World of a working directory. Throws what reading the configuration throws. */
export const createWorld = async (options: WorldOptions = {}): Promise<OpenWorld> => {
  const cwd = resolve(options.cwd ?? process.cwd())
  const env = options.env ?? process.env
  const config = await readConfig(cwd, options)
  const cache = lazyCache(env)
  const opened = keeper()
  const git = lazyGit(cwd, options.settled === true, opened)
  const signal = options.signal ?? new AbortController().signal
  /** Histories that were read from git, with their ref. */
  const refs = new WeakMap<History, string>()
  /** What catalogs lack. */
  const unknowns = new WeakMap<Catalog, readonly Unknown[]>()
  const withUnknown = (of: Catalog, lacks: readonly Unknown[]): Catalog => {
    const told = { ...of }
    unknowns.set(told, lacks)
    return told
  }

  const projects = once(async (): Promise<readonly Project[]> => {
    const { findProjects } = await import('../adapters/project/index.ts')
    const found = await findProjects(cwd, {
      env,
      ...(options.folder === undefined ? {} : { folder: options.folder }),
      ...(config.projects === undefined ? {} : { projects: config.projects }),
    })
    return chooseProjects(found, options.project)
  })

  const readFolder = async (folder: string, ledger: Project['ledger'] | undefined, parts: HistoryOptions): Promise<History> => {
    const { readHistoryFolder } = await import('../adapters/folder/index.ts')
    return readHistoryFolder(resolve(cwd, folder), { ...parts, cache, name: folder, ...(ledger === undefined ? {} : { ledger }) })
  }

  const upTo = async (history: History, tag: string | undefined): Promise<History> =>
    tag === undefined ? history : (await import('../drizzle/history.ts')).historyUpTo(history, tag)

  const gitHistory = async (ref: string): Promise<History> => {
    const { folder, ledger } = onlyProject(await projects())
    const { readHistory } = await import('../drizzle/history.ts')
    const files = await git.filesAt(ref, folder)
    if (files.length === 0)
      throw new ToolError('no-folder', `The folder ${folder} is not in the commit ${ref}.`, {
        help: `\`git log --all -- ${folder}\` lists the commits that have it.`,
      })
    const read = readHistory(folder, files, ledger)
    refs.set(read, ref)
    return read
  }

  /** A file of a history's folder, from where the history itself was read. */
  const snapshot = async (of: History, path: string): Promise<string> => {
    const ref = refs.get(of)
    if (ref === undefined) return readFileSync(resolve(cwd, of.folder, path), 'utf8')
    const file = (await git.filesAt(ref, of.folder)).find((each) => each.path === path)
    if (!file) throw new ToolError('no-such-file', `${of.folder}/${path} is not in the commit ${ref}.`)
    return file.text
  }

  const history = async (at: SourceRef, parts: HistoryOptions = {}): Promise<History> => {
    if (at.type === 'git') return gitHistory(at.ref)
    if (at.type !== 'folder') throw notSupported('The history', at, 'folder, folder@TAG, a path to a migrations folder, git:REF')
    if (at.path !== undefined)
      return upTo(await readFolder(at.path, (await projects().catch(() => [])).find(({ folder }) => folder === at.path)?.ledger, parts), at.upTo)
    const { folder, ledger } = onlyProject(await projects())
    return upTo(await readFolder(folder, ledger, parts), at.upTo)
  }

  const { reader, writer, ledger, printed, fingerprint, tenants } = liveDatabases({ config, env, cache, opened, projects })

  const liveCatalog = async (of: SourceRef): Promise<Catalog> => {
    const [{ loadSql }, { catalogOf: inMemory }] = await Promise.all([import('../sql/parser.ts'), import('../changes/catalog-of.ts')])
    const [live] = await Promise.all([printed(of), loadSql()])
    const { catalog: held, left } = inMemory(live)
    const named = displaySource(of)
    return withUnknown(held, [
      ...(live.caveats ?? []).map((why) => ({ what: named, why })),
      ...(live.hidden ?? []).map(({ kind, why }) => ({ what: `what there is of the kind ${kind} in ${named}`, why })),
      ...left.map(({ kind, identity, why }) => ({ what: `${kind} ${identity} of ${named}`, why })),
    ])
  }

  const sql = async (of: SourceRef): Promise<SourceSql> => (await import('./source-sql.ts')).sourceSql({ cwd, env, signal, history, projects }, of)

  const catalog = async (of: SourceRef): Promise<Catalog> => {
    if (of.type === 'environment' || of.type === 'url') return liveCatalog(of)
    const { scripts, unknown } = await sql(of)
    const { replayed } = await import('./source-catalog.ts')
    const { catalog: made, unknown: lacks } = await replayed(scripts)
    return withUnknown(made, [...unknown, ...lacks])
  }

  /** What the last look at the code still writes: the next one reads it. */
  let writing = Promise.resolve()
  const leave = (rest: Promise<void>): Promise<void> => {
    writing = rest
    return opened.leave({ [Symbol.asyncDispose]: () => rest })
  }
  const code = async (root: string, ask: () => Promise<CodeQuestion>, commit?: string): Promise<CodeFacts> => {
    await writing
    if (commit === undefined) {
      const [{ codeFacts }, { isLaidOut }] = await Promise.all([import('../adapters/code/index.ts'), import('../adapters/laid-out.ts')])
      const unheard = <T>(work: () => T): T => (options.unheard === undefined || opened.outlasts || isLaidOut() ? work() : options.unheard(work))
      return codeFacts(resolve(cwd, root), cache, { ask, leave, unheard })
    }
    const { codeFactsOf, isCodeFile } = await import('../adapters/code/at-commit.ts')
    return codeFactsOf(await git.filesAt(commit, root, isCodeFile), resolve(cwd, root), cache, ask)
  }

  return {
    projects,
    history,
    catalog,
    sql,
    generated: async (project, behind) => (await import('./source-sql.ts')).generatedBehind({ cwd, env, signal, history, projects }, project, behind),
    printed,
    fingerprint,
    tenants,
    unknownIn: (of) => unknowns.get(of) ?? [],
    ledger,
    snapshot,
    engine: async (need) => {
      const { openEngine } = await import('../adapters/engines/index.ts')
      return opened.keep(openEngine(need, config.engine ?? 'auto', signal))
    },
    reader,
    writer,
    files: lazyFiles(cwd),
    git,
    code,
    types: async (root, targets) =>
      (await import('../adapters/code/types/index.ts')).typeEvidence(resolve(cwd, root), targets, { signal, progress: options.progress ?? (() => undefined) }),
    cache,
    ask: async (question, of) => (await import('../adapters/app.ts')).askApp(question, of, signal),
    hash: (text) => hash('sha256', text, 'hex'),
    now: () => Date.now(),
    get actor() {
      return actorIn(env)
    },
    wait: (milliseconds, until) => waitFor(milliseconds, signal, until),
    config,
    judging: options.judging ?? { all: false },
    input: async () => (await import('node:stream/consumers')).text(process.stdin),
    progress: options.progress ?? (() => undefined),
    signal,
    [Symbol.asyncDispose]: opened.close,
  }
}
