/** What a change of the repair does to rows: what is lost, and what may be refused for the rows that are there. */

import { columnOn } from '../../changes/found-by.ts'
import type { Catalog } from '../../model/catalog.ts'
import type { Change } from '../../model/change.ts'
import { display } from '../../model/name.ts'
import { lossOf } from '../../rules/type-loss.ts'

export type RowNote = { readonly how: 'loses' | 'may be refused'; readonly words: string }

const loses = (words: string): RowNote => ({ how: 'loses', words })
const mayBeRefused = (words: string): RowNote => ({ how: 'may be refused', words })

const ofType = ({ on, column, to, using }: Change<'set-column-type'>, before: Catalog, postgres: number): RowNote | undefined => {
  const attribute = columnOn(before, on, column)
  const loss = attribute && lossOf({ column, from: attribute.type, to, using, default: attribute.default }, before, postgres)
  if (!loss) return undefined
  return loss.how === 'loses' ? loses(`${display(on)}.${column} ${loss.words}`) : mayBeRefused(`${display(on)}.${column} ${loss.words}`)
}

/** Undefined where no row is touched. */
export const rowNoteOf = (change: Change, before: Catalog, postgres: number): RowNote | undefined => {
  switch (change.kind) {
    case 'drop-table':
      return before.tables.get(change.name)?.kind === 'foreign' ? undefined : loses(`all rows of ${display(change.name)}`)
    case 'drop-column':
      return columnOn(before, change.on, change.column)?.generated ? undefined : loses(`all values of ${display(change.on)}.${change.column}`)
    case 'drop-sequence':
      return loses(`the last number of ${display(change.name)}`)
    case 'set-column-type':
      return ofType(change, before, postgres)
    case 'set-not-null':
      return mayBeRefused(`NULLs in ${display(change.on)}.${change.column}`)
    case 'set-enum-values':
      return mayBeRefused(`rows that use a value of ${display(change.type)} which goes`)
    case 'add-column':
      return change.attribute.notNull && change.attribute.default === undefined && !change.attribute.identity && !change.attribute.generated
        ? mayBeRefused(`any row of ${display(change.on)}: the new column ${change.attribute.name} has no value for it`)
        : undefined
    case 'add-constraint':
      return change.unchecked ? undefined : mayBeRefused(`rows of ${display(change.on)} that break ${change.name}`)
    case 'validate-constraint':
      return mayBeRefused(`rows of ${display(change.on)} that break ${change.name}`)
    case 'add-domain-constraint':
      return mayBeRefused(`values of ${display(change.domain)} that break ${change.name}`)
    case 'create-index':
      return change.index.unique ? mayBeRefused(`duplicates in ${display(change.index.relation)}`) : undefined
    default:
      return undefined
  }
}
