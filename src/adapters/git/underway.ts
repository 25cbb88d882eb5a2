/** What git is in the middle of: it says so by files and refs in its own directory. */
import { join } from 'node:path'
import type { Underway } from '../../model/world.ts'
import { isThere } from '../sights.ts'

type Asking = {
  readonly commitOf: (ref: string) => Promise<string | undefined>
  /** Git's own directory. */
  readonly directory: string
  /** The index's entries that are in conflict. */
  readonly conflicts: () => Promise<Buffer>
}

/** A rebase picks commits as a cherry-pick does, so its own directories are looked for first. */
const rebaseDirectories = ['rebase-merge', 'rebase-apply']

const kinds = [
  ['MERGE_HEAD', 'merge'],
  ['CHERRY_PICK_HEAD', 'cherry-pick'],
  ['REVERT_HEAD', 'revert'],
] as const

const withTheirs = (kind: Underway['kind'], theirs: string | undefined): Underway => (theirs === undefined ? { kind } : { kind, theirs })

/** Undefined where nothing is underway and nothing is in conflict. */
export const underwayOf = async ({ commitOf, directory, conflicts }: Asking): Promise<Underway | undefined> => {
  const has = (name: string): boolean => isThere(join(directory, name))
  if (rebaseDirectories.some(has)) return withTheirs('rebase', (await commitOf('REBASE_HEAD')) ?? (await commitOf('CHERRY_PICK_HEAD')))
  for (const [ref, kind] of kinds) {
    const theirs = has(ref) ? await commitOf(ref) : undefined
    if (theirs !== undefined) return { kind, theirs }
  }
  return (await conflicts()).length > 0 ? { kind: 'other' } : undefined
}
