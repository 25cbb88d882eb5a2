/** Law 5: what one DDL statement does to a database's catalog is a difference. PostgreSQL's own rows say that it did something. */
import * as fc from 'fast-check'
import { introspect } from '../../src/adapters/postgres/index.ts'
import { equal } from '../../src/changes/equal.ts'
import { PostgresRefusal } from '../../src/model/error.ts'
import type { Json, Tree } from '../../src/model/json.ts'
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
import { displayRows, isEmpty, namedDifference, type RawCatalog, type RawDifference, type RawRow, rawDifference, rawReader } from './raw-catalog.ts'
import { singleStatement } from './single-statements.ts'

/** What a statement may do to the catalog without a difference of ours. `read` leaves of a row what must be the same before and after; undefined: nothing of it. */
type Excuse = { readonly what: string; readonly why: string; readonly read: (row: RawRow, all: RawCatalog) => RawRow['row'] | undefined }

/** Its OID as a catalog, the same in every database. */
const pgExtension = '3079'

const acls = ['relacl', 'proacl', 'typacl', 'nspacl', 'lanacl', 'fdwacl', 'srvacl'] as const

const without = (row: RawRow['row'], ...columns: readonly string[]): RawRow['row'] =>
  Object.fromEntries(Object.entries(row).filter(([key]) => !columns.includes(key)))

/** Types that come with a table or a range, and the functions that a range has. */
const isCompanion = ({ catalog, row }: RawRow, { rows }: RawCatalog): boolean => {
  if (catalog === 'pg_type')
    return (
      row.typtype === 'm' ||
      (row.typtype === 'c' && rows.some((each) => each.catalog === 'pg_class' && each.row.oid === row.typrelid && each.row.relkind !== 'c'))
    )
  return catalog === 'pg_proc' && /^(multi)?range_constructor[0-9]$/.test(String(row.prosrc))
}

const excuses: readonly Excuse[] = [
  {
    what: 'what is made anew just as it was',
    why: 'only its OID is another, and names stand for OIDs here',
    read: ({ row }) => row,
  },
  {
    what: 'privileges that are there without being written down',
    why: 'a GRANT or REVOKE writes all of them down, also those that an owner and PUBLIC have anyway, and in another order',
    read: ({ row: { implied, ...row } }) => {
      const acl = acls.find((column) => column in row)
      const written = acl && (row[acl] ?? implied)
      return acl && Array.isArray(written) ? { ...row, [acl]: [...written].sort() } : row
    },
  },
  {
    what: 'an expression that PostgreSQL keeps as another tree and prints as the same text',
    why: 'a column whose type is set anew casts what is about it implicitly, to the type that it has',
    read: ({ row }) => without(row, ...Object.keys(row).filter((column) => `${column} as text` in row)),
  },
  {
    what: 'a comment on an extension',
    why: 'each release of an extension brings its own',
    read: ({ catalog, row }) => (catalog === 'pg_description' && row.classoid === pgExtension ? undefined : row),
  },
  {
    what: 'the comment that initdb gives the schema public',
    why: 'a database whose public was made by hand does not have it',
    read: ({ catalog, row }) => (catalog === 'pg_description' && row.description === 'standard public schema' ? undefined : row),
  },
  {
    what: 'what is said of a row type, a multirange or a constructor of a range alone',
    why: 'they come with their table or range, whose own comment and privileges are compared',
    read: (row, all) => {
      if (isCompanion(row, all)) return without(row.row, 'typacl', 'proacl')
      return row.catalog === 'pg_description' && all.rows.some((each) => each.row.oid === row.row.objoid && isCompanion(each, all)) ? undefined : row.row
    },
  },
  {
    what: 'a secret',
    why: 'it is never read: passwords, connection strings, options that name a secret',
    read: ({ row }) => ({
      ...without(row, 'rolpassword', 'subconninfo'),
      ...(Array.isArray(row.umoptions) && { umoptions: row.umoptions.map((option) => String(option).replace(/^(password=).*/s, '$1')) }),
    }),
  },
]

/** Why a statement that changed rows may show no difference; undefined: it may not. */
const excuseFor = (before: RawCatalog, after: RawCatalog): string | undefined => excuses.find(({ read }) => isEmpty(namedDifference(before, after, read)))?.what

type Miss = { readonly sql: string; readonly rows: RawDifference }

export type Tally = {
  readonly seed: number
  /** How many statements of each kind did something and were seen. */
  readonly kinds: ReadonlyMap<string, number>
  readonly misses: readonly Miss[]
  /** Statements by what they are excused for. */
  readonly excused: ReadonlyMap<string, readonly string[]>
  readonly seen: number
  readonly nothing: number
  readonly refused: number
}

const typed = new Set(['objtype', 'renameType', 'removeType', 'objectType', 'kind', 'subtype', 'contype', 'is_grant', 'relkind'])

/** The kind of a statement in PostgreSQL's own words: its node, and what kind of object and action it names. */
const kindOf = (sql: string): string => {
  const [statement] = readStatements(sql)
  if (!statement) return 'nothing'
  const told: string[] = []
  const tell = (tree: Tree): void => {
    for (const [key, value] of Object.entries(tree))
      if (typed.has(key) && (typeof value === 'string' || value === true)) told.push(value === true ? key : value)
  }
  tell(statement.tree)
  const commands = statement.tree.cmds
  if (Array.isArray(commands))
    for (const command of commands as readonly Json[])
      walk(command, (node) => (isTree(node.AlterTableCmd) ? tell(node.AlterTableCmd) : undefined) === undefined)
  return [statement.node, ...told].join(' ')
}

/** Statements about data, a session or its own temporary objects. */
const isApart = (sql: string, kind: string): boolean =>
  /\bTEMPORARY\b|pg_temp/.test(sql) || /^(Select|VariableSet|Transaction|Lock|Vacuum|Insert|Update|Delete|Truncate)Stmt/.test(kind)

type Told = { readonly printed: PrintedCatalog; readonly raw: RawCatalog }
type Sees = (before: PrintedCatalog, after: PrintedCatalog) => boolean

export type Sample = {
  /** So many that did something and were seen. */
  readonly statements: number
  /** The comparison; for tests of the test. */
  readonly sees?: Sees
}

/** Counts until there are enough. */
class Judgement {
  readonly #kinds = new Map<string, number>()
  readonly #misses: Miss[] = []
  readonly #excused = new Map<string, string[]>()
  readonly #sample: Required<Sample>
  #seen = 0
  #nothing = 0
  #refused = 0
  constructor(sample: Required<Sample>) {
    this.#sample = sample
  }

  get isDone(): boolean {
    return this.#seen + this.#misses.length >= this.#sample.statements
  }

  tally(seed: number): Tally {
    return { seed, kinds: this.#kinds, misses: this.#misses, excused: this.#excused, seen: this.#seen, nothing: this.#nothing, refused: this.#refused }
  }

  refuse(): void {
    this.#refused++
  }

  /** `after` are the rows after the statement, `print` gives the catalog then; answers what the next statement starts from. */
  async judge(before: Told, sql: string, after: RawCatalog, print: () => Promise<PrintedCatalog>, movedInMemory: boolean): Promise<Told> {
    const kind = kindOf(sql)
    if (isApart(sql, kind)) return { printed: before.printed, raw: after }
    if (isEmpty(rawDifference(before.raw, after))) {
      this.#nothing++
      return before
    }
    const printed = await print()
    if (this.#sample.sees(before.printed, printed)) {
      this.#seen++
      this.#kinds.set(kind, (this.#kinds.get(kind) ?? 0) + 1)
    } else this.#unseen(before.raw, sql, after, movedInMemory)
    return { printed, raw: after }
  }

  #unseen(before: RawCatalog, sql: string, after: RawCatalog, movedInMemory: boolean): void {
    const excuse = movedInMemory ? undefined : excuseFor(before, after)
    if (excuse === undefined) this.#misses.push({ sql, rows: namedDifference(before, after) })
    else this.#excused.set(excuse, [...(this.#excused.get(excuse) ?? []), sql])
  }
}

/** A database with a reader of its rows. */
type Place = { readonly session: Session; readonly read: () => Promise<RawCatalog> }

const print = ({ session }: Place): Promise<PrintedCatalog> => introspect(session, { inTransaction: true, shared: true })

const isAccepted = async ({ session }: Place, sql: string): Promise<boolean> => {
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

/** What is to be run next; undefined: that was all. */
type Next = (now: PrintedCatalog) => { readonly sql: string; readonly movedInMemory: boolean; readonly refusedInMemory: boolean } | undefined

/** Runs statements in a transaction that is rolled back. */
const judgeAll = async (place: Place, judgement: Judgement, next: Next): Promise<void> => {
  await place.session.script('BEGIN')
  try {
    let told: Told = { printed: await print(place), raw: await place.read() }
    for (let each = next(told.printed); each && !judgement.isDone; each = next(told.printed)) {
      if (each.refusedInMemory || !(await isAccepted(place, each.sql))) judgement.refuse()
      else told = await judgement.judge(told, each.sql, await place.read(), () => print(place), each.movedInMemory)
    }
  } finally {
    await place.session.script('ROLLBACK; RESET ALL; DISCARD TEMP')
  }
}

/** Generated histories from an empty database; memory is a second witness. */
const fromHistory = (history: readonly string[]): Next => {
  const read = moments(history).values()
  return () => {
    const { value } = read.next()
    return value && { sql: value.sql, movedInMemory: !equal(value.before, value.after), refusedInMemory: value.refused !== undefined }
  }
}

/** Choices from a list of numbers; zeros when it is at its end. */
const drawFrom = (tape: readonly number[]): Draw => {
  const numbers = tape.values()
  return new Draw({ nextInt: (min, max) => min + ((numbers.next().value ?? 0) % (max - min + 1)) })
}

/** Statements about a database that has objects of every kind, each written for the catalog that the ones before it made. */
const fromTapes = (tapes: readonly (readonly number[])[]): Next => {
  const left = tapes.values()
  return (now) => {
    const { value } = left.next()
    return value && { sql: singleStatement(drawFrom(value), now), movedInMemory: false, refusedInMemory: false }
  }
}

const tapes = fc.noBias(fc.array(fc.array(fc.nat(), { minLength: 30, maxLength: 30 }), { minLength: 12, maxLength: 12 }))

const furniture = `CREATE FUNCTION from_hstore(internal) RETURNS internal LANGUAGE internal IMMUTABLE AS 'textin';
CREATE TYPE own_type; CREATE FUNCTION own_type_in(cstring) RETURNS own_type LANGUAGE internal IMMUTABLE STRICT AS 'textin';
CREATE FUNCTION own_type_out(own_type) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'textout';
CREATE TYPE own_type (input = own_type_in, output = own_type_out);
CREATE SUBSCRIPTION incoming CONNECTION 'dbname=nowhere' PUBLICATION everything WITH (connect = false);
CREATE USER MAPPING FOR PUBLIC SERVER remote OPTIONS (login 'x', password 'x');`

const placeIn = async (session: Session): Promise<Place> => ({ session, read: await rawReader(session) })

/** Judges so many statements: of generated histories, and about a furnished database. The parser must be loaded. */
export const law5 = async ({ engine, session }: Court, { statements, sees = (a, b) => differing(a, b).length > 0 }: Sample): Promise<Tally> => {
  const seed = seedOf()
  const judgement = new Judgement({ statements, sees })
  await using full = await engine.session(await engine.createDatabase())
  // What extensions bring is as old as the database: rows that no statement changes are not read.
  await full.script('CREATE EXTENSION hstore; CREATE EXTENSION btree_gist')
  const [empty, furnished] = [await placeIn(session), await placeIn(full)]
  await full.script('DROP ROLE IF EXISTS strata_reader, strata_writer')
  await full.script(base.replaceAll('CREATE EXTENSION', 'CREATE EXTENSION IF NOT EXISTS'))
  await full.script(furniture)
  for (let round = 0; !judgement.isDone; round++) {
    const runs = { seed: seed + round, numRuns: 10, endOnFailure: true } as const
    await fc.assert(
      fc.asyncProperty(histories(15), tapes, async (history, drawn) => {
        await judgeAll(empty, judgement, fromHistory(history))
        await judgeAll(furnished, judgement, fromTapes(drawn))
      }),
      runs,
    )
  }
  return judgement.tally(seed)
}

const count = (number: number): string => number.toLocaleString('en')

/** `5,000 statements of 200 kinds: 0 missed, 600 did nothing` */
export const told = ({ seed, kinds, misses, excused, seen, nothing, refused }: Tally): string => {
  const others = `${count(nothing)} did nothing, ${count([...excused.values()].flat().length)} excused, ${count(refused)} refused`
  return `seed ${seed}: ${count(seen + misses.length)} statements of ${kinds.size} kinds: ${count(misses.length)} missed, ${others}`
}

/** What was excused, how often and why. */
export const excusesOf = ({ excused }: Tally): readonly string[] =>
  excuses.map(({ what, why }) => `excused ${excused.get(what)?.length ?? 0} times: ${what}, for ${why}`)

/** The misses, each with the rows that the statement changed. */
export const missesOf = ({ misses }: Tally): readonly string[] => misses.map(({ sql, rows }) => `${sql}\n${displayRows(rows)}`)
