/** Relations that a query names, qualified. */
import type { Catalog } from '../../model/catalog.ts'
import type { Tree } from '../../model/json.ts'
import { keyOf, localName, type RelationName, schemaOf } from '../../model/name.ts'
import { text } from '../../sql/tree.ts'
import { resolveRelation } from '../expressions.ts'
import { refuse } from '../refusal.ts'
import { aliased, aliasOf, findCommon, type Part, partOf, relationColumns, relationRange, type Scope } from './ranges.ts'
import type { Resolving } from './resolving.ts'

const systemSchemas = new Set(['pg_catalog', 'information_schema', 'pg_toast'])

/** True when a relation that the catalog lacks may be the system's or an extension's. */
const mayBeForeign = (range: Tree, catalog: Catalog): boolean => {
  const schema = text(range, 'schemaname')
  if (schema !== undefined && systemSchemas.has(schema)) return true
  return (schema === undefined && (text(range, 'relname') ?? '').startsWith('pg_')) || catalog.extensions.size > 0
}

/** A RangeVar's content with its schema; refuses with 42P01 what is neither the catalog's nor may be the system's or an extension's. */
export const qualifiedRange = (
  range: Tree,
  { catalog, searchPath, reads }: Resolving,
): { readonly relation: RelationName | undefined; readonly tree: Tree } => {
  const relation = resolveRelation(range, catalog, searchPath)
  const known = relation !== undefined && (catalog.tables.has(relation) || catalog.views.has(relation) || catalog.sequences.has(relation))
  if (!relation || !known) {
    if (!mayBeForeign(range, catalog))
      refuse('42P01', `relation "${[text(range, 'schemaname'), text(range, 'relname')].filter(Boolean).join('.')}" does not exist`)
    return { relation: undefined, tree: range }
  }
  reads.relations.add(relation)
  reads.record([keyOf(catalog.sequences.has(relation) ? 'sequence' : 'table', relation)])
  const { catalogname: _database, ...rest } = range
  return { relation, tree: { ...rest, schemaname: schemaOf(relation), relname: localName(relation) } }
}

/** A RangeVar's content as a part of FROM: a WITH query of that name first. Refuses as `qualifiedRange` does. */
export const relationPart = (range: Tree, outer: Scope, resolving: Resolving): Part => {
  const alias = aliasOf(range)
  const name = text(range, 'relname') ?? ''
  const common = range.schemaname === undefined ? findCommon(name, outer) : undefined
  if (common) return partOf({ RangeVar: range }, { name: text(alias, 'aliasname') ?? name, columns: aliased(common.columns, alias) })
  const { relation, tree } = qualifiedRange(range, resolving)
  if (relation !== undefined) return partOf({ RangeVar: tree }, relationRange(relation, alias, relationColumns(resolving.catalog, relation)))
  const schema = text(range, 'schemaname')
  return partOf({ RangeVar: range }, { name: text(alias, 'aliasname') ?? name, columns: undefined, ...(schema === undefined || alias ? {} : { schema }) })
}
