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

const textOf = async (cwd: string, path: string): Promise<string> => {
  try {
    return await readFile(resolve(cwd, path), 'utf8')
  } catch (error) {
    throw new ToolError('no-such-file', `The file ${path} cannot be read: ${error instanceof Error ? error.message : String(error)}.`, {
      help: 'Give the path from the working directory.',
      cause: error,
    })
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

const ofFile = async (cwd: string, path: string): Promise<SourceSql> => ({ scripts: [{ name: path, sql: await textOf(cwd, path) }], unknown: [], notes: [] })

/** See `World.sql`. */
export const sourceSql = async ({ cwd, history }: SourceHands, of: SourceRef): Promise<SourceSql> => {
  switch (of.type) {
    case 'folder':
    case 'git':
      return ofHistory(await history(of))
    case 'sql':
      return ofFile(cwd, of.path)
    case 'snapshot':
    case 'schema':
    case 'environment':
    case 'url':
      throw notSupported('The SQL', of, 'folder, folder@TAG, a path to a migrations folder, git:REF, a .sql file')
  }
}
