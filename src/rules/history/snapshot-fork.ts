import { originId } from '../../drizzle/snapshot.ts'
import type { History, SnapshotHead } from '../../model/history.ts'
import { defineHistoryRule, type RuleHit } from '../define.ts'
import { cleanFolder, exampleFolders, exampleJournal, exampleSnapshot } from '../examples.ts'

/** A snapshot by the name of its migration, or its path where none names it: drizzle-kit reads those too. */
type Node = { readonly name: string; readonly tag?: string; readonly snapshot: SnapshotHead }

const nodesOf = (history: History): readonly Node[] => [
  ...history.migrations.flatMap(({ tag, snapshot }): Node[] => (snapshot ? [{ name: tag, tag, snapshot }] : [])),
  ...history.orphanSnapshots.map((snapshot): Node => ({ name: snapshot.path, snapshot })),
]

type Children = ReadonlyMap<string, readonly Node[]>

const childrenOf = (nodes: readonly Node[]): Children => {
  const children = new Map<string, Node[]>()
  for (const node of nodes) for (const parent of node.snapshot.prevIds) children.set(parent, [...(children.get(parent) ?? []), node])
  return children
}

/** The open leaves that can be reached from a snapshot. */
const leavesBelow = (start: Node, children: Children): ReadonlySet<string> => {
  const leaves = new Set<string>()
  const seen = new Set<Node>([start])
  const todo = [start]
  for (let next = todo.pop(); next; next = todo.pop()) {
    const below = children.get(next.snapshot.id ?? '') ?? []
    if (below.length === 0) leaves.add(next.name)
    for (const child of below) if (!seen.has(child)) todo.push(child)
    for (const child of below) seen.add(child)
  }
  return leaves
}

/** In v1 a fork is how branches meet; it is open while its sides end in different leaves. */
const isOpen = (sides: readonly Node[], children: Children): boolean => new Set(sides.map((side) => [...leavesBelow(side, children)].sort().join())).size > 1

export const snapshotFork = defineHistoryRule({
  id: 'snapshot-fork',
  severity: 'error',
  summary: 'Two snapshots have the same parent.',
  why: 'Two branches started from one schema. drizzle-kit below 1.0 stops with “pointing to a parent snapshot … which is a collision”; with 1.0 the branches stay open until a migration joins them.',
  instead: 'Let the later one follow the other: its `prevId` is the other’s `id`, and its snapshot holds both changes. `pgstrata resolve` does that.',
  bad: [
    {
      shows: 'Both came from the first.',
      files: {
        ...cleanFolder,
        'meta/_journal.json': exampleJournal({ tag: '0000_users' }, { tag: '0001_name' }, { tag: '0002_age' }),
        'meta/0002_snapshot.json': exampleSnapshot(3, 1),
        '0002_age.sql': 'SELECT 1;',
      },
    },
    {
      shows: 'A snapshot that no migration names counts too.',
      files: { ...cleanFolder, 'meta/0002_snapshot.json': exampleSnapshot(3, 1) },
      also: ['orphan-snapshot'],
    },
    {
      shows: 'Folders of drizzle-kit 1.0 with two open ends.',
      files: exampleFolders({ a: [], b: [1], c: [1] }),
      also: ['open-leaves'],
    },
  ],
  good: [
    { shows: 'One after the other.', files: cleanFolder },
    {
      shows: 'Folders of drizzle-kit 1.0 whose branches were joined again.',
      files: exampleFolders({ a: [], b: [1], c: [1], d: [3, 2] }),
    },
  ],
  check: ({ history }) => {
    const nodes = nodesOf(history)
    const children = childrenOf(nodes)
    const forks = [...children].filter(([, sides]) => sides.length > 1 && (history.layout === 'journal' || isOpen(sides, children)))
    return forks.flatMap(([parent, sides]): RuleHit[] => {
      const later = sides.at(-1)
      if (!later) return []
      const from = nodes.find(({ snapshot }) => snapshot.id === parent)?.name ?? (parent === originId ? 'an empty database' : parent)
      const message = `${sides.map(({ name }) => name).join(' and ')} both follow ${from}.`
      const open = { severity: 'warning', help: 'Generate a migration on top: drizzle-kit 1.0 gives it all open ends as parents.' } as const
      const tag = later.tag === undefined ? {} : { migration: later.tag }
      return [{ message, object: parent, path: later.snapshot.path, ...tag, ...(history.layout === 'folders' ? open : {}) }]
    })
  },
})
