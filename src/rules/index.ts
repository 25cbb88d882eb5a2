/** Every rule, one line each. The type holds the list complete: an id without its rule, or a rule under another id, does not compile. */
import type { HistoryRule } from './define.ts'
import { brokenSnapshotChain } from './history/broken-snapshot-chain.ts'
import { byteOrderMark } from './history/byte-order-mark.ts'
import { conflictMarkers } from './history/conflict-markers.ts'
import { crlf } from './history/crlf.ts'
import { deletedAppliedMigration } from './history/deleted-applied-migration.ts'
import { duplicateIndex } from './history/duplicate-index.ts'
import { duplicateJournalKey } from './history/duplicate-journal-key.ts'
import { duplicatePrefix } from './history/duplicate-prefix.ts'
import { duplicateSnapshotId } from './history/duplicate-snapshot-id.ts'
import { duplicateTag } from './history/duplicate-tag.ts'
import { editedAfterCommit } from './history/edited-after-commit.ts'
import { editedAppliedMigration } from './history/edited-applied-migration.ts'
import { emptyMigration } from './history/empty-migration.ts'
import { handMadeWhen } from './history/hand-made-when.ts'
import { indexGap } from './history/index-gap.ts'
import { invalidJson } from './history/invalid-json.ts'
import { journalMissingFile } from './history/journal-missing-file.ts'
import { journalWhenInFuture } from './history/journal-when-in-future.ts'
import { journalWhenNotMonotonic } from './history/journal-when-not-monotonic.ts'
import { malformedFolderName } from './history/malformed-folder-name.ts'
import { missingSnapshot } from './history/missing-snapshot.ts'
import { missingStatementBreakpoint } from './history/missing-statement-breakpoint.ts'
import { oldSnapshotVersion } from './history/old-snapshot-version.ts'
import { openLeavesRule } from './history/open-leaves.ts'
import { orphanSnapshot } from './history/orphan-snapshot.ts'
import { orphanSql } from './history/orphan-sql.ts'
import { prefixNotIndex } from './history/prefix-not-index.ts'
import { sameSecondWhen } from './history/same-second-when.ts'
import { schemaWithoutMigration } from './history/schema-without-migration.ts'
import { snapshotFork } from './history/snapshot-fork.ts'
import { unreadSnapshotVersion } from './history/unread-snapshot-version.ts'

export type HistoryRuleId =
  | 'journal-missing-file'
  | 'missing-snapshot'
  | 'orphan-sql'
  | 'orphan-snapshot'
  | 'duplicate-prefix'
  | 'duplicate-index'
  | 'duplicate-tag'
  | 'journal-when-not-monotonic'
  | 'same-second-when'
  | 'journal-when-in-future'
  | 'hand-made-when'
  | 'broken-snapshot-chain'
  | 'snapshot-fork'
  | 'open-leaves'
  | 'duplicate-snapshot-id'
  | 'conflict-markers'
  | 'invalid-json'
  | 'duplicate-journal-key'
  | 'crlf'
  | 'byte-order-mark'
  | 'missing-statement-breakpoint'
  | 'edited-after-commit'
  | 'edited-applied-migration'
  | 'deleted-applied-migration'
  | 'schema-without-migration'
  | 'empty-migration'
  | 'index-gap'
  | 'prefix-not-index'
  | 'old-snapshot-version'
  | 'unread-snapshot-version'
  | 'malformed-folder-name'

/** Rules over a folder as a whole, in the order in which they are shown. */
export const historyRules: { readonly [K in HistoryRuleId]: HistoryRule<K> } = {
  'journal-missing-file': journalMissingFile,
  'missing-snapshot': missingSnapshot,
  'orphan-sql': orphanSql,
  'orphan-snapshot': orphanSnapshot,
  'duplicate-prefix': duplicatePrefix,
  'duplicate-index': duplicateIndex,
  'duplicate-tag': duplicateTag,
  'journal-when-not-monotonic': journalWhenNotMonotonic,
  'same-second-when': sameSecondWhen,
  'journal-when-in-future': journalWhenInFuture,
  'hand-made-when': handMadeWhen,
  'broken-snapshot-chain': brokenSnapshotChain,
  'snapshot-fork': snapshotFork,
  'open-leaves': openLeavesRule,
  'duplicate-snapshot-id': duplicateSnapshotId,
  'conflict-markers': conflictMarkers,
  'invalid-json': invalidJson,
  'duplicate-journal-key': duplicateJournalKey,
  crlf: crlf,
  'byte-order-mark': byteOrderMark,
  'missing-statement-breakpoint': missingStatementBreakpoint,
  'edited-after-commit': editedAfterCommit,
  'edited-applied-migration': editedAppliedMigration,
  'deleted-applied-migration': deletedAppliedMigration,
  'schema-without-migration': schemaWithoutMigration,
  'empty-migration': emptyMigration,
  'index-gap': indexGap,
  'prefix-not-index': prefixNotIndex,
  'old-snapshot-version': oldSnapshotVersion,
  'unread-snapshot-version': unreadSnapshotVersion,
  'malformed-folder-name': malformedFolderName,
}

/** All rules as a list. */
export const rules: readonly HistoryRule[] = Object.values(historyRules)
