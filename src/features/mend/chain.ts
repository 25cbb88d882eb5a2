/** The chain of a folder's snapshots: which of them are missing, and which identifiers and parents have to change. */
import { originId } from '../../drizzle/snapshot.ts'
import type { History, Migration, SnapshotHead } from '../../model/history.ts'

/** A snapshot's place in the chain. */
export type Link = { readonly index: number; readonly id: string; readonly prevIds: readonly string[] }

export type Chain = {
  /** Snapshots that stay, with their new place. */
  readonly relinked: readonly Link[]
  /** Snapshots that are to be made. */
  readonly missing: readonly Link[]
}

/** Makes an identifier from a text, always the same. */
export type NewId = (text: string) => string

const idsOf = ({ migrations, orphanSnapshots }: History): ReadonlySet<string> =>
  new Set([originId, ...[...migrations.flatMap(({ snapshot }) => snapshot ?? []), ...orphanSnapshots].flatMap(({ id }) => id ?? [])])

/** What a lost snapshot was called: the parent that the next one names and nobody has. */
const lostIdBefore = (history: History, at: number, known: ReadonlySet<string>): string | undefined => {
  const next = history.migrations[at + 1]?.snapshot
  return next?.prevIds.find((id) => id !== '' && !known.has(id))
}

/** Identifiers, each once: a later snapshot with one that is taken (or with the origin's, as `drizzle-kit pull` writes it) gets its own. */
const identifiers = (history: History, newId: NewId): readonly string[] => {
  const known = idsOf(history)
  const taken = new Set<string>([originId, ''])
  return history.migrations.map(({ snapshot, tag }, index) => {
    const said = snapshot?.id ?? lostIdBefore(history, index, known)
    const id = said !== undefined && !taken.has(said) ? said : newId(`${tag} ${[...taken].at(-1)}`)
    taken.add(id)
    return id
  })
}

/** A journal's chain is a line: each snapshot follows the one before it. */
const parentInJournal = (ids: readonly string[], index: number): readonly string[] => [ids[index - 1] ?? originId]

/** Snapshots before this one that no other names: branches that end there. */
const looseBefore = (history: History, ids: readonly string[], index: number): readonly string[] => {
  const named = new Set(history.migrations.flatMap(({ snapshot }) => snapshot?.prevIds ?? []))
  const loose = ids.slice(0, index).filter((id) => !named.has(id))
  return loose.length > 0 ? loose.toReversed() : ids.slice(Math.max(0, index - 1), index)
}

/** In folders of 1.0 parents stay as they are, but for those that nobody is. */
const parentsInFolders = (history: History, ids: readonly string[], index: number, snapshot: SnapshotHead | undefined): readonly string[] => {
  // One that says it is the first stays so: of two, one would have to be written anew, and nobody knows which.
  if (index > 0 && snapshot?.prevIds.every((id) => id === '' || id === originId)) return snapshot.prevIds
  const known = new Set(ids)
  const there = (snapshot?.prevIds ?? []).filter((id) => known.has(id))
  if (there.length > 0) return there
  const loose = index === 0 ? [] : looseBefore(history, ids, index)
  return loose.length > 0 ? loose : [originId]
}

const isChanged = ({ snapshot }: Migration, { id, prevIds }: Link, index: number): boolean =>
  snapshot !== undefined &&
  (snapshot.id !== id || (snapshot.prevIds.join() !== prevIds.join() && !(index === 0 && snapshot.prevIds.join() === '' && prevIds[0] === originId)))

/** What has to change so that every migration has a snapshot, and each of these a parent that is there. */
export const mendedChain = (history: History, newId: NewId): Chain => {
  const ids = identifiers(history, newId)
  const links = history.migrations.map(({ snapshot }, index): Link => {
    const prevIds = history.layout === 'journal' ? parentInJournal(ids, index) : parentsInFolders(history, ids, index, snapshot)
    return { index, id: ids[index] ?? '', prevIds }
  })
  return {
    relinked: links.filter((link) => isChanged(history.migrations[link.index] as Migration, link, link.index)),
    missing: links.filter(({ index }) => history.migrations[index]?.snapshot === undefined),
  }
}
