/** PostgreSQL as the judge of generated histories: refusals, law 3, differences and inverses written as SQL. */
import * as fc from 'fast-check'
import { openEngine } from '../../src/adapters/engines/index.ts'
import { catalogSql } from '../../src/changes/catalog-sql.ts'
import { diff } from '../../src/changes/diff.ts'
import { emptyCatalog } from '../../src/changes/edit.ts'
import { apply, invert } from '../../src/changes/index.ts'
import { toSql } from '../../src/changes/to-sql.ts'
import type { Catalog } from '../../src/model/catalog.ts'
import type { Change } from '../../src/model/change.ts'
import type { Engine } from '../../src/model/engine.ts'
import { PostgresRefusal } from '../../src/model/error.ts'
import { quoteIdentifier } from '../../src/model/name.ts'
import { differences, type PrintedCatalog, type PrintedDifference } from '../../src/model/printed.ts'
import type { Session } from '../../src/model/session.ts'
import { histories, type Moment, moments } from './generate.ts'
import { rolesIn } from './generate-draw.ts'
import { seedOf } from './generated-memory.ts'

/** Where memory and the server do not agree. */
export type Disagreement = { readonly about: string; readonly sql?: string; readonly detail: string }

export type Judge = { readonly engine: Engine; readonly session: Session }
/** A database of its own, with what histories use of the cluster: extensions and a tablespace. */
export type Court = Judge & AsyncDisposable

/** Opens a court; disposing of it ends the server. */
export const openCourt = async (): Promise<Court> => {
  const engine = await openEngine({ extensions: ['citext', 'pg_trgm', 'hstore', 'pgcrypto'], profile: 'replay' })
  const session = await engine.session(await engine.createDatabase())
  await session.script('SET allow_in_place_tablespaces = on')
  await session.script(`CREATE TABLESPACE fast LOCATION ''`)
  await session.script('RESET ALL')
  return {
    engine,
    session,
    async [Symbol.asyncDispose]() {
      await session[Symbol.asyncDispose]()
      await engine[Symbol.asyncDispose]()
    },
  }
}

/** Statements in order; those of a history each stand alone (a refusal takes back only itself), written ones must all pass. */
type Part = { readonly statements: readonly string[]; readonly lenient: boolean }

const run = async (
  { session }: Judge,
  { statements, lenient }: Part,
  each: (at: number, refused: PostgresRefusal | undefined) => Promise<void> = async () => {},
): Promise<void> => {
  for (const [at, sql] of statements.entries()) {
    let refused: PostgresRefusal | undefined
    if (lenient) await session.script('SAVEPOINT alone')
    try {
      await session.script(sql)
    } catch (error) {
      if (!(error instanceof PostgresRefusal)) throw error
      if (!lenient) throw new Error(`${error.sqlstate} ${error.message} ${error.detail ?? ''}\n  in ${sql}`, { cause: error })
      refused = error
    }
    if (lenient) await session.script(refused ? 'ROLLBACK TO SAVEPOINT alone; RELEASE SAVEPOINT alone' : 'RELEASE SAVEPOINT alone')
    await each(at, refused)
  }
}

/** Runs in a transaction that is rolled back. */
const aside = async <T>(judge: Judge, body: () => Promise<T>): Promise<T> => {
  await judge.session.script('BEGIN')
  try {
    return await body()
  } finally {
    await judge.session.script('ROLLBACK; RESET ALL; DISCARD TEMP')
  }
}

const inTransaction = { inTransaction: true } as const
const fingerprintAfter = (judge: Judge, ...parts: readonly Part[]): Promise<string> =>
  aside(judge, async () => {
    for (const part of parts) {
      await run(judge, part)
      // What was written runs as a migration of its own: in a fresh session.
      await judge.session.script('RESET ALL; SET LOCAL check_function_bodies = off')
    }
    return judge.engine.fingerprint(judge.session, inTransaction)
  })
const printAfter = (judge: Judge, ...parts: readonly Part[]): Promise<PrintedCatalog> =>
  aside(judge, async () => {
    for (const part of parts) {
      await run(judge, part)
      await judge.session.script('RESET ALL; SET LOCAL check_function_bodies = off')
    }
    return judge.engine.print(judge.session, inTransaction)
  })

const bare = (value: PrintedDifference['from']): string => JSON.stringify({ ...value, position: 0 })

/** Differences but the positions of columns, which no statement can change. */
const beyondPositions = (found: readonly PrintedDifference[]): readonly PrintedDifference[] =>
  found.filter(({ kind, from, to }) => kind !== 'column' || bare(from) !== bare(to))

const explain = (found: readonly PrintedDifference[]): string =>
  found
    .slice(0, 4)
    .map(({ kind, identity, from, to }) => `${kind} ${identity}\n    ${JSON.stringify(from)}\n    ${JSON.stringify(to)}`)
    .join('\n  ')

const given = (history: readonly string[]): Part => ({ statements: history, lenient: true })
const written = (statements: readonly string[]): Part => ({ statements, lenient: false })

/** Roles are the cluster's; a catalog is written for a server that has them. */
const rolesOf = (catalog: Catalog): readonly string[] => rolesIn(catalog).map((role) => `CREATE ROLE ${quoteIdentifier(role)}`)

/** The inverse of one statement, as SQL; undefined when there is none. */
const inverseSql = ({ before, after, changes }: Moment): readonly string[] | undefined => {
  let catalog = before
  const inverse: Change[] = []
  for (const change of changes) {
    const back = invert(change, catalog)
    if ('irreversible' in back) return undefined
    inverse.unshift(...back)
    catalog = apply(change, catalog)
  }
  return toSql(inverse, after)
}

const attempt = async (about: string, found: Disagreement[], body: () => Promise<string | undefined>): Promise<void> => {
  try {
    const detail = await body()
    if (detail !== undefined) found.push({ about, detail })
  } catch (error) {
    found.push({
      about: `${about}: not run`,
      detail: error instanceof Error ? `${error.message}${error.cause ? '' : `\n${error.stack ?? ''}`}` : String(error),
    })
  }
}

/** Where the histories' two prefixes are compared: catalogs after so many statements. */
export type Prefixes = { readonly from: number; readonly to: number }

/** All that memory and the server disagree on about one history. Opaque statements end what memory can say of it. */
export const judgeHistory = async (judge: Judge, read: readonly Moment[], prefixes: Prefixes): Promise<readonly Disagreement[]> => {
  const found: Disagreement[] = []
  const history = read.map(({ sql }) => sql)
  const catalogAt = (count: number): Catalog => read[count - 1]?.after ?? emptyCatalog
  const wanted = new Set([prefixes.from, prefixes.to, history.length - 1, history.length])
  const real = new Map<number, string>()
  await aside(judge, async () => {
    if (wanted.has(0)) real.set(0, await judge.engine.fingerprint(judge.session, inTransaction))
    await run(judge, given(history), async (at, refused) => {
      const memory = read[at]?.refused
      // What comes after the first disagreement follows from it.
      if (found.length === 0 && memory?.sqlstate !== refused?.sqlstate) {
        const said = (refusal: PostgresRefusal | undefined): string => (refusal ? `${refusal.sqlstate} ${refusal.message}` : 'takes it')
        found.push({
          about: `refusal ${memory?.sqlstate ?? 'none'} in memory, ${refused?.sqlstate ?? 'none'} on the server`,
          sql: history[at] ?? '',
          detail: `memory: ${said(memory)}\n  server: ${said(refused)}`,
        })
      }
      if (wanted.has(at + 1)) real.set(at + 1, await judge.engine.fingerprint(judge.session, inTransaction))
    })
  })
  if (found.length > 0 || read.some(({ changes }) => changes.some(({ kind }) => kind === 'opaque'))) return found

  const compare = async (about: string, count: number, exact: boolean, ...parts: readonly Part[]): Promise<void> =>
    attempt(about, found, async () => {
      if ((await fingerprintAfter(judge, ...parts)) === real.get(count)) return undefined
      const all = differences(await printAfter(judge, given(history.slice(0, count))), await printAfter(judge, ...parts))
      const left = exact ? all : beyondPositions(all)
      return left.length > 0 ? explain(left) : undefined
    })

  const last = catalogAt(history.length)
  await compare('law 3', history.length, true, written(rolesOf(last)), written(catalogSql(last)))
  const [a, b] = [catalogAt(prefixes.from), catalogAt(prefixes.to)]
  await compare('difference', prefixes.to, false, given(history.slice(0, prefixes.from)), written(toSql(diff(a, b), a)))
  const moment = read.at(-1)
  const inverse = moment && inverseSql(moment)
  if (inverse) await compare('inverse', history.length - 1, false, given(history), written(inverse))
  return found
}

const sameFault = (one: Disagreement, other: Disagreement): boolean => one.about === other.about && one.sql === other.sql

/** Fails with the history, without the statements that the disagreement does not need. */
const explainShortest = async (judge: Judge, history: readonly string[], { from, to }: Prefixes, fault: Disagreement): Promise<never> => {
  let shortest = { history, prefixes: { from, to }, fault }
  for (let at = history.length - 1; at >= 0; at--) {
    const fewer = shortest.history.toSpliced(at, 1)
    const prefixes = { from: shortest.prefixes.from - Number(shortest.prefixes.from > at), to: shortest.prefixes.to - Number(shortest.prefixes.to > at) }
    const same = (await judgeHistory(judge, moments(fewer), prefixes)).find((other) => sameFault(fault, other))
    if (same) shortest = { history: fewer, prefixes, fault: same }
  }
  const { about, sql, detail } = shortest.fault
  throw new Error(
    `${about}\n  ${sql ?? ''}\n  ${detail}\nwith prefixes ${shortest.prefixes.from} and ${shortest.prefixes.to} of\n${shortest.history.map((each) => `${each};`).join('\n')}`,
  )
}

/** Judges drawn histories, each with two drawn prefixes; fails with the shortest history it can find. */
export const holdsInPostgres = async (judge: Judge, { runs, length }: { readonly runs: number; readonly length: number }): Promise<void> => {
  const seed = seedOf()
  let judged = 0
  const property = fc.asyncProperty(histories(length), fc.nat(length), fc.nat(length), async (history, from, to) => {
    const prefixes = { from: Math.min(from, history.length), to: Math.min(to, history.length) }
    const first = (await judgeHistory(judge, moments(history), prefixes))[0]
    if (first) await explainShortest(judge, history, prefixes, first)
    judged++
  })
  // Leaving statements out would soon show another fault than the one found (memory takes views of relations that it does not know), so that is done here.
  await fc.assert(property, { seed, numRuns: runs, endOnFailure: true })
  console.log(`seed ${seed}: ${judged} histories of ${length} statements agree with PostgreSQL`)
}
