import type { Index } from '../../model/catalog.ts'
import type { Tree } from '../../model/json.ts'
import { display, keyOf, localName, qualified, type RelationName, schemaOf } from '../../model/name.ts'
import { child, flag, list, text } from '../../sql/tree.ts'
import { joinedElementNames, readElements } from '../constraints.ts'
import { defineChange } from '../define.ts'
import { columnOf, put } from '../edit.ts'
import { locking, scanning, scanningRows, together } from '../footprint.ts'
import { chooseRelationName, relationKind } from '../names.ts'
import { printIndex } from '../print.ts'
import type { Reading } from '../reading.ts'
import { refuse } from '../refusal.ts'
import { alteredRelation } from '../temporary.ts'
import { readOptions } from '../types.ts'

const readIndex = (reading: Reading, node: Tree, relation: RelationName): Index => {
  const where = child(node, 'whereClause')
  const tablespace = text(node, 'tableSpace')
  return {
    relation,
    method: text(node, 'accessMethod') ?? 'btree',
    elements: readElements(reading, list(node, 'indexParams')),
    include: list(node, 'indexIncludingParams').map((element) => text(child(element, 'IndexElem'), 'name') ?? ''),
    ...(where ? { where: reading.expression(where) } : {}),
    unique: flag(node, 'unique'),
    nullsNotDistinct: flag(node, 'nulls_not_distinct'),
    options: readOptions(list(node, 'options')),
    ...(child(node, 'relation')?.inh === true ? {} : { only: true as const }),
    ...(tablespace ? { tablespace } : {}),
  }
}

const refuseMissingColumns = (reading: Reading, index: Index): void => {
  if (!reading.catalog.tables.has(index.relation)) return
  for (const { on } of index.elements) if (typeof on === 'string') columnOf(reading.catalog, index.relation, on)
  for (const column of index.include) columnOf(reading.catalog, index.relation, column)
}

const read = (reading: Reading, node: Tree): void => {
  const relation = alteredRelation(reading, node)
  if (relation === undefined) return
  if (reading.catalog.tables.get(relation)?.foreign) refuse('42809', `cannot create index on relation "${localName(relation)}"`)
  const index = readIndex(reading, node, relation)
  refuseMissingColumns(reading, index)
  const given = text(node, 'idxname')
  const schema = schemaOf(relation)
  const names = joinedElementNames(index.elements, index.include)
  const name = given === undefined ? chooseRelationName(reading.catalog, schema, localName(relation), names, 'idx') : qualified(schema, given)
  if (relationKind(reading.catalog, name) !== undefined) {
    if (flag(node, 'if_not_exists')) return
    refuse('42P07', `relation "${display(name)}" already exists`)
  }
  reading.emit({ kind: 'create-index', name, index, concurrently: flag(node, 'concurrent') })
}

export const createIndex = defineChange({
  kind: 'create-index',
  summary: 'An index is made.',
  reads: { IndexStmt: read },
  apply({ name, index }, catalog) {
    if (relationKind(catalog, name) !== undefined) refuse('42P07', `relation "${display(name)}" already exists`)
    if (!catalog.tables.has(index.relation) && !catalog.views.has(index.relation)) refuse('42P01', `relation "${display(index.relation)}" does not exist`)
    return put(catalog, 'indexes', name, index)
  },
  invert: ({ name, concurrently }) => [{ kind: 'drop-index', name, concurrently }],
  toSql({ name, index, concurrently }, before) {
    const statistics = Object.entries(index.statistics ?? {}).map(([column, target]) => `ALTER INDEX ${name} ALTER COLUMN ${column} SET STATISTICS ${target}`)
    // Attaching the table attaches the indexes that fit.
    const attach = index.attachedTo && before.tables.get(index.relation)?.partitionOf ? [`ALTER INDEX ${index.attachedTo} ATTACH PARTITION ${name}`] : []
    return [printIndex(name, index, concurrently), ...statistics, ...attach]
  },
  footprint: ({ index, concurrently }, before) =>
    together(locking(concurrently ? 'SHARE UPDATE EXCLUSIVE' : 'SHARE', index.relation), index.only ? scanning() : scanningRows(before, index.relation)),
  describe: ({ name, index, concurrently }) =>
    `${index.unique ? 'unique ' : ''}index ${display(name)} is made on ${display(index.relation)}${concurrently ? ', concurrently' : ''}`,
  touches: ({ name }) => [keyOf('index', name)],
  examples: [
    {
      given: 'CREATE TABLE t (a int, b text, c int)',
      sql: 'CREATE UNIQUE INDEX i ON t USING btree (a DESC NULLS LAST, lower(b) text_pattern_ops) INCLUDE (c) WHERE a > 0',
    },
    { given: 'CREATE TABLE t (a int, b text)', sql: 'CREATE INDEX ON t (a, lower(b))' },
    { given: 'CREATE TABLE t (a int[])', sql: 'CREATE INDEX IF NOT EXISTS i ON t USING gin (a) WITH (fastupdate = off)' },
  ],
})
