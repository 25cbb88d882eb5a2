/** `version`: which version of the schema a folder describes, and which one a database has. */
import { type Reconciliation, reconcile } from '../drizzle/ledger.ts'
import { type Bump, breaks, compareBumps, displayVersion, type Flag, type Version } from '../features/version/numbers.ts'
import type { Project } from '../model/config.ts'
import { ToolError } from '../model/error.ts'
import type { Finding } from '../model/finding.ts'
import type { History, Migration } from '../model/history.ts'
import type { Json } from '../model/json.ts'
import type { Block, Report, Text, Tone } from '../model/report.ts'
import type { SourceRef } from '../model/source.ts'
import type { World } from '../model/world.ts'
import { assertAnalysed } from './analysed.ts'
import { defineOperation } from './define.ts'
import { named } from './named-source.ts'
import { displaySource, parseSource } from './source-ref.ts'
import { numberingOf, type Versioned, versionedOf } from './version/classified.ts'
import { flagBlocks, migrationData, migrationsTree } from './version/report.ts'

type Asked = { readonly changelog: boolean; readonly tags: boolean; readonly statements: boolean }

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

type Next = { readonly version: Version; readonly bump: Bump; readonly why: string; readonly breaking: boolean; readonly flags: readonly Flag[] }
type Answer = { readonly version: Version | undefined; readonly tag: string | undefined; readonly next: Next | undefined }

/** Where `applied` migrations from the first one on lead, and what the rest of the folder brings. */
const answer = ({ history, classes, versions }: Versioned, applied: number): Answer => {
  const last = versions.at(-1)
  const rest = classes.slice(applied)
  const [decisive] = rest.toSorted((a, b) => compareBumps(b.bump, a.bump))
  const next = last &&
    decisive && {
      version: last,
      bump: decisive.bump,
      why: decisive.why,
      breaking: rest.some(({ breaking }) => breaking),
      flags: [...new Set(rest.flatMap(({ flags }) => flags))],
    }
  return { version: applied === 0 ? undefined : versions[applied - 1], tag: history.migrations[applied - 1]?.tag, next }
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
  next: next ? { ...next, version: displayVersion(next.version) } : null,
})

const nextText = ({ next }: Answer): Text =>
  next
    ? [
        { text: displayVersion(next.version), tone: 'strong' },
        ` (${next.bump}${next.breaking === breaks(next.bump) ? '' : next.breaking ? ', breaking' : ', not breaking'}: ${next.why})`,
      ]
    : 'nothing is pending'

const versionText = ({ version, tag }: Answer): Text =>
  version ? [{ text: displayVersion(version), tone: 'strong' }, ` at ${tag ?? ''}`] : 'none: no migration is applied'

/** Comments that say a class and are none, or change nothing. */
const findingsOf = async (world: World, versioned: Versioned): Promise<readonly Finding[]> => {
  const spoken = versioned.classes.some(({ bad, overrides }) => bad.length > 0 || overrides.some(({ idle }) => idle))
  return spoken ? (await import('./version/overrides.ts')).overrideFindings(world, versioned) : []
}

const everyOne = ({ history }: Versioned): readonly number[] => history.migrations.map((_, at) => at)

const onFolder = async (world: World, history: History, project: Project | undefined, several: boolean, asked: Asked): Promise<Report> => {
  assertAnalysed([history])
  const versioned = await versionedOf(world, history, numberingOf(world.config, project, several))
  const found = answer(versioned, history.migrations.length)
  const last = versioned.classes.at(-1)
  const spoken = everyOne(versioned).filter((at) => (versioned.classes[at]?.overrides.length ?? 0) > 0)
  const more = asked.changelog || asked.tags ? await import('./version/changelog.ts') : undefined
  const additions = [
    ...(more && asked.changelog ? [await more.changelog(world, versioned)] : []),
    ...(more && asked.tags ? [await more.tags(world, versioned)] : []),
  ]
  return {
    operation: 'version',
    analysed: { migrations: history.migrations.length },
    findings: await findingsOf(world, versioned),
    data: dataOf(found, 'folder', {
      migrations: everyOne(versioned).map((at) => migrationData(versioned, at, asked.statements)),
      ...Object.assign({}, ...additions.map(({ data }) => data)),
    }),
    blocks: [
      { type: 'heading', level: 1, text: history.folder },
      {
        type: 'definition',
        items: [
          { term: 'version', text: versionText(found) },
          ...(last ? [{ term: 'by', text: `${last.bump}: ${last.why}` }] : []),
          { term: 'migrations', text: String(history.migrations.length) },
        ],
      },
      ...(asked.statements
        ? [...migrationsTree(versioned, 'migrations', everyOne(versioned), true), ...flagBlocks(versioned, everyOne(versioned))]
        : more
          ? []
          : migrationsTree(versioned, 'with a class that a comment says', spoken, false)),
      ...additions.flatMap(({ blocks }) => blocks),
    ],
    unknown: additions.flatMap(({ unknown }) => unknown),
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

const onDatabase = async (world: World, source: SourceRef, history: History, { statements }: Asked): Promise<Report> => {
  assertAnalysed([history])
  const [project] = await world.projects()
  const [ledger, versioned] = await Promise.all([world.ledger(source, history), versionedOf(world, history, numberingOf(world.config, project, false))])
  const found = reconcile(history, ledger)
  const at = answer(versioned, found.prefix)
  const of = (...states: readonly string[]): readonly string[] =>
    tagsOf(found.migrations.filter(({ state }) => states.includes(state)).map(({ migration }) => migration))
  const positions = (state: string): readonly number[] =>
    found.migrations.filter((each) => each.state === state).map(({ migration }) => history.migrations.findIndex(({ index }) => index === migration.index))
  const unknown = found.unknown.map(({ name, hash }) => name ?? hash)
  const runsAgain = tagsOf(found.migrations.filter(({ state, willRun }) => willRun && state !== 'pending').map(({ migration }) => migration))
  const waiting = [...positions('pending'), ...positions('skipped')]
  return {
    operation: 'version',
    analysed: { migrations: history.migrations.length, rows: ledger.rows.length },
    findings: await findingsOf(world, versioned),
    data: dataOf(at, found.state, {
      applied: of('applied', 'applied-edited'),
      pending: of('pending'),
      skipped: of('skipped'),
      edited: of('applied-edited'),
      unknown,
      outOfOrder: found.outOfOrder,
      runsAgain,
      migrations: waiting.map((position) => migrationData(versioned, position, true)),
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
      ...migrationsTree(versioned, 'pending', positions('pending'), statements),
      ...migrationsTree(versioned, 'skipped', positions('skipped'), statements),
      ...flagBlocks(versioned, waiting),
      ...listed('edited after it was applied', of('applied-edited')),
      ...listed('rows without a file', unknown),
      ...listed('applied, and Drizzle would run it again', runsAgain),
    ],
    unknown: [],
    informs: true,
  }
}

/** The folders' own versions; of several projects each one's, under `projects`. */
const onProjects = async (world: World, projects: readonly Project[], asked: Asked): Promise<Report> => {
  const reports: Report[] = []
  for (const project of projects)
    reports.push(
      await onFolder(world, await world.history({ type: 'folder', path: project.folder }, { snapshots: false }), project, projects.length > 1, asked),
    )
  const [only] = reports
  if (only && reports.length === 1) return only
  return {
    operation: 'version',
    analysed: { projects: reports.length, migrations: reports.reduce((sum, { analysed }) => sum + (analysed.migrations ?? 0), 0) },
    findings: reports.flatMap(({ findings }) => findings),
    data: {
      projects: reports.map(({ data }, at) => ({
        name: projects[at]?.name ?? '',
        folder: projects[at]?.folder ?? '',
        ...(data as { readonly [key: string]: Json }),
      })),
    },
    blocks: reports.flatMap(({ blocks }) => blocks),
    unknown: reports.flatMap(({ unknown }) => unknown),
    informs: true,
  }
}

export const version = defineOperation({
  name: 'version',
  summary: 'Tells the schema version of a folder or a database.',
  description:
    'Derives a semantic version from what the migrations do, and says which one a database is at: what is applied, pending, skipped by Drizzle’s watermark, edited after it was applied, or unknown to the folder. A statement is major where code that was written before it may fail, minor where there is something new, a patch where code cannot tell; what memory cannot follow is unknown and counts as major. A comment may say otherwise, with a reason: -- pgstrata: change minor because REASON, -- pgstrata: not breaking because REASON or -- @schema-change: minor REASON, above a statement for that statement, at the head of the file with an empty line behind it for the whole migration. Reads Drizzle’s ledger and nothing else; nothing is written. Versions are never stored in migrations, so two branches cannot claim the same one; after a squash version.baseline of the configuration says where numbering goes on.',
  arguments: [{ name: 'source', description: 'An environment’s name, a postgres:// URL, folder, folder@TAG; default: folder.', required: false }],
  flags: {
    changelog: { type: 'boolean', description: 'The folder’s changelog, by release where git tags name releases, in the form of keepachangelog.com.' },
    tags: { type: 'boolean', description: 'The git commands that tag the versions that have landed and have no tag. Nothing is run.' },
    statements: { type: 'boolean', description: 'Every statement with its class and why, not only those that decide.' },
  },
  examples: [
    { command: 'pgstrata version', shows: 'the version that the folder describes' },
    { command: 'pgstrata version production', shows: 'the version of an environment of the config, what is pending there, and what that breaks' },
    { command: 'pgstrata version --changelog --format markdown=SCHEMA-CHANGELOG.md', shows: 'the changelog of the schema, as a file' },
    { command: 'pgstrata version --tags', shows: 'how to tag what has been released' },
  ],
  async run(world, { arguments: [text = 'folder'], flags }) {
    const source = parseSource(text, world.config)
    const projects = async (): Promise<readonly Project[]> => world.projects().catch(() => [])
    if (source.type === 'folder' && source.path === undefined && source.upTo === undefined) return onProjects(world, await world.projects(), flags)
    if (source.type === 'folder' || source.type === 'git') {
      const history = await named(world, source, text, world.history(source, { snapshots: false }))
      const all = await projects()
      return onFolder(
        world,
        history,
        all.find(({ folder }) => folder === history.folder),
        all.length > 1,
        flags,
      )
    }
    if (source.type !== 'environment' && source.type !== 'url') {
      throw new ToolError('source-not-supported', `A version of ${displaySource(source)} is not supported.`, {
        help: 'Name a folder, folder@TAG, git:REF, an environment or a postgres:// URL.',
      })
    }
    if (flags.changelog || flags.tags)
      throw new ToolError('usage', `${flags.changelog ? '--changelog' : '--tags'} tells what a folder holds, not a database.`, {
        help: 'Leave the source out.',
      })
    // Of a folder without a path the world knows the only project, and says so when there are several.
    return onDatabase(world, source, await world.history({ type: 'folder' }, { snapshots: false }), flags)
  },
})
