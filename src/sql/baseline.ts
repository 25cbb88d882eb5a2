/** A first migration that is the comment which `drizzle-kit pull` writes: what the database had before Drizzle. */
import type { Commented, Script, Statement } from '../model/statement.ts'
import { child, list, strings, text } from './tree.ts'

type Statements = Pick<Script, 'statements' | 'commented'>

/** `auth.users`, `public.users` for a name without a schema. */
const nameOf = (tree: Statement['tree'] | undefined): string => `${text(tree, 'schemaname') ?? 'public'}.${text(tree, 'relname') ?? ''}`

/** Tables that a statement takes away under that name. */
const taken = ({ node, tree }: Statement): readonly string[] => {
  if (node === 'AlterObjectSchemaStmt' || (node === 'RenameStmt' && tree.renameType === 'OBJECT_TABLE')) return [nameOf(child(tree, 'relation'))]
  if (node !== 'DropStmt') return []
  return list(tree, 'objects').map((object) => {
    const names = strings(list(child(object, 'List'), 'items'))
    return `${names.at(-2) ?? 'public'}.${names.at(-1) ?? ''}`
  })
}

/** Whether the history makes one of these tables itself, while it would still be there: what is in the comment is then not taken for granted. */
const madeAgain = ({ statements }: Commented, rest: readonly Statements[]): boolean => {
  const tables = new Set(statements.filter(({ node }) => node === 'CreateStmt').map(({ tree }) => nameOf(child(tree, 'relation'))))
  for (const statement of rest.flatMap((script) => script.statements)) {
    for (const name of taken(statement)) tables.delete(name)
    if (statement.node === 'CreateStmt' && statement.tree.if_not_exists !== true && tables.has(nameOf(child(statement.tree, 'relation')))) return true
  }
  return false
}

/** What the first migration of a history holds as a comment, and the migrations behind it stand on. */
export const baselineIn = ([first, ...rest]: readonly Statements[]): Commented | undefined =>
  first?.commented && !madeAgain(first.commented, rest) ? first.commented : undefined
