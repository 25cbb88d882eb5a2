import type { Tree } from '../../model/json.ts'
import { display, keyOf, localName, member, quoteIdentifier, schemaOf } from '../../model/name.ts'
import { child, flag, list } from '../../sql/tree.ts'
import { defineChange, noFootprint } from '../define.ts'
import { put } from '../edit.ts'
import { locking } from '../footprint.ts'
import { chooseRelationName, refuseTakenRelation, relationKind } from '../names.ts'
import { printSequenceOptions, printSequenceType } from '../print.ts'
import type { Reading } from '../reading.ts'
import { refuse } from '../refusal.ts'
import { ownerIn, readNewSequence } from '../sequences.ts'
import { createsTemporary } from '../temporary.ts'

const read = (reading: Reading, node: Tree): void => {
  const range = child(node, 'sequence') ?? {}
  if (createsTemporary(reading, range)) return
  const name = reading.newRelation(range)
  if (relationKind(reading.catalog, name) !== undefined && flag(node, 'if_not_exists')) return
  refuseTakenRelation(reading.catalog, name)
  reading.emit({ kind: 'create-sequence', name, sequence: readNewSequence(reading, node) })
  const owner = ownerIn(reading, name, list(node, 'options'))
  if (owner !== undefined && owner !== 'none') reading.emit({ kind: 'set-sequence-owner', name, to: owner })
}

export const createSequence = defineChange({
  kind: 'create-sequence',
  summary: 'A sequence is made. That of an identity column is made by its column.',
  reads: { CreateSeqStmt: read },
  apply({ name, sequence }, catalog) {
    if (relationKind(catalog, name) !== undefined) refuse('42P07', `relation "${localName(name)}" already exists`)
    return put(catalog, 'sequences', name, sequence)
  },
  invert: ({ name }) => [{ kind: 'drop-sequence', name }],
  toSql({ name, sequence: { type, options, persistence, ownedBy } }, before) {
    if (ownedBy?.mode === 'internal') return []
    const owner = ownedBy ? `OWNED BY ${ownedBy.table}.${quoteIdentifier(ownedBy.column)}` : ''
    const clauses = [printSequenceType(type).trim(), printSequenceOptions(options), owner].filter(Boolean)
    // A new sequence may not have a type's name (42710), but a type may be made under a sequence's, and RENAME does not look.
    const first = before.types.has(name) ? chooseRelationName(before, schemaOf(name), localName(name), undefined, 'new') : name
    const create = [`CREATE ${persistence === 'unlogged' ? 'UNLOGGED ' : ''}SEQUENCE ${first}`, ...clauses].join(' ')
    return first === name ? [create] : [create, `ALTER SEQUENCE ${first} RENAME TO ${quoteIdentifier(localName(name))}`]
  },
  footprint: ({ sequence: { ownedBy } }) => (ownedBy ? locking('ACCESS SHARE', ownedBy.table) : noFootprint),
  describe: ({ name }) => `sequence ${display(name)} is made`,
  touches: ({ name, sequence: { ownedBy } }) => [keyOf('sequence', name), ...(ownedBy ? [keyOf('column', member(ownedBy.table, ownedBy.column))] : [])],
  examples: [
    { sql: 'CREATE SEQUENCE s AS smallint INCREMENT BY 2 MINVALUE 10 MAXVALUE 100 START WITH 20 CACHE 5 CYCLE' },
    { given: 'CREATE TABLE t (a int)', sql: 'CREATE SEQUENCE IF NOT EXISTS s OWNED BY t.a' },
    { sql: 'CREATE SEQUENCE down INCREMENT -1 NO MINVALUE' },
    { sql: 'CREATE SEQUENCE plain AS bigint START 1 INCREMENT 1 MINVALUE 1 MAXVALUE 9223372036854775807 CACHE 1 NO CYCLE' },
    { sql: 'CREATE UNLOGGED SEQUENCE u' },
  ],
})
