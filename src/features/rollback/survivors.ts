/** Tables and columns that outlive a rollback: what was written into them since must be there afterwards. */
import { equal } from '../../changes/equal.ts'
import { userTypeName } from '../../changes/types.ts'
import type { Catalog, Table, TypeReference } from '../../model/catalog.ts'
import type { Change } from '../../model/change.ts'
import type { RelationName } from '../../model/name.ts'
import { primaryKeyOf } from './columns.ts'
import { Names } from './names.ts'

/** A table by both of its names, and its columns that keep their type, by both of theirs: as the migration left them, and as the rollback does. */
export type Survivor = { readonly after: RelationName; readonly before: RelationName; readonly columns: readonly (readonly [after: string, before: string])[] }

const keyTypes = (table: Table): unknown => {
  const { columns } = table
  return primaryKeyOf(table).map((column) => columns.find(({ name }) => name === column)?.type)
}

/** Those among some tables of `after`. Values are told apart by their row's key: where that is another one, no column is named. */
export const survivorsOf = (rollback: readonly Change[], after: Catalog, before: Catalog, among: ReadonlySet<RelationName>): readonly Survivor[] => {
  const names = new Names()
  for (const change of rollback) names.follow(change)
  // A label that is called otherwise is another text.
  const isSame = (was: TypeReference, type: TypeReference): boolean => {
    const own = userTypeName(type)
    return equal(was, type) && (own === undefined || equal(after.types.get(own), before.types.get(own)))
  }
  return [...before.tables].flatMap(([name, table]): readonly Survivor[] => {
    const known = names.table(name)
    const old = known === undefined || !among.has(known) ? undefined : after.tables.get(known)
    if (known === undefined || !old) return []
    const columns = equal(keyTypes(old), keyTypes(table))
      ? table.columns.flatMap(({ name: column, type, generated }) => {
          const own = names.column(name, column)
          const was = old.columns.find((each) => each.name === own)
          return own !== undefined && was && !generated && !was.generated && isSame(was.type, type) ? [[own, column] as const] : []
        })
      : []
    return [{ after: known, before: name, columns }]
  })
}
