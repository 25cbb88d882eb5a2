/** Rules on the schema's style; off unless the preset `taste` is chosen. */
import type { PolicyRule } from '../define.ts'
import { banChar } from './ban-char.ts'
import { columnAlignment } from './column-alignment.ts'
import { domainWithConstraint } from './domain-with-constraint.ts'
import { duplicateSetColumn } from './duplicate-set-column.ts'
import { enumCreated } from './enum-created.ts'
import { enumOrdering } from './enum-ordering.ts'
import { naming } from './naming.ts'
import { preferBigint } from './prefer-bigint.ts'
import { preferIdentity } from './prefer-identity.ts'
import { preferJsonb } from './prefer-jsonb.ts'
import { preferText } from './prefer-text.ts'
import { preferTimestamptz } from './prefer-timestamptz.ts'
import { primaryKeyMissing } from './primary-key-missing.ts'
import { schemaQualified } from './schema-qualified.ts'
import { wideIndex } from './wide-index.ts'

export const tasteRules = {
  'prefer-jsonb': preferJsonb,
  'ban-char': banChar,
  'prefer-text': preferText,
  'prefer-identity': preferIdentity,
  'prefer-bigint': preferBigint,
  'prefer-timestamptz': preferTimestamptz,
  'enum-created': enumCreated,
  'enum-ordering': enumOrdering,
  'domain-with-constraint': domainWithConstraint,
  'schema-qualified': schemaQualified,
  'duplicate-set-column': duplicateSetColumn,
  naming,
  'column-alignment': columnAlignment,
  'wide-index': wideIndex,
  'primary-key-missing': primaryKeyMissing,
} as const satisfies { readonly [id: string]: PolicyRule }
