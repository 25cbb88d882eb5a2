/** drizzle-kit itself, as the judge of what its snapshots say. */
import { createRequire } from 'node:module'
import type { Json, Tree } from '../../src/model/json.ts'
import { isTree } from '../../src/sql/tree.ts'

type Api = {
  readonly generateDrizzleJson: (imports: { readonly [name: string]: unknown }) => Tree
  readonly generateMigration: (from: Tree, to: Tree) => Promise<readonly string[]>
}

const kit: Api = createRequire(import.meta.url)('drizzle-kit/api')

/** The snapshot that drizzle-kit 0.31 makes of a schema. */
export const snapshotOf = (schema: { readonly [name: string]: unknown }): Tree => kit.generateDrizzleJson(schema)

const asTree = (value: Json | undefined): Tree => (isTree(value) ? value : {})

/** A snapshot of version 7 with the sections that drizzle-kit brought later: it fails without them. */
export const completed = (snapshot: Tree): Tree => ({
  sequences: {},
  roles: {},
  policies: {},
  views: {},
  ...snapshot,
  tables: Object.fromEntries(
    Object.entries(asTree(snapshot.tables)).map(([key, table]) => [key, { policies: {}, checkConstraints: {}, isRLSEnabled: false, ...asTree(table) }]),
  ),
})

/** The statements with which drizzle-kit 0.31 goes from one snapshot to another; nothing of them may be a rename, for it would ask. */
export const kitDiff = async (from: Tree, to: Tree): Promise<readonly string[]> => kit.generateMigration(completed(from), completed(to))

/** The SQL that drizzle-kit 0.31 writes for a new database of that snapshot, without roles. */
export const kitSql = async (snapshot: Tree): Promise<readonly string[]> =>
  (await kit.generateMigration(snapshotOf({}), completed(snapshot))).filter((sql) => !sql.startsWith('CREATE ROLE'))

/** What drizzle-kit 0.31 would generate to bring one snapshot of version 7 to another. */
export const kitDifference = (from: Tree, to: Tree): Promise<readonly string[]> => kit.generateMigration(completed(from), completed(to))
