/** Mine behind what has landed: new places for its migrations, its SQL byte for byte, its snapshots merged. Nothing that has landed is touched. */
import { dequal } from 'dequal'
import { linkedSnapshot, nameIn, type Place, pathsOf, placeNext } from '../../drizzle/append.ts'
import { appendEntry, journalPath } from '../../drizzle/journal.ts'
import { secondOf } from '../../drizzle/ledger.ts'
import { mergeSnapshots } from '../../drizzle/snapshot-merge.ts'
import type { Catalog } from '../../model/catalog.ts'
import type { History, Migration } from '../../model/history.ts'
import type { Tree } from '../../model/json.ts'

/** One of mine as it is to stand. */
export type Rebasing = {
  readonly migration: Migration
  /** Its text; another than the file's where something in it must change. */
  readonly sql: string
  readonly hash: string
  /** Its snapshot, whole, and that of the migration before it on its own side; absent where there is none. */
  readonly snapshot?: Tree
  readonly before?: Tree
  /** It calls something otherwise, or moves it, and what has landed may use that. */
  readonly renames: boolean
  /** What else belongs to it, by its path: its rollback. */
  readonly companions: readonly { readonly path: string; readonly text: string }[]
}

export type RebasePlan = {
  readonly landed: History
  /** The landed journal's text; v0 only. */
  readonly journal?: string
  readonly mine: readonly Rebasing[]
  /** The newest snapshot that has landed; without it mine's cannot be merged. */
  readonly snapshot?: Tree
  /** A new snapshot's identity, the same for the same text. */
  readonly identity: (text: string) => string
  /** A snapshot made from the SQL, where none can be merged. */
  readonly write: SnapshotWriter
  /** The catalog after each migration of a history. */
  readonly replayed: (history: History) => readonly Catalog[]
}

/** The snapshot of a catalog, as a file's text; what `like` says in the same sense keeps its words. */
export type SnapshotWriter = (
  catalog: Catalog,
  options: { readonly version: string; readonly id: string; readonly prevIds: readonly string[]; readonly like?: Tree; readonly before?: Catalog },
) => string

export type Move = {
  readonly from: Migration
  readonly to: Migration
  /** Its files keep their names; `untouched`: and every byte of theirs. */
  readonly stays: boolean
  readonly untouched: boolean
  /** `merged` from both sides’, `written` from the SQL, or `none`: the landed side has none that it could come behind. */
  readonly snapshot: 'merged' | 'written' | 'none'
}

export type Rebase = {
  readonly moves: readonly Move[]
  /** The folder afterwards. */
  readonly history: History
  /** Files below the folder that the landed one has not, or has otherwise. */
  readonly files: ReadonlyMap<string, string>
}

const lastSecond = ({ migrations }: History): number => secondOf(migrations.reduce((latest, { when }) => Math.max(latest, when), 0))

/** The place behind all others, under a tag that nothing has: names need not differ where there is no prefix. */
const nextPlace = (history: History, name: string, now: number, count = 1): Place => {
  const place = placeNext(history, { name: count === 1 ? name : `${name}_${count}`, now })
  return history.migrations.some(({ tag }) => tag === place.tag) ? nextPlace(history, name, now, count + 1) : place
}

/** The place of one of mine: its own, where nothing stands in its way. */
const placeOf = (history: History, { tag, when, entry }: Migration): Place => {
  const next = nextPlace(history, nameIn(tag), when)
  const taken = new Set(history.migrations.map((other) => pathsOf(history, other.tag).snapshot))
  const last = history.migrations.at(-1)?.tag ?? ''
  const fits = history.layout === 'journal' ? entry?.idx === next.idx || !/^\d{4}_/.test(tag) : true
  const free = fits && !taken.has(pathsOf(history, tag).snapshot) && tag > last && secondOf(when) > lastSecond(history)
  return free ? { ...next, tag } : next
}

const linksOf = (snapshot: Tree): Tree =>
  Object.fromEntries(['id', 'prevId', 'prevIds'].flatMap((key) => (snapshot[key] === undefined ? [] : [[key, snapshot[key]]])))

/**
 * What mine's migration changed in its side's snapshot, changed in what stands before it now. `sure`: that is what the SQL makes. A snapshot that is merged does not follow
 * mine's renames into what has landed.
 */
const mergeOf = (newest: Tree | undefined, { migration, sql, snapshot, before, renames }: Rebasing): { readonly merged?: Tree; readonly sure: boolean } => {
  if (!snapshot || !newest) return { sure: false }
  const base = before ?? { version: snapshot.version ?? '' }
  const versions = new Set([base, newest, snapshot].map(({ version }) => String(version)))
  if (versions.size > 1) return { sure: false }
  const { snapshot: merged, clashes } = mergeSnapshots(base, newest, snapshot)
  const followed = !renames || dequal({ ...merged, ...linksOf(snapshot) }, snapshot)
  return { merged, sure: clashes.length === 0 && sql === migration.sql && followed }
}

/** A snapshot of its own: what it says, and the file's text. */
type Snapshot = { readonly tree: Tree; readonly text: string; readonly how: 'merged' | 'written' }

/** The words that are kept where they say what the SQL makes. Where mine's SQL has changed, something of it may have been given up: then mine's count only for what it adds. */
const wordsFor = (newest: Tree, merged: Tree | undefined, { migration, sql }: Rebasing): Tree => {
  if (!merged) return newest
  return sql === migration.sql ? merged : mergeSnapshots({ version: newest.version ?? '' }, newest, merged).snapshot
}

type Standing = { readonly plan: RebasePlan; readonly history: History; readonly to: Migration; readonly newest: Tree | undefined }

const withSnapshot = ({ plan, history, to, newest }: Standing, one: Rebasing, id: string, parents: readonly string[]): Snapshot | undefined => {
  if (!newest) return undefined
  const { merged, sure } = mergeOf(newest, one)
  const version = String(newest.version)
  // Version 9 says only what changes, and that against all that its parents say.
  if (merged && sure && version !== '9') return { tree: merged, text: linkedSnapshot(merged, id, parents), how: 'merged' }
  const [before, after] = plan.replayed(extended(history, to)).slice(-2)
  if (!before || !after) return undefined
  const like = wordsFor(newest, merged, one)
  const text = plan.write(after, { version, id, prevIds: parents, like: version === '9' ? newest : like, before })
  const whole = version === '9' ? plan.write(after, { version: '8', id, prevIds: parents, like, before }) : text
  return { tree: { ...(JSON.parse(whole) as Tree), version }, text, how: sure ? 'merged' : 'written' }
}

/** It stands where it should already: behind what is before it now, with that one's snapshot as its parent. */
const isInPlace = ({ migration, sql, snapshot }: Rebasing, place: Place, merged: Tree | undefined): boolean =>
  place.tag === migration.tag &&
  place.when === migration.when &&
  (migration.entry === undefined || migration.entry.idx === place.idx) &&
  sql === migration.sql &&
  (snapshot === undefined ||
    (dequal(migration.snapshot?.prevIds, place.parents) && (merged === undefined || dequal({ ...merged, ...linksOf(snapshot) }, snapshot))))

const companionPath = (history: History, from: Migration, tag: string, path: string): string =>
  history.layout === 'journal' ? `${tag}${path.slice(from.tag.length)}` : `${tag}/${path.slice(from.tag.length + 1)}`

/** The history with one more at its end. */
const extended = (history: History, migration: Migration): History => ({ ...history, migrations: [...history.migrations, migration] })

const entryOf = ({ entry }: Migration, { idx, when, tag }: Place): NonNullable<Migration['entry']> => ({
  idx,
  version: entry?.version ?? '7',
  when,
  tag,
  breakpoints: entry?.breakpoints ?? true,
  line: 0,
})

const headOf = (path: string, id: string, prevIds: readonly string[], { version, dialect }: Tree): NonNullable<Migration['snapshot']> => ({
  path,
  id,
  prevIds,
  version: String(version),
  dialect: String(dialect),
})

/** Puts mine behind the landed folder, one after the other. Pure: what is to be written is answered, not written. */
export const rebase = (plan: RebasePlan): Rebase => {
  let history = plan.landed
  let journal = plan.journal
  let newest = plan.snapshot
  const files = new Map<string, string>()
  const moves: Move[] = []
  for (const one of plan.mine) {
    const { migration, sql, hash, companions } = one
    const place = placeOf(history, migration)
    const paths = pathsOf(history, place.tag)
    const untouched = isInPlace(one, place, mergeOf(newest, one).merged)
    const id = (untouched ? migration.snapshot?.id : undefined) ?? plan.identity(JSON.stringify([migration.snapshot?.id ?? migration.tag, place.parents]))
    const entry = history.layout === 'journal' ? { entry: entryOf(migration, place) } : {}
    const bare: Migration = { tag: place.tag, index: history.migrations.length, path: paths.sql, sql, hash, when: place.when, ...entry }
    const own = untouched ? undefined : withSnapshot({ plan, history, to: bare, newest }, one, id, place.parents)
    if (own) files.set(paths.snapshot, own.text)
    newest = own?.tree ?? (untouched ? (one.snapshot ?? newest) : newest)
    if (!untouched) files.set(paths.sql, sql)
    if (!untouched) for (const { path, text } of companions) files.set(companionPath(history, migration, place.tag, path), text)
    if (entry.entry && journal !== undefined) journal = appendEntry(journal, entry.entry)
    const to = own
      ? { ...bare, snapshot: headOf(paths.snapshot, id, place.parents, own.tree) }
      : untouched && migration.snapshot
        ? { ...bare, snapshot: migration.snapshot }
        : bare
    moves.push({ from: migration, to, stays: to.tag === migration.tag, untouched, snapshot: own?.how ?? (untouched ? 'merged' : 'none') })
    history = extended(history, to)
  }
  if (journal !== undefined && journal !== plan.journal) files.set(journalPath, journal)
  return { moves, history, files }
}
