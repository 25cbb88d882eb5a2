/** The statements that read a whole catalog, built for a server's version and for what a database has. */
import { hash } from 'node:crypto'
import { fingerprintText, type Hidden, type PrintedCatalog, PrintedObject } from '../../model/printed.ts'
import type { Row } from '../../model/session.ts'
import { type Census, framing, look, type TableName } from './catalog/census.ts'
import { elsewhere } from './catalog/elsewhere.ts'
import { comments, type FacetStatement, facetStatements, grantsOf, type NoteStatement, noteStatements, ownerOf } from './catalog/facets.ts'
import { type Fragment, inLines, kindOf, type Line, linesOf, objectOf, type Presence, presentIn, type Target } from './catalog/fragment.ts'
import { operatorsAndMethods } from './catalog/operators.ts'
import { relations } from './catalog/relations.ts'
import { routinesAndLanguages } from './catalog/routines.ts'
import { sharedObjects } from './catalog/shared.ts'
import { textSearch } from './catalog/text-search.ts'
import { typesAndCasts } from './catalog/types.ts'
import { hiddenOf, hiddenQuery, mayHide } from './hidden.ts'

export type CatalogQuery = {
  /** `server_version_num`. */
  readonly version: number
  /** Tables that are not part of the design: the ledger. Their indexes and sequences go with them, and so does a schema that holds nothing else. */
  readonly exclude?: readonly TableName[]
  /** Also the cluster's: roles, and the database's own settings, owner, privileges and comment. */
  readonly shared?: boolean
}

/** Answers to statements, in their order. */
export type Answers = readonly (readonly Row[])[]

/**
 * A reading in two steps of one snapshot: a first look, and then the statements that it asks for. Each is a statement of its own: one query of all of them costs a
 * server several times what its parts do, most of it in planning (a database of 8 tables, cold, on 18: 170 ms against 60).
 */
export type CatalogReading = {
  readonly first: readonly string[]
  /** From the answers to the first look. */
  second(first: Answers): SecondStep
}

export type SecondStep = {
  /** Each answers one row. They want an empty `search_path`, so that every name is printed in full. */
  readonly statements: readonly string[]
  /** The next row of the answers: what it says is made sense of while the server is at work on the next. */
  take(row: Row): void
  /** From all answers, of which some may have been taken. */
  printed(answers: Answers): PrintedCatalog
}

const fragmentsOf = (target: Target, shared: boolean): readonly Fragment[] => [
  ...relations(target),
  ...typesAndCasts(target),
  ...routinesAndLanguages,
  ...operatorsAndMethods,
  ...textSearch,
  ...elsewhere(target),
  ...(shared ? sharedObjects(target) : []),
]

/** Nobody analyses system catalogs: the planner takes them for small and looks each row up. */
const joins = ({ large }: Census): string => (large ? `SELECT set_config('enable_nestloop', 'off', true)` : 'SELECT')

const objectLines = (fragment: Fragment, census: Census, withKeys: boolean): string => {
  const { kind, catalog, oid, subid, identity, value, privileges, storage, from } = fragment
  return inLines(
    {
      kind: kindOf(kind),
      identity,
      value: objectOf(presentIn(value, census.isPresent)),
      ...(withKeys && { key: `'${catalog}'::regclass::oid, ' ', ${oid}, ' ', ${subid ?? 0}` }),
      owner: ownerOf(fragment),
      ...(privileges && census.isPresent(privileges.present) ? { privileges: grantsOf(fragment) } : {}),
      ...(storage && census.isPresent(storage.present)
        ? { storage: `CASE WHEN ${storage.when ?? true} THEN NULLIF(${objectOf(storage.value)}, '{}') END` }
        : {}),
    },
    typeof from === 'string' ? from : from(census.isPresent),
  )
}

const beyondAscii = /[^\x00-\x7f]/

const byText = (a: PrintedObject, b: PrintedObject): number => (a.identity < b.identity ? -1 : a.identity > b.identity ? 1 : 0)
const byBytes = (a: PrintedObject, b: PrintedObject): number => Buffer.compare(Buffer.from(a.identity), Buffer.from(b.identity))

/** By kind and identity, each by its bytes in UTF-8, as `COLLATE "C"` orders. */
const inOrder = (said: readonly PrintedObject[]): readonly PrintedObject[] => {
  const kinds = new Map<string, PrintedObject[]>()
  for (const each of said) {
    const found = kinds.get(each.kind)
    if (found) found.push(each)
    else kinds.set(each.kind, [each])
  }
  return [...kinds.keys()].sort().flatMap((kind) => {
    const objects = kinds.get(kind) ?? []
    return objects.sort(objects.some(({ identity }) => beyondAscii.test(identity)) ? byBytes : byText)
  })
}

/** What is said of an object: `place` is the rest of its identity, behind the object's. */
type Note = Pick<NoteStatement, 'kind' | 'of'> & { readonly place: string; readonly text: string }

const linesIn = (row: Row | undefined): Iterable<Line> => (typeof row?.lines === 'string' ? linesOf(row.lines) : [])

/** What the rows of a second step say, as they come: notes first, then objects. */
class Said {
  readonly #notes = new Map<string, Note[]>()
  readonly #objects: PrintedObject[] = []
  #hidden: readonly Hidden[] = []

  note({ kind, of }: NoteStatement, row: Row | undefined): void {
    for (const { identity: place, value: text, key } of linesIn(row)) {
      const note = { kind, place, text, of }
      const known = this.#notes.get(key)
      if (known) known.push(note)
      else this.#notes.set(key, [note])
    }
  }

  take(row: Row | undefined): void {
    for (const { kind, identity, value, key, owner, privileges, storage } of linesIn(row)) {
      this.#say(kind, identity, value)
      if (owner !== '') this.#say('owner', `${kind} ${identity}`, owner)
      if (privileges !== '') this.#say('privileges', `${kind} ${identity}`, privileges)
      if (storage !== '') this.#say('storage', `${kind} ${identity}`, storage)
      for (const note of this.#notes.get(key) ?? []) if (note.of(kind, note.text, identity)) this.#say(note.kind, `${kind} ${identity}${note.place}`, note.text)
    }
  }

  #say(kind: string, identity: string, text: string): void {
    this.#objects.push(new PrintedObject(kind, identity, text))
  }

  hide(row: Row): void {
    this.#hidden = hiddenOf(row)
  }

  printed(version: number): PrintedCatalog {
    const objects = inOrder(this.#objects)
    let fingerprint: string | undefined
    return {
      objects,
      // Two sides that are read to be compared need none.
      get fingerprint() {
        return (fingerprint ??= hash('sha256', fingerprintText(objects)))
      },
      version,
      ...(this.#hidden.length > 0 && { hidden: this.#hidden }),
    }
  }
}

/** A statement, and who takes its row. */
type Asked = { readonly sql: string; readonly take?: (row: Row) => void }

/** All that there is to ask a server of this version. Texts that were made once are kept: of many databases most are asked the same. */
class Questions {
  readonly presences: readonly Presence[]
  readonly #fragments: readonly Fragment[]
  readonly #facets: readonly FacetStatement[]
  readonly #texts = new Map<string, readonly string[]>()

  constructor(version: number, shared: boolean) {
    this.#fragments = fragmentsOf({ version }, shared)
    this.#facets = facetStatements(shared)
    const parts = this.#fragments.flatMap(({ privileges, storage, value }) => [privileges, storage, ...Object.values(value)])
    this.presences = [...this.#fragments, ...parts, ...this.#facets, ...noteStatements].flatMap((part) =>
      typeof part === 'object' && 'present' in part && part.present ? [part.present] : [],
    )
  }

  /** The statements for what is there, without what they read from. */
  texts(census: Census, withKeys: boolean): readonly string[] {
    const key = `${withKeys} ${census.present}`
    const known = this.#texts.get(key)
    if (known) return known
    const texts = [
      ...this.#fragments.flatMap((fragment) => (census.isPresent(fragment.present) ? [objectLines(fragment, census, withKeys)] : [])),
      ...this.#facets.flatMap(({ sql, present }) => (census.isPresent(present) ? [sql] : [])),
    ]
    this.#texts.set(key, texts)
    return texts
  }
}

const questions = new Map<string, Questions>()

const questionsFor = (version: number, shared: boolean): Questions => {
  const key = `${version} ${shared}`
  const known = questions.get(key) ?? new Questions(version, shared)
  questions.set(key, known)
  return known
}

/** The reading of a catalog. */
export const catalogReading = ({ version, exclude = [], shared = false }: CatalogQuery): CatalogReading => {
  const asking = questionsFor(version, shared)
  const { statements, census: censusIn } = look(exclude, asking.presences)
  return {
    // Nearly all databases have no comment, and then nobody asks for what one would hang on.
    first: [...statements, comments.sql],
    second: (first) => {
      const census = censusIn(first)
      const said = new Said()
      const [commented] = first.at(-1) ?? []
      said.note(comments, commented)
      const notes = noteStatements.filter(({ present }) => census.isPresent(present))
      const withKeys = notes.length > 0 || commented?.lines !== null
      const framed = framing(census)
      const asked: readonly Asked[] = [
        { sql: joins(census) },
        ...notes.map((note) => ({ sql: note.sql, take: (row: Row) => said.note(note, row) })),
        ...(census.isPresent(mayHide) ? [{ sql: hiddenQuery, take: (row: Row) => said.hide(row) }] : []),
        ...asking.texts(census, withKeys).map((sql) => ({ sql: framed(sql), take: (row: Row) => said.take(row) })),
      ]
      let taken = 0
      const take = (row: Row): void => asked[taken++]?.take?.(row)
      return {
        statements: asked.map(({ sql }) => sql),
        take,
        printed: (answers) => {
          for (const [row = {}] of answers.slice(taken)) take(row)
          return said.printed(version)
        },
      }
    },
  }
}
