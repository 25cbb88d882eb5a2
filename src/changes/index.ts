/** Every kind of change, by its name. The compiler holds the list complete. */
import type { Catalog } from '../model/catalog.ts'
import type { Change, ChangeKind, Irreversible } from '../model/change.ts'
import type { Footprint } from '../model/lock.ts'
import type { ObjectKey } from '../model/name.ts'
import { comesWithParent } from './children.ts'
import type { ChangeDefinition } from './define.ts'
import { addAttribute } from './kinds/add-attribute.ts'
import { addColumn } from './kinds/add-column.ts'
import { addConstraint } from './kinds/add-constraint.ts'
import { addDomainConstraint } from './kinds/add-domain-constraint.ts'
import { addEnumValue } from './kinds/add-enum-value.ts'
import { alterConstraint } from './kinds/alter-constraint.ts'
import { alterDefinition } from './kinds/alter-definition.ts'
import { alterExtension } from './kinds/alter-extension.ts'
import { alterPolicy } from './kinds/alter-policy.ts'
import { alterRole } from './kinds/alter-role.ts'
import { alterSequence } from './kinds/alter-sequence.ts'
import { attachIndex } from './kinds/attach-index.ts'
import { attachPartition } from './kinds/attach-partition.ts'
import { changeData } from './kinds/change-data.ts'
import { controlTransaction } from './kinds/control-transaction.ts'
import { createDefinition } from './kinds/create-definition.ts'
import { createExtension } from './kinds/create-extension.ts'
import { createIndex } from './kinds/create-index.ts'
import { createPolicy } from './kinds/create-policy.ts'
import { createRole } from './kinds/create-role.ts'
import { createRoutine } from './kinds/create-routine.ts'
import { createRule } from './kinds/create-rule.ts'
import { createSchema } from './kinds/create-schema.ts'
import { createSequence } from './kinds/create-sequence.ts'
import { createTable } from './kinds/create-table.ts'
import { createTrigger } from './kinds/create-trigger.ts'
import { createType } from './kinds/create-type.ts'
import { createView } from './kinds/create-view.ts'
import { detachPartition } from './kinds/detach-partition.ts'
import { dropAttribute } from './kinds/drop-attribute.ts'
import { dropColumn } from './kinds/drop-column.ts'
import { dropConstraint } from './kinds/drop-constraint.ts'
import { dropDefinition } from './kinds/drop-definition.ts'
import { dropDomainConstraint } from './kinds/drop-domain-constraint.ts'
import { dropExtension } from './kinds/drop-extension.ts'
import { dropIndex } from './kinds/drop-index.ts'
import { dropNotNull } from './kinds/drop-not-null.ts'
import { dropPolicy } from './kinds/drop-policy.ts'
import { dropRole } from './kinds/drop-role.ts'
import { dropRoutine } from './kinds/drop-routine.ts'
import { dropRule } from './kinds/drop-rule.ts'
import { dropSchema } from './kinds/drop-schema.ts'
import { dropSequence } from './kinds/drop-sequence.ts'
import { dropTable } from './kinds/drop-table.ts'
import { dropTrigger } from './kinds/drop-trigger.ts'
import { dropType } from './kinds/drop-type.ts'
import { dropView } from './kinds/drop-view.ts'
import { maintain } from './kinds/maintain.ts'
import { opaque } from './kinds/opaque.ts'
import { renameAttribute } from './kinds/rename-attribute.ts'
import { renameColumn } from './kinds/rename-column.ts'
import { renameConstraint } from './kinds/rename-constraint.ts'
import { renameDomainConstraint } from './kinds/rename-domain-constraint.ts'
import { renameEnumValue } from './kinds/rename-enum-value.ts'
import { renameIndex } from './kinds/rename-index.ts'
import { renamePolicy } from './kinds/rename-policy.ts'
import { renameRole } from './kinds/rename-role.ts'
import { renameRoutine } from './kinds/rename-routine.ts'
import { renameRule } from './kinds/rename-rule.ts'
import { renameSchema } from './kinds/rename-schema.ts'
import { renameSequence } from './kinds/rename-sequence.ts'
import { renameTable } from './kinds/rename-table.ts'
import { renameTrigger } from './kinds/rename-trigger.ts'
import { renameType } from './kinds/rename-type.ts'
import { renameView } from './kinds/rename-view.ts'
import { renameViewColumn } from './kinds/rename-view-column.ts'
import { reorderColumns } from './kinds/reorder-columns.ts'
import { replaceRoutine } from './kinds/replace-routine.ts'
import { replaceRule } from './kinds/replace-rule.ts'
import { replaceTrigger } from './kinds/replace-trigger.ts'
import { replaceView } from './kinds/replace-view.ts'
import { respell } from './kinds/respell.ts'
import { setAccessMethod } from './kinds/set-access-method.ts'
import { setAttributeType } from './kinds/set-attribute-type.ts'
import { setClusterIndex } from './kinds/set-cluster-index.ts'
import { setColumnProperties } from './kinds/set-column-properties.ts'
import { setColumnType } from './kinds/set-column-type.ts'
import { setComment } from './kinds/set-comment.ts'
import { setDefault } from './kinds/set-default.ts'
import { setDefaultPrivileges } from './kinds/set-default-privileges.ts'
import { setDomainDefault } from './kinds/set-domain-default.ts'
import { setDomainNotNull } from './kinds/set-domain-not-null.ts'
import { setEnumValues } from './kinds/set-enum-values.ts'
import { setForeignOptions } from './kinds/set-foreign-options.ts'
import { setGenerated } from './kinds/set-generated.ts'
import { setIdentity } from './kinds/set-identity.ts'
import { setIndexOptions } from './kinds/set-index-options.ts'
import { setIndexStatistics } from './kinds/set-index-statistics.ts'
import { setInheritance } from './kinds/set-inheritance.ts'
import { setNotNull } from './kinds/set-not-null.ts'
import { setOwner } from './kinds/set-owner.ts'
import { setPersistence } from './kinds/set-persistence.ts'
import { setPrivileges } from './kinds/set-privileges.ts'
import { setReplicaIdentity } from './kinds/set-replica-identity.ts'
import { setRowSecurity } from './kinds/set-row-security.ts'
import { setSchema } from './kinds/set-schema.ts'
import { setSequenceOwner } from './kinds/set-sequence-owner.ts'
import { setSession } from './kinds/set-session.ts'
import { setTableOptions } from './kinds/set-table-options.ts'
import { setTablespace } from './kinds/set-tablespace.ts'
import { setTriggerEnabled } from './kinds/set-trigger-enabled.ts'
import { setViewOptions } from './kinds/set-view-options.ts'
import { useTemporary } from './kinds/use-temporary.ts'
import { validateConstraint } from './kinds/validate-constraint.ts'
import { validateDomainConstraint } from './kinds/validate-domain-constraint.ts'

/** The alphabet. */
export const definitions: { readonly [K in ChangeKind]: ChangeDefinition<K> } = {
  'create-schema': createSchema,
  'drop-schema': dropSchema,
  'rename-schema': renameSchema,
  'create-extension': createExtension,
  'alter-extension': alterExtension,
  'drop-extension': dropExtension,
  'create-type': createType,
  'drop-type': dropType,
  'rename-type': renameType,
  'add-enum-value': addEnumValue,
  'rename-enum-value': renameEnumValue,
  'set-enum-values': setEnumValues,
  'set-domain-default': setDomainDefault,
  'set-domain-not-null': setDomainNotNull,
  'add-domain-constraint': addDomainConstraint,
  'drop-domain-constraint': dropDomainConstraint,
  'rename-domain-constraint': renameDomainConstraint,
  'validate-domain-constraint': validateDomainConstraint,
  'add-attribute': addAttribute,
  'drop-attribute': dropAttribute,
  'set-attribute-type': setAttributeType,
  'rename-attribute': renameAttribute,
  'create-sequence': createSequence,
  'alter-sequence': alterSequence,
  'set-sequence-owner': setSequenceOwner,
  'drop-sequence': dropSequence,
  'rename-sequence': renameSequence,
  'create-table': createTable,
  'drop-table': dropTable,
  'rename-table': renameTable,
  'set-table-options': setTableOptions,
  'set-foreign-options': setForeignOptions,
  'set-persistence': setPersistence,
  'set-row-security': setRowSecurity,
  'set-replica-identity': setReplicaIdentity,
  'set-cluster-index': setClusterIndex,
  'set-inheritance': setInheritance,
  'attach-partition': attachPartition,
  'detach-partition': detachPartition,
  'set-tablespace': setTablespace,
  'set-access-method': setAccessMethod,
  'add-column': addColumn,
  'drop-column': dropColumn,
  'rename-column': renameColumn,
  'set-column-type': setColumnType,
  'set-default': setDefault,
  'set-not-null': setNotNull,
  'drop-not-null': dropNotNull,
  'set-identity': setIdentity,
  'set-generated': setGenerated,
  'set-column-properties': setColumnProperties,
  'reorder-columns': reorderColumns,
  respell: respell,
  'add-constraint': addConstraint,
  'drop-constraint': dropConstraint,
  'rename-constraint': renameConstraint,
  'validate-constraint': validateConstraint,
  'alter-constraint': alterConstraint,
  'create-index': createIndex,
  'drop-index': dropIndex,
  'rename-index': renameIndex,
  'set-index-options': setIndexOptions,
  'set-index-statistics': setIndexStatistics,
  'attach-index': attachIndex,
  'create-view': createView,
  'replace-view': replaceView,
  'drop-view': dropView,
  'rename-view': renameView,
  'rename-view-column': renameViewColumn,
  'set-view-options': setViewOptions,
  'create-routine': createRoutine,
  'replace-routine': replaceRoutine,
  'drop-routine': dropRoutine,
  'rename-routine': renameRoutine,
  'create-trigger': createTrigger,
  'replace-trigger': replaceTrigger,
  'drop-trigger': dropTrigger,
  'rename-trigger': renameTrigger,
  'set-trigger-enabled': setTriggerEnabled,
  'create-policy': createPolicy,
  'alter-policy': alterPolicy,
  'drop-policy': dropPolicy,
  'rename-policy': renamePolicy,
  'create-rule': createRule,
  'replace-rule': replaceRule,
  'drop-rule': dropRule,
  'rename-rule': renameRule,
  'create-definition': createDefinition,
  'alter-definition': alterDefinition,
  'drop-definition': dropDefinition,
  'set-schema': setSchema,
  'set-comment': setComment,
  'set-privileges': setPrivileges,
  'set-default-privileges': setDefaultPrivileges,
  'set-owner': setOwner,
  'create-role': createRole,
  'alter-role': alterRole,
  'drop-role': dropRole,
  'rename-role': renameRole,
  'change-data': changeData,
  'set-session': setSession,
  'control-transaction': controlTransaction,
  'use-temporary': useTemporary,
  maintain: maintain,
  opaque: opaque,
}

const definitionOf = (change: Change): ChangeDefinition<ChangeKind> => definitions[change.kind] as unknown as ChangeDefinition<ChangeKind>

/** The catalog after a change. Refuses what PostgreSQL refuses (`PostgresRefusal`, with its SQLSTATE). */
export const apply = (change: Change, catalog: Catalog): Catalog => definitionOf(change).apply(change, catalog)

/** The catalog after changes, one after the other. Refuses as `apply`. */
export const applyAll = (changes: readonly Change[], catalog: Catalog): Catalog => changes.reduce((current, change) => apply(change, current), catalog)

/** The changes that lead back to `before`, in order; or why there are none. */
export const invert = (change: Change, before: Catalog): readonly Change[] | Irreversible => definitionOf(change).invert(change, before)

/** One change as statements without semicolons, given the catalog before it. Several changes: `toSql`. */
export const statementsOf = (change: Change, before: Catalog): readonly string[] =>
  comesWithParent(change, before) ? [] : definitionOf(change).toSql(change, before)

/** Locks, rewrites and scans that running the change takes on relations that exist before it. */
export const footprint = (change: Change, before: Catalog): Footprint => definitionOf(change).footprint(change, before)

/** The change in words. */
export const describe = (change: Change): string => definitionOf(change).describe(change)

/** The objects that a change makes, changes or removes. */
export const touches = (change: Change): readonly ObjectKey[] => definitionOf(change).touches(change)
