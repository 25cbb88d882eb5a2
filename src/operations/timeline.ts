/** `timeline`: the versions of a schema, what changed, who runs on them, and how far back one can go. */
import { progressTable } from '../features/migrate/progress.ts'
import type { Project } from '../model/config.ts'
import { ToolError } from '../model/error.ts'
import type { Unknown } from '../model/finding.ts'
import type { History } from '../model/history.ts'
import { ownSchema } from '../model/name.ts'
import type { Report } from '../model/report.ts'
import { textEdit } from '../model/text.ts'
import type { World } from '../model/world.ts'
import { assertAnalysed, assertWhole } from './analysed.ts'
import { defineOperation } from './define.ts'
import { onlyProject } from './only-project.ts'
import { pooled } from './pool.ts'
import { appsOf, deployedIn, type Said } from './timeline/apps.ts'
import { dataOf } from './timeline/data.ts'
import { atOnce, chosenEnvironments, type EnvironmentSource, readEnvironments } from './timeline/environments.ts'
import { type Filter, filtered, isFiltered } from './timeline/filter.ts'
import { blocksOf } from './timeline/report.ts'
import { entriesOf, isOpen, type Timeline, wayOf } from './timeline/timeline.ts'
import { numberingOf, versionedOf } from './version/classified.ts'

type Asked = { readonly environments: string | undefined; readonly appVersions: string | undefined }

const deployed = 'deployed'

/** Versions of the app that are named, or those that the environments run. */
const saidIn = async (world: World, asked: string, sources: readonly EnvironmentSource[]): Promise<readonly Said[]> => {
  if (asked === deployed && sources.every(({ name }) => world.config.environments?.[name]?.app === undefined)) throw noApps(sources)
  if (asked !== deployed) return namesIn(asked).map((version) => ({ environment: undefined, version }))
  return (await pooled(sources, atOnce, world.signal, (source) => deployedIn(world, source))).flat()
}

/** Throws `usage` where nothing is named. */
const namesIn = (list: string): readonly string[] => {
  const names = list.split(',').map((name) => name.trim())
  if (names.every((name) => name !== '')) return names
  throw new ToolError('usage', `--app-versions=${list} names nothing between its commas.`, { help: 'Name commits or tags: --app-versions=v1.2,main.' })
}

const noApps = ([first]: readonly EnvironmentSource[]): ToolError =>
  new ToolError('no-apps', 'No environment says which version of the app runs there.', {
    help: `environments.${first?.name ?? 'NAME'}.app: { url }, { command }, { applicationName: true } or { version } in pgstrata.config.ts; or name commits: --app-versions=v1.2,main.`,
  })

const isSilent = (said: Said): said is Timeline['silent'][number] => 'unknown' in said

/** Reads all that is asked for. Throws `no-environments`, `no-such-environment`, and what reading the folder throws. */
const timelineOf = async (world: World, project: Project, history: History, { environments, appVersions }: Asked): Promise<Timeline> => {
  const wantsDeployed = appVersions === deployed
  const sources = environments !== undefined || wantsDeployed ? chosenEnvironments(world.config, environments ?? 'all') : []
  const several = (await world.projects()).length > 1
  const { entries, shallow, facts, chain } = await entriesOf(world, await versionedOf(world, history, numberingOf(world.config, project, several)))
  const [read, said] = await Promise.all([
    environments === undefined ? undefined : readEnvironments(world, history, sources),
    appVersions === undefined ? undefined : saidIn(world, appVersions, sources),
  ])
  return {
    history,
    entries,
    shallow,
    environments: read,
    apps: said && (await appsOf(world, history, facts, chain, said)),
    asksDeployed: wantsDeployed,
    silent: (said ?? []).filter(isSilent),
  }
}

const hidden: Omit<Unknown, 'what'> = {
  why: `This user may not read ${progressTable}.`,
  help: `GRANT USAGE ON SCHEMA ${ownSchema} and SELECT ON ${progressTable} to it.`,
}

/** What was asked for and could not be told. */
const unknownIn = (timeline: Timeline): readonly Unknown[] => [...unknownPlaces(timeline), ...unknownApps(timeline), ...unknownWays(timeline)]

const unknownPlaces = ({ environments = [] }: Timeline): readonly Unknown[] => [
  ...environments.flatMap(({ name, unknown }) =>
    unknown ? [{ what: `where ${name} stands`, why: unknown.why, ...(unknown.help === undefined ? {} : { help: unknown.help }) }] : [],
  ),
  ...environments.flatMap(({ name, unknown, begun }) => (unknown || begun ? [] : [{ what: `what has begun in ${name}`, ...hidden }])),
]

const unknownApps = ({ apps = [], silent }: Timeline): readonly Unknown[] => [
  ...silent.map(({ environment, unknown, help }) => ({ what: `which app ${environment} runs`, why: unknown, ...(help === undefined ? {} : { help }) })),
  ...apps.flatMap(({ version, unknown, note, stop }) =>
    unknown
      ? [
          {
            what: `on which versions the app ${version} runs`,
            why: [note, stop && `${stop.what}: ${stop.why}`].filter((part) => part !== undefined).join('; '),
          },
        ]
      : [],
  ),
]

/** Of an environment that could not be read that is said already. */
const unknownWays = (timeline: Timeline): readonly Unknown[] =>
  (timeline.apps ? (timeline.environments ?? []) : [])
    .filter((environment) => !environment.unknown)
    .map((environment) => wayOf(timeline, environment))
    .filter(isOpen)
    .map(({ environment, unknown = '' }) => ({ what: `how far ${environment.name} can go back`, why: unknown }))

export const timeline = defineOperation({
  name: 'timeline',
  summary: 'Shows all versions of the schema: what changed, where it is, the way back.',
  description:
    'Each migration makes a version. For each: when, by whom (git), what changed in words, what going back over it loses, and from which version on code runs that was written for it: an app’s contract is the schema that its own migrations make, and a version that lacks something of it, or asks for more than the code gives, breaks it. Without a configuration the folder is enough. --environments reads the ledger of each environment; --app-versions asks which app runs there and says on which versions that app goes on, to which one the environment can go back without breaking it, and what is lost on the way. environments.NAME.app of the configuration says how an app is asked: { url, path } (text or JSON; path is where in it), { command }, { applicationName: true } (sessions of the database that call themselves api@VERSION; all of them count) or { version }. What an app answers is a commit or a tag; { version } and --app-versions=REFS may name any ref of git. Nothing is run but such a command, and nothing is written but the drawing. Classes of going back are claims: pgstrata rollback --all proves them. What could not be read or followed is unknown, and is never said to be compatible.',
  arguments: [],
  flags: {
    environments: {
      type: 'string',
      value: 'NAMES',
      alone: 'all',
      description: 'Where the environments of the configuration stand; some of them by comma: --environments=staging,production.',
    },
    appVersions: {
      type: 'string',
      value: 'REFS',
      alone: deployed,
      description: 'On which versions the app runs that is deployed (environments.NAME.app), or that of some commits or tags: --app-versions=v1.2,main.',
    },
    table: { type: 'string', value: 'NAME', description: 'Only versions whose migration touches that table.' },
    author: { type: 'string', value: 'NAME', description: 'Only versions whose migration was added by that author, or a part of the name.' },
    from: { type: 'string', value: 'WHERE', description: 'Only from that version, migration, release or day (2026-01-31) on.' },
    breaking: { type: 'boolean', description: 'Only versions that break code written before them.' },
    full: { type: 'boolean', description: 'Fold nothing: every version in a line of its own.' },
    svg: { type: 'string', value: 'FILE', description: 'Also draw it into FILE, for a README or a page: one file, light and dark.' },
  },
  examples: [
    { command: 'pgstrata timeline', shows: 'the versions of the folder, the newest on top' },
    { command: 'pgstrata timeline --environments --app-versions', shows: 'where each environment stands, and how far it can go back with its app' },
    { command: 'pgstrata timeline --app-versions=v1.2,v1.3', shows: 'on which versions of the schema two releases of the app run' },
    { command: 'pgstrata timeline --table users --breaking', shows: 'what broke the code that uses a table' },
    { command: 'pgstrata timeline --svg docs/schema-timeline.svg', shows: 'a drawing for the README' },
  ],
  async run(world, { flags }): Promise<Report> {
    const project = onlyProject(await world.projects())
    const history = await world.history({ type: 'folder', path: project.folder }, { snapshots: false })
    assertAnalysed([history])
    assertWhole(history, 'which versions it makes cannot be told')
    const all = await timelineOf(world, project, history, flags)
    const filter: Filter = { table: flags.table, author: flags.author, from: flags.from, breaking: flags.breaking }
    const chosen = filtered(all.entries, filter)
    if (flags.svg !== undefined) {
      const { drawn } = await import('./timeline/drawing.ts')
      await world.files.write([textEdit(flags.svg, drawn(all, chosen))])
    }
    return {
      operation: 'timeline',
      analysed: { migrations: history.migrations.length, ...(all.environments ? { environments: all.environments.length } : {}) },
      findings: [],
      data: dataOf(all, chosen),
      blocks: blocksOf(all, { chosen, filtered: isFiltered(filter), full: flags.full, written: flags.svg }),
      unknown: unknownIn(all),
      informs: true,
    }
  },
})
