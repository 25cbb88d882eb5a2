/** SQL without a folder around it: judged by itself. */
import { replayAssuming } from '../../changes/assumed.ts'
import { startOf } from '../../changes/start.ts'
import { defaultLedger } from '../../drizzle/history.ts'
import type { Migration } from '../../model/history.ts'
import { readScript } from '../../sql/script.ts'
import type { Subject } from './subject.ts'

/** A text and where it stands; the path `-` is standard input. */
export type LoneFile = { readonly path: string; readonly sql: string }

const titleOf = ({ path }: LoneFile): string => (path === '-' ? 'standard input' : path)

const asMigration = ({ path, sql }: LoneFile, index: number): Migration => ({
  tag: path === '-' ? 'standard input' : (path.split('/').at(-1) ?? path).replace(/[.]sql$/i, ''),
  index,
  path: path === '-' ? 'stdin.sql' : path,
  sql,
  hash: undefined,
  when: 0,
})

/** Files as one batch in the order given. What they name and do not make is taken to be there, with types that are not known. The parser must be loaded. */
export const loneSubject = (files: readonly LoneFile[]): Subject => {
  const migrations = files.map(asMigration)
  const scripts = files.map(({ sql }) => readScript(sql))
  const { assumptions, ...replayed } = replayAssuming(scripts, startOf(scripts).catalog)
  return {
    title: files.map(titleOf).join(', '),
    history: { folder: '.', layout: 'journal', migrations, orphans: [], orphanSnapshots: [], faults: [], ledger: defaultLedger },
    scripts,
    replayed,
    pending: { type: 'together', migrations: new Set(migrations.keys()) },
    ...(assumptions.length > 0 ? { assumed: assumptions.map(({ what }) => what) } : {}),
  }
}
