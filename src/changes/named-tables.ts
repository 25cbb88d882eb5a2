/** Tables that a definition or a rule names. */
import type { Catalog, Definition, RewriteRule } from '../model/catalog.ts'
import type { Tree } from '../model/json.ts'
import { qualified, type RelationName } from '../model/name.ts'
import { child, text, walk } from '../sql/tree.ts'
import { namesIn } from './expressions.ts'

/** The tables that extended statistics are of, or that a publication publishes; none for other definitions. */
export const tablesOf = ({ type, create, alters }: Definition, catalog: Catalog): readonly RelationName[] =>
  type !== 'statistics' && type !== 'publication'
    ? []
    : [create, ...alters]
        .flatMap((tree) => [...namesIn(tree)])
        .flatMap((key) => (key.startsWith('table ') ? [key.slice('table '.length) as RelationName] : []))
        .filter((name) => catalog.tables.has(name))

/** The relations that the actions of a rule write to. */
export const writtenBy = ({ definition }: RewriteRule): readonly RelationName[] => {
  const found: RelationName[] = []
  walk(definition, (node) => {
    for (const statement of ['InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt']) {
      const target: Tree | undefined = child(child(node, statement), 'relation')
      const [schema, name] = [text(target, 'schemaname'), text(target, 'relname')]
      if (schema !== undefined && name !== undefined) found.push(qualified(schema, name))
    }
    return undefined
  })
  return found
}
