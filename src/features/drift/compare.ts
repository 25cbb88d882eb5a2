/** Two printed catalogs beside each other: what differs of what is compared, what differs and is left out, what cannot be told. */
import type { Unknown } from '../../model/finding.ts'
import type { Json } from '../../model/json.ts'
import { partsOf, quoteIdentifier } from '../../model/name.ts'
import { byObject, type PrintedCatalog, type PrintedDifference, type PrintedObject, printedKey } from '../../model/printed.ts'
import { ownerIdentity, requoted } from '../../sql/printed/parts.ts'
import { sayTheSame } from '../../sql/printed/same-text.ts'
import { tableOfIndex } from '../../sql/printed/tables.ts'
import { displayObject } from './names.ts'
import { type LeftOut, leftOutBy, type Selection } from './select.ts'

export type Side = {
  /** How messages call it: `folder`, `production`. */
  readonly name: string
  /** A database that somebody runs, not one that was built here from text. */
  readonly live: boolean
  readonly printed: PrintedCatalog
  /** The same objects as the other side's server prints them. Needed where the majors differ, for they print some texts differently. */
  readonly reprinted?: Reprinted
  /** What could not be read, or not be built here. */
  readonly unknown: readonly Unknown[]
}

export type Reprinted = {
  readonly printed: PrintedCatalog
  readonly unloaded: readonly { readonly kind: string; readonly identity: string; readonly why: string }[]
}

export type Comparison = {
  /** `from` is the first side's, `to` the second's. */
  readonly differences: readonly PrintedDifference[]
  /** How many differences there are of what is not compared. */
  readonly leftOut: ReadonlyMap<LeftOut, number>
  readonly unknown: readonly Unknown[]
  /** Objects that were looked at on both sides. */
  readonly objects: number
}

type Value = PrintedObject['value']

const without = (value: Value, ...keys: readonly string[]): Value => Object.fromEntries(Object.entries(value).filter(([key]) => !keys.includes(key)))

const majorOf = ({ version }: PrintedCatalog): number => Math.floor(version / 10_000)

/** Kinds whose text majors may print differently; everything else a catalog says in its own columns. */
const texts = new Set(['view', 'rule', 'policy', 'routine', 'constraint', 'domain constraint', 'index', 'column', 'trigger', 'statistics', 'type'])

/** What of an object counts in a comparison; undefined: nothing of it. */
type Norm = (object: PrintedObject) => Value | undefined

const normFor = (a: PrintedCatalog, b: PrintedCatalog, { facets }: Selection): Norm => {
  const named = majorOf(a) >= 18 && majorOf(b) >= 18
  return ({ kind, value }) => {
    // Where a column stands is compared table by table: one column more moves all behind it.
    if (kind === 'column' || kind === 'attribute') return without(value, 'position')
    // That it is there the domain says itself.
    if (kind === 'domain not-null') return named && facets.has('names') ? value : undefined
    if (kind !== 'not-null') return value
    if (!named) return undefined
    return facets.has('names') ? value : without(value, 'name')
  }
}

const sameValue = (x: Value | undefined, y: Value | undefined): boolean => JSON.stringify(x) === JSON.stringify(y)

const differenceOf = (norm: Norm, from: PrintedObject | undefined, to: PrintedObject | undefined): PrintedDifference | undefined => {
  if (from && to && from.text === to.text) return undefined
  const [x, y] = [from && norm(from), to && norm(to)]
  const { kind, identity } = (from ?? to) as PrintedObject
  if ((from && x === undefined) || (to && y === undefined) || sameValue(x, y)) return undefined
  return { kind, identity, ...(x === undefined ? {} : { from: x }), ...(y === undefined ? {} : { to: y }) }
}

/** Whether a difference between texts of two majors is one: asked of one server's print of both. */
const retold = (sides: readonly [Side, Side], norm: Norm): ((found: PrintedDifference) => PrintedDifference | Unknown | undefined) => {
  const [a, b] = sides
  if (majorOf(a.printed) === majorOf(b.printed)) return (found) => found
  const [prints, others] = [byObject(a.reprinted?.printed ?? a.printed), byObject(b.reprinted?.printed ?? b.printed)]
  const unloaded = new Map([a, b].flatMap(({ reprinted }) => reprinted?.unloaded ?? []).map((object) => [printedKey(object), object.why]))
  return (found) => {
    if (found.from === undefined || found.to === undefined || !texts.has(found.kind)) return found
    const [x, y] = [prints.get(found), others.get(found)]
    if (x && y && !unloaded.has(printedKey(found))) return differenceOf(norm, x, y)
    const why = unloaded.get(printedKey(found)) ?? 'it is not in the copy that was made of it'
    return {
      what: `${found.kind} ${displayObject(found)}`,
      why: `PostgreSQL ${majorOf(a.printed)} and ${majorOf(b.printed)} print it differently, and it could not be loaded into one server: ${why}`,
    }
  }
}

const isUnknown = (found: PrintedDifference | Unknown): found is Unknown => 'what' in found

const isColumn = ({ kind }: Pick<PrintedObject, 'kind'>): boolean => kind === 'column' || kind === 'attribute'

/** Of these relations, the columns in their order. */
const columnsOf = ({ objects }: PrintedCatalog, relations: ReadonlySet<string>): ReadonlyMap<string, readonly string[]> => {
  const found = new Map<string, { readonly name: string; readonly position: number }[]>()
  if (relations.size === 0) return new Map()
  // A relation's columns stand one behind the other.
  let owner = ''
  for (const object of objects) {
    if (!isColumn(object)) continue
    const { identity } = object
    if (owner === '' || identity[owner.length] !== '.' || !identity.startsWith(owner)) owner = ownerIdentity(identity)
    if (!relations.has(owner)) continue
    const { value } = object
    const name = partsOf(identity)[2] ?? ''
    const columns = found.get(owner)
    const column = { name, position: Number(value.position) }
    if (columns) columns.push(column)
    else found.set(owner, [column])
  }
  return new Map([...found].map(([owner, columns]) => [owner, columns.sort((x, y) => x.position - y.position).map(({ name }) => name)]))
}

/** Relations whose common columns stand in another order. */
const orderDifferences = (a: PrintedCatalog, b: PrintedCatalog, moved: ReadonlySet<string>): readonly PrintedDifference[] => {
  const there = columnsOf(b, moved)
  return [...columnsOf(a, moved)].flatMap(([identity, columns]): readonly PrintedDifference[] => {
    const others = there.get(identity)
    if (!others) return []
    const common = (names: readonly string[], of: readonly string[]): Json => names.filter((name) => of.includes(name))
    const [from, to] = [common(columns, others), common(others, columns)]
    return JSON.stringify(from) === JSON.stringify(to) ? [] : [{ kind: 'column order', identity, from: { columns: from }, to: { columns: to } }]
  })
}

type Objects = PrintedCatalog['objects']

/** Partitions that only one side has, of a parent that both have: time makes and drops them. */
const passingPartitions = (a: Objects, b: Objects): ReadonlySet<string> => {
  const sides = [a, b].map((objects) => objects.filter(({ kind }) => kind === 'table'))
  const [mine = [], others = []] = sides
  if (!sides.flat().some(({ text }) => text.includes('"partitionOf"'))) return new Set()
  const onlyIn = (tables: Objects, there: Objects): readonly string[] => {
    const names = new Set(there.map(({ identity }) => identity))
    return tables.flatMap(({ identity, value }) =>
      typeof value.partitionOf === 'string' && !names.has(identity) && names.has(requoted(value.partitionOf)) ? [identity] : [],
    )
  }
  return new Set([...onlyIn(mine, others), ...onlyIn(others, mine)])
}

type Pair = readonly [PrintedObject | undefined, PrintedObject | undefined]

/** What both sides have of one kind and identity, where it is not the same; `objects`: how many there are on both. */
type Apart = { readonly pairs: readonly Pair[]; readonly objects: number }

const inOrder = (x: PrintedObject, y: PrintedObject): number =>
  x.kind === y.kind ? (x.identity === y.identity ? 0 : x.identity < y.identity ? -1 : 1) : x.kind < y.kind ? -1 : 1

/** In step through both, if both are sorted: tens of thousands of long names are not worth a table of them. */
const sortedApart = (a: Objects, b: Objects): Apart | undefined => {
  const pairs: Pair[] = []
  let [i, j, objects] = [0, 0, 0]
  let last: PrintedObject | undefined
  while (i < a.length || j < b.length) {
    const [x, y] = [a[i], b[j]]
    const order = x === undefined ? 1 : y === undefined ? -1 : inOrder(x, y)
    const [mine, theirs] = [order <= 0 ? x : undefined, order >= 0 ? y : undefined]
    const next = (mine ?? theirs) as PrintedObject
    if (last && inOrder(last, next) >= 0) return undefined
    last = next
    if (mine) i += 1
    if (theirs) j += 1
    if (mine?.text !== theirs?.text) pairs.push([mine, theirs])
    objects += 1
  }
  return { pairs, objects }
}

const unsortedApart = (a: Objects, b: Objects): Apart => {
  const [left, right] = [new Map(a.map((object) => [printedKey(object), object])), new Map(b.map((object) => [printedKey(object), object]))]
  const keys = [...new Set([...left.keys(), ...right.keys()])]
  const pairs = keys.map((key): Pair => [left.get(key), right.get(key)])
  return { pairs: pairs.filter(([mine, theirs]) => mine?.text !== theirs?.text), objects: keys.length }
}

/** A server's print is in the order of bytes, which is another one than a string's only beyond the first 65,536 characters; other prints are in any. */
const apart = (a: Objects, b: Objects): Apart => sortedApart(a, b) ?? unsortedApart(a, b)

const ownerOf = (identity: string): string => {
  const start = identity.indexOf('"')
  return partsOf(identity.slice(Math.max(start, 0)))
    .slice(0, 2)
    .map(quoteIdentifier)
    .join('.')
}

/** Whether a difference lies in the form of texts alone. */
const isOfForm = ({ kind, from, to }: PrintedDifference): boolean => from !== undefined && to !== undefined && texts.has(kind) && sayTheSame(kind, from, to)

/** Compares two sides. Each object counts once: as a difference, as left out, or as unknown. The parser must be loaded. */
export const compareSides = (a: Side, b: Side, selection: Selection): Comparison => {
  const norm = normFor(a.printed, b.printed, selection)
  const tell = retold([a, b], norm)
  const whyNot = leftOutBy(selection)
  const passing = passingPartitions(a.printed.objects, b.printed.objects)
  const belongsToPassing = (object: PrintedObject): boolean =>
    passing.size > 0 && (passing.has(ownerOf(object.identity)) || (object.kind === 'index' && passing.has(tableOfIndex(String(object.value.definition)))))
  // Of these kinds one side may lack what its user may not see: the side says so itself, and nothing is concluded.
  const hidden = new Set([a, b].flatMap(({ printed }) => printed.hidden ?? []).map(({ kind }) => kind))
  const differences: PrintedDifference[] = []
  const unknown: Unknown[] = [...a.unknown, ...b.unknown]
  const leftOut = new Map<LeftOut, number>()
  const leave = (why: LeftOut): void => void leftOut.set(why, (leftOut.get(why) ?? 0) + 1)
  // Columns whose places differ are in these relations: a place is part of what a column's text says.
  const moved = new Set<string>()
  const { pairs, objects } = apart(a.printed.objects, b.printed.objects)
  for (const [mine, theirs] of pairs) {
    const there = (mine ?? theirs) as PrintedObject
    if (isColumn(there)) moved.add(ownerIdentity(there.identity))
    const direct = differenceOf(norm, mine, theirs)
    if (!direct || hidden.has(direct.kind)) continue
    const why = whyNot(direct) ?? (!selection.facets.has('partitions') && belongsToPassing(there) ? 'partitions' : undefined)
    if (why) {
      leave(why)
      continue
    }
    const found = isOfForm(direct) ? undefined : tell(direct)
    if (!found) continue
    if (isUnknown(found)) unknown.push(found)
    else if (!isOfForm(found)) differences.push(found)
  }
  for (const order of orderDifferences(a.printed, b.printed, moved)) {
    const why = whyNot({ ...order, kind: 'column' }) ?? (selection.facets.has('order') ? undefined : 'order')
    if (why) leave(why)
    else differences.push(order)
  }
  return { differences, leftOut, unknown, objects }
}

/** What a fingerprint of the compared part of a side is made of: equal for two sides without a difference of one major. */
export const comparedText = (side: Side, other: Side, selection: Selection): string => {
  const norm = normFor(side.printed, other.printed, selection)
  const whyNot = leftOutBy(selection)
  return side.printed.objects
    .flatMap((object) => {
      const value = whyNot(object) === undefined ? norm(object) : undefined
      return value === undefined ? [] : [`${printedKey(object)} ${JSON.stringify(value)}`]
    })
    .join('\n')
}
