/** Rules on what breaks: data that is lost or refused, and code that runs while the migration does. */
import type { PolicyRule } from '../define.ts'
import { addColumnNotNullNoDefault } from './add-column-not-null-no-default.ts'
import { changeDefault } from './change-default.ts'
import { deprecationMissing } from './deprecation-missing.ts'
import { dropCascade } from './drop-cascade.ts'
import { dropColumn } from './drop-column.ts'
import { dropColumnInUse } from './drop-column-in-use.ts'
import { dropDatabase } from './drop-database.ts'
import { dropDefault } from './drop-default.ts'
import { dropForeignKey } from './drop-foreign-key.ts'
import { dropFunction } from './drop-function.ts'
import { dropNotNull } from './drop-not-null.ts'
import { dropSchema } from './drop-schema.ts'
import { dropTable } from './drop-table.ts'
import { dropType } from './drop-type.ts'
import { dropUnique } from './drop-unique.ts'
import { dropView } from './drop-view.ts'
import { enumRecreate } from './enum-recreate.ts'
import { fkMissingIndex } from './fk-missing-index.ts'
import { identifierTooLong } from './identifier-too-long.ts'
import { renameAsDropAdd } from './rename-as-drop-add.ts'
import { renameColumn } from './rename-column.ts'
import { renameEnumValue } from './rename-enum-value.ts'
import { renameSchema } from './rename-schema.ts'
import { renameTable } from './rename-table.ts'
import { renameType } from './rename-type.ts'
import { sequenceNotOwned } from './sequence-not-owned.ts'
import { timestamptzCastSessionTz } from './timestamptz-cast-session-tz.ts'
import { truncate } from './truncate.ts'
import { truncateCascade } from './truncate-cascade.ts'
import { typeNarrowing } from './type-narrowing.ts'
import { uniqueIndexOnNullable } from './unique-index-on-nullable.ts'
import { uniqueMayFail } from './unique-may-fail.ts'

export const compatibilityRules = {
  'add-column-not-null-no-default': addColumnNotNullNoDefault,
  'change-default': changeDefault,
  'deprecation-missing': deprecationMissing,
  'drop-cascade': dropCascade,
  'drop-column': dropColumn,
  'drop-column-in-use': dropColumnInUse,
  'drop-database': dropDatabase,
  'drop-default': dropDefault,
  'drop-foreign-key': dropForeignKey,
  'drop-function': dropFunction,
  'drop-not-null': dropNotNull,
  'drop-schema': dropSchema,
  'drop-table': dropTable,
  'drop-type': dropType,
  'drop-unique': dropUnique,
  'drop-view': dropView,
  'enum-recreate': enumRecreate,
  'fk-missing-index': fkMissingIndex,
  'identifier-too-long': identifierTooLong,
  'rename-as-drop-add': renameAsDropAdd,
  'rename-column': renameColumn,
  'rename-enum-value': renameEnumValue,
  'rename-schema': renameSchema,
  'rename-table': renameTable,
  'rename-type': renameType,
  'sequence-not-owned': sequenceNotOwned,
  'timestamptz-cast-session-tz': timestamptzCastSessionTz,
  truncate: truncate,
  'truncate-cascade': truncateCascade,
  'type-narrowing': typeNarrowing,
  'unique-index-on-nullable': uniqueIndexOnNullable,
  'unique-may-fail': uniqueMayFail,
} as const satisfies { readonly [id: string]: PolicyRule }
