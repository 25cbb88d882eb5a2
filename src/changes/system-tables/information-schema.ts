/** Tables of information_schema. */
import type { Attribute } from '../../model/catalog.ts'
import { localName, type QualifiedName, type RelationName, schemaOf } from '../../model/name.ts'
import { displayType } from '../types.ts'
import { eachConstraint, eachNotNull, eachRoutine, eachSchema, eachSequence, eachTable, eachTrigger, eachView, type Maker, together } from './maker.ts'
import { present, type Row, unknown, type Value } from './row.ts'

const tableNames = (name: RelationName) => ({ table_schema: schemaOf(name), table_name: localName(name) })

/** A constraint stands in its table's schema. */
const constraintNames = (on: RelationName, name: string) => ({ constraint_schema: schemaOf(on), constraint_name: name })

const yesNo = (holds: boolean): string => (holds ? 'YES' : 'NO')

const spelled: Readonly<Record<string, string>> = {
  timestamptz: 'timestamp with time zone',
  timestamp: 'timestamp without time zone',
  timetz: 'time with time zone',
  time: 'time without time zone',
  varchar: 'character varying',
  bpchar: 'character',
}

/** data_type: a type of the user's is USER-DEFINED. */
const dataType = ({ type }: Attribute): string => {
  if (type.array) return 'ARRAY'
  if (type.schema !== 'pg_catalog') return 'USER-DEFINED'
  return spelled[type.name] ?? displayType({ ...type, typmods: [] })
}

/** character_maximum_length. */
const maximumLength = ({ type }: Attribute): Value => {
  if (type.typmods.length === 0 || !['varchar', 'bpchar'].includes(type.name)) return null
  const typmod = type.typmods[0] as { A_Const?: { ival?: { ival?: number } } } | undefined
  return typmod?.A_Const?.ival?.ival ?? unknown
}

/** Written out: so many columns after a spread are several times slower to make. */
const columnRow = (table: RelationName, attribute: Attribute, at: number): Row => ({
  table_schema: schemaOf(table),
  table_name: localName(table),
  column_name: attribute.name,
  ordinal_position: at + 1,
  is_nullable: yesNo(!attribute.notNull),
  data_type: dataType(attribute),
  udt_name: `${attribute.type.array ? '_' : ''}${attribute.type.name}`,
  udt_schema: attribute.type.schema ?? unknown,
  column_default: attribute.default === undefined ? null : present,
  is_identity: yesNo(attribute.identity !== undefined),
  identity_generation: attribute.identity ? (attribute.identity.always ? 'ALWAYS' : 'BY DEFAULT') : null,
  is_generated: attribute.generated ? 'ALWAYS' : 'NEVER',
  generation_expression: attribute.generated ? present : null,
  character_maximum_length: maximumLength(attribute),
})

/** information_schema does not show materialised views. */
const eachPlainView = (rows: (name: RelationName, columns: readonly string[]) => readonly Row[]): Maker =>
  eachView((name, { materialized, columns }) => (materialized ? [] : rows(name, columns)))

const columns = together(
  eachTable((name, table) => table.columns.map((attribute, at) => columnRow(name, attribute, at))),
  eachPlainView((name, names) =>
    names.map((column_name, at) => ({ ...tableNames(name), column_name, ordinal_position: at + 1, is_nullable: 'YES', column_default: null })),
  ),
)

const tables = together(
  eachTable((name, { kind }) => [{ ...tableNames(name), table_type: kind === 'foreign' ? 'FOREIGN' : 'BASE TABLE' }]),
  eachPlainView((name) => [{ ...tableNames(name), table_type: 'VIEW' }]),
)

const tableConstraints = together(
  eachConstraint((on, name, constraint) =>
    constraint.type === 'exclusion'
      ? []
      : [
          {
            ...constraintNames(on, name),
            ...tableNames(on),
            constraint_type: constraint.type.toUpperCase(),
            is_deferrable: yesNo('deferrable' in constraint && constraint.deferrable),
            initially_deferred: yesNo('initiallyDeferred' in constraint && constraint.initiallyDeferred),
          },
        ],
  ),
  // NOT NULL is listed as CHECK, under a name that depends on the major.
  eachNotNull((on, name) => ({ ...constraintNames(on, name), ...tableNames(on), constraint_type: 'CHECK' })),
)

const keyColumns = eachConstraint((on, name, constraint) =>
  'columns' in constraint
    ? constraint.columns.map((column_name, at) => ({ ...constraintNames(on, name), ...tableNames(on), column_name, ordinal_position: at + 1 }))
    : [],
)

/** Columns that constraints use: a foreign key's are those it references. */
const usedColumns = eachConstraint((on, name, constraint) => {
  const target = constraint.type === 'foreign key' ? constraint.references : on
  const used: readonly Value[] = constraint.type === 'foreign key' ? constraint.referenced : 'columns' in constraint ? constraint.columns : [unknown]
  return used.map((column_name) => ({ ...constraintNames(on, name), ...tableNames(target), column_name }))
})

const referential = eachConstraint((on, name, constraint) =>
  constraint.type === 'foreign key'
    ? [{ ...constraintNames(on, name), delete_rule: constraint.onDelete.toUpperCase(), update_rule: constraint.onUpdate.toUpperCase() }]
    : [],
)

const sequenceRow = (name: QualifiedName): Row => ({ sequence_schema: schemaOf(name), sequence_name: localName(name) })

/** By qualified name. */
export const informationSchema: Readonly<Record<string, Maker>> = {
  'information_schema.columns': columns,
  'information_schema.tables': tables,
  'information_schema.table_constraints': tableConstraints,
  'information_schema.key_column_usage': keyColumns,
  'information_schema.constraint_column_usage': usedColumns,
  'information_schema.referential_constraints': referential,
  'information_schema.schemata': eachSchema((schema_name) => ({ schema_name })),
  'information_schema.views': eachPlainView((name) => [tableNames(name)]),
  'information_schema.routines': eachRoutine((schema, name, kind) => ({ routine_schema: schema, routine_name: name, routine_type: kind.toUpperCase() })),
  'information_schema.sequences': eachSequence((name) => [sequenceRow(name)]),
  'information_schema.triggers': eachTrigger((on, name) => ({
    trigger_schema: schemaOf(on),
    trigger_name: name,
    event_object_schema: schemaOf(on),
    event_object_table: localName(on),
  })),
}
