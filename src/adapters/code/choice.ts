/** Which files are worth following, told from their names and imports. */
import { databases, isDirect } from './direct.ts'
import type { Framework, ProjectFiles, Root } from './frameworks/define.ts'
import { type ImportGraph, importGraph } from './import-graph.ts'
import { isTest } from './is-test.ts'
import { speaksFor, startsWith } from './models.ts'
import type { Notebook } from './notebook.ts'
import type { Resolver } from './resolve/index.ts'

const isDeclaration = (path: string): boolean => /\.d\.[cm]?ts$/.test(path)

/** Programs that people run by hand; those that package.json names are entries of their own. */
const isByHand = (path: string): boolean => /(^|\/)(?:scripts?|experiments?|bench(?:marks?)?|examples?|playground|seeds?|fixtures?|tools)\//.test(path)

/** Packages of the browser's side: that a file imports them says nothing of what it does on the server. */
const browsers = /^(?:next|react|react-dom|@remix-run\/react|vue|svelte)(?:\/|$)/

const filesAtOnce = 64

/** Reads the texts, and tells of files that are followed for sure as they are met: their trees can be made meanwhile. */
export const firstRead = async (
  sources: readonly string[],
  { note }: Pick<Notebook, 'note'>,
  begin: (paths: readonly string[]) => Promise<void>,
): Promise<void> => {
  let direct: string[] = []
  for (const path of sources) {
    if (isDirect(path, note(path))) direct.push(path)
    if (direct.length < filesAtOnce) continue
    await begin(direct)
    direct = []
  }
}

/** Asked of each import of each file, and there are few packages. */
const once = (test: (from: string) => boolean): ((from: string) => boolean) => {
  const known = new Map<string, boolean>()
  return (from) => {
    const before = known.get(from)
    if (before !== undefined) return before
    const answer = test(from)
    known.set(from, answer)
    return answer
  }
}

const reaching = (sources: readonly string[], graph: ImportGraph, wanted: (from: string) => boolean): ReadonlySet<string> =>
  graph.importersOf(sources.filter((path) => graph.packages(path).some(wanted)))

export type Choice = {
  readonly sources: readonly string[]
  readonly known: ReadonlySet<string>
  readonly graph: ImportGraph
  /** Files that reach a database by their imports, tests left out. */
  readonly related: ReadonlySet<string>
  /** Files that declare tables. */
  readonly declaring: readonly string[]
  /** Files that register entries when they run, and those that nobody imports. */
  readonly registering: readonly string[]
  /** Files whose functions are followed even if nothing calls them. */
  readonly uncalled: ReadonlySet<string>
  readonly roots: readonly Root[]
  /** Files whose trees are wanted from the start. */
  readonly toLoad: readonly string[]
  /** Whether what a file does can matter by itself. */
  matters(path: string): boolean
}

/** `frameworks` call a program's files; `libraries` are only called by them. */
export const choose = (
  listed: readonly string[],
  project: ProjectFiles,
  resolver: Resolver,
  { note }: Pick<Notebook, 'note'>,
  { frameworks, libraries }: { readonly frameworks: readonly Framework[]; readonly libraries: readonly Framework[] },
): Choice => {
  const sources = listed.filter((path) => !isDeclaration(path))
  const known = new Set(sources)
  const graph = importGraph(sources, note, resolver)
  const imports = (path: string, wanted: (from: string) => boolean): boolean => graph.packages(path).some(wanted)
  const own = sources.filter((path) => !isTest(path))
  const isDatabase = once((from) => databases.test(from))
  const related = new Set([...reaching(sources, graph, isDatabase)].filter((path) => !isTest(path)))
  const direct = new Set(own.filter((path) => imports(path, isDatabase)))
  const mattering = reaching(
    sources,
    graph,
    once((from) => isDatabase(from) || (!browsers.test(from) && [...frameworks, ...libraries].some((member) => speaksFor(member, from)))),
  )
  const unlinked = new Set(own.filter((path) => frameworks.some((member) => member.unlinked?.(path, project))))
  const isStart = once((from) => frameworks.some((member) => startsWith(member, from)))
  const registers = (path: string): boolean => imports(path, isStart)
  const starts = (path: string): boolean => related.has(path) && !graph.isImported(path) && !isByHand(path)
  const declaring = [...direct].filter((path) => note(path).declares)
  const registering = own.filter((path) => registers(path) || starts(path))
  const roots = frameworks.flatMap((member) => member.roots?.(project) ?? []).filter(({ path }) => known.has(path) && !isTest(path))
  // Components that only name a type of the database are many, and call nothing of it.
  const uncalled = new Set(
    own.filter((path) => related.has(path) && !/x$/.test(path) && (direct.has(path) || graph.files(path).some((file) => direct.has(file)))),
  )
  return {
    sources,
    known,
    graph,
    related,
    declaring,
    registering,
    uncalled,
    roots,
    toLoad: [...graph.closureOf([...declaring, ...registering, ...roots.map(({ path }) => path)], related)],
    matters: (path) => mattering.has(path) || unlinked.has(path),
  }
}
