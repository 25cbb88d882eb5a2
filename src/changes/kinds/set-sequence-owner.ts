import { display, displayIdentifier, keyOf, member, quoteIdentifier } from '../../model/name.ts'
import { defineChange } from '../define.ts'
import { columnOf, put, withFields } from '../edit.ts'
import { locking, together } from '../footprint.ts'
import { refuseIdentity, sequenceOf } from '../sequences.ts'

export const setSequenceOwner = defineChange({
  kind: 'set-sequence-owner',
  summary: 'A sequence is owned by a column, and dropped with it, or by none.',
  apply({ name, to }, catalog) {
    refuseIdentity(catalog, name, '0A000', 'cannot change ownership of identity sequence')
    if (to) columnOf(catalog, to.table, to.column)
    return put(catalog, 'sequences', name, withFields(sequenceOf(catalog, name), { ownedBy: to }))
  },
  invert: ({ name }, before) => [{ kind: 'set-sequence-owner', name, to: sequenceOf(before, name).ownedBy }],
  toSql: ({ name, to }) => (to?.mode === 'internal' ? [] : [`ALTER SEQUENCE ${name} OWNED BY ${to ? `${to.table}.${quoteIdentifier(to.column)}` : 'NONE'}`]),
  footprint: ({ name, to }) => together(locking('SHARE ROW EXCLUSIVE', name), locking('ACCESS SHARE', ...(to ? [to.table] : []))),
  describe: ({ name, to }) => `sequence ${display(name)} is owned by ${to ? `column ${display(to.table)}.${displayIdentifier(to.column)}` : 'no column'}`,
  touches: ({ name, to }) => [keyOf('sequence', name), ...(to ? [keyOf('column', member(to.table, to.column))] : [])],
  examples: [
    { given: 'CREATE TABLE t (a int); CREATE SEQUENCE s', sql: 'ALTER SEQUENCE s OWNED BY t.a' },
    { given: 'CREATE TABLE t (a serial)', sql: 'ALTER SEQUENCE t_a_seq OWNED BY NONE' },
    { given: 'CREATE TABLE t (a serial, b int)', sql: 'ALTER SEQUENCE public.t_a_seq OWNED BY public.t.b' },
  ],
})
