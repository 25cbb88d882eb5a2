/**
 * The part of a printed catalog that a repair can touch: what differs, all that stands on it, and what those stand on. Everything else is the same before and after, and
 * reading it into memory would be most of the work (2,000 tables: 4.6 s of 4.7).
 */
import { ByObject, type PrintedDifference, type PrintedObject, printedKey } from '../../model/printed.ts'
import { ownerIdentity, requoted, textOf } from '../../sql/printed/parts.ts'
import { splitTarget, tableOfIndex } from '../../sql/printed/tables.ts'

/** `whole`: differences of kinds whose dependents cannot be told by their names. */
export type Touched = 'whole' | ((object: PrintedObject) => boolean)

/** What is said of another object, which stands in its identity with its kind. */
const facets = new Set(['owner', 'privileges', 'comment', 'storage', 'statistics target', 'enforcement'])

/** They go with a relation, and nothing but what names their relation stands on them. */
const leaves = new Set(['constraint', 'not-null', 'index', 'trigger', 'policy', 'rule', 'statistics'])

const members = new Set([...leaves, 'column', 'attribute', 'domain constraint', 'domain not-null', 'column order'])

const known = new Set([...members, 'table', 'view', 'sequence', 'type', 'routine', 'schema'])

/** Few, and named by more than words (operators), or by nothing at all (casts): they always count. */
const always = new Set([
  ...['schema', 'extension', 'role', 'language', 'default privileges', 'collation', 'cast', 'conversion', 'transform', 'access method'],
  ...['operator', 'operator class', 'operator family', 'text search configuration', 'text search dictionary', 'text search parser', 'text search template'],
])

/** A definition that a foreign key may stand on. */
const isKey = ({ kind, value }: PrintedObject): boolean =>
  (kind === 'constraint' && /^(PRIMARY KEY|UNIQUE)/.test(textOf(value, 'definition') ?? '')) ||
  (kind === 'index' && /^CREATE UNIQUE/.test(textOf(value, 'definition') ?? ''))

const isBase = (object: PrintedObject): boolean => !leaves.has(object.kind) || object.kind === 'not-null' || isKey(object)

/** Whether an object that has its owner's name in its own goes with this one; `unit` ends with a quote. */
const isMemberOf = (unit: string, { kind, identity }: PrintedObject): boolean =>
  identity[unit.length] === '.' && kind !== 'index' && kind !== 'statistics' && members.has(kind) && identity.startsWith(unit)

/** The relation, type, routine or other thing of its own that an object goes with. */
const unitOf = (object: PrintedObject): string => {
  const { kind, identity } = object
  if (kind === 'index') return tableOfIndex(textOf(object.value, 'definition') ?? '')
  if (kind === 'statistics') return requoted(/ FROM (\S+)$/.exec(textOf(object.value, 'definition') ?? '')?.[1] ?? '')
  if (kind === 'sequence') {
    const { ownedBy } = object.value
    return typeof ownedBy === 'object' && ownedBy !== null && 'table' in ownedBy ? requoted(String(ownedBy.table)) : identity
  }
  return members.has(kind) ? ownerIdentity(identity) : identity
}

/** The name that others call a unit by: `"public"."f"(integer)` → `f`. */
const nameOf = (unit: string): string => {
  const parts = [...unit.replace(/\([^"]*$|\(.*\)$/s, '').matchAll(/"((?:[^"]|"")*)"/g)]
  return parts.at(-1)?.[1] ?? ''
}

const textsIn = (value: unknown): readonly string[] => {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : []
}

const escaped = (name: string): string => name.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`)

/** A name as it is, and as it stands in JSON. */
const spellings = (name: string): readonly string[] => [...new Set([name, JSON.stringify(name).slice(1, -1)])]

/** What stands before a name: no part of a word, or an escape of JSON that ends in a letter (`\n`, `\u000b`). */
const before = String.raw`(?:(?<![\w$])|(?<=\\[bfnrt])|(?<=\\u[0-9a-f]{4}))`

/** Whether an object has one of these names in it, as a word. One too many does no harm. */
const mentions = (names: readonly string[]): ((object: PrintedObject) => boolean) => {
  const any = names.flatMap(spellings).map(escaped).join('|')
  // The first is soon done with what has none of the letters.
  const [letters, whole] = [new RegExp(any, 'i'), new RegExp(String.raw`${before}(?:${any})(?![\w$])`, 'i')]
  const has = (text: string): boolean => letters.test(text) && whole.test(text)
  return ({ identity, text }) => has(identity) || has(text)
}

const word = /[\p{L}_][\p{L}\p{N}_$]*/gu
const plain = /^[\p{L}_][\p{L}\p{N}_$]*$/u

/** More names than this in one round, and the whole is no more work. */
const mostNames = 400

class Part {
  readonly #units = new Map<string, PrintedObject[]>()
  readonly #byName = new Map<string, Set<string>>()
  /** Units whose names are no words: looked for letter by letter. */
  readonly #oddNames = new Map<string, string>()
  readonly #said = new Map<string, PrintedObject[]>()
  readonly #others: PrintedObject[] = []
  readonly #objects = new Set<PrintedObject>()
  /** Whole units, by what of them is here. */
  readonly #here = new Map<string, 'base' | 'all'>()
  readonly #touched = new Set<string>()
  #fresh: string[] = []
  #unread: PrintedObject[] = []

  constructor(all: readonly PrintedObject[]) {
    let last: { readonly unit: string; readonly objects: PrintedObject[] } = { unit: '"', objects: [] }
    for (const object of all) {
      if (facets.has(object.kind)) {
        this.#say(object.identity, object)
        // A column of an index is no object of its own.
        if (object.identity.startsWith('column ')) this.#say(`index ${ownerIdentity(splitTarget(object.identity).name)}`, object)
        continue
      }
      this.#others.push(object)
      // A relation's columns stand one behind the other, and so do its constraints.
      if (isMemberOf(last.unit, object)) {
        last.objects.push(object)
        continue
      }
      const unit = unitOf(object)
      const objects = this.#units.get(unit) ?? []
      if (objects.length === 0) {
        this.#units.set(unit, objects)
        this.#call(unit, nameOf(unit))
      }
      objects.push(object)
      last = { unit, objects }
      if (object.kind === 'sequence') this.#call(unit, nameOf(object.identity))
    }
  }

  #call(unit: string, name: string): void {
    if (!plain.test(name)) this.#oddNames.set(unit, name)
    const key = name.toLowerCase()
    const found = this.#byName.get(key)
    if (found) found.add(unit)
    else this.#byName.set(key, new Set([unit]))
  }

  #say(of: string, facet: PrintedObject): void {
    const found = this.#said.get(of)
    if (found) found.push(facet)
    else this.#said.set(of, [facet])
  }

  #take(object: PrintedObject): void {
    if (this.#objects.has(object)) return
    this.#objects.add(object)
    this.#unread.push(object)
    for (const said of this.#said.get(printedKey(object)) ?? []) this.#objects.add(said)
  }

  /** A unit that others stand on: what of it they may need; with `all`, each of its members. */
  require(unit: string, how: 'base' | 'all'): void {
    const here = this.#here.get(unit)
    if (here === 'all' || here === how) return
    this.#here.set(unit, how)
    for (const object of this.#units.get(unit) ?? []) {
      if (how === 'all' || isBase(object)) this.#take(object)
      // What a child inherits is the parent's: constraints, indexes and triggers too.
      const inherits = object.kind === 'table' && how === 'all' ? object.value.inherits : undefined
      if (Array.isArray(inherits)) for (const parent of inherits) this.require(requoted(String(parent)), 'all')
    }
  }

  /** A unit that the repair alters, or makes anew. */
  touch(unit: string): void {
    if (this.#touched.has(unit)) return
    this.#touched.add(unit)
    this.require(unit, 'all')
    this.#fresh.push(nameOf(unit))
    for (const object of this.#units.get(unit) ?? []) {
      if (object.kind === 'sequence') this.#fresh.push(nameOf(object.identity))
      // What holds a partitioned table holds its partitions.
      const parent = object.kind === 'table' ? object.value.partitionOf : undefined
      if (typeof parent === 'string') this.touch(requoted(parent))
    }
  }

  /** What stands on what is touched, to the last. False: too much of it. */
  followUp(): boolean {
    while (this.#fresh.length > 0) {
      const names = [...new Set(this.#fresh)].filter((name) => name !== '')
      this.#fresh = []
      if (names.length > mostNames) return false
      if (names.length === 0) continue
      const mention = mentions(names)
      for (const object of this.#others) {
        if (!mention(object)) continue
        const unit = unitOf(object)
        if (this.#touched.has(unit)) continue
        if (leaves.has(object.kind)) {
          this.#take(object)
          this.require(unit, 'base')
        } else this.touch(unit)
      }
    }
    return true
  }

  /** What those stand on, to the last. */
  followDown(): void {
    for (const object of this.#others) if (always.has(object.kind)) this.#take(object)
    while (this.#unread.length > 0) {
      const text = this.#unread.flatMap(({ identity, value }) => [identity, ...textsIn(value)]).join('\n')
      this.#unread = []
      for (const name of new Set(Array.from(text.matchAll(word), ([found]) => found.toLowerCase())))
        for (const unit of this.#byName.get(name) ?? []) this.require(unit, 'base')
      for (const [unit, name] of this.#oddNames) if (text.includes(name)) this.require(unit, 'base')
    }
  }

  has(object: PrintedObject): boolean {
    return this.#objects.has(object)
  }
}

/** The identities that a difference is about: of a facet, its target's. */
const subjectOf = ({ kind, identity }: PrintedDifference): Pick<PrintedObject, 'kind' | 'identity'> => {
  if (!facets.has(kind)) return { kind, identity }
  const target = splitTarget(identity)
  return { kind: target.kind, identity: target.name }
}

/**
 * Of the objects of a catalog and of what a repair makes of it, those that a repair of these differences may read or change: one that is planned with nothing else is
 * the one that is planned with everything. What does not differ is one object in both.
 */
export const touchedBy = (objects: readonly PrintedObject[], goal: readonly PrintedObject[], differences: readonly PrintedDifference[]): Touched => {
  const subjects = differences.map(subjectOf)
  if (subjects.some(({ kind, identity }) => !known.has(kind) || (kind === 'schema' && identity === ''))) return 'whole'
  // Each as it is and as it is to be, which may be one.
  const found = new ByObject<Set<PrintedObject>>()
  for (const each of [...subjects, ...differences]) found.set(each, new Set())
  for (const object of objects) found.get(object)?.add(object)
  const changed = goal.filter((object) => found.get(object)?.has(object) === false)
  for (const object of changed) found.get(object)?.add(object)
  const part = new Part([...objects, ...changed])
  for (const [at, subject] of subjects.entries()) {
    const dropped = differences[at]?.from === undefined && differences[at]?.kind === 'schema'
    if (subject.kind === 'schema' && !dropped) continue
    const both = found.get(subject) ?? new Set()
    if (both.size === 0 && subject.kind !== 'column order') return 'whole'
    if (subject.kind === 'column order') part.touch(subject.identity)
    for (const object of both) part.touch(unitOf(object))
  }
  if (!part.followUp()) return 'whole'
  part.followDown()
  return (object) => part.has(object)
}
