/** The columns whose type a statement writes: of a new table, a new column, a changed type. */
import type { Move } from '../changes/batch.ts'
import { displayType } from '../changes/types.ts'
import type { Attribute, TypeReference } from '../model/catalog.ts'
import type { Change } from '../model/change.ts'
import { displayIdentifier, type RelationName } from '../model/name.ts'
import { child, list, text } from '../sql/tree.ts'
import type { PolicyHit, StepRule, StepView } from './define.ts'

export type WrittenColumn = { readonly on: RelationName; readonly name: string; readonly type: TypeReference; readonly attribute?: Attribute }

/** Names of the columns that a CREATE TABLE writes itself; undefined where it takes none over from elsewhere. */
const ownNames = ({ step: { statement } }: StepView): ReadonlySet<string> | undefined => {
  const elements = list(statement.tree, 'tableElts')
  const takesOver = list(statement.tree, 'inhRelations').length > 0 || elements.some((element) => child(element, 'TableLikeClause'))
  if (statement.node !== 'CreateStmt' || !takesOver) return undefined
  return new Set(elements.flatMap((element) => text(child(element, 'ColumnDef'), 'colname') ?? []))
}

const inNewTable = ({ change: { name, table } }: Move<Change<'create-table'>>, view: StepView): readonly WrittenColumn[] => {
  const own = ownNames(view)
  return table.columns
    .filter((attribute) => !attribute.inherited && (own === undefined || own.has(attribute.name)))
    .map((attribute) => ({ on: name, name: attribute.name, type: attribute.type, attribute }))
}

type Judge = (columns: readonly WrittenColumn[], view: StepView) => PolicyHit | undefined

/** Judges all columns of a new table at once, and each added column or changed type by itself. Columns of implied changes are nobody's words. */
export const judgingColumns = (judge: Judge): NonNullable<StepRule['judges']> => ({
  'create-table': (move, view) => judge(inNewTable(move, view), view),
  'add-column': ({ change: { on, attribute, implied } }, view) =>
    implied ? undefined : judge([{ on, name: attribute.name, type: attribute.type, attribute }], view),
  'set-column-type': ({ change: { on, column, to, implied } }, view) => (implied ? undefined : judge([{ on, name: column, type: to }], view)),
})

/** `a (character(3))`, `a (integer) and b (integer)`. */
export const listedColumns = (columns: readonly WrittenColumn[]): string => {
  const shown = columns.map(({ name, type }) => `${displayIdentifier(name)} (${displayType(type)})`)
  return shown.length < 2 ? shown.join('') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`
}

/** The verb that fits one or several columns. */
export const verb = (columns: readonly WrittenColumn[], one: string, several: string): string => (columns.length === 1 ? one : several)

/** The object of a hit on columns: the table's columns by name. */
export const columnsObject = (columns: readonly WrittenColumn[]): string => `columns ${columns[0]?.on ?? ''} ${columns.map(({ name }) => name).join(' ')}`

/** True for a type of `pg_catalog`, or an array of it. */
export const isBuiltin = ({ schema, name }: TypeReference, ...names: readonly string[]): boolean => schema === 'pg_catalog' && names.includes(name)
