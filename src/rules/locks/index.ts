/** Rules on locks, rewrites and scans: what a statement keeps waiting, and for how long. */
import type { PolicyRule } from '../define.ts'
import { addColumnGeneratedStored } from './add-column-generated-stored.ts'
import { addColumnIdentitySerial } from './add-column-identity-serial.ts'
import { addColumnInlineCheck } from './add-column-inline-check.ts'
import { addColumnInlineFk } from './add-column-inline-fk.ts'
import { addColumnInlineUnique } from './add-column-inline-unique.ts'
import { addColumnVolatileDefault } from './add-column-volatile-default.ts'
import { attachPartitionScan } from './attach-partition-scan.ts'
import { changeTypeRewrite } from './change-type-rewrite.ts'
import { checkValidating } from './check-validating.ts'
import { cluster } from './cluster.ts'
import { concurrentlyInTx } from './concurrently-in-tx.ts'
import { createPartitionOf } from './create-partition-of.ts'
import { createTableFkLocksParent } from './create-table-fk-locks-parent.ts'
import { detachPartitionBlocking } from './detach-partition-blocking.ts'
import { dropFkLocksParent } from './drop-fk-locks-parent.ts'
import { dropIndexNotConcurrent } from './drop-index-not-concurrent.ts'
import { exclusionConstraint } from './exclusion-constraint.ts'
import { explicitLockTable } from './explicit-lock-table.ts'
import { fkValidating } from './fk-validating.ts'
import { indexNotConcurrent } from './index-not-concurrent.ts'
import { notValidValidateSameTx } from './not-valid-validate-same-tx.ts'
import { pkUsingIndexNullable } from './pk-using-index-nullable.ts'
import { refreshMatviewBlocking } from './refresh-matview-blocking.ts'
import { reindexNotConcurrent } from './reindex-not-concurrent.ts'
import { replaceView } from './replace-view.ts'
import { replicaIdentity } from './replica-identity.ts'
import { rlsPolicy } from './rls-policy.ts'
import { setAccessMethod } from './set-access-method.ts'
import { setLoggedUnlogged } from './set-logged-unlogged.ts'
import { setNotNull } from './set-not-null.ts'
import { setSchema } from './set-schema.ts'
import { setTablespace } from './set-tablespace.ts'
import { triggerDdl } from './trigger-ddl.ts'
import { uniqueConstraintIndexBuild } from './unique-constraint-index-build.ts'
import { vacuumFull } from './vacuum-full.ts'

export const lockRules = {
  'index-not-concurrent': indexNotConcurrent,
  'drop-index-not-concurrent': dropIndexNotConcurrent,
  'concurrently-in-tx': concurrentlyInTx,
  'reindex-not-concurrent': reindexNotConcurrent,
  'detach-partition-blocking': detachPartitionBlocking,
  'attach-partition-scan': attachPartitionScan,
  'create-partition-of': createPartitionOf,
  'refresh-matview-blocking': refreshMatviewBlocking,
  'add-column-volatile-default': addColumnVolatileDefault,
  'add-column-identity-serial': addColumnIdentitySerial,
  'add-column-generated-stored': addColumnGeneratedStored,
  'add-column-inline-fk': addColumnInlineFk,
  'add-column-inline-unique': addColumnInlineUnique,
  'add-column-inline-check': addColumnInlineCheck,
  'set-not-null': setNotNull,
  'change-type-rewrite': changeTypeRewrite,
  'fk-validating': fkValidating,
  'check-validating': checkValidating,
  'not-valid-validate-same-tx': notValidValidateSameTx,
  'unique-constraint-index-build': uniqueConstraintIndexBuild,
  'pk-using-index-nullable': pkUsingIndexNullable,
  'exclusion-constraint': exclusionConstraint,
  'drop-fk-locks-parent': dropFkLocksParent,
  'create-table-fk-locks-parent': createTableFkLocksParent,
  'set-logged-unlogged': setLoggedUnlogged,
  'set-access-method': setAccessMethod,
  'set-tablespace': setTablespace,
  cluster,
  'vacuum-full': vacuumFull,
  'trigger-ddl': triggerDdl,
  'rls-policy': rlsPolicy,
  'set-schema': setSchema,
  'replica-identity': replicaIdentity,
  'replace-view': replaceView,
  'explicit-lock-table': explicitLockTable,
} as const satisfies { readonly [id: string]: PolicyRule }
