/** A migration that keeps what it takes: the same statements between copies, and a rollback that gives it back. */
import type { Catalog } from '../../../model/catalog.ts'
import type { LedgerName, Migration } from '../../../model/history.ts'
import { display, displayIdentifier, localName, member, quoteIdentifier, type RelationName, schemaOf } from '../../../model/name.ts'
import { plainSql } from '../../../rules/plain-sql.ts'
import { type Guard, guardsIn } from '../guards.ts'
import { orderedBy } from '../inverse.ts'
import type { Loss } from '../losses.ts'
import { hidesRows } from '../moving-rows.ts'
import { type Rollback, rollbackOf } from '../rollback.ts'
import { guardSql, type RollbackSql } from '../rollback-sql.ts'
import type { RowsPlan } from '../rows.ts'
import { fileText, forgetSql, listed, rollbackSql, scriptText, statementsIn, withRoutines } from '../script.ts'
import type { Changed } from '../sums.ts'
import type { Survivor } from '../survivors.ts'
import { type Aside, setAside } from './aside.ts'
import { type Archive, copiesAfter, copiesBefore, lostSequences, sequencesBack, withoutArchive, withoutKeys } from './copies.ts'
import { type Kept, keptFor, labelsOf } from './kept.ts'
import { type Phases, phasesOf, stepsOf } from './phases.ts'
import { placesOf } from './places.ts'
import { giveBack, takeAway } from './restore.ts'
import { breakpoint, schemaFor, withUntil, writing } from './text.ts'

export type Archived = {
  /** The migration rewritten: its own statements stay as they are. */
  readonly up: string
  readonly rollback: RollbackSql
  /** The rollback as the text of a file, made for the rewritten migration. */
  readonly sql: string
  /** Takes the archive away when nobody wants to go back any more. */
  readonly contract: readonly string[]
  /** For people: `users: note`. */
  readonly keeps: readonly string[]
  readonly rows: RowsPlan
}

/** What an archive is made for: the rollback, what its proof has seen change though nobody had said so, and where it is written down. */
export type Wish = {
  readonly rollback: Rollback
  readonly changed: readonly Changed[]
  readonly ledger: LedgerName
  readonly postgres: number
  /** Columns are to come back in their old order. */
  readonly rebuilds: boolean
  /** Copies are kept of what was written since. */
  readonly keeps: boolean
  /** The last day on which the archive is kept: `2027-01-31`. */
  readonly until: string
  /** Of the rewritten text, as Drizzle's ledger will have it. */
  readonly hash: (text: string) => string
}

const claimOf = ({ table, column }: Changed): Loss => ({
  what: display(table),
  table,
  certain: false,
  ...(column === undefined ? {} : { columns: [column] }),
})

const described = ({ table, to, rows, columns }: Kept): string =>
  rows
    ? `${display(table)}: ${to === undefined ? 'all rows' : 'rows as they were'}`
    : `${display(table)}: ${columns.map(({ name }) => displayIdentifier(name)).join(', ')}`

const upText = ({ rollback, until }: Wish, archive: Archive, before: Catalog, after: Catalog): string => {
  const write = writing(rollback)
  const { tag, sql = '' } = rollback.migration
  const chunk = (statement: string): string => `${write(statement)};`
  return withUntil([...copiesBefore(archive, before, tag).map(chunk), sql.trimEnd(), ...copiesAfter(archive, after).map(chunk)].join(breakpoint), until)
}

/** Whether a migration has been rewritten already so that copies are kept: only the rollback that was made with them knows them. */
export const isRewritten = ({ tag, sql = '' }: Migration): boolean => {
  const schema = quoteIdentifier(schemaFor(tag))
  return sql.includes(plainSql(`CREATE SCHEMA ${schema};`)) && sql.includes(plainSql(`INSERT INTO ${schema}.`))
}

/** The columns that copies of a table give back, in the catalog that a rewritten migration has made. */
const copiedColumns = ({ tables }: Catalog, tag: string, table: RelationName): ReadonlySet<string> => {
  const label = labelsOf([table]).get(table) ?? ''
  const isCopy = (name: RelationName): boolean => schemaOf(name) === schemaFor(tag) && localName(name).replace(/_\d+$/, '') === label
  return new Set([...tables].flatMap(([name, { columns }]) => (isCopy(name) ? columns.map((column) => column.name) : [])))
}

/** What the rollback of a rewritten migration, as it stands in its file, is tried over: what its archive gives back is another value than the one before it. */
export const rowsBesideArchive = ({ migration, rows }: Rollback): RowsPlan => ({
  ...rows,
  survivors: rows.survivors.flatMap((survivor) => {
    const copied = copiedColumns(rows.after, migration.tag, survivor.before)
    const isWhole = rows.before.tables.get(survivor.before)?.columns.every(({ name, generated }) => generated !== undefined || copied.has(name))
    return isWhole ? [] : [{ ...survivor, columns: survivor.columns.filter(([, column]) => !copied.has(column)) }]
  }),
})

type Asked = { readonly first: readonly Guard[]; readonly second: readonly Guard[] }

const askedIn = ({ loosening, first, between, second }: Phases, after: Catalog, postgres: number): Asked => ({
  first: guardsIn([...loosening, ...first], after, postgres),
  second: guardsIn(second, between, postgres),
})

const rollbackSqlOf = ({ rollback, ledger, rebuilds }: Wish, archive: Archive, phases: Phases, asked: Asked, migration: Migration): RollbackSql => {
  const { after } = rollback.rows
  const steps = stepsOf(phases, after)
  const { same, emptied } = takeAway(archive, after)
  const archived = new Set(archive.kept.flatMap(({ to }) => to ?? []))
  const later = asked.first.filter(({ table }) => archived.has(table))
  return {
    guards: asked.first.filter((guard) => !later.includes(guard)).flatMap(guardSql),
    inside: [
      ...rollback.keeping,
      ...withRoutines([...steps.first, ...steps.second]),
      ...(archive.kept.some(({ table, to }) => hidesRows(after, to) || hidesRows(phases.between, table)) ? ['SET LOCAL row_security = off'] : []),
      ...same,
      ...statementsIn(steps.loosening),
      ...emptied,
      ...later.flatMap(guardSql).map(({ sql }) => sql),
      ...statementsIn(steps.first),
      ...giveBack(archive, phases.between),
      ...sequencesBack(archive),
      'SET CONSTRAINTS ALL IMMEDIATE',
      ...asked.second.flatMap(guardSql).map(({ sql }) => sql),
      ...withoutKeys(archive, ({ table }) => table),
      ...statementsIn(steps.second),
      ...orderedBy(phases.second, phases.between, rebuilds).rebuild,
      ...withoutArchive(archive, true),
      forgetSql(ledger, migration),
    ].map((sql) => plainSql(sql)),
    afterwards: [],
  }
}

const holds = ({ tables }: Catalog, { table, columns }: Kept): boolean =>
  columns.every(({ name }) => tables.get(table)?.columns.some((column) => column.name === name))

/** What the archive gives back is another value than the one that was there when the rollback began: of the rest nothing may change. */
const untouched = (survivors: readonly Survivor[], kept: readonly Kept[]): readonly Survivor[] =>
  survivors.flatMap((survivor) => {
    const own = kept.filter(({ table }) => table === survivor.before)
    const given = new Set(own.flatMap(({ columns }) => columns.map(({ name }) => name)))
    return own.some(({ rows }) => rows) ? [] : [{ ...survivor, columns: survivor.columns.filter(([, column]) => !given.has(column)) }]
  })

/** With copies; undefined where there is nothing to keep, or it does not come back to where it was. */
const withCopies = (wish: Wish): Archived | undefined => {
  const { rollback } = wish
  const { before, after } = rollback.rows
  const places = placesOf(rollback.made, after)
  const kept = keptFor([...rollback.loses, ...wish.changed.map(claimOf)], { before, after }, places)
  const phases = phasesOf(rollback.inverse.changes, kept, { before, after })
  if (kept.length === 0 || !kept.every((each) => holds(phases.between, each))) return undefined
  const archive: Archive = { schema: schemaFor(rollback.migration.tag), until: wish.until, kept, sequences: lostSequences(kept, before, places) }
  const up = upText(wish, archive, before, after)
  const migration = { ...rollback.migration, sql: up, hash: wish.hash(up) }
  const asked = askedIn(phases, after, wish.postgres)
  const sql = rollbackSqlOf(wish, archive, phases, asked, migration)
  const keeps = kept.map(described)
  const guards = [...asked.first, ...asked.second]
  return {
    up,
    rollback: sql,
    sql: fileText({ ...rollback, migration, guards }, listed(`Brings back from ${archive.schema}`, keeps), sql),
    contract: [...withoutKeys(archive, ({ to }) => to), ...withoutArchive(archive, false)].map((statement) => plainSql(statement)),
    keeps,
    rows: { ...rollback.rows, survivors: untouched(rollback.rows.survivors, kept), guards: { ...rollback.rows.guards, down: guards } },
  }
}

const isAside = ({ tables, columns }: Aside, { table, column }: Changed): boolean =>
  tables.has(table) || (column !== undefined && columns.has(member(table, column)))

/**
 * The rewritten migration and its rollback; undefined where there is nothing to keep, or it does not come back to where it was. What is dropped is set aside where that is possible, unless
 * `onlyCopies`; of all else, copies are kept.
 */
export const archivedOf = (wish: Wish, onlyCopies = false): Archived | undefined => {
  const aside = onlyCopies ? undefined : setAside(wish.rollback)
  if (!aside) return withCopies(wish)
  const { postgres, rebuilds, keeps, ledger } = wish
  const as = (sql: string): Migration => ({ ...wish.rollback.migration, sql, hash: wish.hash(sql) })
  const around = { before: wish.rollback.rows.before, after: aside.after, postgres, rebuilds, keeps }
  const rollback = rollbackOf(as(aside.sql), aside.steps, around)
  const changed = wish.changed.filter((each) => !isAside(aside, each))
  const contract = aside.contract.map((statement) => plainSql(statement))
  const copied = rollback.loses.length > 0 || changed.length > 0 ? withCopies({ ...wish, rollback, changed }) : undefined
  if (copied) return { ...copied, contract: [...copied.contract, ...contract], keeps: [...aside.keeps, ...copied.keeps] }
  const up = withUntil(aside.sql, wish.until)
  const own = { ...rollback, migration: as(up) }
  return { up, rollback: rollbackSql(own, ledger), sql: scriptText(own, ledger), contract, keeps: aside.keeps, rows: rollback.rows }
}
