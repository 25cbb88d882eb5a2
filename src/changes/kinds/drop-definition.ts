import { PostgresRefusal } from '../../model/error.ts'
import type { Tree } from '../../model/json.ts'
import { displayKey } from '../../model/name.ts'
import { flag, text } from '../../sql/tree.ts'
import { dropStatements } from '../alterations.ts'
import { recreateFactsOf } from '../create.ts'
import { defineChange, noFootprint } from '../define.ts'
import { definitionTypes } from '../definition-words.ts'
import { alteredDefinition, definitionNamed, definitionOf, findDefinition, namedParts } from '../definitions.ts'
import { refuseDependents } from '../dependents.ts'
import { droppedKey } from '../drop-change.ts'
import { dropAll, dropObjects } from '../drops.ts'
import { drop, dropFactsOf } from '../edit.ts'
import { locking } from '../footprint.ts'
import { tablesOf } from '../named-tables.ts'
import type { Reading } from '../reading.ts'

const read = (reading: Reading, node: Tree): void => {
  const type = text(node, 'removeType') ?? ''
  dropAll(reading, node, (item) => {
    const parts = namedParts(reading, type, item)
    return flag(node, 'missing_ok') ? findDefinition(reading, type, parts) : definitionNamed(reading, type, parts)
  })
}

/** DROP USER MAPPING and DROP SUBSCRIPTION have nodes of their own. */
const readOwn =
  (node: string) =>
  (reading: Reading, tree: Tree): void => {
    try {
      dropObjects(reading, [alteredDefinition(reading, node, tree)], text(tree, 'behavior') === 'DROP_CASCADE')
    } catch (error) {
      if (!(error instanceof PostgresRefusal && error.sqlstate === '42704' && flag(tree, 'missing_ok'))) throw error
    }
  }

export const dropDefinition = defineChange({
  kind: 'drop-definition',
  summary: 'An object that is one definition is dropped.',
  reads: {
    ...Object.fromEntries(definitionTypes.map((type) => [`DropStmt ${type}`, read])),
    DropUserMappingStmt: readOwn('DropUserMappingStmt'),
    DropSubscriptionStmt: readOwn('DropSubscriptionStmt'),
  },
  apply({ object }, catalog) {
    definitionOf(catalog, object)
    refuseDependents(catalog, object)
    return dropFactsOf(drop(catalog, 'definitions', object), object)
  },
  invert: ({ object }, before) => [{ kind: 'create-definition', object, definition: definitionOf(before, object) }, ...recreateFactsOf(before, object)],
  toSql: ({ object }, before) => dropStatements(object, definitionOf(before, object)),
  footprint({ object }, before) {
    const definition = definitionOf(before, object)
    return definition.type === 'statistics' ? locking('SHARE UPDATE EXCLUSIVE', ...tablesOf(definition, before)) : noFootprint
  },
  describe: ({ object }) => `${displayKey(object)} is dropped`,
  touches: (change) => [droppedKey(change)],
  examples: [
    { given: `CREATE COLLATION ci (provider = 'icu', locale = 'en')`, sql: `DROP COLLATION ci` },
    { given: `CREATE TABLE t (a int, b int); CREATE STATISTICS s ON a, b FROM t; COMMENT ON STATISTICS s IS 'x'`, sql: `DROP STATISTICS IF EXISTS s, missing` },
    { given: `CREATE PUBLICATION changes`, sql: `DROP PUBLICATION changes` },
    { given: `CREATE SUBSCRIPTION feed CONNECTION 'host=x' PUBLICATION a WITH (connect = false, slot_name = NONE)`, sql: `DROP SUBSCRIPTION feed` },
    {
      given: `CREATE FUNCTION same(a int, b int) RETURNS boolean LANGUAGE sql AS 'SELECT $1 = $2'; CREATE OPERATOR === (LEFTARG = int, RIGHTARG = int, FUNCTION = same)`,
      sql: `DROP OPERATOR === (int, int)`,
    },
  ],
})
