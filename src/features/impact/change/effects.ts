/** What each kind of change means to code. Kinds that are absent mean nothing to it. */
import type { Step } from '../../../changes/replay.ts'
import type { Catalog } from '../../../model/catalog.ts'
import type { Change, ChangeKind } from '../../../model/change.ts'
import type { CodeFacts } from '../../../model/code.ts'
import type { Statement } from '../../../model/statement.ts'
import { setColumnType } from './column-type.ts'
import { addColumn, dropColumn, dropNotNull, renameColumn, setNotNull } from './columns.ts'
import { addConstraint, createIndex, dropConstraint, dropIndex, renameConstraint, renameIndex } from './constraints.ts'
import { setDefault, setGenerated, setIdentity } from './defaults.ts'
import type { Effect, Moment, Reader } from './effect.ts'
import { enumEffects, renamedValues, renameEnumValue } from './enums.ts'
import { alterPolicy, createTable, createView, dropPolicy, dropTable, dropView, renameTable, renameView, setRowSecurity, setSchema } from './tables.ts'

const readers: { readonly [K in ChangeKind]?: Reader<K> } = {
  'add-column': addColumn,
  'drop-column': dropColumn,
  'rename-column': renameColumn,
  'set-column-type': setColumnType,
  'set-not-null': setNotNull,
  'drop-not-null': dropNotNull,
  'set-default': setDefault,
  'set-identity': setIdentity,
  'set-generated': setGenerated,
  'create-table': createTable,
  'drop-table': dropTable,
  'rename-table': renameTable,
  'create-view': createView,
  'drop-view': dropView,
  'rename-view': renameView,
  'set-schema': setSchema,
  'set-row-security': setRowSecurity,
  'alter-policy': alterPolicy,
  'drop-policy': dropPolicy,
  'rename-enum-value': renameEnumValue,
  'add-constraint': addConstraint,
  'drop-constraint': dropConstraint,
  'rename-constraint': renameConstraint,
  'create-index': createIndex,
  'drop-index': dropIndex,
  'rename-index': renameIndex,
}

const read = <K extends ChangeKind>(change: Change<K>, moment: Moment): readonly Effect[] => {
  const reader = readers[change.kind] as Reader<K> | undefined
  return reader ? reader(change, moment) : []
}

/** An effect, and the statement that has it. */
export type PlacedEffect = Effect & { readonly statement: Statement | undefined }

/** What was not understood, by its statement. */
export type Opaque = { readonly statement: Statement; readonly reason: string }

export type MigrationEffects = { readonly effects: readonly PlacedEffect[]; readonly opaque: readonly Opaque[] }

/** What the steps of one migration mean to code, from the catalog before it to the one after it. */
export const effectsOf = (facts: CodeFacts, steps: readonly Step[], start: Catalog, end: Catalog): MigrationEffects => {
  const renames = new Set(
    steps.flatMap(({ changes }) =>
      changes.flatMap((change) => (change.kind === 'rename-enum-value' ? renamedValues(change.type, change.from, change.to) : [])),
    ),
  )
  const ofSteps = steps.flatMap(({ statement, changes, before }) =>
    changes.flatMap((change) => read(change, { facts, before, start, end }).map((effect) => ({ ...effect, statement }))),
  )
  const ofEnums = enumEffects({ facts, before: start, start, end }, renames).map((effect) => ({ ...effect, statement: naming(steps, effect) }))
  return {
    effects: [...ofSteps, ...ofEnums],
    opaque: steps.flatMap(({ statement, changes }) => changes.flatMap((change) => (change.kind === 'opaque' ? [{ statement, reason: change.reason }] : []))),
  }
}

/** The statement that an enum's effect comes from: the first one whose changes are about the type. */
const naming = (steps: readonly Step[], { objects }: Effect): Statement | undefined => {
  const type = objects[0]?.slice('type '.length)
  const isAbout = (change: Change): boolean => ('type' in change && change.type === type) || ('name' in change && change.name === type)
  return steps.find(({ changes }) => changes.some(isAbout))?.statement
}
