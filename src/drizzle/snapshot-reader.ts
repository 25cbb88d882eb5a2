/** Reads a snapshot of any version that is known. */
import { ToolError } from '../model/error.ts'
import type { Tree } from '../model/json.ts'
import type { SnapshotCatalog } from './snapshot-catalog.ts'
import { readEntities } from './snapshot-entities.ts'
import { treeOf, word } from './snapshot-json.ts'
import { readTables } from './snapshot-tables.ts'

const unsupported = (version: string): ToolError =>
  version === '9'
    ? new ToolError(
        'snapshot-version-not-supported',
        'The snapshot has version 9 (drizzle-kit 1.0.0-rc.5 and later: a base and deltas), which this version of pgstrata does not read.',
        {
          help: 'The migrations’ SQL is read all the same: `folder` names it.',
        },
      )
    : new ToolError('snapshot-version-not-supported', `The snapshot has version ${version === '' ? 'none' : version}; 5 to 8 are read.`, {
        help: 'Run `drizzle-kit up` once: it brings old snapshots to version 7.',
      })

/**
 * Reads a snapshot: its text, or what `JSON.parse` made of it. Throws `snapshot-version-not-supported` for version 9 and those before 5, `snapshot-invalid`
 * where the text is not a JSON object.
 */
export const readSnapshot = (snapshot: string | Tree): SnapshotCatalog => {
  const tree = treeOf(snapshot)
  const version = word(tree, 'version') ?? ''
  if (version === '8') return readEntities(tree)
  if (['5', '6', '7'].includes(version)) return readTables(tree, version)
  throw unsupported(version)
}
