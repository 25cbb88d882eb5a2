/** Small questions that every model asks of the values it is given. */
import { each as eachOf, join, tupleOf } from '../machine/join.ts'
import type { ArrayValue, Site, Union, Value } from '../value.ts'

type Single = Exclude<Value, Union>

/** What a value may be, one by one; nothing where there is none. */
export const each = (value: Value | undefined): readonly Single[] => (value === undefined ? [] : eachOf(value))

export const unionOf = (values: readonly Value[]): Value => join(...values)

/** What comes of each thing that a value may be. */
export const mapEach = (value: Value | undefined, then: (single: Single) => Value): Value => unionOf(each(value).map(then))

export const isCallable = (value: Value): boolean => value.kind === 'function'

/** A list whose places are known. */
export const listOf = (items: readonly Value[]): ArrayValue => tupleOf(items)

/** A list's places, and what was pushed to it since. */
export const itemsOf = ({ items = [], element }: ArrayValue): readonly Single[] => [...new Set([...items.flatMap(eachOf), ...eachOf(element)])]

/** Each list is opened once, since it may hold itself. */
const opened = (value: Value | undefined, lists: Set<Value>): readonly Single[] =>
  each(value).flatMap((single) => {
    if (single.kind !== 'array') return [single]
    if (lists.has(single)) return []
    lists.add(single)
    return itemsOf(single).flatMap((item) => opened(item, lists))
  })

/** What stands in a list; a value that is no list stands for itself. */
export const elementsOf = (value: Value | undefined): readonly Single[] => opened(value, new Set())

/** The literal strings that a value, or what stands in a list, may be. */
export const stringsIn = (value: Value | undefined, { machine }: Site): readonly string[] => [
  ...new Set(elementsOf(value).flatMap((single) => machine.strings(single))),
]
