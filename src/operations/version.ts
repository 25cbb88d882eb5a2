/** `version`: which version of the schema a folder describes, and which one a database has. */
import { type Reconciliation, reconcile } from '../drizzle/ledger.ts'
import { type Bump, type Classified, displayVersion, type Version, versionsOf } from '../features/version/numbers.ts'
import type { Project } from '../model/config.ts'
import { ToolError } from '../model/error.ts'
import type { History, Migration } from '../model/history.ts'
import type { Json } from '../model/json.ts'
import type { Block, Report, Text, Tone } from '../model/report.ts'
import type { SourceRef } from '../model/source.ts'
import type { World } from '../model/world.ts'
import { assertAnalysed } from './analysed.ts'
import { defineOperation } from './define.ts'
import { named } from './named-source.ts'
import { displaySource, parseSource } from './source-ref.ts'

/** The classes of a history's migrations, from the cache where the same files were classified before. */
const classified = async (world: World, history: History): Promise<readonly Classified[]> => {
  const key = world.hash(['version classes 3', ...history.migrations.map(({ hash }) => hash ?? 'missing')].join('\n'))
  const cached = await world.cache.get(key)
  if (cached) return JSON.parse(new TextDecoder().decode(cached)) as readonly Classified[]
  // The parser and the algebra are loaded only where something is new.
  const { classifyHistory } = await import('../features/version.ts')
  const classes = await classifyHistory(history)
  await world.cache.put(key, new TextEncoder().encode(JSON.stringify(classes)))
  return classes
}

/** What the user's eye needs at once: is all well, is there something to do, or will something go wrong? */
const stateTones: Readonly<Record<Reconciliation['state'], Tone>> = {
  'up-to-date': 'good',
  baseline: 'good',
  behind: 'warn',
  ahead: 'warn',
  unmanaged: 'warn',
  edited: 'bad',
  diverged: 'bad',
  'skipped-by-watermark': 'bad',
}

type Answer = {
  readonly version: Version | undefined
  readonly tag: string | undefined
  readonly next: { readonly version: Version; readonly bump: Bump; readonly why: string } | undefined
}

const strongest: readonly Bump[] = ['unknown', 'major', 'minor', 'patch', 'none']

/** Where `applied` migrations from the first one on lead, and what the rest of the folder brings. */
const answer = (history: History, classes: readonly Classified[], applied: number): Answer => {
  const versions = versionsOf(classes.map(({ bump }) => bump))
  const last = versions.at(-1)
  const rest = classes.slice(applied)
  const decisive = strongest.flatMap((bump) => rest.find((each) => each.bump === bump) ?? [])[0]
  return {
    version: applied === 0 ? undefined : versions[applied - 1],
    tag: history.migrations[applied - 1]?.tag,
    next: last && decisive ? { version: last, bump: decisive.bump, why: decisive.why } : undefined,
  }
}

const tagsOf = (migrations: readonly Migration[]): readonly string[] => migrations.map(({ tag }) => tag)

const dataOf = ({ version, tag, next }: Answer, state: string, more: { readonly [key: string]: Json }): Json => ({
  version: version ? displayVersion(version) : null,
  tag: tag ?? null,
  state,
  applied: [],
  pending: [],
  skipped: [],
  edited: [],
  unknown: [],
  ...more,
  next: next ? { version: displayVersion(next.version), bump: next.bump, why: next.why } : null,
})

const nextText = ({ next }: Answer): Text =>
  next ? [{ text: displayVersion(next.version), tone: 'strong' }, ` (${next.bump}: ${next.why})`] : 'nothing is pending'

const versionText = ({ version, tag }: Answer): Text =>
  version ? [{ text: displayVersion(version), tone: 'strong' }, ` at ${tag ?? ''}`] : 'none: no migration is applied'

const onFolder = async (world: World, history: History): Promise<Report> => {
  assertAnalysed([history])
  const classes = await classified(world, history)
  const found = answer(history, classes, history.migrations.length)
  return {
    operation: 'version',
    analysed: { migrations: history.migrations.length },
    findings: [],
    data: dataOf(found, 'folder', {}),
    blocks: [
      { type: 'heading', level: 1, text: history.folder },
      {
        type: 'definition',
        items: [
          { term: 'version', text: versionText(found) },
          { term: 'migrations', text: String(history.migrations.length) },
        ],
      },
    ],
    unknown: [],
    informs: true,
  }
}

const stateWords: Readonly<Record<Reconciliation['state'], string>> = {
  'up-to-date': 'up to date: every migration is applied',
  behind: 'behind: migrations are pending',
  ahead: 'ahead: the ledger has rows that no file of the folder explains',
  diverged: 'diverged: migrations are applied beyond a hole, or rows without a file stand before pending ones',
  edited: 'edited: a file is not what was applied',
  'skipped-by-watermark': 'skipped: Drizzle will never run some migrations, because a later one has been applied',
  unmanaged: 'unmanaged: there is no ledger',
  baseline: 'baseline: all is applied, and older rows are from before the folder was squashed',
}

const listed = (title: string, names: readonly string[]): readonly Block[] =>
  names.length === 0 ? [] : [{ type: 'tree', root: { text: `${title} (${names.length})`, children: names.map((text) => ({ text, children: [] })) } }]

const onDatabase = async (world: World, source: SourceRef, history: History): Promise<Report> => {
  assertAnalysed([history])
  const [ledger, classes] = await Promise.all([world.ledger(source, history), classified(world, history)])
  const found = reconcile(history, ledger)
  const at = answer(history, classes, found.prefix)
  const of = (...states: readonly string[]): readonly string[] =>
    tagsOf(found.migrations.filter(({ state }) => states.includes(state)).map(({ migration }) => migration))
  const unknown = found.unknown.map(({ name, hash }) => name ?? hash)
  const runsAgain = tagsOf(found.migrations.filter(({ state, willRun }) => willRun && state !== 'pending').map(({ migration }) => migration))
  return {
    operation: 'version',
    analysed: { migrations: history.migrations.length, rows: ledger.rows.length },
    findings: [],
    data: dataOf(at, found.state, {
      applied: of('applied', 'applied-edited'),
      pending: of('pending'),
      skipped: of('skipped'),
      edited: of('applied-edited'),
      unknown,
      outOfOrder: found.outOfOrder,
      runsAgain,
    }),
    blocks: [
      { type: 'heading', level: 1, text: displaySource(source) },
      {
        type: 'definition',
        items: [
          {
            term: 'version',
            text: [
              ...(typeof versionText(at) === 'string' ? [versionText(at) as string] : (versionText(at) as readonly never[])),
              ...(found.outOfOrder > 0 ? [` (+${found.outOfOrder} out of order)`] : []),
            ],
          },
          { term: 'state', text: [{ text: stateWords[found.state], tone: stateTones[found.state] }] },
          { term: 'folder', text: `${history.folder}, ${history.migrations.length} migrations` },
          { term: 'next', text: nextText(at) },
        ],
      },
      ...listed('pending', of('pending')),
      ...listed('skipped', of('skipped')),
      ...listed('edited after it was applied', of('applied-edited')),
      ...listed('rows without a file', unknown),
      ...listed('applied, and Drizzle would run it again', runsAgain),
    ],
    unknown: [],
    informs: true,
  }
}

/** The folders' own versions; of several projects each one's, under `projects`. */
const onProjects = async (world: World, projects: readonly Project[]): Promise<Report> => {
  const reports: Report[] = []
  for (const { folder } of projects) reports.push(await onFolder(world, await world.history({ type: 'folder', path: folder }, { snapshots: false })))
  const [only] = reports
  if (only && reports.length === 1) return only
  return {
    operation: 'version',
    analysed: { projects: reports.length, migrations: reports.reduce((sum, { analysed }) => sum + (analysed.migrations ?? 0), 0) },
    findings: [],
    data: {
      projects: reports.map(({ data }, at) => ({
        name: projects[at]?.name ?? '',
        folder: projects[at]?.folder ?? '',
        ...(data as { readonly [key: string]: Json }),
      })),
    },
    blocks: reports.flatMap(({ blocks }) => blocks),
    unknown: [],
    informs: true,
  }
}

export const version = defineOperation({
  name: 'version',
  summary: 'Tells the schema version of a folder or a database.',
  description:
    'Derives a semantic version from what the migrations do, and says which one a database is at: what is applied, pending, skipped by Drizzle’s watermark, edited after it was applied, or unknown to the folder. Reads Drizzle’s ledger and nothing else; nothing is written. Versions are never stored in migrations, so two branches cannot claim the same one.',
  arguments: [{ name: 'source', description: 'An environment’s name, a postgres:// URL, folder, folder@TAG; default: folder.', required: false }],
  flags: {},
  examples: [
    { command: 'pgstrata version', shows: 'the version that the folder describes' },
    { command: 'pgstrata version production', shows: 'the version of an environment of the config, and what is pending there' },
  ],
  async run(world, { arguments: [text = 'folder'] }) {
    const source = parseSource(text, world.config)
    if (source.type === 'folder' && source.path === undefined && source.upTo === undefined) return onProjects(world, await world.projects())
    if (source.type === 'folder' || source.type === 'git') return onFolder(world, await named(world, source, text, world.history(source, { snapshots: false })))
    if (source.type !== 'environment' && source.type !== 'url') {
      throw new ToolError('source-not-supported', `A version of ${displaySource(source)} is not supported.`, {
        help: 'Name a folder, folder@TAG, git:REF, an environment or a postgres:// URL.',
      })
    }
    // Of a folder without a path the world knows the only project, and says so when there are several.
    return onDatabase(world, source, await world.history({ type: 'folder' }, { snapshots: false }))
  },
})
