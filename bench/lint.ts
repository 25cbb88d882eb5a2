/**
 * What `lint` costs beside its peers: `npm run bench:lint`. squawk-cli and pgfence are installed from npm into a temporary directory; every tool judges the same
 * files in the same run, in turn. By files, pgstrata does what the others do; by folder it also reads git, the journal and all snapshots. Processor time, children (git, squawk's own binary) included; medians. The histories are those of PGSTRATA_CORPUS
 * (default `../shared/corpus`). RUNS sets how often (default 5).
 *
 * `npm run bench:lint -- --profile` says instead of what a run consists (bench/lint-profile.ts), beside bare Node and the parser alone over the same files
 * (bench/parse-alone.mjs).
 */
import { spawnSync } from 'node:child_process'
import { cpSync } from 'node:fs'
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { instrumented, partNames, partsOf } from './lint-profile.ts'

const corpus = resolve(process.env.PGSTRATA_CORPUS ?? '../shared/corpus')
const runs = Number(process.env.RUNS ?? 5)
const cli = resolve('dist/cli.cjs')
const directory = await mkdtemp(join(tmpdir(), 'pgstrata-bench-'))

type Journal = { readonly entries: readonly { readonly tag: string }[] }

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN

/** Runs a command with its output thrown away; processor time of it and all its children, milliseconds. */
const cost = (cwd: string, cache: string, command: readonly string[], env: NodeJS.ProcessEnv = {}): number => {
  const script = 'TIMEFORMAT="%U %S"; time "$@" >/dev/null 2>"$ERRORS"'
  const errors = join(directory, 'errors')
  const { stderr } = spawnSync('bash', ['-c', script, 'bash', ...command], {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, PGSTRATA_CACHE_DIR: cache, ERRORS: errors, NODE_OPTIONS: '', ...env },
  })
  const [user, system] = stderr.trim().split('\n').at(-1)?.split(' ').map(Number) ?? []
  if (user === undefined || system === undefined || Number.isNaN(user + system)) throw new Error(`${command.join(' ')}: ${stderr}`)
  return (user + system) * 1000
}

const shell = (cwd: string, command: string, args: readonly string[]): void => {
  const { status, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' })
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr}`)
}

const git = (cwd: string, ...args: readonly string[]): void =>
  shell(cwd, 'git', ['-c', 'user.name=bench', '-c', 'user.email=bench@example.org', '-c', 'commit.gpgsign=false', '-c', 'init.defaultBranch=main', ...args])

const journalOf = async (folder: string): Promise<Journal> => JSON.parse(await readFile(join(folder, 'meta/_journal.json'), 'utf8'))

/** A repository in which the last migrations of a history are new, its snapshots left where they are. */
const repository = async (name: string, fresh: number): Promise<{ readonly cwd: string; readonly files: readonly string[] }> => {
  const cwd = join(directory, name)
  const folder = join(cwd, 'drizzle')
  await mkdir(cwd, { recursive: true })
  await cp(join(corpus, name), folder, { recursive: true })
  const journal = await journalOf(folder)
  const files = journal.entries.slice(-fresh).map(({ tag }) => join('drizzle', `${tag}.sql`))
  await writeFile(join(folder, 'meta/_journal.json'), JSON.stringify({ ...journal, entries: journal.entries.slice(0, -fresh) }, null, 2))
  const held = await Promise.all(files.map(async (file) => [file, await readFile(join(cwd, file))] as const))
  for (const [file] of held) await rm(join(cwd, file))
  git(cwd, 'init', '-q')
  git(cwd, 'add', '.')
  git(cwd, 'commit', '-qm', 'landed')
  for (const [file, bytes] of held) await writeFile(join(cwd, file), bytes)
  await writeFile(join(folder, 'meta/_journal.json'), JSON.stringify(journal, null, 2))
  return { cwd, files }
}

type Contender = { readonly name: string; readonly cost: () => number }

/** Costs of each contender, in turn so that others on the machine disturb all of them alike. */
const compare = (contenders: readonly Contender[]): ReadonlyMap<string, number> => {
  const costs = new Map<string, number[]>(contenders.map(({ name }) => [name, []]))
  for (let run = 0; run <= runs; run++)
    for (const { name, cost: once } of contenders) {
      const spent = once()
      // The first round fills caches.
      if (run > 0) costs.get(name)?.push(spent)
    }
  return new Map([...costs].map(([name, values]) => [name, median(values)]))
}

const show = (what: string, costs: ReadonlyMap<string, number>, against: string, goals: Readonly<Record<string, number>>): void => {
  const base = costs.get(against) ?? Number.NaN
  for (const [name, value] of costs) {
    const ratio = value / base
    const goal = goals[name]
    if (goal !== undefined && ratio > goal) process.exitCode = 1
    const verdict = goal === undefined ? '' : `goal ${goal} ${ratio <= goal ? 'met' : 'MISSED'}`
    console.log(`${what.padEnd(26)} ${name.padEnd(28)} ${value.toFixed(0).padStart(6)} ms   ${ratio.toFixed(2).padStart(6)} × ${against}   ${verdict}`)
  }
}

const peers = async (): Promise<{ readonly squawk: string; readonly pgfence: string }> => {
  const at = join(directory, 'peers')
  await mkdir(at)
  shell(at, 'npm', ['init', '-y'])
  shell(at, 'npm', ['install', '--no-audit', '--no-fund', 'squawk-cli', '@flvmnt/pgfence'])
  return { squawk: join(at, 'node_modules/.bin/squawk'), pgfence: join(at, 'node_modules/.bin/pgfence') }
}

let fresh = 0
const emptyCache = (): string => join(directory, `cache-${fresh++}`)

type Program = { readonly path: string; readonly primed: string }
const program: Program = { path: cli, primed: emptyCache() }

/** A cache that knows the program's own bytecode, as after some runs on the machine, and nothing of any history. */
const newCache = ({ primed }: Program = program): string => {
  const cache = emptyCache()
  cpSync(join(primed, 'code'), join(cache, 'code'), { recursive: true })
  return cache
}
const lint = (cwd: string, cache: () => string, args: readonly string[], { path }: Program = program): number =>
  cost(cwd, cache(), [process.execPath, path, 'lint', '--fail-on', 'never', ...args], { PROFILE_PARTS: join(directory, 'parts.json') })

/** As while the new files are being written: another text each time. */
const afterEdit = (cwd: string, files: readonly string[], run: () => number) => {
  let edit = 0
  return (): number => {
    spawnSync('bash', ['-c', 'echo "-- $1" >> "$2"', 'bash', String(edit++), files.at(-1) ?? ''], { cwd })
    return run()
  }
}

/** Short runs until bytecode is kept of such alone; the first of them is not short, for no base is kept. */
const runsInARow = 6

/** Bytecode is kept of what was called: by files, on what is kept of the landed ones, and once more unchanged; by folder. Then of short runs, as a machine has it on which somebody writes migrations. */
const prime = (cwd: string, files: readonly string[], of: Program): void => {
  for (const args of [files, files, ['--since', 'main'], ['--all'], files.slice(-1)]) lint(cwd, () => of.primed, args, of)
  const again = afterEdit(cwd, files, () => lint(cwd, () => of.primed, files, of))
  for (let run = 0; run < runsInARow; run++) again()
}

/** The cache holds the catalog of the base and nothing else: as when the new files are being written. */
const withBaseOnly = (cwd: string, files: readonly string[], args: readonly string[], of: Program = program) => {
  const cache = newCache(of)
  return afterEdit(cwd, files, () => lint(cwd, () => cache, args, of))
}

const node = (): number => cost(directory, '', [process.execPath, '-e', '0'])
const parseAlone = (cwd: string, files: readonly string[]): number => cost(cwd, '', [process.execPath, resolve('bench/parse-alone.mjs'), ...files])

/** Node reads these certificates in every process, before it does anything: squawk's starter too, and the ratios are others without them. */
const tellOfCertificates = (): void => {
  if (!process.env.NODE_EXTRA_CA_CERTS) return
  const without = median(Array.from({ length: runs * 2 }, () => cost(directory, '', [process.execPath, '-e', '0'], { NODE_EXTRA_CA_CERTS: '' })))
  const all = median(Array.from({ length: runs * 2 }, node))
  console.log(`NODE_EXTRA_CA_CERTS is set: bare Node ${all.toFixed(0)} ms, without it ${without.toFixed(0)} ms\n`)
}

type Parts = ReadonlyMap<string, number>

type Measured = {
  readonly what: string
  readonly squawk: () => number
  readonly lint: () => number
  /** The same by the instrumented program: the parts of it. */
  readonly parts: () => Parts
  /** The parser alone, over what `lint` parses. */
  readonly parse: () => number
  readonly node: () => number
}

const sumOf = (parts: Parts): number => [...parts.values()].reduce((sum, time) => sum + time, 0)

/** The parts of the run whose whole is the middle one. */
const middle = (all: readonly Parts[]): Parts => all.toSorted((a, b) => sumOf(a) - sumOf(b))[Math.floor(all.length / 2)] ?? new Map()

/** Of what a case consists. */
const showProfile = ({ what, squawk, lint: whole, parts: instrumentedRun, parse, node: bare }: Measured): void => {
  const runsOf: Parts[] = []
  const costs = compare([
    { name: 'squawk', cost: squawk },
    { name: 'bare Node', cost: bare },
    { name: 'the parser alone', cost: parse },
    { name: 'lint', cost: whole },
    { name: 'lint, with its parts', cost: () => sumOf(runsOf[runsOf.push(instrumentedRun()) - 1] ?? new Map()) },
  ])
  const line = (part: string, value: number): void =>
    console.log(`${part.padEnd(50)} ${value.toFixed(1).padStart(8)} ms  ${(value / (costs.get('squawk') ?? Number.NaN)).toFixed(2).padStart(5)} × squawk`)
  console.log(`\n${what}`)
  for (const [name, value] of costs) line(name, value)
  console.log('  of which')
  const found = middle(runsOf.slice(1))
  for (const [part, words] of Object.entries(partNames)) if (found.has(part)) line(`  ${words}`, found.get(part) ?? 0)
}

type Corpus = { readonly folder: string; readonly files: readonly string[] }

const corpora = async (): Promise<readonly Corpus[]> => {
  const names = (await readdir(corpus, { withFileTypes: true })).filter((entry) => entry.isDirectory()).map(({ name }) => name)
  const read = names.map(async (name) => {
    const journal = await journalOf(join(corpus, name)).catch(() => undefined)
    return journal ? [{ folder: name, files: journal.entries.map(({ tag }) => `${name}/${tag}.sql`) }] : []
  })
  return (await Promise.all(read)).flat()
}

const profile = async (squawk: string, cwd: string, files: readonly string[]): Promise<void> => {
  const parted: Program = { path: instrumented(join(directory, 'instrumented')), primed: emptyCache() }
  prime(cwd, files, parted)
  const partsFile = join(directory, 'parts.json')
  const all = (await journalOf(join(cwd, 'drizzle'))).entries.map(({ tag }) => join('drizzle', `${tag}.sql`))
  const five = () => cost(cwd, '', [squawk, ...files])
  const onBase = withBaseOnly(cwd, files, files, parted)
  showProfile({
    what: '5 new files on sim, base kept',
    squawk: five,
    lint: withBaseOnly(cwd, files, files),
    parts: () => partsOf(partsFile, onBase),
    parse: () => parseAlone(cwd, files),
    node,
  })
  showProfile({
    what: '5 new files on sim, nothing kept',
    squawk: five,
    lint: () => lint(cwd, newCache, files),
    parts: () => partsOf(partsFile, () => lint(cwd, () => newCache(parted), files, parted)),
    parse: () => parseAlone(cwd, all),
    node,
  })
  const histories = await corpora()
  const sum = (each: (history: Corpus) => number): number => histories.reduce((total, history) => total + each(history), 0)
  const judge = (of: Program, { folder, files: own }: Corpus): number => lint(corpus, () => newCache(of), ['--folder', folder, ...own], of)
  showProfile({
    what: `${histories.length} histories, cold`,
    squawk: () => sum((history) => cost(corpus, '', [squawk, ...history.files])),
    lint: () => sum((history) => judge(program, history)),
    parts: () => {
      const total = new Map<string, number>()
      for (const history of histories)
        for (const [part, time] of partsOf(partsFile, () => judge(parted, history))) total.set(part, (total.get(part) ?? 0) + time)
      return total
    },
    parse: () => sum((history) => parseAlone(corpus, history.files)),
    node: () => sum(node),
  })
}

const compareAll = async (squawk: string, pgfence: string, cwd: string, files: readonly string[]): Promise<void> => {
  const five = compare([
    { name: 'squawk', cost: () => cost(cwd, '', [squawk, ...files]) },
    { name: 'pgfence', cost: () => cost(cwd, '', [pgfence, 'analyze', ...files]) },
    { name: 'pgstrata, base cached', cost: withBaseOnly(cwd, files, files) },
    { name: 'pgstrata, base not cached', cost: () => lint(cwd, newCache, files) },
    { name: '  the first run ever', cost: () => lint(cwd, emptyCache, files) },
    { name: '  the same, in git', cost: withBaseOnly(cwd, files, ['--since', 'main']) },
    { name: '  base not cached', cost: () => lint(cwd, newCache, ['--since', 'main']) },
    { name: 'node', cost: node },
  ])
  show('5 new files on sim', five, 'squawk', { 'pgstrata, base cached': 2.2, 'pgstrata, base not cached': 4 })
  show('5 new files on sim', new Map([...five].filter(([name]) => name !== 'node')), 'pgfence', { 'pgstrata, base cached': 1 / 3 })

  const histories = await corpora()
  const sum = (each: (history: Corpus) => number): number => histories.reduce((total, history) => total + each(history), 0)
  const warm = newCache()
  const all = compare([
    { name: 'squawk', cost: () => sum((history) => cost(corpus, '', [squawk, ...history.files])) },
    { name: 'pgfence', cost: () => sum((history) => cost(corpus, '', [pgfence, 'analyze', ...history.files])) },
    { name: 'pgstrata files, cold', cost: () => sum((history) => lint(corpus, newCache, ['--folder', history.folder, ...history.files])) },
    { name: 'pgstrata files, warm', cost: () => sum((history) => lint(corpus, () => warm, ['--folder', history.folder, ...history.files])) },
    { name: 'pgstrata folder, cold', cost: () => sum(({ folder }) => lint(corpus, newCache, ['--all', '--folder', folder])) },
    { name: 'pgstrata folder, warm', cost: () => sum(({ folder }) => lint(corpus, () => warm, ['--all', '--folder', folder])) },
    { name: 'node', cost: () => sum(node) },
  ])
  show(`all of ${histories.length} histories`, all, 'squawk', {
    'pgstrata files, cold': 1.3,
    'pgstrata files, warm': 0.6,
  })
  show(`all of ${histories.length} histories`, new Map([...all].filter(([name]) => name !== 'node')), 'pgfence', { 'pgstrata files, cold': 1 / 3 })
}

try {
  const { squawk, pgfence } = await peers()
  const { cwd, files } = await repository('sim', 5)
  prime(cwd, files, program)
  tellOfCertificates()
  await (process.argv.includes('--profile') ? profile(squawk, cwd, files) : compareAll(squawk, pgfence, cwd, files))
} finally {
  await rm(directory, { recursive: true, force: true })
}
