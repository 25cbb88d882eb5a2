/** Which places of the code are asked for. */
import type { Access, CodeFacts, CodeTable, UseRole } from '../../model/code.ts'
import type { RelationName } from '../../model/name.ts'
import { qualified } from '../../model/name.ts'

/** Places of the code, by what they do with the database. */
export type Wanted = {
  /** Columns by their table's position in `CodeFacts.tables`; `all`: whatever is done with the table. */
  readonly columns: ReadonlyMap<number, ReadonlySet<string> | 'all'>
  /** Only where this value of an enum is compared or written. */
  readonly value?: string
  /** Only these; all where it is absent. */
  readonly roles?: ReadonlySet<UseRole>
  readonly accesses?: ReadonlySet<Access>
  readonly via?: 'explicit'
  /** INSERTs too: all into the table, or those that leave the column out. */
  readonly inserts?: 'all' | 'omitting'
  /** Objects of the database that code names in texts: constraints and indexes. */
  readonly texts?: ReadonlySet<string>
  /** The most that is known of each place. */
  readonly atMost?: 'possible'
}

/** Whether any place can be asked for at all. */
export const isEmpty = ({ columns, texts }: Wanted): boolean => columns.size === 0 && (texts?.size ?? 0) === 0

/** The name of a table of the code, as the catalog has it. */
export const relationOf = ({ schema, name }: Pick<CodeTable, 'schema' | 'name'>): RelationName => qualified(schema === '' ? 'public' : schema, name)

/** Positions of the tables that the code declares for a relation: several, where several packages do. */
export const tablesFor = ({ tables }: CodeFacts, relation: RelationName): readonly number[] =>
  tables.flatMap((table, at) => (relationOf(table) === relation ? [at] : []))

/** Positions of those that also declare the column. */
const declaring = (facts: CodeFacts, relation: RelationName, column: string): readonly number[] =>
  tablesFor(facts, relation).filter((at) => facts.tables[at]?.columns.some(({ name }) => name === column))

/** All that is done with a column. */
export const columnWanted = (facts: CodeFacts, relation: RelationName, column: string): Wanted => ({
  columns: new Map(declaring(facts, relation, column).map((at) => [at, new Set([column])])),
})

/** The same of several columns of one relation. */
export const columnsWanted = (facts: CodeFacts, relation: RelationName, columns: readonly string[]): Wanted => ({
  columns: new Map(
    tablesFor(facts, relation).flatMap((at) => {
      const known = columns.filter((column) => facts.tables[at]?.columns.some(({ name }) => name === column))
      return known.length === 0 ? [] : [[at, new Set(known)] as const]
    }),
  ),
})

/** All that is done with a table. */
export const tableWanted = (facts: CodeFacts, relation: RelationName): Wanted => ({
  columns: new Map(tablesFor(facts, relation).map((at) => [at, 'all'])),
  inserts: 'all',
})
