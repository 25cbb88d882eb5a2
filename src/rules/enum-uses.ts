/** Enum labels that a transaction may not use yet, and the statements that use them all the same. */
import type { Batch, BatchStep, Move } from '../changes/batch.ts'
import { statementUsesLabel, takesUpLabel } from '../changes/enum-labels.ts'
import { qualify } from '../changes/expressions.ts'
import type { Change } from '../model/change.ts'
import { inSchema, parseKey, type QualifiedName, qualified, schemaOf } from '../model/name.ts'
import { text } from '../sql/tree.ts'
import { searchPathOf, treesOf } from './data-statements.ts'

/** A label that is added and used before the transaction is committed. `isNewType`: the transaction made the type too, in a way that does not help. */
export type UnsafeUse = {
  readonly type: QualifiedName
  readonly label: string
  readonly added: BatchStep
  readonly at: BatchStep
  readonly move: Move
  readonly isNewType: boolean
}

type Label = { readonly type: QualifiedName; readonly label: string; readonly added: BatchStep; readonly isNewType: boolean }

/** Changes that `typeAfter` tells apart, and those of a label's own name. */
const renaming: ReadonlySet<Change['kind']> = new Set(['rename-type', 'rename-schema', 'set-schema', 'rename-enum-value'])

/** The name of a type after a change. */
const typeAfter = (change: Change, type: QualifiedName): QualifiedName => {
  if (change.kind === 'rename-type' && change.name === type) return qualified(schemaOf(type), change.to)
  if (change.kind === 'rename-schema' && schemaOf(type) === change.from) return inSchema(type, change.to)
  if (change.kind !== 'set-schema') return type
  const { kind, name } = parseKey(change.object)
  return kind === 'type' && name === type ? inSchema(type, change.to) : type
}

const renamedLabel = (change: Change, each: Label): Label => {
  const type = typeAfter(change, each.type)
  const label = change.kind === 'rename-enum-value' && change.type === each.type && change.from === each.label ? change.to : each.label
  return type === each.type && label === each.label ? each : { ...each, type, label }
}

/** A block with handlers runs in a subtransaction, in which PostgreSQL takes no type for new. */
const inSubtransaction = ({ step: { statement } }: BatchStep, savepoints: number): boolean =>
  savepoints > 0 || (statement.node === 'DoStmt' && /\bexception\s+when\b/i.test(statement.text))

const savepointsAfter = ({ step: { statement } }: BatchStep, before: number): number => {
  switch (statement.node === 'TransactionStmt' ? text(statement.tree, 'kind') : undefined) {
    case 'TRANS_STMT_SAVEPOINT':
      return before + 1
    case 'TRANS_STMT_RELEASE':
      return Math.max(0, before - 1)
    default:
      return before
  }
}

/** True when the text may hold the label as a literal, or as an element of an array literal. */
const mayName = (text: string, label: string): boolean => {
  const escaped = label.replaceAll("'", "''")
  if (!text.includes(escaped) && !text.includes(label)) return false
  return text.includes(`'${escaped}'`) || (text.includes('{') && text.includes(escaped)) || (/\bE'|U&'|\$/i.test(text) && text.includes(label))
}

const uses = (at: BatchStep, { change, before, after }: Move, { type, label }: Label): boolean => {
  if (!mayName(at.step.statement.text, label) || !after.types.has(type)) return false
  if (change.kind !== 'change-data') return takesUpLabel(before, after, type, label)
  const path = searchPathOf(at.settings)
  return treesOf(change, at).some(({ node, tree }) => statementUsesLabel(qualify({ [node]: tree }, before, path), before, type, label))
}

/**
 * The first use of each label that was added in the same transaction (55P04, `check_safe_enum_use`). From 17 on a label is safe when the transaction made the type
 * itself; type and label must then both be made outside of a subtransaction. Before 17 it is never safe.
 */
export const unsafeEnumUses = ({ steps }: Batch, postgres: number): readonly UnsafeUse[] => {
  const found: UnsafeUse[] = []
  let labels: readonly Label[] = []
  /** Types of this transaction, and whether their new labels may be used. */
  let made: ReadonlyMap<QualifiedName, boolean> = new Map()
  let savepoints = 0
  let transaction: number | undefined
  for (const at of steps) {
    if (at.transaction !== transaction) {
      ;[labels, made, savepoints] = [[], new Map(), 0]
      transaction = at.transaction
    }
    if (!at.inBlock) continue
    savepoints = savepointsAfter(at, savepoints)
    const nested = inSubtransaction(at, savepoints)
    for (const move of at.moves) {
      const { change } = move
      if (renaming.has(change.kind)) {
        labels = labels.map((each) => renamedLabel(change, each))
        made = new Map([...made].map(([type, safe]) => [typeAfter(change, type), safe]))
      }
      if (change.kind === 'drop-type') labels = labels.filter(({ type }) => type !== change.name)
      if (change.kind === 'create-type') made = new Map([...made, [change.name, !nested && postgres >= 17]])
      const used = change.kind === 'rename-enum-value' || change.kind === 'add-enum-value' ? [] : labels.filter((label) => uses(at, move, label))
      for (const label of used) found.push({ ...label, at, move })
      labels = labels.filter((label) => !used.includes(label))
      if (change.kind === 'add-enum-value' && (nested || made.get(change.type) !== true))
        labels = [...labels, { type: change.type, label: change.value, added: at, isNewType: made.has(change.type) }]
    }
  }
  return found
}
