/**
 * One file that both sides of a merge have changed, looked at alone, as git hands it to a merge driver. Who has landed and what stands in the other files is not
 * known here, so nothing is ever put in line: either one side holds all of the other's already, or it is a conflict, also where git's lines would have fitted.
 */
import { dequal } from 'dequal'
import { appendEntry, journalPath, readJournal } from '../../drizzle/journal.ts'
import { lockPath } from '../../drizzle/lock.ts'
import type { JournalEntry } from '../../model/history.ts'
import { parsedJson } from '../../model/json.ts'

export type OneFile = { readonly base: string; readonly ours: string; readonly theirs: string }

export type Outcome =
  | { readonly clean: true; readonly text: string; readonly why: string }
  /** The file stays in conflict, with this text in it. */
  | { readonly clean: false; readonly text: string; readonly why: string }

const conflict = ({ ours }: OneFile, why: string): Outcome => ({ clean: false, text: ours, why })

const keyOf = ({ idx, when, tag, breakpoints }: JournalEntry): string => JSON.stringify([idx, when, tag, breakpoints])

type Side = { readonly text: string; readonly version: string | undefined; readonly entries: readonly JournalEntry[]; readonly keys: readonly string[] }

/** Undefined where the text is not wholly a journal. One that did not exist yet is empty. */
const sideOf = (text: string): Side | undefined => {
  if (text.trim() === '') return { text, version: undefined, entries: [], keys: [] }
  const { version, entries, faults } = readJournal(text)
  return faults.length > 0 ? undefined : { text, version, entries, keys: entries.map(keyOf) }
}

const without = (keys: readonly string[], others: readonly string[]): readonly string[] => keys.filter((key) => !others.includes(key))

const sameOrder = (a: Side, b: Side): boolean =>
  dequal(
    a.keys.filter((key) => b.keys.includes(key)),
    b.keys.filter((key) => a.keys.includes(key)),
  )

/** All that `other` did since the base is done in `side` too: what it added, what it took away, and the version that it wrote. */
const holds = (side: Side, other: Side, base: Side): boolean =>
  without(without(other.keys, base.keys), side.keys).length === 0 &&
  without(base.keys, other.keys).every((gone) => !side.keys.includes(gone)) &&
  (other.version === base.version || other.version === side.version) &&
  sameOrder(side, other)

const tagsOf = ({ entries }: Side, base: Side): string => {
  const tags = entries.filter((entry) => !base.keys.includes(keyOf(entry))).map(({ tag }) => tag)
  return tags.length === 0 ? 'nothing new' : tags.join(', ')
}

/** Ours, and behind it what theirs added under tags of its own: no line, but a journal that tools can read. */
const bothIn = (ours: Side, theirs: Side, base: Side): string =>
  theirs.entries
    .filter((entry) => !base.keys.includes(keyOf(entry)) && !ours.entries.some(({ tag }) => tag === entry.tag))
    .reduce((text, { line: _, ...entry }) => appendEntry(text, entry), ours.text)

const journal = (file: OneFile): Outcome => {
  const [base, ours, theirs] = [sideOf(file.base), sideOf(file.ours), sideOf(file.theirs)]
  if (!base || !ours || !theirs || ours.text.trim() === '') return conflict(file, 'A side of the journal cannot be read.')
  if (holds(ours, theirs, base)) return { clean: true, text: ours.text, why: 'Ours has all of theirs already.' }
  if (holds(theirs, ours, base)) return { clean: true, text: theirs.text, why: 'Theirs has all of ours already.' }
  return {
    clean: false,
    text: bothIn(ours, theirs, base),
    why: `Both sides changed the line of migrations (ours: ${tagsOf(ours, base)}; theirs: ${tagsOf(theirs, base)}). The journal holds both, so that tools can read it, and is no line yet.`,
  }
}

const snapshot = (file: OneFile): Outcome => {
  const [ours, theirs] = [parsedJson(file.ours), parsedJson(file.theirs)]
  if (ours === undefined || theirs === undefined) return conflict(file, 'A side of the snapshot cannot be read.')
  if (dequal(ours, theirs)) return { clean: true, text: file.ours, why: 'Both sides say the same.' }
  return conflict(file, 'Both sides have a snapshot of this number. Ours stands in the file, whole; theirs is in git’s index.')
}

const lock = (file: OneFile): Outcome => conflict(file, 'Both sides added or changed migrations: the lock is in conflict on purpose. Ours stands in the file.')

const isAt = (path: string, name: string): boolean => path === name || path.endsWith(`/${name}`)

/** What git is to make of the file; undefined for one that is not of a migrations folder. */
export const oneFile = (path: string, file: OneFile): Outcome | undefined => {
  if (isAt(path, journalPath)) return journal(file)
  if (path.endsWith('_snapshot.json') || isAt(path, 'snapshot.json')) return snapshot(file)
  return isAt(path, lockPath) ? lock(file) : undefined
}

/** The migrations folder that such a file stands in. */
export const folderOf = (path: string): string => path.replace(/(?:^|\/)(?:meta\/[^/]+|[^/]+\/snapshot\.json|[^/]+)$/, '') || '.'
