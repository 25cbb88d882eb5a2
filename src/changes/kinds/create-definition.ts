import type { Tree } from '../../model/json.ts'
import { displayKey } from '../../model/name.ts'
import { child, flag } from '../../sql/tree.ts'
import { createStatements } from '../alterations.ts'
import { namedRelation } from '../data.ts'
import { defineChange } from '../define.ts'
import { printDefinitionObject, readDefinition } from '../definitions.ts'
import { put } from '../edit.ts'
import { locking } from '../footprint.ts'
import { tablesOf } from '../named-tables.ts'
import type { Reading } from '../reading.ts'
import { refuse } from '../refusal.ts'

const create =
  (node: string) =>
  (reading: Reading, tree: Tree): void => {
    if (node === 'CreateStatsStmt')
      for (const range of (tree.relations ?? []) as readonly Tree[]) if (namedRelation(reading, child(range, 'RangeVar')).length === 0) return
    const { object, definition } = readDefinition(reading, node, tree)
    if (reading.catalog.definitions.has(object) && flag(tree, 'if_not_exists')) return
    reading.emit({ kind: 'create-definition', object, definition })
  }

const nodes = [
  'CreateStatsStmt',
  'CreatePublicationStmt',
  'CreateSubscriptionStmt',
  'CreateEventTrigStmt',
  'CreateCastStmt',
  'CreateOpClassStmt',
  'CreateOpFamilyStmt',
  'CreateConversionStmt',
  'CreatePLangStmt',
  'CreateTransformStmt',
  'CreateFdwStmt',
  'CreateForeignServerStmt',
  'CreateUserMappingStmt',
  'CreateAmStmt',
]
const defined = ['OBJECT_COLLATION', 'OBJECT_OPERATOR', 'OBJECT_TSPARSER', 'OBJECT_TSDICTIONARY', 'OBJECT_TSTEMPLATE', 'OBJECT_TSCONFIGURATION']

export const createDefinition = defineChange({
  kind: 'create-definition',
  summary: 'An object that is one definition is made: a collation, statistics, publication, event trigger, operator and their kin.',
  reads: {
    ...Object.fromEntries(nodes.map((node) => [node, create(node)])),
    ...Object.fromEntries(defined.map((type) => [`DefineStmt ${type}`, create('DefineStmt')])),
  },
  apply({ object, definition }, catalog) {
    if (catalog.definitions.has(object)) refuse('42710', `${printDefinitionObject(object)} already exists`)
    return put(catalog, 'definitions', object, definition)
  },
  invert: ({ object }) => [{ kind: 'drop-definition', object }],
  toSql: ({ definition }) => createStatements(definition),
  footprint({ definition }, before) {
    return locking('SHARE UPDATE EXCLUSIVE', ...tablesOf(definition, before))
  },
  describe: ({ object }) => `${displayKey(object)} is made`,
  touches: ({ object }) => [object],
  examples: [
    { sql: `CREATE COLLATION IF NOT EXISTS ci (provider = 'icu', locale = 'en-US-u-ks-level2', deterministic = false)` },
    { given: `CREATE TABLE t (a int, b int)`, sql: `CREATE STATISTICS ON a, b FROM t` },
    { given: `CREATE TABLE t (a int PRIMARY KEY, b int)`, sql: `CREATE PUBLICATION changes FOR TABLE t (a) WITH (publish = 'insert')` },
    { sql: `CREATE SUBSCRIPTION feed CONNECTION 'host=x password=y' PUBLICATION b, a WITH (connect = false, slot_name = other, binary)` },
    { sql: `CREATE TEXT SEARCH CONFIGURATION words (COPY = pg_catalog.english)` },
    {
      given: `CREATE FUNCTION same(a int, b int) RETURNS boolean LANGUAGE sql AS 'SELECT $1 = $2'`,
      sql: `CREATE OPERATOR === (LEFTARG = int, RIGHTARG = int, FUNCTION = same)`,
    },
  ],
})
