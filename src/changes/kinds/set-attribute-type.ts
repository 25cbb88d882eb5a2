import type { Tree } from '../../model/json.ts'
import { display, displayIdentifier, keyOf, localName, member, quoteIdentifier, type RelationName } from '../../model/name.ts'
import { child, text } from '../../sql/tree.ts'
import { attributeNamed, columnUsing, refuseInItself, refuseTyped } from '../composites.ts'
import { defineChange } from '../define.ts'
import { mapItems, put, withFields } from '../edit.ts'
import { locking } from '../footprint.ts'
import type { Reading } from '../reading.ts'
import { refuse } from '../refusal.ts'
import { userType } from '../type-names.ts'
import { displayType, printCollation, printType, readCollation } from '../types.ts'

const read = (reading: Reading, command: Tree, on: RelationName): void => {
  const definition = child(child(command, 'def'), 'ColumnDef')
  const collation = readCollation(child(definition, 'collClause'))
  refuseTyped(reading, on, command)
  reading.emit({
    kind: 'set-attribute-type',
    type: on,
    attribute: text(command, 'name') ?? '',
    to: reading.typeReference(child(definition, 'typeName') ?? {}),
    ...(collation ? { collation } : {}),
  })
}

export const setAttributeType = defineChange({
  kind: 'set-attribute-type',
  summary: 'An attribute of a composite type gets another type.',
  alters: { 'AT_AlterColumnType OBJECT_TYPE': read },
  apply({ type, attribute, to, collation }, catalog) {
    attributeNamed(catalog, type, attribute)
    refuseInItself(catalog, type, to)
    const using = columnUsing(catalog, type)
    if (using !== undefined) refuse('0A000', `cannot alter type "${localName(type)}" because column "${using}" uses it`)
    const composite = userType(catalog, type, 'composite')
    return put(catalog, 'types', type, {
      ...composite,
      attributes: mapItems(composite.attributes, (known) => (known.name === attribute ? withFields(known, { type: to, collation }) : known)),
    })
  },
  invert({ type, attribute }, before) {
    const known = attributeNamed(before, type, attribute)
    return [{ kind: 'set-attribute-type', type, attribute, to: known.type, ...(known.collation ? { collation: known.collation } : {}) }]
  },
  toSql: ({ type, attribute, to, collation }) => [
    `ALTER TYPE ${type} ALTER ATTRIBUTE ${quoteIdentifier(attribute)} TYPE ${printType(to)}${printCollation(collation)}`,
  ],
  footprint: ({ type }) => locking('ACCESS EXCLUSIVE', type),
  describe: ({ type, attribute, to }) => `attribute ${displayIdentifier(attribute)} of type ${display(type)} gets the type ${displayType(to)}`,
  touches: ({ type, attribute }) => [keyOf('type', type), keyOf('column', member(type, attribute))],
  examples: [
    { given: 'CREATE TYPE pair AS (a int, b text)', sql: 'ALTER TYPE pair ALTER ATTRIBUTE a TYPE bigint' },
    { given: 'CREATE TYPE pair AS (a int, b text COLLATE "C")', sql: 'ALTER TYPE pair ALTER ATTRIBUTE b SET DATA TYPE varchar(20) CASCADE' },
  ],
})
