/** The statement behind a change, where the change does not say how it was written. */
import type { Move } from '../changes/batch.ts'
import { columnOn } from '../changes/found-by.ts'
import { printColumn } from '../changes/print.ts'
import type { Catalog } from '../model/catalog.ts'
import type { Change } from '../model/change.ts'
import type { Tree } from '../model/json.ts'
import type { RelationName } from '../model/name.ts'
import type { Statement } from '../model/statement.ts'
import { child, list, text } from '../sql/tree.ts'
import type { StepView } from './define.ts'

/** The commands of an ALTER TABLE; none for any other statement. */
export const alterCommands = ({ node, tree }: Statement): readonly Tree[] =>
  node === 'AlterTableStmt' ? list(tree, 'cmds').map((command) => child(command, 'AlterTableCmd') ?? {}) : []

/** True for the only change that a statement's words make, so that what is said instead of it stands for the whole statement. */
export const isAlone = ({ change }: Pick<Move, 'change'>, { step }: StepView): boolean =>
  step.statement.node !== 'DoStmt' && step.changes.every((other) => other === change || other.implied)

const isAdded = ({ change }: Move): boolean => change.kind === 'add-constraint' && !change.implied

/** Constraints that ADD CONSTRAINT names: they come after those that stand inside of an ADD COLUMN. */
const written = ({ step }: StepView): number =>
  alterCommands(step.statement).filter((command) => {
    const node = child(child(command, 'def'), 'Constraint')
    return text(command, 'subtype') === 'AT_AddConstraint' && text(node, 'contype') !== 'CONSTR_NOTNULL'
  }).length

/** In a DO block: the column that was added right before the constraint, and only there. */
const addedBefore = (move: Move, { moves }: StepView): string | undefined => {
  for (const { change } of moves
    .slice(
      0,
      moves.findIndex(({ change }) => change === move.change),
    )
    .toReversed()) {
    if (change.kind === 'add-column') return change.attribute.name
    if (!change.implied && change.kind !== 'add-constraint') return undefined
  }
  return undefined
}

const columnsOf = ({ constraint }: Change<'add-constraint'>): readonly string[] | undefined => ('columns' in constraint ? constraint.columns : undefined)

/** The column inside of whose ADD COLUMN a constraint stands; undefined for one that stands by itself. */
export const inlineColumn = (move: Move<Change<'add-constraint'>>, view: StepView): string | undefined => {
  const column = addedBefore(move, view)
  const named = columnsOf(move.change)
  if (column === undefined || (named !== undefined && (named.length !== 1 || !view.moves.some(({ change }) => addsColumn(change, move.change, named[0])))))
    return undefined
  if (view.step.statement.node === 'DoStmt') return /\badd\s+constraint\b|\bforeign\s+key\b/i.test(view.step.statement.text) ? undefined : column
  const added = view.moves.filter(isAdded)
  const at = added.findIndex(({ change }) => change === move.change)
  return at < added.length - written(view) ? (named?.[0] ?? column) : undefined
}

const addsColumn = (change: Change, { on }: Change<'add-constraint'>, column: string | undefined): boolean =>
  change.kind === 'add-column' && change.on === on && change.attribute.name === column

/** ADD COLUMN of a column that the catalog has, without the constraints that stand inside of it. */
export const addColumn = (catalog: Catalog, on: RelationName, column: string): readonly string[] => {
  const attribute = columnOn(catalog, on, column)
  return attribute ? [`ALTER TABLE ${on} ADD COLUMN ${printColumn(on, attribute, catalog)}`] : []
}
