/** Whole schema histories as SQL, drawn by fast-check: each statement is written for the catalog that the ones before it made. */
import * as fc from 'fast-check'
import { emptyCatalog } from '../../src/changes/edit.ts'
import { readStatement } from '../../src/changes/read.ts'
import { freshSession, type SessionState } from '../../src/changes/reading.ts'
import type { Catalog } from '../../src/model/catalog.ts'
import type { Change } from '../../src/model/change.ts'
import { PostgresRefusal } from '../../src/model/error.ts'
import { qualified } from '../../src/model/name.ts'
import { readStatements } from '../../src/sql/script.ts'
import { Draw, type Maker, quote, rolesIn, write } from './generate-draw.ts'
import { alterPublication, createPolicy, createRule, createTrigger, createView, objectMakers, replacedView } from './generate-objects.ts'
import { createIndex, createTable, tableMakers } from './generate-tables.ts'
import { createComposite, createDomain, createEnum, renameLabel, retypeAttribute, typeMakers } from './generate-types.ts'

/** One statement of a history, and what memory says of it. */
export type Moment = {
  readonly sql: string
  readonly before: Catalog
  readonly after: Catalog
  readonly changes: readonly Change[]
  readonly refused?: PostgresRefusal
}

type Place = { readonly catalog: Catalog; readonly session: SessionState }
const start: Place = { catalog: emptyCatalog, session: freshSession }

/** Reads one statement in memory. A refusal leaves the catalog as it was; anything else that is thrown is a bug and passes through. */
const step = (sql: string, { catalog, session }: Place): { readonly moment: Moment; readonly next: Place } => {
  const [statement] = readStatements(sql)
  if (!statement) throw new Error(`no statement in: ${sql}`)
  try {
    const read = readStatement(statement, catalog, session)
    return { moment: { sql, before: catalog, after: read.catalog, changes: read.changes }, next: { catalog: read.catalog, session: read.session } }
  } catch (error) {
    if (!(error instanceof PostgresRefusal)) throw error
    return { moment: { sql, before: catalog, after: catalog, changes: [], refused: error }, next: { catalog, session } }
  }
}

/** Reads a whole history. */
export const moments = (history: readonly string[]): readonly Moment[] => {
  let place = start
  return history.map((sql) => {
    const { moment, next } = step(sql, place)
    place = next
    return moment
  })
}

/** What many statements need to be there: some histories begin with it, so that rare statements come up too. */
const foundations: readonly (readonly Maker[])[] = [
  [],
  [
    createTable,
    (draw, catalog) => `CREATE FUNCTION ${draw.newName(catalog)}() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'`,
    createTrigger(''),
    createRule,
    createPolicy,
    createDomain,
    (draw) => `CREATE ROLE ${draw.of(['app_user', 'reader'])}`,
    (draw) => `CREATE EXTENSION ${draw.of(['citext', 'pg_trgm'])}`,
    createIndex,
    createTable,
    createView,
    () => 'CREATE ACCESS METHOD columnar TYPE TABLE HANDLER heap_tableam_handler',
    (draw, catalog) => rolesIn(catalog).map((name) => `ALTER ROLE ${quote(name)} ${draw.of(['LOGIN', 'CREATEDB'])}`)[0],
    (draw, catalog) => [...catalog.tables.keys()].map((name) => `ALTER TABLE ${write(draw, name)} SET ACCESS METHOD columnar`)[0],
  ],
  [
    createEnum,
    renameLabel,
    createComposite,
    retypeAttribute,
    createTable,
    ...replacedView,
    (draw) => `CREATE PUBLICATION ${draw.name()}`,
    alterPublication,
    createDomain,
    createTable,
  ],
  [
    (draw) => `CREATE TABLE things (n integer, t ${draw.of(['text', 'varchar(20)'])}, s smallint NOT NULL)`,
    (draw) => `ALTER TABLE things ADD ${draw.option('CONSTRAINT "Order" ', 2)}CHECK (n > 0) NOT VALID`,
    (_draw, catalog) =>
      `ALTER TABLE things VALIDATE CONSTRAINT ${quote([...(catalog.tables.get(qualified('public', 'things'))?.constraints.keys() ?? [])][0] ?? 'missing')}`,
    (draw) => `ALTER TABLE things ADD COLUMN g bigint GENERATED ALWAYS AS (n * 2) ${draw.of(['STORED', 'VIRTUAL'])}`,
    (draw) => `ALTER TABLE things ALTER COLUMN g ${draw.of(['SET EXPRESSION AS (n * 3)', 'DROP EXPRESSION IF EXISTS'])}`,
    () => 'ALTER TABLE things ALTER COLUMN s ADD GENERATED ALWAYS AS IDENTITY',
    () => 'ALTER TABLE things ADD UNIQUE (s)',
    () => 'ALTER TABLE things ADD CONSTRAINT up FOREIGN KEY (s) REFERENCES things (s)',
    (draw) => `ALTER TABLE things ALTER CONSTRAINT up ${draw.of(['DEFERRABLE', 'DEFERRABLE INITIALLY DEFERRED', 'NOT ENFORCED'])}`,
    () => `ALTER TABLE things ADD CHECK (t IN ('a', 'b'))`,
    (draw) => `ALTER TABLE things ALTER COLUMN t TYPE ${draw.of(['varchar(30)', 'varchar', 'text'])}`,
    createIndex,
    createView,
  ],
]

const families: readonly (readonly Maker[])[] = [typeMakers, tableMakers, tableMakers, tableMakers, objectMakers, objectMakers]

const next = (draw: Draw, catalog: Catalog): string => {
  for (;;) {
    const sql = draw.of(draw.of(families))(draw, catalog)
    if (sql !== undefined) return sql
  }
}

/** Histories of `length` statements; shrunk by leaving statements out, so that a counterexample is as short as it can be. */
class Histories extends fc.Arbitrary<readonly string[]> {
  readonly #length: number
  constructor(length: number) {
    super()
    this.#length = length
  }

  generate(random: fc.Random): fc.Value<readonly string[]> {
    const draw = new Draw(random)
    const history: string[] = []
    let place = start
    const founded = draw.of(foundations)
    while (history.length < this.#length) {
      const sql = founded[history.length]?.(draw, place.catalog) ?? next(draw, place.catalog)
      history.push(sql)
      place = step(sql, place).next
    }
    return new fc.Value(history, undefined)
  }

  canShrinkWithoutContext(value: unknown): value is readonly string[] {
    return Array.isArray(value)
  }

  shrink(history: readonly string[]): fc.Stream<fc.Value<readonly string[]>> {
    const sizes = [...new Set([history.length >> 1, history.length >> 2, history.length >> 3, 2, 1])].filter((size) => size > 0 && size < history.length)
    const shorter = sizes.flatMap((size) => Array.from({ length: Math.ceil(history.length / size) }, (_, at) => history.toSpliced(at * size, size)))
    return fc.stream(
      shorter
        .filter((candidate) => candidate.length > 0)
        .map((candidate) => new fc.Value(candidate, undefined))
        [Symbol.iterator](),
    )
  }
}

/** Histories of `length` statements. Some are refused: they stay, and must be refused by a server too. */
export const histories = (length: number): fc.Arbitrary<readonly string[]> => new Histories(length)

/** Two histories that go on from one. */
export type Fork = { readonly base: readonly string[]; readonly landed: readonly string[]; readonly mine: readonly string[] }

/** Statements from a place on, none of them refused. */
const onwards = (
  draw: Draw,
  length: number,
  from: Place,
  founded: readonly Maker[] = [],
): { readonly statements: readonly string[]; readonly place: Place } => {
  const statements: string[] = []
  let place = from
  for (let drawn = 0; statements.length < length; drawn++) {
    const sql = founded[drawn]?.(draw, place.catalog) ?? next(draw, place.catalog)
    const { moment, next: after } = step(sql, place)
    if (moment.refused || moment.changes.some(({ kind }) => kind === 'opaque')) continue
    statements.push(sql)
    place = after
  }
  return { statements, place }
}

class Forks extends fc.Arbitrary<Fork> {
  readonly #lengths: { readonly base: number; readonly side: number }
  constructor(lengths: { readonly base: number; readonly side: number }) {
    super()
    this.#lengths = lengths
  }

  generate(random: fc.Random): fc.Value<Fork> {
    const draw = new Draw(random)
    const base = onwards(draw, this.#lengths.base, start, draw.of(foundations))
    const side = (): readonly string[] => onwards(draw, this.#lengths.side, { ...base.place, session: freshSession }).statements
    return new fc.Value({ base: base.statements, landed: side(), mine: side() }, undefined)
  }

  canShrinkWithoutContext(value: unknown): value is Fork {
    return typeof value === 'object' && value !== null && 'base' in value
  }

  shrink(fork: Fork): fc.Stream<fc.Value<Fork>> {
    const parts = ['mine', 'landed', 'base'] as const
    const shorter = parts.flatMap((part) => fork[part].map((_, at) => ({ ...fork, [part]: fork[part].toSpliced(at, 1) })))
    return fc.stream(shorter.map((each) => new fc.Value(each, undefined))[Symbol.iterator]())
  }
}

/** Two sides on one base; no statement of them is refused where its side stands alone. */
export const forks = (lengths: { readonly base: number; readonly side: number }): fc.Arbitrary<Fork> => new Forks(lengths)
