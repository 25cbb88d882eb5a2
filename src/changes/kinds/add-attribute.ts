import type { Tree } from '../../model/json.ts'
import { display, displayIdentifier, keyOf, localName, member, type RelationName } from '../../model/name.ts'
import { child, text } from '../../sql/tree.ts'
import { refuseInItself, refuseTyped } from '../composites.ts'
import { defineChange } from '../define.ts'
import { put } from '../edit.ts'
import { locking } from '../footprint.ts'
import { printAttribute } from '../print-types.ts'
import type { Reading } from '../reading.ts'
import { refuse } from '../refusal.ts'
import { userType } from '../type-names.ts'
import { readCollation } from '../types.ts'

const read = (reading: Reading, command: Tree, on: RelationName): void => {
  const definition = child(child(command, 'def'), 'ColumnDef')
  const collation = readCollation(child(definition, 'collClause'))
  refuseTyped(reading, on, command)
  reading.emit({
    kind: 'add-attribute',
    type: on,
    attribute: {
      name: text(definition, 'colname') ?? '',
      type: reading.typeReference(child(definition, 'typeName') ?? {}),
      ...(collation ? { collation } : {}),
    },
  })
}

export const addAttribute = defineChange({
  kind: 'add-attribute',
  summary: 'A composite type gets an attribute.',
  alters: { 'AT_AddColumn OBJECT_TYPE': read },
  apply({ type, attribute }, catalog) {
    const composite = userType(catalog, type, 'composite')
    if (composite.attributes.some(({ name }) => name === attribute.name))
      refuse('42701', `column "${attribute.name}" of relation "${localName(type)}" already exists`)
    refuseInItself(catalog, type, attribute.type)
    return put(catalog, 'types', type, { ...composite, attributes: [...composite.attributes, attribute] })
  },
  invert: ({ type, attribute }) => [{ kind: 'drop-attribute', type, attribute: attribute.name }],
  toSql: ({ type, attribute }) => [`ALTER TYPE ${type} ADD ATTRIBUTE ${printAttribute(attribute)}`],
  footprint: ({ type }) => locking('ACCESS EXCLUSIVE', type),
  describe: ({ type, attribute }) => `attribute ${displayIdentifier(attribute.name)} is added to type ${display(type)}`,
  touches: ({ type, attribute }) => [keyOf('type', type), keyOf('column', member(type, attribute.name))],
  examples: [
    { given: 'CREATE TYPE pair AS (a int)', sql: 'ALTER TYPE pair ADD ATTRIBUTE b varchar(10) COLLATE "C", ADD ATTRIBUTE c int[]' },
    { given: `CREATE TYPE mood AS ENUM ('sad'); CREATE TYPE pair AS (a int); CREATE TABLE t (p pair)`, sql: 'ALTER TYPE pair ADD ATTRIBUTE m mood CASCADE' },
  ],
})
