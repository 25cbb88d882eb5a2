/** Adds one migration to a folder, in the folder's own layout and naming. */
import { ToolError } from '../model/error.ts'
import type { History } from '../model/history.ts'
import type { Tree } from '../model/json.ts'
import { below } from '../model/path.ts'
import { textEdit } from '../model/text.ts'
import type { FileEdit, Instant } from '../model/world.ts'
import { snapshotPathOf } from './history.ts'
import { appendEntry, journalPath } from './journal.ts'
import { secondOf } from './ledger.ts'
import { originId } from './snapshot.ts'
import { treeOf } from './snapshot-json.ts'

export type PrefixMode = 'index' | 'timestamp' | 'unix' | 'supabase' | 'none'

export type NewMigration = {
  /** What stands behind the prefix: `add_users`. */
  readonly name: string
  readonly sql: string
  /** The catalog after this migration as a snapshot; its `id` and `prevId` are set here. Without it the migration has no snapshot. */
  readonly snapshot?: { readonly text: string; readonly id: string }
  /** The journal's present text; v0 only. */
  readonly journal?: string
  readonly now: Instant
  /** For a folder without migrations; otherwise the folder's last tag decides. */
  readonly prefix?: PrefixMode
  readonly breakpoints?: boolean
}

const prefixModeOf = (tag: string): PrefixMode => {
  const prefix = tag.split('_')[0] ?? ''
  if (/^\d{14}$/.test(prefix)) return 'timestamp'
  if (/^\d{10}$/.test(prefix)) return 'unix'
  return prefix === '' ? 'none' : 'index'
}

const digits = (when: Instant): string => new Date(when).toISOString().replaceAll(/[-T:]/g, '').slice(0, 14)

/** A time later than every migration's and in a second of its own: v1 knows times by the second only. The wanted one, where it is. */
const whenOf = (history: History, wanted: Instant): Instant => {
  const last = history.migrations.reduce((latest, { when }) => Math.max(latest, when), 0)
  return secondOf(wanted) > secondOf(last) ? wanted : last + 1000
}

/** A snapshot's text with an identity and parents of its own, as drizzle-kit writes it. */
export const linkedSnapshot = (snapshot: Tree, id: string, parents: readonly string[]): string => {
  const link: Tree = 'prevIds' in snapshot ? { prevIds: parents } : { prevId: parents[0] ?? originId }
  return JSON.stringify({ ...snapshot, id, ...link }, null, 2)
}

/** The snapshots that nobody has as parent: the new one's parents in v1. */
export const openLeaves = (history: History): readonly string[] => {
  const parents = new Set(history.migrations.flatMap(({ snapshot }) => snapshot?.prevIds ?? []))
  return history.migrations.flatMap(({ snapshot }) => (snapshot?.id !== undefined && !parents.has(snapshot.id) ? [snapshot.id] : []))
}

const parentsOf = (history: History): readonly string[] => {
  if (history.layout === 'folders') {
    const leaves = openLeaves(history)
    return leaves.length > 0 ? leaves.toReversed() : [originId]
  }
  return [history.migrations.findLast(({ snapshot }) => snapshot?.id !== undefined)?.snapshot?.id ?? originId]
}

/** The next index whose prefix no file of the folder uses: drizzle-kit counts journal entries only and writes over a stray snapshot. */
const nextIndex = (history: History): number => {
  const prefixes = [
    ...history.migrations.map(({ tag }) => tag),
    ...history.orphans.map(({ path }) => path),
    ...history.orphanSnapshots.map(({ path }) => path.replace('meta/', '')),
  ]
  const used = new Set(prefixes.map((tag) => tag.split('_')[0]))
  let index = Math.max(-1, ...history.migrations.map(({ entry }) => entry?.idx ?? -1)) + 1
  while (used.has(String(index).padStart(4, '0'))) index++
  return index
}

const prefixOf = (mode: PrefixMode, index: number, when: Instant): string => {
  if (mode === 'index') return String(index).padStart(4, '0')
  if (mode === 'unix') return String(secondOf(when))
  return mode === 'none' ? '' : digits(when)
}

/** Where one more migration stands in a folder. */
export type Place = {
  readonly tag: string
  readonly when: Instant
  /** v0 only. */
  readonly idx: number
  /** The snapshots that its own comes from. */
  readonly parents: readonly string[]
}

/** What stands behind a tag's prefix. */
export const nameIn = (tag: string): string => tag.slice(tag.indexOf('_') + 1)

/**
 * The place behind all others: a number or time that nothing uses, `when` later than all others and in a second of its own: `now` where that is so. `prefix` is for a folder
 * without migrations; otherwise the folder's last tag decides.
 */
export const placeNext = (history: History, { name, now, prefix }: { readonly name: string; readonly now: Instant; readonly prefix?: PrefixMode }): Place => {
  const when = whenOf(history, now)
  const parents = parentsOf(history)
  const idx = nextIndex(history)
  if (history.layout === 'folders') return { tag: `${digits(when)}_${name}`, when, idx, parents }
  const last = history.migrations.at(-1)
  return { tag: `${prefixOf(last ? prefixModeOf(last.tag) : (prefix ?? 'index'), idx, when)}_${name}`, when, idx, parents }
}

/** The migration's files below the folder: SQL, snapshot. */
export const pathsOf = ({ layout }: Pick<History, 'layout'>, tag: string): { readonly sql: string; readonly snapshot: string } =>
  layout === 'journal' ? { sql: `${tag}.sql`, snapshot: snapshotPathOf(tag) } : { sql: `${tag}/migration.sql`, snapshot: `${tag}/snapshot.json` }

const journalEdit = (
  history: History,
  { journal, breakpoints = true }: NewMigration,
  { tag, when, idx }: Place,
): readonly (readonly [path: string, text: string])[] => {
  if (history.layout === 'folders') return []
  if (journal === undefined) throw new ToolError('no-journal', `The text of ${history.folder}/${journalPath} is needed to add a migration.`)
  const version = history.migrations.at(-1)?.entry?.version ?? history.version ?? '7'
  return [[journalPath, appendEntry(journal, { idx, version, when, tag, breakpoints })]]
}

/**
 * The edits that add one migration at the end of a folder: its SQL, its snapshot when one is given, its journal entry. `when` is later than all others and in a
 * second of its own. Throws `journal-unreadable` when the journal is not whole.
 */
export const appendMigration = (history: History, migration: NewMigration): readonly FileEdit[] => {
  const broken = history.faults.find(({ type }) => type !== 'conflict-markers')
  if (broken)
    throw new ToolError('journal-unreadable', `${history.folder}/${broken.path}:${broken.line} is damaged; nothing can be added to it.`, {
      help: 'Repair the journal first: `pgstrata doctor` says how.',
    })
  const place = placeNext(history, migration)
  const paths = pathsOf(history, place.tag)
  const { snapshot } = migration
  const edits = [
    [paths.sql, migration.sql] as const,
    ...(snapshot ? [[paths.snapshot, linkedSnapshot(treeOf(snapshot.text), snapshot.id, place.parents)] as const] : []),
    ...journalEdit(history, migration, place),
  ]
  return edits.map(([path, text]) => textEdit(below(history.folder, path), text))
}
