/** A ledger's rows as somebody took them out of a database: JSON, or CSV with a line of names (`psql --csv`). */
import { ToolError } from '../model/error.ts'
import type { Ledger, LedgerName } from '../model/history.ts'
import type { Row } from '../model/session.ts'
import { decodeLedger, ledgerLayout } from './ledger.ts'

const isRows = (value: unknown): value is readonly Row[] =>
  Array.isArray(value) && value.every((row) => typeof row === 'object' && row !== null && !Array.isArray(row))

/** One line of CSV; quotes around a field are doubled inside of it. */
const fields = (line: string): readonly string[] =>
  [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '')

/** What a text holds: its columns are known without a row where it has a line of names. */
type Columns = { readonly columns: readonly string[]; readonly rows: readonly Row[] }

const fromCsv = (text: string): Columns => {
  const [head = '', ...lines] = text.split(/\r?\n/).filter((line) => line.trim() !== '')
  const columns = fields(head).map((name) => name.trim())
  const rows = lines.map((line) => {
    const values = fields(line)
    return Object.fromEntries(columns.map((name, at) => [name, values[at] === '' ? null : (values[at] ?? null)]))
  })
  return { columns, rows }
}

const fromJson = (text: string): Columns | undefined => {
  try {
    const value: unknown = JSON.parse(text)
    return isRows(value) ? { columns: Object.keys(value[0] ?? {}), rows: value } : undefined
  } catch {
    return undefined
  }
}

const isLedger = ({ columns }: Columns): boolean => columns.includes('hash') && columns.includes('created_at')

/** How a file of them is made. */
export const ledgerExport = ({ schema, table }: LedgerName, file: string): string =>
  `psql --csv -c 'SELECT * FROM "${schema}"."${table}" ORDER BY id' > ${file}`

/** Reads them. `where` names the file. Throws `ledger-unreadable`. */
export const ledgerFromText = (name: LedgerName, text: string, where: string): Ledger => {
  const isJson = /^\s*[[{]/.test(text)
  const found = isJson ? fromJson(text) : fromCsv(text)
  // An export that failed leaves an empty file; only in JSON can a ledger without rows have no columns.
  if (!found || !(isLedger(found) || (isJson && found.rows.length === 0)))
    throw new ToolError('ledger-unreadable', `${where} holds no rows of a ledger: they have at least hash and created_at.`, { help: ledgerExport(name, where) })
  return decodeLedger(name, ledgerLayout(found.columns.map((column) => ({ column }))), found.rows)
}
