/** What a DO block changes only where rows or variables say so: its statements, read as if they ran. */
import type { Catalog } from '../../model/catalog.ts'
import type { Change } from '../../model/change.ts'
import { PostgresRefusal } from '../../model/error.ts'
import type { Statement } from '../../model/statement.ts'
import { statementsOf } from '../../sql/texts.ts'
import { conditionalStatements } from '../do-block.ts'
import { apply } from '../index.ts'
import { readStatement } from '../read.ts'
import { freshSession } from '../reading.ts'

/** A change that may happen, with the catalogs around it. */
export type Possible = { readonly change: Change; readonly before: Catalog; readonly after: Catalog }

/** The statements of a piece that memory could not follow: those inside of a DO block, or the one that it is. */
const innerOf = (sql: string): readonly Statement[] =>
  (statementsOf(sql) ?? []).flatMap((statement) => (statement.node === 'DoStmt' ? conditionalStatements(statement.tree) : [statement]))

const changesOf = (statement: Statement, catalog: Catalog, searchPath: readonly string[]): readonly Change[] | undefined => {
  try {
    return readStatement(statement, catalog, { ...freshSession, searchPath }).changes.filter(({ kind }) => kind !== 'opaque')
  } catch (error) {
    if (error instanceof PostgresRefusal) return undefined
    throw error
  }
}

/**
 * The changes of an opaque piece of a DO block as far as its texts are constant, one statement after the other. A statement that the ones before it make
 * impossible (it stands in another branch) is read against the catalog before the piece; what is refused there too is left out.
 */
export const possibleChanges = ({ sql }: Change<'opaque'>, before: Catalog, searchPath: readonly string[]): readonly Possible[] => {
  const found: Possible[] = []
  let catalog = before
  for (const statement of innerOf(sql)) {
    const here = changesOf(statement, catalog, searchPath)
    if (!here) catalog = before
    for (const change of here ?? changesOf(statement, before, searchPath) ?? []) {
      const possible = { change, before: catalog, after: apply(change, catalog) }
      found.push(possible)
      catalog = possible.after
    }
  }
  return found
}
