/** A snapshot as one script: what a database that `drizzle-kit` built from that schema would hold. */
import type { Unknown } from '../model/finding.ts'
import type { Tree } from '../model/json.ts'
import { displayKey, keyOf, qualified } from '../model/name.ts'
import { whyNotOne } from '../sql/whole.ts'
import { inOrder } from './in-order.ts'
import { assertPostgres } from './journal.ts'
import type { SnapshotCatalog, SnapshotSection } from './snapshot-catalog.ts'
import { isWhole, rowsAt } from './snapshot-deltas.ts'
import { treeOf, word } from './snapshot-json.ts'
import { readSnapshot } from './snapshot-reader.ts'
import { type SnapshotStatement, snapshotRoles, snapshotStatements } from './snapshot-sql.ts'

export type SnapshotScript = {
  /** Statements in an order in which they run, roles first. */
  readonly sql: string
  /** Objects whose SQL is not SQL, or that the snapshot names and does not describe. */
  readonly unknown: readonly Unknown[]
  /** What the snapshot's version has no place for, in words. */
  readonly notes: readonly string[]
}

const unread = ({ makes, sql }: SnapshotStatement): readonly Unknown[] => {
  const why = whyNotOne(sql)
  return why === undefined ? [] : [{ what: displayKey(makes), why: `${why} ${sql}` }]
}

const onlyNamed = ({ existingViews }: SnapshotCatalog): readonly Unknown[] =>
  existingViews.map(({ schema, name }) => ({
    what: displayKey(keyOf('view', qualified(schema, name))),
    why: 'Drizzle only reads it, and the snapshot does not say how it is made.',
  }))

const sections: readonly SnapshotSection[] = ['sequences', 'checks', 'policies', 'views', 'roles']

const notesOn = ({ version, says }: SnapshotCatalog): readonly string[] => {
  const silent = sections.filter((section) => !says.has(section))
  return silent.length === 0 ? [] : [`the snapshot (version ${version}) has no place for ${silent.join(', ')}`]
}

/** The snapshot as one that says everything: a diff of version 9 with those beside it. */
const wholeOf = (tree: Tree, beside: readonly string[]): Tree =>
  word(tree, 'version') !== '9' || isWhole(tree) || beside.length === 0
    ? tree
    : { version: '9', dialect: 'postgres', ddl: [...rowsAt(beside.map(treeOf), [word(tree, 'id') ?? ''])] }

/**
 * A snapshot's text as SQL. A statement that does not parse is left out and named. What snapshots cannot say (functions, triggers, extensions, domains …) is not
 * in it, and where a default or a policy uses one, PostgreSQL refuses. The parser must be loaded. `name` is how messages call the file;
 * `beside` are the texts of the folder's snapshots in their order, for one of version 9 that holds only what changed.
 * Throws `other-dialect`, and what `readSnapshot` throws.
 */
export const snapshotScript = (name: string, text: string, beside: readonly string[] = []): SnapshotScript => {
  const tree = wholeOf(treeOf(text), beside)
  assertPostgres(word(tree, 'dialect'), name)
  const read = readSnapshot(tree)
  const snapshot = { ...read, views: inOrder(read.views, { nameOf: ({ name: view }) => view, textOf: ({ definition }) => definition }) }
  const statements = snapshotStatements(snapshot)
  const left = new Map(statements.flatMap((statement) => unread(statement).map((unknown) => [statement, unknown] as const)))
  const kept = [...snapshotRoles(snapshot), ...statements.filter((statement) => !left.has(statement)).map(({ sql }) => sql)]
  return { sql: kept.map((sql) => `${sql};\n`).join(''), unknown: [...left.values(), ...onlyNamed(snapshot)], notes: notesOn(snapshot) }
}
