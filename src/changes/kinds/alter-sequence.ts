import type { Options, Sequence } from '../../model/catalog.ts'
import type { Tree } from '../../model/json.ts'
import { display, keyOf, type RelationName } from '../../model/name.ts'
import { list } from '../../sql/tree.ts'
import { defineChange } from '../define.ts'
import { put } from '../edit.ts'
import { locking } from '../footprint.ts'
import { printSequenceOptions } from '../print.ts'
import type { Reading } from '../reading.ts'
import { refuse } from '../refusal.ts'
import { allOptions, alteredOptions } from '../sequence-options.ts'
import { readSequenceChanges, sequenceOf } from '../sequences.ts'
import { alteredRelation } from '../temporary.ts'
import { integerTypes } from '../types.ts'

const read = (reading: Reading, node: Tree): void => {
  const name = alteredRelation(reading, node, 'sequence')
  if (name === undefined) return
  if (!reading.catalog.sequences.has(name)) refuse('42809', `"${display(name)}" is not a sequence`)
  readSequenceChanges(reading, name, list(node, 'options'))
}

const persist =
  (persistence: Sequence['persistence']) =>
  (reading: Reading, _command: Tree, on: RelationName): void => {
    const { type, options } = sequenceOf(reading.catalog, on)
    reading.emit({ kind: 'alter-sequence', name: on, type, options, persistence })
  }

/** Options that ALTER SEQUENCE must say: those that the type alone does not bring. */
const differing = (sequence: Sequence, type: Sequence['type'], options: Options): Options => {
  const retyped = allOptions(type, alteredOrSame(sequence, type))
  const wanted = allOptions(type, options)
  return Object.fromEntries(Object.entries(wanted).filter(([key, value]) => retyped[key] !== value))
}

/** What the options are after the type alone; where it alone would be refused, all options must be said. */
const alteredOrSame = (sequence: Sequence, type: Sequence['type']): Options => {
  try {
    return alteredOptions(sequence, {}, type)
  } catch {
    return {}
  }
}

/** A sequence that was never used stands at its start: outside of the new bounds PostgreSQL would refuse it, so it starts anew. */
const restart = (sequence: Sequence, type: Sequence['type'], options: Options): string => {
  const [old, next] = [allOptions(sequence.type, sequence.options), allOptions(type, options)]
  const at = BigInt(old.start ?? '1')
  return at < BigInt(next.minvalue ?? '1') || at > BigInt(next.maxvalue ?? '1') ? `RESTART WITH ${next.start}` : ''
}

export const alterSequence = defineChange({
  kind: 'alter-sequence',
  summary: 'The type, the options or the persistence of a sequence change. RESTART is data.',
  reads: { AlterSeqStmt: read },
  alters: { 'AT_SetLogged sequence': persist('permanent'), 'AT_SetUnLogged sequence': persist('unlogged') },
  apply({ name, type, options, persistence }, catalog) {
    return put(catalog, 'sequences', name, { ...sequenceOf(catalog, name), type, options, persistence })
  },
  invert({ name }, before) {
    const { type, options, persistence } = sequenceOf(before, name)
    return [{ kind: 'alter-sequence', name, type, options, persistence }]
  },
  toSql({ name, type, options, persistence }, before) {
    const sequence = sequenceOf(before, name)
    const clauses = [
      type === sequence.type ? '' : `AS ${integerTypes[type]}`,
      printSequenceOptions(differing(sequence, type, options)),
      restart(sequence, type, options),
    ].filter(Boolean)
    return [
      ...(clauses.length > 0 ? [`ALTER SEQUENCE ${name} ${clauses.join(' ')}`] : []),
      ...(persistence === sequence.persistence ? [] : [`ALTER SEQUENCE ${name} SET ${persistence === 'unlogged' ? 'UNLOGGED' : 'LOGGED'}`]),
    ]
  },
  footprint({ name, persistence }, before) {
    return locking(sequenceOf(before, name).persistence === persistence ? 'SHARE ROW EXCLUSIVE' : 'ACCESS EXCLUSIVE', name)
  },
  describe: ({ name }) => `sequence ${display(name)} is altered`,
  touches: ({ name }) => [keyOf('sequence', name)],
  examples: [
    { given: 'CREATE SEQUENCE s', sql: 'ALTER SEQUENCE s AS integer INCREMENT BY 5 CACHE 10 CYCLE' },
    { given: 'CREATE TABLE t (id serial)', sql: 'ALTER SEQUENCE IF EXISTS t_id_seq AS bigint' },
    { given: 'CREATE SEQUENCE s', sql: 'ALTER SEQUENCE s INCREMENT BY -1' },
    { given: 'CREATE SEQUENCE s MINVALUE 5', sql: 'ALTER SEQUENCE s NO MINVALUE MAXVALUE 50' },
    { given: 'CREATE SEQUENCE s', sql: 'ALTER SEQUENCE s MINVALUE 100 START WITH 100 RESTART WITH 100' },
    { given: 'CREATE TABLE t (id int GENERATED ALWAYS AS IDENTITY (START WITH 10))', sql: 'ALTER SEQUENCE t_id_seq START WITH 20' },
    { given: 'CREATE SEQUENCE s', sql: 'ALTER SEQUENCE s SET UNLOGGED' },
  ],
})
