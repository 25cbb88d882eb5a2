/** Sources as SQL: for each kind, where its text comes from. */
import { readdir, readFile } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import type { SchemaPlace } from '../adapters/schema/index.ts'
import type { Project } from '../model/config.ts'
import { ToolError } from '../model/error.ts'
import type { History } from '../model/history.ts'
import type { SourceRef } from '../model/source.ts'
import type { Generated, Snapshots, SourceSql } from '../model/world.ts'
import { onlyProject } from '../operations/only-project.ts'
import { notSupported } from './source-error.ts'

/** What the sources are read with. */
export type SourceHands = {
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly signal: AbortSignal
  readonly history: (of: SourceRef) => Promise<History>
  readonly projects: () => Promise<readonly Project[]>
}

/** Text as Windows' shells write it too: UTF-16 with its mark. */
const decoded = (bytes: Uint8Array): string => new TextDecoder(bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : 'utf-8').decode(bytes)

const textOf = async (cwd: string, path: string): Promise<string> => {
  try {
    return decoded(await readFile(resolve(cwd, path)))
  } catch (error) {
    const why = error instanceof Error && 'code' in error && error.code === 'ENOENT' ? 'there is none' : String(error)
    throw new ToolError('no-such-file', `The file ${path} cannot be read: ${why}.`, { help: 'Give its path from the working directory.', cause: error })
  }
}

const ofHistory = (history: History): SourceSql => {
  const { folder, migrations } = history
  const missing = migrations.find(({ sql }) => sql === undefined)
  if (missing)
    throw new ToolError('journal-missing-file', `${folder}/${missing.path} is missing: the journal names it.`, {
      help: 'pgstrata doctor says how to repair the folder.',
    })
  return { scripts: migrations.map(({ path, sql }) => ({ name: `${folder}/${path}`, sql: sql ?? '' })), history, unknown: [], notes: [] }
}

const ofFile = async (cwd: string, path: string): Promise<SourceSql> => {
  const text = await textOf(cwd, path)
  if (text.startsWith('PGDMP'))
    throw new ToolError('dump-not-plain', `${path} is a dump in pg_dump’s custom format.`, {
      help: `Make it SQL: pg_restore --schema-only --file=schema.sql ${path}`,
    })
  const { fromPsql } = await import('../sql/psql.ts')
  const { sql, notes, unread } = fromPsql(text)
  return { scripts: [{ name: path, sql }], notes, unknown: unread.map(({ line, command, why }) => ({ what: `${command} at ${path}:${line}`, why })) }
}

/** The snapshots of a folder with one folder per migration, in its order: one of version 9 is read with those before it. */
const snapshotsBeside = async (cwd: string, path: string): Promise<readonly string[]> => {
  const own = resolve(cwd, path)
  if (basename(own) !== 'snapshot.json') return []
  const folder = dirname(dirname(own))
  const paths = (await readdir(folder)).toSorted().map((name) => join(folder, name, 'snapshot.json'))
  return (await Promise.all(paths.map((each) => readFile(each, 'utf8').catch(() => undefined)))).filter((text) => text !== undefined)
}

const ofSnapshot = async (cwd: string, path: string): Promise<SourceSql> => {
  const [text, { snapshotScript }, { loadSql }] = await Promise.all([textOf(cwd, path), import('../drizzle/snapshot-script.ts'), import('../sql/parser.ts')])
  await loadSql()
  const { sql, unknown, notes } = snapshotScript(path, text, await snapshotsBeside(cwd, path))
  return { scripts: [{ name: path, sql }], unknown, notes }
}

/** The project whose schema a file belongs to; the only one says how names are cased. */
const projectOf = async (hands: SourceHands, path: string | undefined): Promise<Project | undefined> => {
  if (path === undefined) return onlyProject(await hands.projects())
  const found = await hands.projects().catch(() => [])
  return found.find(({ schema }) => schema.includes(path)) ?? (found.length === 1 ? found[0] : undefined)
}

const patternsOf = (project: Project | undefined, path: string | undefined): readonly string[] => {
  if (path !== undefined) return [path]
  if (project && project.schema.length > 0) return project.schema
  throw new ToolError('no-schema-files', `${project?.config ?? 'The Drizzle project'} names no schema that can be read without running it.`, {
    help: 'Name the file: a path to the TypeScript schema.',
  })
}

/** Where the project's own modules are found. */
const placeOf = ({ cwd, env, signal }: SourceHands, project: Project | undefined): SchemaPlace => ({
  cwd,
  env,
  signal,
  ...(project?.config === undefined ? {} : { from: resolve(cwd, dirname(project.config)) }),
})

/** See `World.generated`. */
export const generatedBehind = async (hands: SourceHands, project: Project, behind: Snapshots): Promise<Generated> => {
  const { schemaGenerated } = await import('../adapters/schema/index.ts')
  return schemaGenerated(patternsOf(project, undefined), placeOf(hands, project), project, behind)
}

const ofSchema = async (hands: SourceHands, path: string | undefined): Promise<SourceSql> => {
  const project = await projectOf(hands, path)
  const patterns = patternsOf(project, path)
  const [{ schemaStatements }, { schemaScript }, { loadSql }] = await Promise.all([
    import('../adapters/schema/index.ts'),
    import('../drizzle/schema-script.ts'),
    import('../sql/parser.ts'),
  ])
  const [{ statements, kit }] = await Promise.all([schemaStatements(patterns, placeOf(hands, project), project), loadSql()])
  const { sql, unknown } = schemaScript(statements)
  return { scripts: [{ name: path ?? 'schema', sql }], unknown, notes: [`SQL of ${patterns.join(', ')} by drizzle-kit ${kit.version}`] }
}

/** See `World.sql`. */
export const sourceSql = async (hands: SourceHands, of: SourceRef): Promise<SourceSql> => {
  const { cwd, history } = hands
  switch (of.type) {
    case 'folder':
    case 'git':
      return ofHistory(await history(of))
    case 'sql':
      return ofFile(cwd, of.path)
    case 'snapshot':
      return ofSnapshot(cwd, of.path)
    case 'schema':
      return ofSchema(hands, of.path)
    case 'environment':
    case 'url':
      throw notSupported(
        'The SQL',
        of,
        'folder, folder@TAG, a path to a migrations folder, git:REF, schema, a path to a TypeScript schema, a .sql file, a snapshot .json',
      )
  }
}
