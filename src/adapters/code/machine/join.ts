/** Values told apart and joined. */
import { type ArrayValue, any, nextId, type ObjectValue, type Union, type Value } from '../value.ts'

type One = Exclude<Value, Union>

/** Beyond it a union is cut: handler tables are large, what a name may be is not. */
const mostMembers = 24
const deepest = 3
/** Parts of a value that are compared; what has more of them is told apart by where it was made. */
const mostParts = 40
const longestText = 48

class Key {
  #left = mostParts

  of(value: Value, depth: number): string {
    this.#left--
    switch (value.kind) {
      case 'any':
        return '_'
      case 'literal':
        return typeof value.value === 'string' && value.value.length <= longestText ? `"${value.value}"` : '_'
      case 'union':
        return value.of
          .map((one) => this.of(one, depth))
          .sort()
          .join('|')
      case 'object':
        return this.#ofObject(value, depth)
      case 'array':
        return this.#ofArray(value, depth)
      case 'external':
        return `x${value.from}/${value.path.join('.')}`
      default:
        return `${value.kind[0]}${value.id}`
    }
  }

  #ofObject(value: ObjectValue, depth: number): string {
    if (value.props.size === 0 || value.props.size > this.#left || depth >= deepest || value.class || value.spreads.length > 0) return `o${value.id}`
    let key = '{'
    for (const [name, of] of value.props) key += `${name}:${this.of(of, depth + 1)},`
    return `${key}${value.rest ? `;${this.of(value.rest, depth + 1)}` : ''}}`
  }

  #ofArray({ id, items, element }: ArrayValue, depth: number): string {
    if (depth >= deepest || (items && items.length > this.#left)) return `a${id}`
    return items ? `(${items.map((item) => this.of(item, depth + 1)).join(',')})` : `[${this.of(element, depth + 1)}]`
  }
}

/** Equal for values that a function treats alike: by structure for literals, arrays and plain objects, by identity for everything that acts. */
export const keyOf = (value: Value): string => {
  switch (value.kind) {
    case 'any':
      return '_'
    case 'function':
    case 'class':
    case 'model':
      return `${value.kind[0]}${value.id}`
    default:
      return new Key().of(value, 0)
  }
}

/** Cheap: what acts, and what was made at one place, is itself. */
const identityOf = (value: One): string => {
  switch (value.kind) {
    case 'object':
    case 'array':
      return `o${value.id}`
    default:
      return keyOf(value)
  }
}

/** More objects or lists than this that a value may be are taken for one that has what each of them has. */
const mostBuilt = 5

/** By the identities of what they are made of, so that the same values always give the same one. */
const mergedObjects = new Map<string, ObjectValue | ArrayValue>()

const isPlain = (one: One): one is ObjectValue => one.kind === 'object' && !one.class
const isList = (one: One): one is ArrayValue => one.kind === 'array'

const mergedOf = <T extends ObjectValue | ArrayValue>(all: readonly T[], make: () => T): T => {
  const key = all.map(identityOf).join()
  const known = mergedObjects.get(key) as T | undefined
  if (known) return known
  const made = make()
  mergedObjects.set(key, made)
  return made
}

const mergedObject = (all: readonly ObjectValue[]): ObjectValue => {
  const object = objectOf({})
  for (const one of all) copied(object, one, true)
  for (const one of all) for (const further of one.spreads) addSpread(object, further)
  return object
}

/** Objects and lists that are many become one each. */
const distinct = (members: ReadonlyMap<string, One>): readonly One[] => {
  const all = [...members.values()]
  const [objects, lists] = [all.filter(isPlain), all.filter(isList)]
  if (objects.length <= mostBuilt && lists.length <= mostBuilt) return all
  const rest = all.filter((one) => !isPlain(one) && !isList(one))
  return [
    ...(objects.length > mostBuilt ? [mergedOf(objects, () => mergedObject(objects))] : objects),
    ...(lists.length > mostBuilt ? [mergedOf(lists, () => arrayOf(join(...lists.map(({ element }) => element))))] : lists),
    ...rest,
  ]
}

const membersOf = (value: Value): readonly One[] => (value.kind === 'union' ? value.of : value.kind === 'any' ? [] : [value])

/** Nothing to follow: unknown, or null. */
export const isNothing = (value: Value): boolean => value.kind === 'any' || (value.kind === 'literal' && value.value === null)

/** What may be any of these. `any` beside something known is left out: what is known is followed. */
export const join = (...values: readonly Value[]): Value => {
  const [first, second] = values
  if (values.length === 2 && first && second) {
    if (first === second || second.kind === 'any') return first
    if (first.kind === 'any') return second
  }
  const members = new Map<string, One>()
  for (const value of values) for (const one of membersOf(value)) if (members.size < mostMembers) members.set(identityOf(one), one)
  const [only, ...others] = distinct(members)
  if (!only) return any
  return others.length === 0 ? only : { kind: 'union', of: [only, ...others] }
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
  for (const [name, value] of from.props) object.props.set(name, isOneOfSeveral ? join(object.props.get(name) ?? any, value) : value)
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
