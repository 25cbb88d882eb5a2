/** Uses are told to the machine here, and nowhere else. */
import type { Access, CodePlace, CodeUse, Confidence, UseRole } from '../../../model/code.ts'
import type { Site, Value } from '../value.ts'
import { type Column, columnsOf } from './column.ts'
import { type Parts, partsOf, type SqlText } from './expression.ts'
import type { Ground } from './ground.ts'
import type { Source } from './source.ts'
import type { SqlReading, SqlUse } from './sql-reader.ts'

type Manner = { readonly access: Access; readonly role: UseRole; readonly via: CodeUse['via']; readonly confidence: Confidence }

const explicit = (role: UseRole, access: Access, confidence: Confidence = 'certain'): Manner => ({ access, role, via: 'explicit', confidence })

const on = (site: Site, place: CodePlace): Site => ({ ...site, place })

/** A view's column is made of others: these are used too. */
const tell = (column: Column, manner: Manner, site: Site): void => {
  const { access, role, via, confidence } = manner
  site.machine.use({ table: column.owner.number, column: column.name, access, role, via, confidence }, site)
  for (const below of column.behind) tell(below, { ...manner, via: 'implicit', confidence: 'likely' }, site)
}

export const recordColumn = (column: Column, role: UseRole, access: Access, site: Site, confidence: Confidence = 'certain'): void =>
  tell(column, explicit(role, access, confidence), site)

/** Columns that the SQL names and the code does not. */
export const recordImplicit = (columns: Iterable<Column>, role: UseRole, access: Access, site: Site): void => {
  for (const column of columns) tell(column, { access, role, via: 'implicit', confidence: 'likely' }, site)
}

/** The table as such. */
export const recordTable = (table: Source, role: UseRole, access: Access, site: Site): void =>
  site.machine.use({ table: table.number, ...explicit(role, access) }, site)

export const recordLiterals = (column: Column, values: readonly string[], access: Access, site: Site, confidence: Confidence = 'certain'): void => {
  if (column.facts.values === undefined) return
  for (const value of values) site.machine.use({ table: column.owner.number, column: column.name, value, ...explicit('literal', access, confidence) }, site)
}

/** Where an expression ends up: the role that its columns have there, and the tables of the statement. `whole`: it is a statement itself. */
export type Destination = { readonly role: UseRole; readonly from?: readonly Source[]; readonly whole?: true }

/** A name of the text means a table in its holes, or one of the statement around it, before any other. */
export const sourceOf = (table: SqlUse['table'], near: readonly Source[], ground: Ground): Source | undefined =>
  near.find(({ name, schema }) => name === table.name && (table.schema ?? schema) === schema) ?? ground.find(table)

const tellRead = (use: SqlUse, source: Source, role: UseRole, site: Site): void => {
  const manner = { access: use.access, role: use.role ?? role, via: use.via, confidence: use.confidence }
  if (use.column === undefined) return site.machine.use({ table: source.number, ...manner }, site)
  const column = columnsOf(source).find(({ name }) => name === use.column)
  if (column === undefined) return
  if (use.value === undefined) tell(column, manner, site)
  else recordLiterals(column, [use.value], use.access, site, use.confidence)
}

const tellInserts = ({ inserts }: SqlReading, near: readonly Source[], site: Site, ground: Ground): void => {
  for (const { table, given, open } of inserts) {
    const source = sourceOf(table, near, ground)
    if (source !== undefined) site.machine.insert({ table: source.number, given, open }, site)
  }
}

/** A fragment that does not parse is no gap as long as all that stands in it is known. */
const tellUnread = ({ unread }: SqlReading, { parts }: SqlText, { whole }: Destination, site: Site): void => {
  if (whole || parts.some((part) => part.is === 'other' && !part.read)) for (const why of unread) site.machine.gap(`SQL: ${why}`, site)
}

/** Tables that are declared later are looked for once more at the end. */
type Moment = 'now' | 'at the end'

const recordText = (text: SqlText, to: Destination, site: Site, ground: Ground, moment: Moment = 'now'): void => {
  const near = [...text.sources, ...(to.from ?? [])]
  const reading = ground.readSql(text.parts, { from: to.from ?? [], whole: to.whole ?? false })
  const here = on(site, text.place)
  const missing = reading?.uses.find(({ table }) => sourceOf(table, near, ground) === undefined)
  if (missing && moment === 'now') return site.machine.atEnd(() => recordText(text, to, site, ground, 'at the end'))
  if (reading) tellUnread(reading, text, to, here)
  if (reading === undefined || (reading.uses.length === 0 && reading.unread.length > 0)) return recordParts(text.holes, to, site, ground)
  if (missing) site.machine.gap(`SQL names ${missing.table.name}, which the code declares nowhere`, here)
  for (const use of reading.uses) {
    const source = sourceOf(use.table, near, ground)
    if (source !== undefined) tellRead(use, source, to.role, here)
  }
  tellInserts(reading, near, here, ground)
  const around = reading.uses.flatMap(({ table }) => sourceOf(table, near, ground) ?? [])
  recordParts(text.loose, { role: to.role, from: [...new Set([...near, ...around])] }, site, ground)
}

const recordParts = (parts: Parts, to: Destination, site: Site, ground: Ground): void => {
  for (const { column, confidence, place } of parts.mentions) recordColumn(column, to.role, 'read', on(site, place), confidence)
  for (const { column, value, place } of parts.compared) recordLiterals(column, [value], 'read', on(site, place))
  for (const { table, place } of parts.tables) recordTable(table, to.role, 'read', on(site, place))
  for (const text of parts.texts) recordText(text, to, site, ground)
}

export const recordExpression = (value: Value | undefined, to: Destination, site: Site, ground: Ground): void =>
  recordParts(partsOf(value, site), to, site, ground)
