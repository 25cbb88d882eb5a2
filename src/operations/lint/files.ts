/** SQL files that are no migrations of a project, judged by themselves. */
import { replayAssuming } from '../../changes/assumed.ts'
import { startOf } from '../../changes/start.ts'
import { defaultLedger } from '../../drizzle/history.ts'
import { ToolError } from '../../model/error.ts'
import type { Migration } from '../../model/history.ts'
import type { World } from '../../model/world.ts'
import { readScript } from '../../sql/script.ts'
import type { Subject } from './subject.ts'

const read = async (world: World, path: string): Promise<string> => {
  if (path === '-') return world.input()
  try {
    return new TextDecoder('utf-8', { ignoreBOM: true }).decode(await world.files.read(path))
  } catch (cause) {
    throw new ToolError('no-such-file', `The file ${path} cannot be read.`, { help: 'Give the path of a .sql file, or - for standard input.', cause })
  }
}

const asMigration = (path: string, index: number, sql: string): Migration => ({
  tag: path === '-' ? 'standard input' : (path.split('/').at(-1) ?? path).replace(/[.]sql$/i, ''),
  index,
  path: path === '-' ? 'stdin.sql' : path,
  sql,
  hash: undefined,
  when: 0,
})

/** Files as one batch in the order given. What they name and do not make is taken to be there, with types that are not known. Throws `no-such-file`. */
export const filesAlone = async (world: World, paths: readonly string[]): Promise<Subject> => {
  const migrations: Migration[] = []
  for (const [index, path] of paths.entries()) migrations.push(asMigration(path, index, await read(world, path)))
  const scripts = migrations.map(({ sql }) => readScript(sql ?? ''))
  const { assumptions, ...replayed } = replayAssuming(scripts, startOf(scripts).catalog)
  return {
    title: paths.map((path) => (path === '-' ? 'standard input' : path)).join(', '),
    history: { folder: '.', layout: 'journal', migrations, orphans: [], orphanSnapshots: [], faults: [], ledger: defaultLedger },
    scripts,
    replayed,
    pending: { type: 'together', migrations: new Set(migrations.keys()) },
    ...(assumptions.length > 0 ? { assumed: assumptions.map(({ what }) => what) } : {}),
  }
}
