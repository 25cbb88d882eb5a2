import type { Tree } from '../../model/json.ts'
import { displayKey } from '../../model/name.ts'
import { child, text } from '../../sql/tree.ts'
import { alterationsOf, createStatements, dropStatements } from '../alterations.ts'
import { recreateFactsOf } from '../create.ts'
import { defineChange, noFootprint } from '../define.ts'
import { definitionTypes } from '../definition-words.ts'
import { alteredDefinition, definitionNamed, definitionOf, namedParts, printDefinitionObject, readAlter, renamedKey, renamedTree } from '../definitions.ts'
import { put } from '../edit.ts'
import { equal } from '../equal.ts'
import { locking } from '../footprint.ts'
import { tablesOf } from '../named-tables.ts'
import type { Reading } from '../reading.ts'
import { eachReference } from '../reference-index.ts'
import { notUnderstood, refuse } from '../refusal.ts'
import { alteredSubscription } from '../subscriptions.ts'

const alter =
  (node: string) =>
  (reading: Reading, tree: Tree): void => {
    const object = alteredDefinition(reading, node, tree)
    const before = definitionOf(reading.catalog, object)
    if (before.type === 'subscription') {
      const to = alteredSubscription(before, tree)
      return equal(before, to) ? undefined : reading.emit({ kind: 'alter-definition', object, to })
    }
    reading.emit({ kind: 'alter-definition', object, to: { ...before, alters: [...before.alters, readAlter(reading, node, tree, object)] } })
  }

/** A new name is a new object here, with the old one's facts. Where something depends on it, or it was altered, memory cannot follow. */
const rename = (reading: Reading, tree: Tree): void => {
  const type = text(tree, 'renameType') ?? ''
  const object = definitionNamed(reading, type, namedParts(reading, type, child(tree, 'object')))
  const to = text(tree, 'newname') ?? ''
  const key = renamedKey(object, to)
  if (reading.catalog.definitions.has(key)) refuse('42710', `${printDefinitionObject(key)} already exists`)
  const definition = definitionOf(reading.catalog, object)
  let used =
    definition.alters.length > 0 ||
    (definition.type === 'collation' && [...reading.catalog.tables.values()].some((table) => table.columns.some(({ collation }) => collation !== undefined)))
  eachReference(reading.catalog, (reference) => {
    if (reference.to === object) used = true
  })
  if (used) notUnderstood(`${displayKey(object)} is renamed while other things hang on it`)
  const facts = recreateFactsOf(reading.catalog, object)
  reading.emit({ kind: 'drop-definition', object })
  reading.emit({ kind: 'create-definition', object: key, definition: { ...definition, create: renamedTree(definition.create, to) } })
  for (const fact of facts) if ('object' in fact) reading.imply({ ...fact, object: key })
}

const nodes = [
  'AlterStatsStmt',
  'AlterPublicationStmt',
  'AlterSubscriptionStmt',
  'AlterEventTrigStmt',
  'AlterOpFamilyStmt',
  'AlterOperatorStmt',
  'AlterTSDictionaryStmt',
  'AlterTSConfigurationStmt',
  'AlterFdwStmt',
  'AlterForeignServerStmt',
  'AlterUserMappingStmt',
]

/** ALTER PUBLICATION … SET TABLE: those that are not named any more go. */
const setsTables = (alter: Tree | undefined): boolean => text(child(alter, 'AlterPublicationStmt'), 'action') === 'AP_SetObjects'

export const alterDefinition = defineChange({
  kind: 'alter-definition',
  summary: 'An object that is one definition is altered.',
  reads: {
    ...Object.fromEntries(nodes.map((node) => [node, alter(node)])),
    ...Object.fromEntries(definitionTypes.map((type) => [`RenameStmt ${type}`, rename])),
  },
  apply({ object, to }, catalog) {
    definitionOf(catalog, object)
    return put(catalog, 'definitions', object, to)
  },
  invert: ({ object }, before) => [{ kind: 'alter-definition', object, to: definitionOf(before, object) }],
  toSql({ object, to }, before) {
    const from = definitionOf(before, object)
    return alterationsOf(object, from, to) ?? [...dropStatements(object, from), ...createStatements(to)]
  },
  footprint({ object, to }, before) {
    if (to.type !== 'publication') return noFootprint
    const tables = tablesOf(definitionOf(before, object), before)
    const next = to.alters.at(-1)
    return locking('SHARE UPDATE EXCLUSIVE', ...(next ? tablesOf({ ...to, create: next, alters: [] }, before) : []), ...(setsTables(next) ? tables : []))
  },
  describe: ({ object }) => `${displayKey(object)} is altered`,
  touches: ({ object }) => [object],
  examples: [
    { given: `CREATE TABLE t (a int, b int); CREATE STATISTICS s ON a, b FROM t`, sql: `ALTER STATISTICS s SET STATISTICS 100` },
    {
      given: `CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w OPTIONS (host 'a', port '1'); CREATE FOREIGN TABLE t (a int) SERVER s`,
      sql: `ALTER SERVER s OPTIONS (SET host 'b', DROP port)`,
    },
    {
      given: `CREATE SUBSCRIPTION feed CONNECTION 'host=x' PUBLICATION a WITH (connect = false, slot_name = NONE)`,
      sql: `ALTER SUBSCRIPTION feed SET (disable_on_error = true, slot_name = feed)`,
    },
    {
      given: `CREATE FUNCTION f() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'; CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION f()`,
      sql: `ALTER EVENT TRIGGER e DISABLE`,
    },
    { given: `CREATE TABLE t (a int PRIMARY KEY); CREATE PUBLICATION changes`, sql: `ALTER PUBLICATION changes ADD TABLE t` },
    {
      given: `CREATE TEXT SEARCH CONFIGURATION words (COPY = pg_catalog.english)`,
      sql: `ALTER TEXT SEARCH CONFIGURATION words ALTER MAPPING FOR asciiword WITH simple`,
    },
  ],
})
