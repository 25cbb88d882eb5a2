/** Law 5: what one DDL statement does to a database's catalog is a difference. PostgreSQL's own rows say that it did something. */
import * as fc from 'fast-check'
import { expect } from 'vitest'
import { introspect } from '../../src/adapters/postgres/index.ts'
import { equal } from '../../src/changes/equal.ts'
import type { Json, Tree } from '../../src/model/json.ts'
import { PostgresRefusal } from '../../src/model/error.ts'
import type { PrintedCatalog } from '../../src/model/printed.ts'
import type { Session } from '../../src/model/session.ts'
import { readStatements } from '../../src/sql/script.ts'
import { isTree, walk } from '../../src/sql/tree.ts'
import { base } from '../adapters/postgres/fixture.ts'
import { differing } from './convergence.ts'
import { histories, moments } from './generate.ts'
import { Draw } from './generate-draw.ts'
import { seedOf } from './generated-memory.ts'
import type { Court } from './generated-postgres.ts'
import { displayRows, isEmpty, namedDifference, type RawCatalog, type RawRow, rawDifference, rawReader } from './raw-catalog.ts'
import { singleStatement } from './single-statements.ts'

/** What is no design, and so is not compared: named, with the reason. Each is a part of rows, or all rows of a sort. */
const excused: readonly { readonly what: string; readonly why: string; readonly read: (row: RawRow) => RawRow['row'] | undefined }[] = [
  {
    what: 'privileges that are there without being written down',
    why: 'a GRANT or REVOKE writes all of them down, also those that an owner and PUBLIC have anyway',
    read: ({ row: { implied, ...row } }) => {
      const acl = ['relacl', 'proacl', 'typacl', 'nspacl', 'lanacl', 'fdwacl', 'srvacl'].find((column) => column in row)
      return acl && { ...row, [acl]: [...((row[acl] ?? implied) as readonly string[])].sort() }
    },
  },
]

type Told = { readonly printed: PrintedCatalog; readonly raw: RawCatalog }

type Miss = { readonly sql: string; readonly gone: readonly string[]; readonly made: readonly string[] }

export type Tally = {
  readonly kinds: Map<string, number>
  readonly misses: Miss[]
  readonly excused: Map<string, string[]>
  seen: number
  nothing: number
  refused: number
}

const typed = new Set(['objtype', 'renameType', 'removeType', 'objectType', 'kind', 'subtype', 'contype', 'is_grant', 'relkind'])

/** The kind of a statement in PostgreSQL's own words: its node, and what kind of object and action it names. */
export const kindOf = (sql: string): string => {
  const [statement] = readStatements(sql)
  if (!statement) return 'nothing'
  const told: string[] = []
  const tell = (tree: Tree): void => {
    for (const [key, value] of Object.entries(tree)) if (typed.has(key) && typeof value === 'string') told.push(value)
  }
  tell(statement.tree)
  const commands = statement.tree.cmds
  if (Array.isArray(commands)) for (const command of commands as readonly Json[]) walk(command, (node) => (isTree(node.AlterTableCmd) ? tell(node.AlterTableCmd) : undefined) === undefined)
  return [statement.node, ...told].join(' ')
}

/** Statements about data, a session or its own temporary objects. */
const isApart = (sql: string): boolean =>
  /\bTEMPORARY\b|pg_temp/.test(sql) || /^(Select|VariableSet|Transaction|Lock|Vacuum|Insert|Update|Delete|Truncate)Stmt/.test(kindOf(sql))

const readTold = async (session: Session, read: () => Promise<RawCatalog>): Promise<Told> => ({
  printed: await introspect(session, { inTransaction: true, shared: true }),
  raw: await read(),
})

const accepted = async (session: Session, sql: string): Promise<boolean> => {
  await session.script('SAVEPOINT alone')
  try {
    await session.script(sql)
    await session.script('RELEASE SAVEPOINT alone')
    return true
  } catch (error) {
    if (!(error instanceof PostgresRefusal)) throw error
    await session.script('ROLLBACK TO SAVEPOINT alone; RELEASE SAVEPOINT alone')
    return false
  }
}

const reading =
  (excuses: typeof excused) =>
  (row: RawRow): RawRow =>
    excuses.reduce((left, { read }) => ({ catalog: left.catalog, row: read(left) ?? left.row }), row)

const madeAnew = 'what is made anew just as it was'

/** Why a statement that changed rows may show no difference; undefined: it may not. */
const excuseFor = (before: RawCatalog, after: RawCatalog): string | undefined => {
  if (isEmpty(namedDifference(before, after))) return madeAnew
  return excused.find((excuse) => isEmpty(namedDifference(before, after, reading([excuse]))))?.what
}

/** Judges one statement that has been run; answers the catalog as it is now. */
const judge = async (session: Session, read: () => Promise<RawCatalog>, before: Told, sql: string, tally: Tally, memoryMoved: boolean): Promise<Told> => {
  const raw = await read()
  if (isApart(sql)) return { printed: before.printed, raw }
  const rows = rawDifference(before.raw, raw)
  if (isEmpty(rows) && !memoryMoved) {
    tally.nothing++
    return before
  }
  const printed = await introspect(session, { inTransaction: true, shared: true })
  const after = { printed, raw }
  if (differing(before.printed, printed).length > 0) {
    tally.seen++
    const kind = kindOf(sql)
    tally.kinds.set(kind, (tally.kinds.get(kind) ?? 0) + 1)
    return after
  }
  const excuse = memoryMoved ? undefined : excuseFor(before.raw, raw)
  if (excuse) tally.excused.set(excuse, [...(tally.excused.get(excuse) ?? []), sql])
  else tally.misses.push({ sql: memoryMoved ? `${sql} (in memory too)` : sql, ...namedDifference(before.raw, raw) })
  return after
}

const aside = async (session: Session, body: () => Promise<void>): Promise<void> => {
  await session.script('BEGIN')
  try {
    await body()
  } finally {
    await session.script('ROLLBACK; RESET ALL; DISCARD TEMP')
  }
}

/** Generated histories, statement by statement, from an empty database; memory is a second witness. */
const judgeHistory = async (session: Session, read: () => Promise<RawCatalog>, history: readonly string[], tally: Tally): Promise<void> =>
  aside(session, async () => {
    let told = await readTold(session, read)
    for (const { sql, before, after, refused } of moments(history)) {
      if (refused || !(await accepted(session, sql))) tally.refused++
      else told = await judge(session, read, told, sql, tally, !equal(before, after))
    }
  })

/** Choices from a list of numbers; zeros when it is at its end. */
const drawFrom = (tape: readonly number[]): Draw => {
  let at = 0
  return new Draw({ nextInt: (min, max) => min + ((tape[at++] ?? 0) % (max - min + 1)) })
}

/** Statements about a database that has objects of every kind, each written for the catalog that the ones before it made. */
const judgeTapes = async (session: Session, read: () => Promise<RawCatalog>, tapes: readonly (readonly number[])[], tally: Tally): Promise<void> =>
  aside(session, async () => {
    let told = await readTold(session, read)
    for (const tape of tapes) {
      const sql = singleStatement(drawFrom(tape), told.printed)
      if (await accepted(session, sql)) told = await judge(session, read, told, sql, tally, false)
      else tally.refused++
    }
  })

const tapes = fc.array(fc.array(fc.nat(), { minLength: 30, maxLength: 30 }), { minLength: 12, maxLength: 12 })

const furnished = `CREATE FUNCTION from_hstore(internal) RETURNS internal LANGUAGE internal IMMUTABLE AS 'textin';
CREATE TYPE own_type; CREATE FUNCTION own_type_in(cstring) RETURNS own_type LANGUAGE internal IMMUTABLE STRICT AS 'textin';
CREATE FUNCTION own_type_out(own_type) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'textout';
CREATE TYPE own_type (input = own_type_in, output = own_type_out);
CREATE SUBSCRIPTION incoming CONNECTION 'dbname=nowhere' PUBLICATION everything WITH (connect = false);
CREATE USER MAPPING FOR PUBLIC SERVER remote OPTIONS (login 'x');`

const show = ({ sql, ...rows }: Miss): string => `${sql}\n${displayRows(rows)}`

/** Judges at least so many statements, half of them of generated histories, half about a furnished database. */
export const law5 = async ({ engine, session }: Court, { statements }: { readonly statements: number }): Promise<Tally> => {
  const seed = seedOf()
  const tally: Tally = { kinds: new Map(), misses: [], excused: new Map(), seen: 0, nothing: 0, refused: 0 }
  await using full = await engine.session(await engine.createDatabase())
  await full.script('CREATE EXTENSION hstore; CREATE EXTENSION btree_gist')
  const readers = [await rawReader(session), await rawReader(full)] as const
  await full.script(base.replaceAll('CREATE EXTENSION', 'CREATE EXTENSION IF NOT EXISTS'))
  await full.script(furnished)
  for (let round = 0; tally.seen < statements; round++) {
    const more = { seed: seed + round, numRuns: 10, endOnFailure: true } as const
    await fc.assert(
      fc.asyncProperty(histories(15), (history) => judgeHistory(session, readers[0], history, tally)),
      more,
    )
    await fc.assert(
      fc.asyncProperty(tapes, (drawn) => judgeTapes(full, readers[1], drawn, tally)),
      more,
    )
  }
  const excuses = [...tally.excused.values()].flat().length
  console.log(
    `seed ${seed}: ${tally.seen.toLocaleString('en')} statements of ${tally.kinds.size} kinds: ${tally.misses.length} missed, ${tally.nothing} did nothing, ${excuses} excused, ${tally.refused} refused`,
  )
  if (process.env.SHOW) console.log(tally.misses.map(show).join('\n'))
  expect(tally.misses.map(show), 'missed').toEqual([])
  return tally
}
