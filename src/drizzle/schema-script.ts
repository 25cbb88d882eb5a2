/** drizzle-kit's statements for a new database as one script that runs in an empty one. */
import type { Unknown } from '../model/finding.ts'
import type { Statement } from '../model/statement.ts'
import { readStatements } from '../sql/script.ts'
import { child, list, text } from '../sql/tree.ts'
import { whyNotOne } from '../sql/whole.ts'
import { inOrder } from './in-order.ts'

export type SchemaScript = {
  readonly sql: string
  /** Statements that are no SQL, by their first words. */
  readonly unknown: readonly Unknown[]
}

const firstWords = (sql: string): string => sql.trim().split(/\s+/).slice(0, 4).join(' ')

const addsForeignKey = ({ tree }: Statement): boolean =>
  list(tree, 'cmds').some((command) => text(child(child(child(command, 'AlterTableCmd'), 'def'), 'Constraint'), 'contype') === 'CONSTR_FOREIGN')

const relationOf = ({ tree }: Statement): string => text(child(tree, 'view') ?? child(child(tree, 'into'), 'rel'), 'relname') ?? ''

const isView = ({ node }: Statement): boolean => node === 'ViewStmt' || node === 'CreateTableAsStmt'

/** drizzle-kit 0.x adds foreign keys before the unique indexes that they may point to, and writes views as they stand in the code. */
const arranged = (statements: readonly Statement[]): readonly Statement[] => {
  const views = inOrder(statements.filter(isView), { nameOf: relationOf, textOf: (view) => view.text })
  let next = 0
  const rest = statements.filter((statement) => !addsForeignKey(statement)).map((statement) => (isView(statement) ? (views[next++] ?? statement) : statement))
  return [...rest, ...statements.filter(addsForeignKey)]
}

/** The statements in an order in which they run. What does not parse is left out and named. The parser must be loaded. */
export const schemaScript = (statements: readonly string[]): SchemaScript => {
  const faults = statements.map(whyNotOne)
  const read = statements.filter((_, at) => faults[at] === undefined).flatMap(readStatements)
  return {
    sql: arranged(read)
      .map((statement) => `${statement.text};\n`)
      .join(''),
    unknown: statements.flatMap((sql, at) => {
      const why = faults[at]
      return why === undefined ? [] : [{ what: firstWords(sql), why: `${why} ${sql.trim()}` }]
    }),
  }
}
