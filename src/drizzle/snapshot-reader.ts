/** Reads a snapshot of any version that is known. */
import { ToolError } from '../model/error.ts'
import type { Tree } from '../model/json.ts'
import type { SnapshotCatalog } from './snapshot-catalog.ts'
import { isWhole } from './snapshot-deltas.ts'
import { readEntities } from './snapshot-entities.ts'
import { treeOf, word } from './snapshot-json.ts'
import { readTables } from './snapshot-tables.ts'

const unsupported = (version: string): ToolError =>
  new ToolError('snapshot-version-not-supported', `The snapshot has version ${version === '' ? 'none' : version}; 5 to 9 are read.`, {
    help:
      Number(version) > 9
        ? 'The migrations’ SQL is read all the same: `folder` names it. A newer pgstrata may read this version.'
        : 'Run `drizzle-kit up` once: it brings old snapshots to version 7.',
  })

/** A diff by itself says only what changed. */
const notWhole = (): ToolError =>
  new ToolError('snapshot-incomplete', 'The snapshot (version 9) holds only what its migration changed; what it comes from is needed to read it.', {
    help: 'Name it by its place in the folder: the snapshots beside it are then read with it.',
  })

/**
 * Reads a snapshot: its text, or what `JSON.parse` made of it; of version 9 the base, or what `rowsAt` made of several. Throws `snapshot-version-not-supported`
 * for versions before 5 and after 9, `snapshot-incomplete` for a diff, `snapshot-invalid` where the text is not a JSON object.
 */
export const readSnapshot = (snapshot: string | Tree): SnapshotCatalog => {
  const tree = treeOf(snapshot)
  const version = word(tree, 'version') ?? ''
  if (version === '9' && !isWhole(tree)) throw notWhole()
  if (version === '8' || version === '9') return readEntities(tree, version)
  if (['5', '6', '7'].includes(version)) return readTables(tree, version)
  throw unsupported(version)
}
