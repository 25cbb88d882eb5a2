/** Sources as SQL: for each kind, where its text comes from. */
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { ToolError } from '../model/error.ts'
import type { History } from '../model/history.ts'
import type { SourceRef } from '../model/source.ts'
import type { SourceSql } from '../model/world.ts'
import { notSupported } from './source-error.ts'

/** What the sources are read with. */
export type SourceHands = {
  readonly cwd: string
  readonly history: (of: SourceRef) => Promise<History>
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

const ofSnapshot = async (cwd: string, path: string): Promise<SourceSql> => {
  const [text, { snapshotScript }, { loadSql }] = await Promise.all([textOf(cwd, path), import('../drizzle/snapshot-script.ts'), import('../sql/parser.ts')])
  await loadSql()
  const { sql, unknown, notes } = snapshotScript(path, text)
  return { scripts: [{ name: path, sql }], unknown, notes }
}

/** See `World.sql`. */
export const sourceSql = async ({ cwd, history }: SourceHands, of: SourceRef): Promise<SourceSql> => {
  switch (of.type) {
    case 'folder':
    case 'git':
      return ofHistory(await history(of))
    case 'sql':
      return ofFile(cwd, of.path)
    case 'snapshot':
      return ofSnapshot(cwd, of.path)
    case 'schema':
    case 'environment':
    case 'url':
      throw notSupported('The SQL', of, 'folder, folder@TAG, a path to a migrations folder, git:REF, a .sql file, a snapshot .json')
  }
}
