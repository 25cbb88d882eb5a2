/** Snapshots of both sides as whole trees, whatever their version: from 9 on a file says only what it changes. */
import { openLeaves } from '../../drizzle/append.ts'
import { snapshotOfAll } from '../../drizzle/snapshot-leaves.ts'
import type { Question } from '../../features/collision/resolution.ts'
import type { History, Migration } from '../../model/history.ts'
import { parsedJson, type Tree } from '../../model/json.ts'
import { isTree } from '../../sql/tree.ts'

type Texts = ReadonlyMap<string, string>

const parsed = (text: string | undefined): Tree | undefined => {
  // One that is broken as it was committed is none. Mine's is written from the SQL instead; behind a landed one nothing is put.
  const value = text === undefined ? undefined : parsedJson(text)
  return isTree(value) ? value : undefined
}

/** The newest migration before one, on its own side, that has a snapshot. */
export const earlierOf = ({ migrations }: History, { index }: Migration): Migration | undefined =>
  migrations.slice(0, index).findLast(({ snapshot }) => snapshot !== undefined)

const inJournal = (
  landed: History,
  mine: History,
  texts: { readonly landed: Texts; readonly mine: Texts },
): Pick<Question, 'newest' | 'snapshotOf' | 'beforeOf'> => {
  const treeOf = (of: Texts, migration: Migration | undefined): Tree | undefined => parsed(of.get(migration?.snapshot?.path ?? ''))
  const last = landed.migrations.findLast(({ snapshot }) => snapshot !== undefined)
  const newest = treeOf(texts.landed, last)
  return {
    ...(newest ? { newest } : {}),
    snapshotOf: (migration) => treeOf(texts.mine, migration),
    beforeOf: (migration) => treeOf(texts.mine, earlierOf(mine, migration)),
  }
}

const treesIn = ({ migrations }: History, texts: Texts): readonly Tree[] =>
  migrations.map(({ snapshot }) => parsed(texts.get(snapshot?.path ?? ''))).filter((tree) => tree !== undefined)

const inFolders = (
  landed: History,
  mine: History,
  texts: { readonly landed: Texts; readonly mine: Texts },
): Pick<Question, 'newest' | 'snapshotOf' | 'beforeOf'> => {
  const trees = { landed: treesIn(landed, texts.landed), mine: treesIn(mine, texts.mine) }
  const newest = snapshotOfAll(trees.landed, openLeaves(landed).toReversed())
  return {
    ...(newest ? { newest } : {}),
    snapshotOf: ({ snapshot }) => (snapshot?.id === undefined ? undefined : snapshotOfAll(trees.mine, [snapshot.id])),
    beforeOf: ({ snapshot }) => snapshotOfAll(trees.mine, snapshot?.prevIds ?? []),
  }
}

/** What the question asks of snapshots. */
export const snapshotsOf = (
  landed: History,
  mine: History,
  texts: { readonly landed: Texts; readonly mine: Texts },
): Pick<Question, 'newest' | 'snapshotOf' | 'beforeOf'> => (landed.layout === 'journal' ? inJournal(landed, mine, texts) : inFolders(landed, mine, texts))
