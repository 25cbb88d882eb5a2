/** A target as the parts of the schema's text that it is. */
import type { CodeFacts, CodeTable } from '../../model/code.ts'
import type { Removal } from '../../model/type-evidence.ts'
import type { Target } from './target/target.ts'

type Named = Pick<Removal, 'file' | 'line' | 'symbol'>

const named = ({ file, line, symbol }: Named): Named => ({ file, line, symbol })

const columnsOf = (table: CodeTable, wanted: ReadonlySet<string>): readonly CodeTable['columns'][number][] =>
  table.columns.filter(({ name }) => wanted.has(name))

/** A value stands in the enum, or in the list that a column has of its own. */
const valuesOf = ({ tables, enums }: CodeFacts, { wanted: { columns, value = '' } }: Target): readonly Removal[] => {
  const wanted = [...columns].flatMap(([at, names]) => {
    const table = tables[at]
    return table && names !== 'all' ? columnsOf(table, names).map((column) => ({ table, column })) : []
  })
  const types = new Set(wanted.map(({ column: { enumType } }) => enumType))
  const declared = enums.filter(({ schema, name, values }) => (types.has(name) || types.has(`${schema}.${name}`)) && values.includes(value))
  return [
    ...declared.map((type): Removal => ({ kind: 'value', ...named(type), value })),
    ...wanted
      .filter(({ column: { enumType, values } }) => enumType === undefined && values?.includes(value))
      .map(({ table, column: { key } }): Removal => ({ kind: 'value', ...named(table), key, value })),
  ]
}

/** Nothing where no text of the schema is the target: an index, a constraint, what only the database has. */
export const removalsOf = (facts: CodeFacts, target: Target): readonly Removal[] => {
  if (target.kind === 'index' || target.kind === 'constraint') return []
  if (target.wanted.value !== undefined) return valuesOf(facts, target)
  return [...target.wanted.columns].flatMap(([at, names]): readonly Removal[] => {
    const table = facts.tables[at]
    if (!table) return []
    return names === 'all' ? [{ kind: 'table', ...named(table) }] : columnsOf(table, names).map(({ key }) => ({ kind: 'column', ...named(table), key }))
  })
}
