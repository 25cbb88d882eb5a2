import type { Tree } from '../../model/json.ts'
import { display, displayIdentifier, keyOf, localName, member, quoteIdentifier, type RelationName, schemaOf } from '../../model/name.ts'
import { child, flag, list, optionNamed, text } from '../../sql/tree.ts'
import { readSequenceOptions } from '../columns.ts'
import { constraintNode } from '../constraints.ts'
import { recreateFactsOf } from '../create.ts'
import { defineChange } from '../define.ts'
import { columnOf, drop, dropFactsOf, editColumn, tableOf, withFields } from '../edit.ts'
import { locking, together } from '../footprint.ts'
import { chooseRelationName } from '../names.ts'
import { printIdentity, printIdentityPersistence } from '../print.ts'
import type { Reading } from '../reading.ts'
import { refuse } from '../refusal.ts'
import { alteredOptions, initialOptions } from '../sequence-options.ts'
import { sequenceType } from '../types.ts'

const add = (reading: Reading, command: Tree, on: RelationName): void => {
  const column = text(command, 'name') ?? ''
  const node = constraintNode(command.def) ?? {}
  const attribute = columnOf(reading.catalog, on, column)
  if (attribute.identity) refuse('55000', `column "${column}" of relation "${localName(on)}" is already an identity column`)
  if (attribute.default !== undefined) refuse('55000', `column "${column}" of relation "${localName(on)}" already has a default value`)
  if (!attribute.notNull) refuse('55000', `column "${column}" of relation "${localName(on)}" must be declared NOT NULL before identity can be added`)
  const sequence = chooseSequenceName(reading, on, column, node)
  reading.imply({
    kind: 'create-sequence',
    name: sequence,
    sequence: {
      type: sequenceType(attribute.type) ?? 'bigint',
      options: initialOptions(sequenceType(attribute.type) ?? 'bigint', readSequenceOptions(list(node, 'options'))),
      persistence: tableOf(reading.catalog, on).persistence,
      ownedBy: { table: on, column, mode: 'internal' },
    },
  })
  reading.emit({ kind: 'set-identity', on, column, to: { always: text(node, 'generated_when') === 'a', sequence } })
}

const chooseSequenceName = (reading: Reading, on: RelationName, column: string, node: Tree): RelationName => {
  const given = optionNamed(list(node, 'options'), 'sequence_name')
  const parts = list(child(child(given, 'arg'), 'List'), 'items').map((part) => text(child(part, 'String'), 'sval') ?? '')
  return parts.length > 0 ? reading.newName(parts) : chooseRelationName(reading.catalog, schemaOf(on), localName(on), column, 'seq')
}

/** `SET GENERATED` changes the column; the other options are the sequence's. */
const alter = (reading: Reading, command: Tree, on: RelationName): void => {
  const column = text(command, 'name') ?? ''
  const { identity } = columnOf(reading.catalog, on, column)
  if (!identity) return refuse('55000', `column "${column}" of relation "${localName(on)}" is not an identity column`)
  const elements = list(child(child(command, 'def'), 'List'), 'items')
  const generated = optionNamed(elements, 'generated')
  if (generated) {
    const always = child(child(generated, 'arg'), 'Integer')?.ival === 'a'.charCodeAt(0)
    if (always !== identity.always) reading.emit({ kind: 'set-identity', on, column, to: { ...identity, always } })
  }
  const options = readSequenceOptions(elements.filter((element) => child(element, 'DefElem') !== generated))
  const { restart: _data, ...kept } = options
  const sequence = reading.catalog.sequences.get(identity.sequence)
  if (Object.keys(kept).length === 0 || !sequence) return
  reading.emit({
    kind: 'alter-sequence',
    name: identity.sequence,
    type: sequence.type,
    options: alteredOptions(sequence, kept),
    persistence: sequence.persistence,
  })
}

const remove = (reading: Reading, command: Tree, on: RelationName): void => {
  const column = text(command, 'name') ?? ''
  if (columnOf(reading.catalog, on, column).identity) return reading.emit({ kind: 'set-identity', on, column, to: undefined })
  if (!flag(command, 'missing_ok')) refuse('55000', `column "${column}" of relation "${localName(on)}" is not an identity column`)
}

export const setIdentity = defineChange({
  kind: 'set-identity',
  summary: 'A column becomes an identity, stops being one, or changes between ALWAYS and BY DEFAULT.',
  alters: { AT_AddIdentity: add, AT_SetIdentity: alter, AT_DropIdentity: remove },
  apply({ on, column, to }, catalog) {
    const { identity } = columnOf(catalog, on, column)
    const next = editColumn(catalog, on, column, (attribute) => withFields(attribute, { identity: to }))
    return to === undefined && identity ? dropFactsOf(drop(next, 'sequences', identity.sequence), keyOf('sequence', identity.sequence)) : next
  },
  invert({ on, column, to }, before) {
    const { identity } = columnOf(before, on, column)
    const sequence = identity && before.sequences.get(identity.sequence)
    const ready = to && before.sequences.get(to.sequence)
    if (!identity)
      return [
        { kind: 'set-identity', on, column, to: undefined },
        ...(to && ready
          ? [{ kind: 'create-sequence', name: to.sequence, sequence: ready } as const, ...recreateFactsOf(before, keyOf('sequence', to.sequence))]
          : []),
      ]
    if (to !== undefined || !sequence) return [{ kind: 'set-identity', on, column, to: identity }]
    return [
      { kind: 'create-sequence', name: identity.sequence, sequence },
      { kind: 'set-identity', on, column, to: identity },
      ...recreateFactsOf(before, keyOf('sequence', identity.sequence)),
    ]
  },
  toSql({ on, column, to }, before) {
    const alter = `ALTER TABLE ${on} ALTER COLUMN ${quoteIdentifier(column)}`
    if (to === undefined) return [`${alter} DROP IDENTITY`]
    if (columnOf(before, on, column).identity) return [`${alter} SET GENERATED ${to.always ? 'ALWAYS' : 'BY DEFAULT'}`]
    return [
      `${alter} ADD ${printIdentity(to, before.sequences.get(to.sequence))}`,
      ...printIdentityPersistence([{ ...columnOf(before, on, column), identity: to }], tableOf(before, on).persistence, before),
    ]
  },
  footprint({ on, column, to }, before) {
    const old = columnOf(before, on, column).identity
    return together(locking('ACCESS EXCLUSIVE', on), locking(to === undefined ? 'ACCESS EXCLUSIVE' : 'SHARE ROW EXCLUSIVE', ...(old ? [old.sequence] : [])))
  },
  describe: ({ on, column, to }) =>
    `column ${display(on)}.${displayIdentifier(column)} ${to === undefined ? 'is no identity any more' : `is an identity, ${to.always ? 'always generated' : 'generated by default'}`}`,
  touches: ({ on, column }) => [keyOf('column', member(on, column))],
  examples: [
    { given: 'CREATE TABLE t (a int NOT NULL)', sql: 'ALTER TABLE t ALTER COLUMN a ADD GENERATED ALWAYS AS IDENTITY (START WITH 5)' },
    { given: 'CREATE TABLE t (a int GENERATED ALWAYS AS IDENTITY)', sql: 'ALTER TABLE t ALTER COLUMN a SET GENERATED BY DEFAULT SET INCREMENT BY 2' },
    { given: 'CREATE TABLE t (a int GENERATED ALWAYS AS IDENTITY)', sql: 'ALTER TABLE t ALTER COLUMN a DROP IDENTITY' },
  ],
})
