/** Adds one migration to a folder, in the folder's own layout and naming. */
import { ToolError } from '../model/error.ts'
import type { History } from '../model/history.ts'
import type { FileEdit, Instant } from '../model/world.ts'
import { snapshotPathOf } from './history.ts'
import { appendEntry, journalPath } from './journal.ts'
import { originId } from './snapshot.ts'

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

/** A time later than every migration's and in a second of its own: v1 knows times by the second only. */
const whenOf = (history: History, now: Instant): Instant => {
  const last = Math.max(0, ...history.migrations.map(({ when }) => when))
  return Math.floor(now / 1000) > Math.floor(last / 1000) ? now : last + 1000
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

const snapshotText = (text: string, id: string, parents: readonly string[]): string => {
  const snapshot = JSON.parse(text) as { readonly [key: string]: unknown }
  const link = 'prevIds' in snapshot ? { prevIds: parents } : { prevId: parents[0] }
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
  if (mode === 'unix') return String(Math.floor(when / 1000))
  return mode === 'none' ? '' : digits(when)
}

const appendEntryEdits = (history: History, migration: NewMigration, when: Instant): readonly (readonly [path: string, text: string])[] => {
  if (migration.journal === undefined) throw new ToolError('no-journal', `The text of ${history.folder}/${journalPath} is needed to add a migration.`)
  const last = history.migrations.at(-1)
  const mode = last ? prefixModeOf(last.tag) : (migration.prefix ?? 'index')
  const idx = nextIndex(history)
  const tag = `${prefixOf(mode, idx, when)}_${migration.name}`
  const version = last?.entry?.version ?? history.version ?? '7'
  const { snapshot } = migration
  return [
    [`${tag}.sql`, migration.sql],
    ...(snapshot ? [[snapshotPathOf(tag), snapshotText(snapshot.text, snapshot.id, parentsOf(history))] as const] : []),
    [journalPath, appendEntry(migration.journal, { idx, version, when, tag, breakpoints: migration.breakpoints ?? true })],
  ]
}

const appendFolderEdits = (history: History, { name, sql, snapshot }: NewMigration, when: Instant): readonly (readonly [path: string, text: string])[] => {
  const tag = `${digits(when)}_${name}`
  return [[`${tag}/migration.sql`, sql], ...(snapshot ? [[`${tag}/snapshot.json`, snapshotText(snapshot.text, snapshot.id, parentsOf(history))] as const] : [])]
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
  const when = whenOf(history, migration.now)
  const edits = history.layout === 'journal' ? appendEntryEdits(history, migration, when) : appendFolderEdits(history, migration, when)
  return edits.map(([path, text]) => ({ path: `${history.folder}/${path}`, bytes: bytes(text) }))
}
