/** What an app does with the whole of its schema, really run: the judge of what is said of versions on which it runs. */
import { replay } from '../../src/changes/replay.ts'
import { plainStartOf } from '../../src/changes/start.ts'
import { type Chain, chainOf, intervalOf } from '../../src/features/version/compatibility.ts'
import { classifyScripts } from '../../src/features/version.ts'
import type { Catalog } from '../../src/model/catalog.ts'
import { PostgresRefusal } from '../../src/model/error.ts'
import type { Migration } from '../../src/model/history.ts'
import { quoteIdentifier } from '../../src/model/name.ts'
import type { Session } from '../../src/model/session.ts'
import { seedRows } from '../../src/rows/index.ts'
import { readScript } from '../../src/sql/script.ts'

/** A history, replayed and judged. The parser must be loaded. */
export const chainFrom = (migrations: readonly Migration[]): Chain => {
  const scripts = migrations.map(({ sql }) => readScript(sql ?? ''))
  const start = plainStartOf(scripts).catalog
  return chainOf(replay(scripts, start), start, classifyScripts(migrations, scripts))
}

/** The first statement that the database refuses; nothing stays. */
export const refusedOf = async (session: Session, statements: readonly string[]): Promise<string | undefined> => {
  await session.script('BEGIN')
  try {
    for (const sql of statements) await session.script(sql)
    return undefined
  } catch (error) {
    if (!(error instanceof PostgresRefusal)) throw error
    return error.message
  } finally {
    await session.script('ROLLBACK')
  }
}

/** Names every column and every label, and writes rows into every table. */
const codeFor = (catalog: Catalog): readonly string[] => [
  ...[...catalog.tables].map(([name, { columns }]) => `SELECT ${columns.map((column) => quoteIdentifier(column.name)).join(', ') || '1'} FROM ${name} LIMIT 0`),
  ...[...catalog.views].map(([name, { columns }]) => `SELECT ${columns.map(quoteIdentifier).join(', ') || '1'} FROM ${name} LIMIT 0`),
  ...[...catalog.types].flatMap(([name, type]) => (type.kind === 'enum' ? type.labels.map((label) => `SELECT '${label.replaceAll("'", "''")}'::${name}`) : [])),
  'SET LOCAL session_replication_role = replica',
  ...seedRows(catalog, 'all', { style: 'adverse', rows: 12 }).seeds.map(({ sql }) => sql),
]

export type Disagreement = { readonly app: string; readonly on: string; readonly refusal: string }
export type Verdict = {
  /** Versions and apps that were tried, where the app is said to run. */
  readonly tried: number
  /** It is said to run, and PostgreSQL refuses something. */
  readonly refused: readonly Disagreement[]
  /** It is said to break at that end, and all of it runs. */
  readonly unbroken: readonly { readonly app: string; readonly on: string; readonly why: string }[]
  readonly broken: number
}

/** Code is said to break there, and what is tried here runs: why it is right all the same. */
const argued: readonly (readonly [why: RegExp, argument: string])[] = [
  [/ unique |unique index /, 'the rows tried here differ; two that are alike are refused (see the table of cases)'],
  [/has no default any more/, 'the rows tried here give each column a value; who leaves it out is refused, or gets NULL'],
  [/code that writes and reads \S+ meets/, 'PostgreSQL casts what is tried here; the driver gives the app another kind of value'],
  [/row-level security/, 'a superuser sees and writes all rows'],
]

export const isArgued = (why: string): boolean => argued.some(([pattern]) => pattern.test(why))

/** Runs the code of every `step`th version on every version around its interval. */
export const judgeByPostgres = async (session: Session, migrations: readonly Migration[], step = 1): Promise<Verdict> => {
  const chain = chainFrom(migrations)
  const apps = migrations.flatMap((migration, at) =>
    at % step === 0 ? [{ migration, at, code: codeFor(chain.catalogs[at] ?? chain.start), runs: intervalOf(chain, at) }] : [],
  )
  const refused: Disagreement[] = []
  const unbroken: { readonly app: string; readonly on: string; readonly why: string }[] = []
  let [tried, broken] = [0, 0]
  for (const [at, migration] of migrations.entries()) {
    await session.script(migration.sql ?? '')
    for (const { migration: app, code, runs } of apps) {
      const stop = at === runs.back.at - 1 ? runs.back.stop : at === runs.forth.at + 1 ? runs.forth.stop : undefined
      const isInside = at >= runs.back.at && at <= runs.forth.at
      if (!isInside && !stop) continue
      const refusal = await refusedOf(session, code)
      if (isInside) tried++
      if (isInside && refusal !== undefined) refused.push({ app: app.tag, on: migration.tag, refusal })
      if (stop && refusal !== undefined) broken++
      if (stop && refusal === undefined) unbroken.push({ app: app.tag, on: migration.tag, why: `${stop.what}: ${stop.why}` })
    }
  }
  return { tried, refused, unbroken, broken }
}
