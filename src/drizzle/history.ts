/** A folder's files → its history. Two layouts: a journal with one .sql per migration (drizzle-kit below 1.0), or one folder per migration. */
import { ToolError } from '../model/error.ts'
import type { FolderFault, FolderFile, History, Layout, LedgerName, Migration, SnapshotHead } from '../model/history.ts'
import { assertPostgres, journalPath, readJournal } from './journal.ts'
import { conflictMarkerLine } from './json-text.ts'
import { readSnapshotHead } from './snapshot.ts'

/** A file of the folder; a snapshot may come as its head alone, so that the big text need not be kept. */
export type FolderEntry = FolderFile | { readonly path: string; readonly head: SnapshotHead }

export const defaultLedger: LedgerName = { schema: 'drizzle', table: '__drizzle_migrations' }

/** A v1 folder's name: 14 digits of UTC time, then a name. */
export const timedFolder = /^\d{14}_/
const migrationFile = /^([^/]+)\/migration\.sql$/
const oldFolder = /^\d{14}\/migration\.sql$/
/** drizzle-kit takes every file of `meta` for a snapshot that does not begin with `_`, and writes `_snapshot.json` where there are no prefixes. */
const snapshotFile = /^(?:meta\/(?:[^_/][^/]*\.json|_snapshot\.json)|(?!meta\/)[^/]+\/snapshot\.json)$/

/** True for the files that Drizzle's formats know; others in the folder are nobody's business. */
export const isHistoryFile = (path: string): boolean => path === journalPath || snapshotFile.test(path) || migrationFile.test(path) || /^[^/]+\.sql$/.test(path)
export const isSnapshotFile = (path: string): boolean => snapshotFile.test(path)

type Files = { readonly texts: ReadonlyMap<string, FolderFile>; readonly heads: ReadonlyMap<string, SnapshotHead> }

const sortFiles = (entries: readonly FolderEntry[]): Files => {
  const relevant = entries.filter(({ path }) => isHistoryFile(path))
  const heads = relevant.flatMap((entry): [string, SnapshotHead][] =>
    'head' in entry ? [[entry.path, entry.head]] : isSnapshotFile(entry.path) ? [[entry.path, readSnapshotHead(entry.path, entry.text)]] : [],
  )
  const texts = relevant.flatMap((entry): [string, FolderFile][] => ('head' in entry || isSnapshotFile(entry.path) ? [] : [[entry.path, entry]]))
  return { texts: new Map(texts), heads: new Map(heads) }
}

/** Which layout a folder has. Throws `old-folder`, `no-journal`. */
const layoutOf = (folder: string, files: Files): Layout => {
  if (files.texts.has(journalPath)) return 'journal'
  const paths = [...files.texts.keys()]
  if (paths.some((path) => oldFolder.test(path)))
    throw new ToolError(
      'old-folder',
      `${folder} holds folders without names (${paths.find((path) => oldFolder.test(path))}): drizzle-kit before 0.17 made them.`,
      {
        help: 'Run `drizzle-kit up:pg` of drizzle-kit 0.20 once: it writes meta/_journal.json.',
      },
    )
  if (paths.some((path) => migrationFile.test(path))) return 'folders'
  throw new ToolError('no-journal', `${folder} has no ${journalPath} and no folder with a migration.sql.`, {
    help: 'Point --folder at the `out` of your Drizzle config.',
  })
}

const markersIn = (files: Iterable<FolderFile>): readonly FolderFault[] =>
  [...files].flatMap(({ path, text }): FolderFault[] => {
    const line = path.endsWith('.sql') ? conflictMarkerLine(text) : undefined
    return line === undefined ? [] : [{ type: 'conflict-markers', path, line }]
  })

/** The snapshot that drizzle-kit writes for a tag: its prefix is what stands before the first `_`. */
export const snapshotPathOf = (tag: string): string => `meta/${tag.split('_')[0] ?? ''}_snapshot.json`

/** `0001_x.down.sql` beside `0001_x.sql` is that migration's way back, not a migration. */
const isDownFile = (path: string, tags: ReadonlySet<string>): boolean => path.endsWith('.down.sql') && tags.has(path.slice(0, -'.down.sql'.length))

const byPath = (a: { readonly path: string }, b: { readonly path: string }): number => (a.path < b.path ? -1 : 1)

const readJournalFolder = (folder: string, files: Files): Omit<History, 'folder' | 'ledger' | 'layout'> => {
  const journal = readJournal(files.texts.get(journalPath)?.text ?? '')
  assertPostgres(journal.dialect, `${folder}/${journalPath}`)
  const owner = new Map(journal.entries.map(({ tag }, index) => [snapshotPathOf(tag), index]))
  const migrations = journal.entries.map((entry, index): Migration => {
    const path = `${entry.tag}.sql`
    const file = files.texts.get(path)
    const head = owner.get(snapshotPathOf(entry.tag)) === index ? files.heads.get(snapshotPathOf(entry.tag)) : undefined
    return { tag: entry.tag, index, path, sql: file?.text, hash: file?.hash, when: entry.when, entry, ...(head ? { snapshot: head } : {}) }
  })
  const readable = !journal.faults.some(({ type }) => type === 'journal-invalid')
  const tags = new Set(migrations.map(({ tag }) => tag))
  const orphans = [...files.texts.values()].filter(({ path }) => /^[^/]+\.sql$/.test(path) && !tags.has(path.slice(0, -4)) && !isDownFile(path, tags))
  const orphanSnapshots = [...files.heads.values()].filter(({ path }) => path.startsWith('meta/') && !owner.has(path))
  return {
    ...(journal.version === undefined ? {} : { version: journal.version }),
    migrations,
    orphans: readable ? orphans.sort(byPath) : [],
    orphanSnapshots: readable ? orphanSnapshots.sort(byPath) : [],
    faults: [...journal.faults, ...markersIn(files.texts.values())],
  }
}

/** Milliseconds (UTC) of a v1 folder's first 14 digits; 0 where there are none. */
export const folderTime = (name: string): number => {
  const [, year, month, day, hour, minute, second] = (/^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)/.exec(name) ?? []).map(Number)
  return year === undefined ? 0 : Date.UTC(year, (month ?? 1) - 1, day, hour, minute, second)
}

const readTimedFolders = (folder: string, files: Files): Omit<History, 'folder' | 'ledger' | 'layout'> => {
  const names = [...files.texts.keys()].flatMap((path) => migrationFile.exec(path)?.[1] ?? []).sort((a, b) => a.localeCompare(b, 'en'))
  for (const head of files.heads.values()) assertPostgres(head.dialect, `${folder}/${head.path}`)
  const migrations = names.map((tag, index): Migration => {
    const path = `${tag}/migration.sql`
    const file = files.texts.get(path)
    const head = files.heads.get(`${tag}/snapshot.json`)
    return { tag, index, path, sql: file?.text, hash: file?.hash, when: folderTime(tag), ...(head ? { snapshot: head } : {}) }
  })
  const versions = migrations.flatMap(({ snapshot }) => (snapshot?.version === undefined ? [] : [Number(snapshot.version)]))
  const owned = new Set(migrations.map(({ tag }) => `${tag}/snapshot.json`))
  return {
    ...(versions.length > 0 ? { version: String(Math.max(...versions)) } : {}),
    migrations,
    orphans: [...files.texts.values()].filter(({ path }) => /^[^/]+\.sql$/.test(path)).sort(byPath),
    orphanSnapshots: [...files.heads.values()].filter(({ path }) => !owned.has(path)).sort(byPath),
    faults: markersIn(files.texts.values()),
  }
}

/**
 * Reads a folder's history. Order: the journal's own order, or the folders' names. `folder` is how the folder is called in messages.
 * Throws `no-journal`, `old-folder` (drizzle-kit before 0.17) and `other-dialect`; everything else that is wrong is kept as it is for the rules.
 */
export const readHistory = (folder: string, entries: readonly FolderEntry[], ledger: LedgerName = defaultLedger): History => {
  const files = sortFiles(entries)
  const layout = layoutOf(folder, files)
  return { folder, layout, ledger, ...(layout === 'journal' ? readJournalFolder(folder, files) : readTimedFolders(folder, files)) }
}

/** Every snapshot of a folder, those that no migration names included. */
export const allSnapshots = (history: History): readonly SnapshotHead[] => [
  ...history.migrations.flatMap(({ snapshot }) => snapshot ?? []),
  ...history.orphanSnapshots,
]

/** A tag, or enough of its beginning to be the only one. Throws `no-such-migration`. */
export const positionOf = ({ migrations, folder }: History, tag: string): number => {
  const exact = migrations.find((migration) => migration.tag === tag)
  if (exact) return exact.index
  const found = migrations.filter((migration) => migration.tag.startsWith(tag))
  if (found[0] && found.length === 1) return found[0].index
  throw new ToolError(
    'no-such-migration',
    found.length > 1 ? `${tag} is the beginning of ${found.length} tags of ${folder}.` : `${folder} has no migration ${tag}.`,
    {
      help:
        found.length > 1
          ? `One of: ${found
              .slice(0, 5)
              .map((each) => each.tag)
              .join(', ')}.`
          : `The last one is ${migrations.at(-1)?.tag ?? 'none'}.`,
    },
  )
}

/** The history up to and with one tag. Throws `no-such-migration`. */
export const historyUpTo = (history: History, tag: string): History => {
  const end = history.migrations.findIndex((migration) => migration.tag === tag || migration.tag.split('_')[0] === tag)
  if (end < 0)
    throw new ToolError('no-such-migration', `${history.folder} has no migration ${tag}.`, {
      help: `Its last one is ${history.migrations.at(-1)?.tag ?? 'none: it is empty'}.`,
    })
  return { ...history, migrations: history.migrations.slice(0, end + 1) }
}
