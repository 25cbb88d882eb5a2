/** The places of the code that are wanted, in words. */
import type { Access, CodeInsert, CodePlace, CodeTable, CodeUse, Confidence, UseRole } from '../../model/code.ts'
import { type CodeIndex, type Source, weaker } from './search.ts'
import type { Wanted } from './wanted.ts'

/** One place that does something with what is wanted, and the function that it stands in. */
export type FoundUse = Source &
  CodePlace & {
    readonly access: Access
    readonly via: 'explicit' | 'implicit'
    readonly role: UseRole | 'insert'
    /** `selects chat.title`. */
    readonly what: string
    readonly table: number
    readonly column?: string
    /** What else has to be known of it: by which object of the database it is one. */
    readonly through?: string
  }

const explicitWords: Readonly<Record<UseRole, string>> = {
  select: 'selects',
  where: 'filters by',
  join: 'joins on',
  group: 'groups by',
  order: 'sorts by',
  set: 'sets',
  values: 'inserts',
  returning: 'returns',
  conflict: 'has ON CONFLICT on',
  property: 'reads',
  literal: 'names a value of',
  delete: 'deletes rows of',
  sql: 'names in SQL',
}

const implicitWords: Partial<Record<UseRole, string>> = {
  values: 'inserts rows, with every column, into',
  returning: 'returns every column of',
  set: 'updates rows of',
  delete: 'deletes rows of',
}

const columnOf = (table: CodeTable | undefined, column: string): string => table?.columns.find(({ name }) => name === column)?.key ?? column

/** What a use does, with the code's own names. */
export const useText = (table: CodeTable | undefined, { role, column, value, via, access }: CodeUse): string => {
  const symbol = table?.symbol ?? 'a table'
  if (column === undefined || access === 'delete') return access === 'delete' ? `deletes rows of ${symbol}` : `uses ${symbol}`
  if (via === 'implicit') return `${implicitWords[role] ?? 'selects every column of'} ${symbol}`
  return `${explicitWords[role]} ${symbol}.${columnOf(table, column)}${value === undefined ? '' : ` ('${value}')`}`
}

const isWantedColumn = (wanted: ReadonlySet<string> | 'all' | undefined, { column, access }: CodeUse, { value, roles }: Wanted): boolean => {
  if (wanted === undefined) return false
  if (wanted === 'all') return true
  // Rows that go take all their columns along; a question about a value or a role is not about rows.
  if (column === undefined) return access === 'delete' && value === undefined && roles === undefined
  return wanted.has(column)
}

const isWanted = (use: CodeUse, wanted: Wanted): boolean =>
  isWantedColumn(wanted.columns.get(use.table), use, wanted) &&
  (wanted.value === undefined || use.value === wanted.value) &&
  (wanted.roles?.has(use.role) ?? true) &&
  (wanted.accesses?.has(use.access) ?? true) &&
  (wanted.via === undefined || wanted.via === use.via)

const atMost = (confidence: Confidence, { atMost: most }: Wanted): Confidence => (most ? weaker(confidence, most) : confidence)

/** An INSERT that gives none of the columns sends DEFAULT for them: Drizzle names every column of the table. */
const insertText = (table: CodeTable | undefined, { open }: CodeInsert, columns: ReadonlySet<string> | 'all'): string => {
  const symbol = table?.symbol ?? 'a table'
  if (columns === 'all') return `inserts into ${symbol}`
  const left = [...columns].map((column) => columnOf(table, column)).join(', ')
  return open ? `inserts into ${symbol}, maybe without ${left}` : `inserts into ${symbol} without ${left}`
}

const insertSource = (index: CodeIndex, wanted: Wanted, insert: CodeInsert): Pick<FoundUse, 'confidence' | 'what' | 'via'> | undefined => {
  const columns = wanted.columns.get(insert.table)
  if (columns === undefined || wanted.inserts === undefined) return undefined
  const table = index.facts.tables[insert.table]
  const given = columns === 'all' ? insert.given : [...columns].filter((column) => insert.given.includes(column))
  if (columns !== 'all' && given.length === columns.size) return undefined
  const confidence: Confidence = wanted.inserts === 'all' ? 'likely' : insert.open ? 'possible' : 'certain'
  return { confidence: atMost(confidence, wanted), via: wanted.inserts === 'all' ? 'implicit' : 'explicit', what: insertText(table, insert, columns) }
}

const sourcesIn = (index: CodeIndex, wanted: Wanted, at: number): readonly FoundUse[] => {
  const { uses, inserts } = index.facts.functions[at] ?? { uses: [], inserts: [] }
  return [
    ...(wanted.inserts === 'omitting' ? [] : uses)
      .filter((use) => isWanted(use, wanted))
      .map((use): FoundUse => {
        const { file, line, access, role, table, column } = use
        return {
          at,
          file,
          line,
          access,
          role,
          table,
          via: access === 'delete' && column === undefined ? 'implicit' : use.via,
          confidence: atMost(use.confidence, wanted),
          what: useText(index.facts.tables[table], use),
          ...(column === undefined ? {} : { column }),
        }
      }),
    ...inserts.flatMap((insert): readonly FoundUse[] => {
      const source = insertSource(index, wanted, insert)
      return source ? [{ at, file: insert.file, line: insert.line, table: insert.table, access: 'write', role: 'insert', ...source }] : []
    }),
  ]
}

/** All places that are wanted. */
export const usesOf = (index: CodeIndex, wanted: Wanted): readonly FoundUse[] => {
  const functions = new Set([...wanted.columns.keys()].flatMap((table) => index.users.get(table) ?? []))
  return [...functions].flatMap((at) => sourcesIn(index, wanted, at))
}
