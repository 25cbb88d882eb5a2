import type { Catalog, TypeReference } from '../../model/catalog.ts'
import type { Tree } from '../../model/json.ts'
import { display, displayIdentifier, keyOf, member, type ObjectKey, parseKey, quoteIdentifier, type RelationName } from '../../model/name.ts'
import { printExpression } from '../../sql/print.ts'
import { child, text } from '../../sql/tree.ts'
import { columnProperties } from '../column-properties.ts'
import { isOfIndex } from '../columns-of.ts'
import { conversionBack } from '../conversions.ts'
import { defineChange } from '../define.ts'
import { columnOf, editColumn, withFields } from '../edit.ts'
import { equal } from '../equal.ts'
import { indexesOn } from '../found-by.ts'
import type { Reading } from '../reading.ts'
import { referencesAbout } from '../reference-index.ts'
import { notUnderstood, refuse } from '../refusal.ts'
import { respellings } from '../respelling.ts'
import { typeChangeFootprint } from '../type-change.ts'
import { displayType, printCollation, printType, readCollation, sequenceType } from '../types.ts'

const holders: Readonly<Record<string, string>> = {
  view: 'a view or rule',
  rule: 'a view or rule',
  policy: 'a policy definition',
  trigger: 'a trigger definition',
  column: 'a generated column',
  routine: 'a function or procedure',
}

/** Views, rules, policies, triggers, generated columns and bodies of SQL hold a column's type (0A000). */
const refuseHolders = (catalog: Catalog, on: RelationName, column: string): void => {
  const key: ObjectKey = keyOf('column', member(on, column))
  for (const { from, to } of referencesAbout(catalog, key)) {
    const holder = to === key && from !== key ? holders[parseKey(from).kind] : undefined
    if (holder) refuse('0A000', `cannot alter type of a column used ${holder.startsWith('a policy') || holder.startsWith('a trigger') ? 'in' : 'by'} ${holder}`)
  }
}

const read = (reading: Reading, command: Tree, on: RelationName): void => {
  const column = text(command, 'name') ?? ''
  const definition = child(child(command, 'def'), 'ColumnDef')
  const attribute = columnOf(reading.catalog, on, column)
  const to = reading.typeReference(child(definition, 'typeName') ?? notUnderstood('ALTER COLUMN … TYPE without a type'))
  const collation = readCollation(child(definition, 'collClause'))
  const using = child(definition, 'raw_default')
  refuseHolders(reading.catalog, on, column)
  forgetStatistics(reading, on, column)
  if (!equal(attribute.type, to)) for (const change of respellings(reading.catalog, on, column)) reading.emit(change)
  reading.emit({ kind: 'set-column-type', on, column, to, ...(collation ? { collation } : {}), ...(using ? { using: reading.expression(using) } : {}) })
  followIdentity(reading, on, column, to)
}

/** Indexes of the column are made anew, without the statistics targets of their expressions. Said before the new type, so that the inverse sets them behind the old one. */
const forgetStatistics = (reading: Reading, on: RelationName, column: string): void => {
  for (const [name, index] of indexesOn(reading.catalog, on))
    if (index.statistics && isOfIndex(index, column)) reading.imply({ kind: 'set-index-statistics', name, to: {} })
}

/** An identity's sequence takes the type of its column; a serial's does not. */
const followIdentity = (reading: Reading, on: RelationName, column: string, to: TypeReference): void => {
  const { identity } = columnOf(reading.catalog, on, column)
  const sequence = identity && reading.catalog.sequences.get(identity.sequence)
  const type = sequenceType(to)
  if (!identity || !sequence || !type || sequence.type === type) return
  reading.imply({ kind: 'alter-sequence', name: identity.sequence, type, options: sequence.options, persistence: sequence.persistence })
}

export const setColumnType = defineChange({
  kind: 'set-column-type',
  summary: "A column's type or collation is changed.",
  alters: { AT_AlterColumnType: read },
  /** How values are stored is the new type's to say again (ATExecAlterColumnType). */
  apply: ({ on, column, to, collation }, catalog) =>
    editColumn(catalog, on, column, (attribute) => withFields(attribute, { type: to, collation, storage: undefined, compression: undefined })),
  invert({ on, column, to, using }, before) {
    const attribute = columnOf(before, on, column)
    const { type, collation, storage, compression } = attribute
    return [
      { kind: 'set-column-type', on, column, to: type, ...(collation ? { collation } : {}), ...conversionBack(column, to, type, using) },
      ...(storage === undefined && compression === undefined ? [] : [{ kind: 'set-column-properties', on, column, to: columnProperties(attribute) } as const]),
    ]
  },
  toSql({ on, column, to, collation, using }, before) {
    // A generated column is computed anew; USING is refused there (42611).
    const converted = using && !columnOf(before, on, column).generated ? ` USING ${printExpression(using)}` : ''
    return [`ALTER TABLE ${on} ALTER COLUMN ${quoteIdentifier(column)} TYPE ${printType(to)}${printCollation(collation)}${converted}`]
  },
  footprint({ on, column, to, collation, using }, before) {
    return typeChangeFootprint(before, on, columnOf(before, on, column), { to, ...(collation ? { collation } : {}), ...(using ? { using } : {}) })
  },
  describe: ({ on, column, to }) => `column ${display(on)}.${displayIdentifier(column)} gets the type ${displayType(to)}`,
  touches: ({ on, column }) => [keyOf('column', member(on, column))],
  examples: [
    { given: `CREATE TABLE t (a varchar(10) DEFAULT 'x')`, sql: 'ALTER TABLE t ALTER COLUMN a TYPE text' },
    { given: 'CREATE TABLE t (a text)', sql: 'ALTER TABLE t ALTER COLUMN a SET DATA TYPE integer USING a::integer' },
    { given: 'CREATE TABLE t (a int GENERATED ALWAYS AS IDENTITY)', sql: 'ALTER TABLE t ALTER COLUMN a TYPE bigint' },
    { given: 'CREATE TABLE t (a text)', sql: 'ALTER TABLE t ALTER COLUMN a TYPE text COLLATE "C"' },
    {
      given: 'CREATE TABLE t (a int); CREATE INDEX i ON t ((a + 1)); ALTER INDEX i ALTER COLUMN 1 SET STATISTICS 500',
      sql: 'ALTER TABLE t ALTER COLUMN a TYPE bigint',
    },
    {
      given: "CREATE TABLE t (a varchar(5) UNIQUE, b int); CREATE INDEX i ON t (b) WHERE a = 'x'; CREATE INDEX j ON t (a)",
      sql: 'ALTER TABLE t ALTER COLUMN a TYPE varchar(9)',
    },
    {
      given: 'CREATE TABLE t (a text PRIMARY KEY, EXCLUDE USING btree (a WITH =)); CREATE INDEX i ON t (lower(a))',
      sql: 'ALTER TABLE t ALTER COLUMN a TYPE varchar',
    },
    { given: 'CREATE TABLE t (a varchar(5) UNIQUE, b int, UNIQUE (b) INCLUDE (a))', sql: 'ALTER TABLE t ALTER COLUMN a TYPE bpchar' },
    { given: 'CREATE TABLE t (a text STORAGE external COMPRESSION pglz)', sql: 'ALTER TABLE t ALTER COLUMN a TYPE varchar' },
  ],
})
