/** `version`: which version of the schema a folder describes, and which one a database has. */
import type { Project } from '../model/config.ts'
import { ToolError } from '../model/error.ts'
import type { History } from '../model/history.ts'
import type { Json } from '../model/json.ts'
import type { Report } from '../model/report.ts'
import type { World } from '../model/world.ts'
import { assertAnalysed } from './analysed.ts'
import { defineOperation } from './define.ts'
import { named } from './named-source.ts'
import { displaySource, parseSource } from './source-ref.ts'
import { type Asked, answer, dataOf, findingsOf, numbered, versionText } from './version/answer.ts'
import { numberingOf, type Versioned, versionedOf } from './version/classified.ts'
import { flagBlocks, migrationData, migrationsTree } from './version/report.ts'

const everyOne = ({ history }: Versioned): readonly number[] => history.migrations.map((_, at) => at)

const onFolder = async (world: World, history: History, project: Project | undefined, several: boolean, asked: Asked): Promise<Report> => {
  assertAnalysed([history])
  const versioned = await versionedOf(world, history, numbered(numberingOf(world.config, project, several), asked))
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
    'Derives a semantic version from what the migrations do, and says which one a database is at: what is applied, pending, skipped by Drizzle’s watermark, edited after it was applied, or unknown to the folder. A statement is major where code that was written before it may fail, minor where there is something new, a patch where code cannot tell; what memory cannot follow is unknown and counts as major. A comment may say otherwise, with a reason: -- pgstrata: change minor because REASON, -- pgstrata: not breaking because REASON or -- @schema-change: minor REASON, above a statement for that statement, at the head of the file with an empty line behind it for the whole migration. Reads Drizzle’s ledger and pgstrata’s own; nothing is written without --sync. That keeps a table pgstrata.schema_versions, all of which but times and users can be made anew; a ticket that a comment names (-- pgstrata: ticket SHOP-12) stands in it. Versions are never stored in migrations, so two branches cannot claim the same one; after a squash version.baseline of the configuration says where numbering goes on.',
  arguments: [{ name: 'source', description: 'An environment’s name, a postgres:// URL, folder, folder@TAG; default: folder.', required: false }],
  flags: {
    changelog: { type: 'boolean', description: 'The folder’s changelog, by release where git tags name releases, in the form of keepachangelog.com.' },
    tags: { type: 'boolean', description: 'The git commands that tag the versions that have landed and have no tag. Nothing is run.' },
    baseline: {
      type: 'string',
      value: 'VERSION',
      description: 'Number as if the first migration made VERSION; version.baseline of the configuration does so always.',
    },
    statements: { type: 'boolean', description: 'Every statement with its class and why, not only those that decide.' },
    applied: { type: 'boolean', description: 'What was applied in the database, when and by whom, as far as pgstrata.schema_versions knows.' },
    sync: {
      type: 'boolean',
      description: 'Write pgstrata.schema_versions in the database: version, class, time, user and rollback of each row of Drizzle’s ledger.',
    },
    trigger: {
      type: 'string',
      value: 'on|off',
      description: 'With --sync: a trigger on Drizzle’s ledger notes time and user of every new row, whoever migrates.',
    },
    yes: { type: 'boolean', description: 'With --sync: in a protected environment too.' },
  },
  examples: [
    { command: 'pgstrata version', shows: 'the version that the folder describes' },
    { command: 'pgstrata version production', shows: 'the version of an environment of the config, what is pending there, and what that breaks' },
    { command: 'pgstrata version production --applied', shows: 'what was applied there, when and by whom' },
    { command: 'pgstrata version staging --sync --trigger on', shows: 'the table of versions, and from now on the time and user of every migration' },
    { command: 'pgstrata version --changelog --format markdown=SCHEMA-CHANGELOG.md', shows: 'the changelog of the schema, as a file' },
    { command: 'pgstrata version --tags', shows: 'how to tag what has been released' },
  ],
  async run(world, { arguments: [text = 'folder'], flags }) {
    const source = parseSource(text, world.config)
    const projects = async (): Promise<readonly Project[]> => world.projects().catch(() => [])
    if ((flags.sync || flags.applied) && source.type !== 'environment' && source.type !== 'url')
      throw new ToolError('usage', `${flags.sync ? '--sync' : '--applied'} wants a database.`, { help: 'Name an environment or a postgres:// URL.' })
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
    const { onDatabase } = await import('./version/database.ts')
    return onDatabase(world, text, source, await world.history({ type: 'folder' }, { snapshots: false }), flags)
  },
})
