/** The statements that read a whole catalog, built for a server's version and for what a database has. */
import { hash } from 'node:crypto'
import { fingerprintText, type PrintedCatalog, PrintedObject } from '../../model/printed.ts'
import type { Row } from '../../model/session.ts'
import { type Census, frame, look, type TableName } from './catalog/census.ts'
import { elsewhere } from './catalog/elsewhere.ts'
import { facetStatements, grantsOf, type NoteStatement, noteStatements, ownerOf } from './catalog/facets.ts'
import { type Fragment, inLines, kindOf, type Line, linesOf, objectOf, type Target } from './catalog/fragment.ts'
import { operatorsAndMethods } from './catalog/operators.ts'
import { relations } from './catalog/relations.ts'
import { routinesAndLanguages } from './catalog/routines.ts'
import { sharedObjects } from './catalog/shared.ts'
import { textSearch } from './catalog/text-search.ts'
import { typesAndCasts } from './catalog/types.ts'

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
  /** Wants an empty `search_path`, so that every name is printed in full. */
  second(first: Answers): readonly string[]
  /** From the answers to the second step. */
  printed(second: Answers): PrintedCatalog
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

const objectLines = (fragment: Fragment, census: Census): string => {
  const { kind, catalog, oid, subid, identity, value, privileges, storage, from } = fragment
  return inLines(
    {
      kind: kindOf(kind),
      identity,
      value: objectOf(value),
      key: `'${catalog}'::regclass::oid, ' ', ${oid}, ' ', ${subid ?? 0}`,
      owner: ownerOf(fragment),
      ...(privileges && census.isPresent(privileges.present) ? { privileges: grantsOf(fragment) } : {}),
      ...(storage && census.isPresent(storage.present) ? { storage: `NULLIF(${objectOf(storage.value)}, '{}')` } : {}),
    },
    from,
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

const linesIn = (rows: readonly Row[] | undefined): Iterable<Line> => {
  const lines = rows?.[0]?.lines
  return typeof lines === 'string' ? linesOf(lines) : []
}

/** What is said of objects, by their key. */
const notesOf = (answers: Answers): ReadonlyMap<string, readonly Note[]> => {
  const notes = new Map<string, Note[]>()
  for (const [at, { kind, of }] of noteStatements.entries())
    for (const { identity: place, value: text, key } of linesIn(answers[at])) {
      const note = { kind, place, text, of }
      const known = notes.get(key)
      if (known) known.push(note)
      else notes.set(key, [note])
    }
  return notes
}

/** All objects, in their order. */
const objectsIn = (answers: Answers): readonly PrintedObject[] => {
  const notes = notesOf(answers)
  const said: PrintedObject[] = []
  const say = (kind: string, identity: string, text: string): void => void said.push(new PrintedObject(kind, identity, text))
  for (const rows of answers.slice(noteStatements.length))
    for (const { kind, identity, value, key, owner, privileges, storage } of linesIn(rows)) {
      say(kind, identity, value)
      if (owner !== '') say('owner', `${kind} ${identity}`, owner)
      if (privileges !== '') say('privileges', `${kind} ${identity}`, privileges)
      if (storage !== '') say('storage', `${kind} ${identity}`, storage)
      for (const note of notes.get(key) ?? []) if (note.of(kind, note.text, identity)) say(note.kind, `${kind} ${identity}${note.place}`, note.text)
    }
  return inOrder(said)
}

const printedOf = (answers: Answers, version: number): PrintedCatalog => {
  const objects = objectsIn(answers)
  let fingerprint: string | undefined
  return {
    objects,
    // Two sides that are read to be compared need none.
    get fingerprint() {
      return (fingerprint ??= hash('sha256', fingerprintText(objects)))
    },
    version,
  }
}

/** The reading of a catalog. */
export const catalogReading = ({ version, exclude = [], shared = false }: CatalogQuery): CatalogReading => {
  const fragments = fragmentsOf({ version }, shared)
  const facets = facetStatements(shared)
  const all = [...fragments, ...fragments.flatMap(({ privileges, storage }) => [privileges, storage]), ...facets, ...noteStatements]
  const { statements, census: censusIn } = look(
    exclude,
    all.flatMap((each) => each?.present ?? []),
  )
  return {
    first: statements,
    second: (first) => {
      const census = censusIn(first)
      const head = frame(census)
      return [
        joins(census),
        ...noteStatements.map(({ sql, present }) => (census.isPresent(present) ? sql : 'SELECT NULL AS lines')),
        ...fragments.flatMap((fragment) => (census.isPresent(fragment.present) ? [head + objectLines(fragment, census)] : [])),
        ...facets.flatMap(({ sql, present }) => (census.isPresent(present) ? [head + sql] : [])),
      ]
    },
    printed: (second) => printedOf(second.slice(1), version),
  }
}
