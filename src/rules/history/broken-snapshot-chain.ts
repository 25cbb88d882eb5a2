import { originId } from '../../drizzle/snapshot.ts'
import type { History, SnapshotHead } from '../../model/history.ts'
import { mayBePulled } from '../../sql/commented.ts'
import { defineHistoryRule, type RuleHit } from '../define.ts'
import { cleanFolder, exampleFolders, exampleSnapshot } from '../examples.ts'

type Link = { readonly tag: string; readonly snapshot: SnapshotHead }

const linksOf = (history: History): readonly Link[] =>
  history.migrations.flatMap(({ tag, snapshot }) => (snapshot && !snapshot.fault ? [{ tag, snapshot }] : []))

/** What `drizzle-kit pull` writes first: it has the all-zero id itself, and an empty parent. */
const isPulled = ({ id, prevIds }: SnapshotHead): boolean => id === originId && prevIds.every((parent) => parent === '')

/** v0: each snapshot's parent is the one before it in the journal. */
const brokenInOrder = (links: readonly Link[], pulled: boolean): readonly RuleHit[] =>
  links.flatMap(({ tag, snapshot }, index) => {
    const before = links[index - 1]
    const wanted = before?.snapshot.id ?? originId
    const parent = snapshot.prevIds[0]
    if (parent === wanted || (!before && pulled && isPulled(snapshot))) return []
    const said = links.find((other) => other.snapshot.id === parent)
    const points = said ? `points to ${said.tag}` : parent ? `points to ${parent}, which is no snapshot of this folder` : 'points to nothing'
    return [
      {
        message: `The snapshot of ${tag} ${points}; ${before ? `before it stands ${before.tag}` : 'it is the first'}.`,
        path: snapshot.path,
        migration: tag,
        ...(before ? {} : { object: 'root' }),
      },
    ]
  })

/** v1: each parent must be there; the root's is the all-zero id. */
const danglingParents = (links: readonly Link[]): readonly RuleHit[] => {
  const known = new Set([originId, ...links.flatMap(({ snapshot }) => snapshot.id ?? [])])
  return links.flatMap(({ tag, snapshot }) =>
    snapshot.prevIds
      .filter((id) => !known.has(id))
      .map((id) => ({
        message: `The snapshot of ${tag} points to ${id}, which is no snapshot of this folder.`,
        path: snapshot.path,
        migration: tag,
        object: id,
      })),
  )
}

export const brokenSnapshotChain = defineHistoryRule({
  id: 'broken-snapshot-chain',
  severity: 'warning',
  summary: 'A snapshot does not follow the one before it.',
  why: 'drizzle-kit takes snapshots for a chain. Where it is broken, `drizzle-kit up` to 1.0 refuses the folder, and nobody can tell which schema a migration started from.',
  instead: '`pgstrata doctor --write` sets its `prevId` to the `id` of the snapshot before it (the all-zero id for the first one). Its content stays as it is.',
  bad: [
    { shows: 'The parent is unknown.', files: { ...cleanFolder, 'meta/0001_snapshot.json': exampleSnapshot(2, 9) } },
    { shows: 'The first one has a parent.', files: { ...cleanFolder, 'meta/0000_snapshot.json': exampleSnapshot(1, 9) } },
    {
      shows: 'A folder of drizzle-kit 1.0 whose parent is gone.',
      files: exampleFolders({ users: [9] }),
    },
  ],
  good: [{ shows: 'Each points to the one before.', files: cleanFolder }],
  check: ({ history }) => {
    const links = linksOf(history)
    // Two snapshots with one parent are a fork, which has a rule of its own and says more.
    const seen = new Map<string, string>()
    const forked = new Set<string>()
    for (const { tag, snapshot } of links) for (const id of snapshot.prevIds) seen.has(id) ? forked.add(tag) : seen.set(id, tag)
    const pulled = mayBePulled(history.migrations[0]?.sql ?? '')
    return history.layout === 'folders' ? danglingParents(links) : brokenInOrder(links, pulled).filter(({ migration }) => !forked.has(migration ?? ''))
  },
})
