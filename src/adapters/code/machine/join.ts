/** Values told apart and joined. */
import { type ArrayValue, any, nextId, type ObjectValue, type Union, type Value } from '../value.ts'

type One = Exclude<Value, Union>

/** Beyond it a union is cut: handler tables are large, what a name may be is not. */
export const mostMembers = 24
const deepest = 3
/** Parts of a value that are compared; what has more of them is told apart by where it was made. */
const mostParts = 40
const longestText = 48

/** Parts that may still be compared of the key that is being made. */
let partsLeft = 0

/** A text that is told apart from others; undefined for every other literal. */
const shortText = (value: string | number | boolean | null): string | undefined =>
  typeof value === 'string' && value.length <= longestText ? value : undefined

const textKey = (value: string | number | boolean | null): string => (shortText(value) === undefined ? '_' : `"${value}"`)

const objectKey = ({ id, props, parts, class: of, spreads, rest }: ObjectValue, depth: number): string => {
  if (parts || props.size === 0 || props.size > partsLeft || depth >= deepest || of || spreads.length > 0) return `o${id}`
  let key = '{'
  props.forEach((value, name) => {
    key += `${name}:${partKey(value, depth + 1)},`
  })
  return rest ? `${key};${partKey(rest, depth + 1)}}` : `${key}}`
}

const arrayKey = ({ id, items, element, parts }: ArrayValue, depth: number): string => {
  if (parts || depth >= deepest || (items && items.length > partsLeft)) return `a${id}`
  return items ? `(${items.map((item) => partKey(item, depth + 1)).join(',')})` : `[${partKey(element, depth + 1)}]`
}

/** In an order of its own, whichever member was met first. Most have two. */
const unionKey = ({ of }: Union, depth: number): string => {
  const keys = of.map((one) => partKey(one, depth))
  const [first = '', second = ''] = keys
  if (keys.length === 2) return first < second ? `${first}|${second}` : `${second}|${first}`
  return keys.sort().join('|')
}

const partKey = (value: Value, depth: number): string => {
  partsLeft--
  switch (value.kind) {
    case 'any':
      return '_'
    case 'literal':
      return textKey(value.value)
    case 'union':
      return unionKey(value, depth)
    case 'object':
      return objectKey(value, depth)
    case 'array':
      return arrayKey(value, depth)
    case 'external':
      return `x${value.from}/${value.path.join('.')}`
    default:
      return `${value.kind[0]}${value.id}`
  }
}

/** Equal for values that a function treats alike: by structure for literals, arrays and plain objects, by identity for everything that acts. */
export const keyOf = (value: Value): string => {
  partsLeft = mostParts
  return partKey(value, 0)
}

/** Cheap: what acts, and what was made at one place, is itself. */
const isSame = (one: One, other: One): boolean => {
  if (one === other) return true
  if (one.kind === 'literal') return other.kind === 'literal' && shortText(one.value) === shortText(other.value)
  return one.kind === 'external' && other.kind === 'external' && one.from === other.from && one.path.join() === other.path.join()
}

/** More objects or lists than this that a value may be are taken for one that has what each of them has. */
const mostBuilt = 5

const isPlain = (one: One): one is ObjectValue => one.kind === 'object' && !one.class
const isList = (one: One): one is ArrayValue => one.kind === 'array'

/** What an object or list was first merged into. */
const homes = new WeakMap<ObjectValue | ArrayValue, ObjectValue | ArrayValue>()
/** What is still to be taken into a merged one. Objects hold objects: one inside the other would go as deep as they do. */
const waiting: (() => void)[] = []
let isTaking = false

const settle = (): void => {
  if (isTaking) return
  isTaking = true
  try {
    for (let take = waiting.pop(); take; take = waiting.pop()) take()
  } finally {
    isTaking = false
  }
}

/**
 * One that has what each of them has. Where some were merged before, the others are taken into the same one, each once: a new one for each new set would never end,
 * since what is merged may hold itself.
 */
const merged = <T extends ObjectValue | ArrayValue>(all: readonly T[], make: () => T, take: (into: T, one: T) => void): T => {
  const home = all.find(({ parts }) => parts) ?? (all.map((one) => homes.get(one)).find((one) => one !== undefined) as T | undefined) ?? make()
  home.parts ??= new Set()
  for (const one of all) {
    if (one === home || home.parts.has(one.id)) continue
    home.parts.add(one.id)
    homes.set(one, home)
    waiting.push(() => take(home, one))
  }
  settle()
  return home
}

const mergedObject = (all: readonly ObjectValue[]): ObjectValue =>
  merged(
    all,
    () => objectOf({}),
    (into, one) => {
      copied(into, one, true)
      for (const further of one.spreads) addSpread(into, further)
    },
  )

const mergedList = (all: readonly ArrayValue[]): ArrayValue =>
  merged(
    all,
    () => arrayOf(any),
    (into, { element }) => {
      into.element = join(into.element, element)
    },
  )

/** Objects and lists that are many become one each. */
const distinct = (all: readonly One[]): readonly One[] => {
  let [objectCount, listCount] = [0, 0]
  for (const one of all) {
    if (isPlain(one)) objectCount++
    else if (isList(one)) listCount++
  }
  if (objectCount <= mostBuilt && listCount <= mostBuilt) return all
  const [objects, lists] = [all.filter(isPlain), all.filter(isList)]
  const rest = all.filter((one) => !isPlain(one) && !isList(one))
  return [...(objectCount > mostBuilt ? [mergedObject(objects)] : objects), ...(listCount > mostBuilt ? [mergedList(lists)] : lists), ...rest]
}

/** Nothing to follow: unknown, or null. */
export const isNothing = (value: Value): boolean => value.kind === 'any' || (value.kind === 'literal' && value.value === null)

const isAmong = (one: One, members: readonly One[]): boolean => {
  for (const member of members) if (isSame(member, one)) return true
  return false
}

/** The value itself, or one of those that it may be. */
const isPartOf = (one: One, value: Value): boolean => (value.kind === 'union' ? isAmong(one, value.of) : isSame(value, one))

/** What may be any of these. `any` beside something known is left out: what is known is followed. */
export const join = (...values: readonly Value[]): Value => {
  let first: Value = any
  let members: One[] | undefined
  for (const value of values) {
    if (value.kind === 'any' || value === first) continue
    if (first.kind === 'any') {
      first = value
      continue
    }
    for (const one of each(value)) {
      if (members ? members.length >= mostMembers || isAmong(one, members) : isPartOf(one, first)) continue
      members ??= [...each(first)]
      members.push(one)
    }
  }
  // Nothing was added to the first.
  if (!members) return first
  const of = distinct(members)
  return of.length > 1 ? { kind: 'union', of } : (of[0] ?? any)
}

/** Each of the values that it may be. */
export const each = (value: Value): readonly One[] => (value.kind === 'union' ? value.of : [value])

export const objectOf = (props: Readonly<Record<string, Value>>, rest?: Value): ObjectValue => ({
  kind: 'object',
  id: nextId(),
  props: new Map(Object.entries(props)),
  spreads: [],
  ...(rest && { rest }),
})

export const arrayOf = (element: Value): ArrayValue => ({ kind: 'array', id: nextId(), element })

export const tupleOf = (items: readonly Value[]): ArrayValue => ({ kind: 'array', id: nextId(), element: join(...items), items })

/** Beyond it what is spread is cut. */
const mostSpreads = 12

/** Properties of one of several objects may be there or not. */
const copied = (object: ObjectValue, from: ObjectValue, isOneOfSeveral: boolean): void => {
  from.props.forEach((value, name) => {
    const before = isOneOfSeveral ? object.props.get(name) : undefined
    if (before !== value) object.props.set(name, before ? join(before, value) : value)
  })
  if (from.rest) object.rest = join(object.rest ?? any, from.rest)
}

/**
 * `{ ...value }`: its properties win over what stands before it. Of plain objects they are copied, so that a spread of a spread does not grow; what acts (a row, an
 * instance) is asked when a property is read.
 */
export const spreadInto = (object: ObjectValue, value: Value): void => {
  const all = each(value)
  for (const one of all) {
    if (one.kind === 'any') object.rest = join(object.rest ?? any, any)
    else if (one.kind === 'object' && !one.class) {
      copied(object, one, all.length > 1)
      for (const further of one.spreads) addSpread(object, further)
    } else if (one.kind !== 'literal') addSpread(object, one)
  }
}

const addSpread = (object: ObjectValue, value: Value): void => {
  if (!object.spreads.includes(value) && object.spreads.length < mostSpreads) object.spreads.unshift(value)
}
