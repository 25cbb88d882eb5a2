import type { Catalog } from '../../model/catalog.ts'
import type { Change } from '../../model/change.ts'
import type { Tree } from '../../model/json.ts'
import { display, displayIdentifier, keyOf, localName, member, type QualifiedName, quoteIdentifier, type RelationName } from '../../model/name.ts'
import { flag, text } from '../../sql/tree.ts'
import { attributeNamed, type CompositeAttribute, refuseTyped } from '../composites.ts'
import { recreateFacts } from '../create.ts'
import { defineChange } from '../define.ts'
import { droppedKey } from '../drop-change.ts'
import { dropFacts, put } from '../edit.ts'
import { locking } from '../footprint.ts'
import type { Reading } from '../reading.ts'
import { refuse } from '../refusal.ts'
import { userType } from '../type-names.ts'

const read = (reading: Reading, command: Tree, on: RelationName): void => {
  const attribute = text(command, 'name') ?? ''
  const known = userType(reading.catalog, on, 'composite').attributes.some(({ name }) => name === attribute)
  if (!known && flag(command, 'missing_ok')) return
  if (!known) refuse('42703', `column "${attribute}" of relation "${localName(on)}" does not exist`)
  refuseTyped(reading, on, command)
  reading.emit({ kind: 'drop-attribute', type: on, attribute })
}

/** An attribute comes back at the end: those behind it are dropped and added again, so that the order is the old one. */
const fromHere = (before: Catalog, type: QualifiedName, attribute: string): readonly CompositeAttribute[] => {
  const { attributes } = userType(before, type, 'composite')
  return attributes.slice(attributes.findIndex(({ name }) => name === attribute))
}

export const dropAttribute = defineChange({
  kind: 'drop-attribute',
  summary: 'An attribute of a composite type is dropped.',
  alters: { 'AT_DropColumn OBJECT_TYPE': read },
  apply({ type, attribute }, catalog) {
    attributeNamed(catalog, type, attribute)
    const composite = userType(catalog, type, 'composite')
    const gone = keyOf('column', member(type, attribute))
    return dropFacts(
      put(catalog, 'types', type, { ...composite, attributes: composite.attributes.filter(({ name }) => name !== attribute) }),
      (key) => key === gone,
    )
  },
  invert({ type, attribute }, before) {
    const [lost, ...behind] = fromHere(before, type, attribute)
    if (!lost) return { irreversible: `attribute ${displayIdentifier(attribute)} is not known` }
    const keys = new Set([lost, ...behind].map(({ name }) => keyOf('column', member(type, name))))
    return [
      ...behind.map(({ name }): Change => ({ kind: 'drop-attribute', type, attribute: name })),
      ...[lost, ...behind].map((again): Change => ({ kind: 'add-attribute', type, attribute: again })),
      ...recreateFacts(before, (key) => keys.has(key)),
    ]
  },
  toSql: ({ type, attribute }) => [`ALTER TYPE ${type} DROP ATTRIBUTE ${quoteIdentifier(attribute)}`],
  footprint: ({ type }) => locking('ACCESS EXCLUSIVE', type),
  describe: ({ type, attribute }) => `attribute ${displayIdentifier(attribute)} of type ${display(type)} is dropped`,
  touches: (change) => [keyOf('type', change.type), droppedKey(change)],
  examples: [
    {
      given: `CREATE TYPE pair AS (a int, b text, c int); COMMENT ON COLUMN pair.a IS 'x'; COMMENT ON COLUMN pair.c IS 'y'`,
      sql: 'ALTER TYPE pair DROP ATTRIBUTE a',
    },
    {
      given: 'CREATE TYPE pair AS (a int, b text); CREATE TABLE t (p pair)',
      sql: 'ALTER TYPE pair DROP ATTRIBUTE IF EXISTS b CASCADE, DROP ATTRIBUTE IF EXISTS missing',
    },
  ],
})
