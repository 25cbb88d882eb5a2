/**
 * Statements that PostgreSQL takes in no transaction: what they leave behind when the run ends in the middle of them, and how to go on. Nothing tells whether such a
 * statement was committed, so the catalog is asked what became of it.
 */

import type { Tree } from '../../model/json.ts'
import { quoteIdentifier } from '../../model/name.ts'
import type { Session } from '../../model/session.ts'
import type { Statement } from '../../model/statement.ts'
import { alterCommands } from '../../rules/commands.ts'
import { quoteLiteral } from '../../sql/print.ts'
import { child, list, strings, text } from '../../sql/tree.ts'

/** What was there before the statement was sent, as JSON. */
export type Facts = { readonly indexes?: readonly number[] }

/** `again`: it did nothing that stays, or what it left is taken away by `first`; `instead`: what ends it. `ask`: nobody can tell. */
export type Verdict =
  | { readonly state: 'done' }
  | { readonly state: 'again'; readonly first: readonly string[]; readonly instead?: string }
  | { readonly state: 'ask' }

const again: Verdict = { state: 'again', first: [] }
const done: Verdict = { state: 'done' }

type Kind = {
  readonly before?: (session: Session, statement: Statement) => Promise<Facts>
  readonly verdict: (session: Session, statement: Statement, facts: Facts) => Promise<Verdict>
}

/** A relation as the statement names it, for `to_regclass`: the session's search path counts. */
const rangeName = (range: Tree | undefined): string =>
  quoteLiteral([text(range, 'schemaname'), text(range, 'relname')].flatMap((part) => (part === undefined ? [] : [quoteIdentifier(part)])).join('.'))

const exists = async (session: Session, condition: string): Promise<boolean> => (await session.query(`SELECT ${condition} AS there`))[0]?.there === true

const oids = (value: unknown): readonly number[] => (Array.isArray(value) ? value.map(Number) : [])

type IndexFound = { readonly name: string; readonly valid: boolean }

const indexesOf = (tree: Tree): string => `indrelid = to_regclass(${rangeName(child(tree, 'relation'))})`

const indexesWhere = async (session: Session, condition: string, before: readonly number[]): Promise<readonly IndexFound[]> => {
  const rows = await session.query(
    `SELECT format('%I.%I', n.nspname, c.relname) AS name, i.indisvalid AS valid FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE ${condition} AND NOT i.indexrelid = ANY (ARRAY[${before.join(',')}]::oid[]) ORDER BY c.oid`,
  )
  return rows.map((row) => ({ name: String(row.name), valid: row.valid === true }))
}

const dropIndexes = (found: readonly IndexFound[]): readonly string[] =>
  found.filter(({ valid }) => !valid).map(({ name }) => `DROP INDEX CONCURRENTLY ${name}`)

const indexFacts = async (session: Session, condition: string): Promise<Facts> => {
  const [row] = await session.query(`SELECT coalesce(json_agg(indexrelid::bigint), '[]') AS indexes FROM pg_catalog.pg_index WHERE ${condition}`)
  return { indexes: oids(typeof row?.indexes === 'string' ? JSON.parse(row.indexes) : row?.indexes) }
}

const named = (tree: Tree): string => {
  const name = text(tree, 'idxname')
  return name === undefined ? '' : ` AND c.relname = ${quoteLiteral(name)}`
}

/** Names that REINDEX CONCURRENTLY gives to what it builds and what it replaces (manual, REINDEX, "Rebuilding Indexes Concurrently"). */
const leftByReindex = `NOT i.indisvalid AND c.relname ~ '_cc(new|old)[0-9]*$'`

const thereIs = (catalog: string, column: string, key: string): Kind => ({
  verdict: async (session, { tree }) =>
    (await exists(session, `EXISTS (SELECT FROM pg_catalog.${catalog} WHERE ${column} = ${quoteLiteral(text(tree, key) ?? '')})`)) ? done : again,
})

const thereIsNo = (catalog: string, column: string, key: string): Kind => ({
  verdict: async (session, { tree }) =>
    (await exists(session, `NOT EXISTS (SELECT FROM pg_catalog.${catalog} WHERE ${column} = ${quoteLiteral(text(tree, key) ?? '')})`)) ? done : again,
})

const repeatable: Kind = { verdict: async () => again }
const unknown: Kind = { verdict: async () => ({ state: 'ask' }) }

const kinds: Readonly<Record<string, Kind>> = {
  IndexStmt: {
    before: (session, { tree }) => indexFacts(session, indexesOf(tree)),
    async verdict(session, { tree }, { indexes = [] }) {
      const made = await indexesWhere(session, `i.${indexesOf(tree)}${named(tree)}`, indexes)
      return made.some(({ valid }) => valid) ? done : { state: 'again', first: dropIndexes(made) }
    },
  },
  DropStmt: {
    async verdict(session, { tree }) {
      const names = list(tree, 'objects').map((object) => strings(list(child(object, 'List'), 'items')))
      const left = await Promise.all(names.map((parts) => exists(session, `to_regclass(${quoteLiteral(parts.map(quoteIdentifier).join('.'))}) IS NOT NULL`)))
      return left.some(Boolean) ? again : done
    },
  },
  ReindexStmt: {
    before: (session) => indexFacts(session, 'NOT indisvalid'),
    verdict: async (session, _, { indexes = [] }) => ({ state: 'again', first: dropIndexes(await indexesWhere(session, leftByReindex, indexes)) }),
  },
  AlterTableStmt: {
    async verdict(session, statement) {
      const command = alterCommands(statement).find((each) => text(each, 'subtype') === 'AT_DetachPartition')
      const partition = rangeName(child(child(child(command, 'def'), 'PartitionCmd'), 'name'))
      const [row] = await session.query(`SELECT inhdetachpending AS pending FROM pg_catalog.pg_inherits WHERE inhrelid = to_regclass(${partition})`)
      if (!row) return done
      return row.pending === true ? { state: 'again', first: [], instead: statement.text.replace(/\bCONCURRENTLY\s*$/i, 'FINALIZE') } : again
    },
  },
  VacuumStmt: repeatable,
  ClusterStmt: repeatable,
  AlterSystemStmt: repeatable,
  AlterDatabaseStmt: repeatable,
  DiscardStmt: repeatable,
  CreatedbStmt: thereIs('pg_database', 'datname', 'dbname'),
  DropdbStmt: thereIsNo('pg_database', 'datname', 'dbname'),
  CreateTableSpaceStmt: thereIs('pg_tablespace', 'spcname', 'tablespacename'),
  DropTableSpaceStmt: thereIsNo('pg_tablespace', 'spcname', 'tablespacename'),
  CreateSubscriptionStmt: thereIs('pg_subscription', 'subname', 'subname'),
  CallStmt: unknown,
  DoStmt: unknown,
}

const kindOf = ({ node }: Statement): Kind => kinds[node] ?? unknown

/** What has to be known later, read before the statement is sent. */
export const factsBefore = async (session: Session, statement: Statement): Promise<Facts> => (await kindOf(statement).before?.(session, statement)) ?? {}

/** What became of a statement that was sent, and of which nobody has heard. */
export const becameOf = (session: Session, statement: Statement, facts: Facts): Promise<Verdict> => kindOf(statement).verdict(session, statement, facts)

/** An index of that name that is not valid and that nobody is building: IF NOT EXISTS would pass it by, and it stays invalid for ever. */
export const invalidIndex = async (session: Session, { node, tree }: Statement): Promise<string | undefined> => {
  if (node !== 'IndexStmt' || text(tree, 'idxname') === undefined) return undefined
  const [found] = await indexesWhere(session, `i.${indexesOf(tree)}${named(tree)} AND NOT i.indisvalid`, [])
  return found?.name
}
