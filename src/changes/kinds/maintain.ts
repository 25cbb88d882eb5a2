import type { Catalog } from '../../model/catalog.ts'
import type { Change } from '../../model/change.ts'
import type { Tree } from '../../model/json.ts'
import { type Footprint, type LockMode, lockModes } from '../../model/lock.ts'
import { display, keyOf, localName, qualified, type RelationName, schemaOf } from '../../model/name.ts'
import { child, list, text } from '../../sql/tree.ts'
import { namedRelation, rangeList } from '../data.ts'
import { defineChange, noFootprint } from '../define.ts'
import { indexesOf, locking, rewriting, together } from '../footprint.ts'
import { ownerOfIndex, relationKind } from '../names.ts'
import type { Reading } from '../reading.ts'
import { refuse } from '../refusal.ts'
import { readOptions } from '../types.ts'

const emit = (reading: Reading, command: string, relations: readonly RelationName[] = []): void =>
  reading.emit({ kind: 'maintain', command, relations, sql: reading.statement.text })

/** An option without a value is on; `off`, `false` and `0` switch it off. */
const isOn = (node: Tree, option: string): boolean => {
  const value = readOptions(list(node, 'options').concat(list(node, 'params')))[option]
  return value !== undefined && !['off', 'false', '0'].includes(value.toLowerCase())
}

const vacuum = (reading: Reading, node: Tree): void => {
  const relations = list(node, 'rels').flatMap((item) => namedRelation(reading, child(child(item, 'VacuumRelation'), 'relation')))
  const command = node.is_vacuumcmd !== true ? 'ANALYZE' : isOn(node, 'full') ? 'VACUUM FULL' : 'VACUUM'
  emit(reading, command, relations)
}

const reindex = (reading: Reading, node: Tree): void => {
  const what = (text(node, 'kind') ?? '').replace('REINDEX_OBJECT_', '')
  emit(reading, `REINDEX ${what}${isOn(node, 'concurrently') ? ' CONCURRENTLY' : ''}`, namedRelation(reading, child(node, 'relation')))
}

/** CLUSTER … USING also remembers the index. */
const cluster = (reading: Reading, node: Tree): void => {
  const relations = namedRelation(reading, child(node, 'relation'))
  emit(reading, 'CLUSTER', relations)
  const index = text(node, 'indexname')
  const on = relations[0]
  if (index === undefined || on === undefined || !reading.catalog.tables.has(on)) return
  if (!indexesOf(reading.catalog, on).some((name) => localName(name) === index)) refuse('42704', `index "${index}" for table "${localName(on)}" does not exist`)
  if (reading.catalog.tables.get(on)?.clusterOn !== index) reading.imply({ kind: 'set-cluster-index', on, to: index })
}

const lock = (reading: Reading, node: Tree): void =>
  emit(reading, `LOCK ${lockModes[Number(node.mode ?? 8) - 1] ?? 'ACCESS EXCLUSIVE'}`, rangeList(reading, list(node, 'relations')))

/** Reindexing locks the table against writes and each index against everything. */
const reindexing = (before: Catalog, name: RelationName): Footprint => {
  const kind = relationKind(before, name)
  if (kind === 'index' || kind === 'constraint index') {
    const owner = before.indexes.get(name)?.relation ?? ownerOfIndex(before, name) ?? qualified(schemaOf(name), localName(name))
    return { locks: [...locking('SHARE', owner).locks, ...locking('ACCESS EXCLUSIVE', name).locks], rewrites: [name], scans: [owner] }
  }
  const indexes = indexesOf(before, name)
  return { locks: [...locking('SHARE', name).locks, ...locking('ACCESS EXCLUSIVE', ...indexes).locks], rewrites: indexes, scans: [name] }
}

const footprint = ({ command, relations }: Change<'maintain'>, before: Catalog): Footprint => {
  const known = relations.filter((name) => relationKind(before, name) !== undefined)
  if (command.startsWith('LOCK ')) return locking(command.slice('LOCK '.length) as LockMode, ...known)
  if (command === 'VACUUM' || command === 'ANALYZE') return locking('SHARE UPDATE EXCLUSIVE', ...known)
  if (command === 'VACUUM FULL' || command === 'CLUSTER') return together(...known.map((name) => rewriting(before, name)))
  if (!command.startsWith('REINDEX')) return noFootprint
  const all = together(...known.map((name) => reindexing(before, name)))
  return command.endsWith('CONCURRENTLY') ? { ...all, locks: locking('SHARE UPDATE EXCLUSIVE', ...all.locks.map(({ relation }) => relation)).locks } : all
}

export const maintain = defineChange({
  kind: 'maintain',
  summary: 'Maintenance: neither rows nor the catalog change.',
  reads: {
    VacuumStmt: vacuum,
    ReindexStmt: reindex,
    ClusterStmt: cluster,
    LockStmt: lock,
    CheckPointStmt: (reading) => emit(reading, 'CHECKPOINT'),
    DiscardStmt: (reading) => emit(reading, 'DISCARD'),
    ListenStmt: (reading) => emit(reading, 'LISTEN'),
    UnlistenStmt: (reading) => emit(reading, 'UNLISTEN'),
    NotifyStmt: (reading) => emit(reading, 'NOTIFY'),
    LoadStmt: (reading) => emit(reading, 'LOAD'),
    VariableShowStmt: (reading) => emit(reading, 'SHOW'),
  },
  apply: (_change, catalog) => catalog,
  invert: () => [],
  toSql: ({ sql }) => [sql],
  footprint,
  describe: ({ command, relations }) => `${command} runs${relations.length > 0 ? ` on ${relations.map(display).join(', ')}` : ''}`,
  touches: ({ relations }) => relations.map((name) => keyOf('table', name)),
  examples: [
    { given: `CREATE TABLE a (id int PRIMARY KEY)`, sql: `ANALYZE a` },
    { given: `CREATE TABLE a (id int PRIMARY KEY)`, sql: `LOCK TABLE a IN SHARE ROW EXCLUSIVE MODE` },
    { given: `CREATE TABLE a (id int PRIMARY KEY)`, sql: `REINDEX TABLE a` },
    { given: `CREATE TABLE a (id int PRIMARY KEY)`, sql: `CLUSTER a USING a_pkey` },
  ],
})
