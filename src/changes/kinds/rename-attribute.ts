import type { Tree } from '../../model/json.ts'
import { display, displayIdentifier, keyOf, localName, member, quoteIdentifier } from '../../model/name.ts'
import { child, text } from '../../sql/tree.ts'
import { attributeNamed, compositeRelation, typedTables } from '../composites.ts'
import { defineChange } from '../define.ts'
import { mapEntries, mapItems, put } from '../edit.ts'
import { locking } from '../footprint.ts'
import type { Reading } from '../reading.ts'
import { refuse } from '../refusal.ts'
import { renameColumn } from '../renaming/columns.ts'
import { userType } from '../type-names.ts'

const read = (reading: Reading, node: Tree): void => {
  const type = compositeRelation(reading, child(node, 'relation') ?? {})
  if (typedTables(reading.catalog, type).length > 0 && text(node, 'behavior') !== 'DROP_CASCADE') {
    refuse('2BP01', `cannot alter type "${localName(type)}" because it is the type of a typed table`)
  }
  reading.emit({ kind: 'rename-attribute', type, from: text(node, 'subname') ?? '', to: text(node, 'newname') ?? '' })
}

export const renameAttribute = defineChange({
  kind: 'rename-attribute',
  summary: 'An attribute of a composite type gets another name.',
  reads: { 'RenameStmt OBJECT_ATTRIBUTE': read },
  apply({ type, from, to }, catalog) {
    const composite = userType(catalog, type, 'composite')
    attributeNamed(catalog, type, from, `column "${from}" does not exist`)
    if (composite.attributes.some(({ name }) => name === to)) refuse('42701', `column "${to}" of relation "${localName(type)}" already exists`)
    let next = put(catalog, 'types', type, {
      ...composite,
      attributes: mapItems(composite.attributes, (attribute) => (attribute.name === from ? { ...attribute, name: to } : attribute)),
    })
    for (const table of typedTables(catalog, type)) next = renameColumn(next, table, from, to)
    const [old, now] = [keyOf('column', member(type, from)), keyOf('column', member(type, to))]
    return mapEntries(next, 'comments', (comment, key) => ({ key: key === old ? now : key, value: comment }))
  },
  invert: ({ type, from, to }) => [{ kind: 'rename-attribute', type, from: to, to: from }],
  toSql: ({ type, from, to }, before) => [
    `ALTER TYPE ${type} RENAME ATTRIBUTE ${quoteIdentifier(from)} TO ${quoteIdentifier(to)}${typedTables(before, type).length > 0 ? ' CASCADE' : ''}`,
  ],
  footprint: ({ type }, before) => locking('ACCESS EXCLUSIVE', type, ...typedTables(before, type)),
  describe: ({ type, from, to }) => `attribute ${displayIdentifier(from)} of type ${display(type)} is renamed to ${displayIdentifier(to)}`,
  touches: ({ type, from, to }) => [keyOf('type', type), keyOf('column', member(type, from)), keyOf('column', member(type, to))],
  examples: [
    { given: `CREATE TYPE pair AS (a int, b text); COMMENT ON COLUMN pair.a IS 'x'`, sql: 'ALTER TYPE pair RENAME ATTRIBUTE a TO first' },
    { given: 'CREATE TYPE pair AS (a int, b text); CREATE TABLE t (p pair)', sql: 'ALTER TYPE pair RENAME ATTRIBUTE b TO "Second" CASCADE' },
  ],
})
