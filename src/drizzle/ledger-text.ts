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

const csvRows = (text: string): readonly Row[] => {
  const [head = '', ...lines] = text.split(/\r?\n/).filter((line) => line.trim() !== '')
  const names = fields(head)
  return lines.map((line) => {
    const values = fields(line)
    return Object.fromEntries(names.map((name, at) => [name.trim(), values[at] === '' ? null : (values[at] ?? null)]))
  })
}

const jsonRows = (text: string): readonly Row[] | undefined => {
  try {
    const value: unknown = JSON.parse(text)
    return isRows(value) ? value : undefined
  } catch {
    return undefined
  }
}

/** Reads them. `where` names the file. Throws `ledger-unreadable`. */
export const ledgerFromText = (name: LedgerName, text: string, where: string): Ledger => {
  const rows = /^\s*[[{]/.test(text) ? jsonRows(text) : csvRows(text)
  const columns = Object.keys(rows?.[0] ?? {})
  if (!rows || (rows.length > 0 && (!columns.includes('hash') || !columns.includes('created_at'))))
    throw new ToolError('ledger-unreadable', `${where} holds no rows of a ledger: they have at least hash and created_at.`, {
      help: `psql --csv -c 'SELECT * FROM "${name.schema}"."${name.table}" ORDER BY id' > ${where}`,
    })
  return decodeLedger(name, ledgerLayout(columns.map((column) => ({ column }))), rows)
}
