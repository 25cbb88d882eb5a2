import type { BatchStep } from '../../changes/batch.ts'
import type { Tree } from '../../model/json.ts'
import { displayIdentifier } from '../../model/name.ts'
import { child, list, strings, text } from '../../sql/tree.ts'
import { defineBatchRule } from '../define.ts'

const partsOfRange = (range: Tree | undefined): readonly string[] => {
  if (!range || text(range, 'relpersistence') === 't') return []
  return [text(range, 'schemaname'), text(range, 'relname')].filter((part) => part !== undefined)
}

/** The tables that a statement makes, alters or drops, as written. */
const namedTables = ({ step: { statement } }: BatchStep): readonly (readonly string[])[] => {
  const { node, tree } = statement
  switch (node) {
    case 'CreateStmt':
      return [partsOfRange(child(tree, 'relation'))]
    case 'CreateTableAsStmt':
      return [partsOfRange(child(child(tree, 'into'), 'rel'))]
    case 'AlterTableStmt':
      return text(tree, 'objtype') === 'OBJECT_TABLE' ? [partsOfRange(child(tree, 'relation'))] : []
    case 'RenameStmt':
      return text(tree, 'renameType') === 'OBJECT_TABLE' ? [partsOfRange(child(tree, 'relation'))] : []
    case 'DropStmt':
      return text(tree, 'removeType') === 'OBJECT_TABLE' ? list(tree, 'objects').map((object) => strings(list(child(object, 'List'), 'items'))) : []
    default:
      return []
  }
}

/** The statement is about temporary tables: they have no schema that could be written. */
const isTemporary = ({ moves }: BatchStep): boolean => moves.some(({ change }) => change.kind === 'use-temporary')

export const schemaQualified = defineBatchRule({
  id: 'schema-qualified',
  severity: 'note',
  preset: 'taste',
  summary: 'A statement names a table without its schema.',
  why: 'Which table is meant depends on the search_path of the session: another role or a pooled connection makes or drops a table somewhere else.',
  instead: 'Write the schema: public.orders.',
  /** Once for all: who leaves schemas out does so everywhere. */
  check({ batch }) {
    const found = batch.steps.flatMap((at) =>
      isTemporary(at)
        ? []
        : namedTables(at)
            .filter((parts) => parts.length === 1)
            .map(([name = '']) => ({ at, name })),
    )
    const names = [...new Set(found.map(({ name }) => displayIdentifier(name)))]
    const [first] = found
    if (!first) return []
    const shown = names.length > 3 ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more` : names.join(', ')
    return [
      {
        at: first.at,
        message: `${names.length === 1 ? 'Table' : 'Tables'} ${shown} ${names.length === 1 ? 'is' : 'are'} looked up in the search_path.`,
        object: 'search_path',
      },
    ]
  },
  bad: [
    { shows: 'a new table', sql: 'CREATE TABLE orders (id bigint PRIMARY KEY)' },
    {
      shows: 'a table dropped',
      given: 'CREATE TABLE orders (id bigint PRIMARY KEY)',
      sql: "SET LOCAL lock_timeout = '5s'; DROP TABLE orders",
      also: ['drop-table'],
    },
  ],
  good: [{ shows: 'the schema written', sql: 'CREATE TABLE public.orders (id bigint PRIMARY KEY)' }],
})
