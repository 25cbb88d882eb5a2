/** What passes a schema, whatever library it is written for: each shape is a function from a place to the value that is there after validation. */
import { join } from '../machine/join.ts'
import { any, literal, type Site, type Value } from '../value.ts'

/** `type`: the schema is only named in a type, and its transforms are not called. */
export type Mode = 'run' | 'type'

/** Something with a `parsed` of its own: a schema of any library. */
export type Parses = { parsed(site: Site, mode?: Mode): Value }

export type Fields = { readonly known: ReadonlyMap<string, Parses>; readonly open: boolean }

export type Shape = {
  readonly parse: (site: Site, mode: Mode) => Value
  /** An object's keys. */
  readonly fields?: (site: Site) => Fields
  /** What an array, a union or an optional holds. */
  readonly inner?: readonly Parses[]
  /** An enum's values. */
  readonly values?: readonly string[]
}

/** One of these values; `any` where nothing is known of one of them. */
export const either = (values: readonly Value[]): Value => (values.some(({ kind }) => kind === 'any') ? any : join(...values))

/** A value of which at least something is known stays, also beside unknown ones. */
export const known = (values: readonly Value[]): Value => join(...values)

export const scalar: Shape = { parse: () => any }

export const constant = (value: Value): Shape => ({ parse: () => value })

export const literals = (values: readonly string[]): Shape => ({ parse: () => either(values.map(literal)), values })

/** An object with these keys. */
export const objectOf = (fields: (site: Site) => Fields): Shape => ({
  parse: (site, mode) => {
    const { known: schemas, open } = fields(site)
    return site.machine.object(Object.fromEntries([...schemas].map(([name, schema]) => [name, schema.parsed(site, mode)])), open ? any : undefined)
  },
  fields,
})

export const arrayOf = (element: Parses): Shape => ({ parse: (site, mode) => site.machine.array(element.parsed(site, mode)), inner: [element] })

/** An object whose keys are data. */
export const recordOf = (element: Parses | undefined): Shape => ({
  parse: (site, mode) => site.machine.object({}, element?.parsed(site, mode) ?? any),
})

export const oneOf = (schemas: readonly Parses[]): Shape => ({
  parse: (site, mode) => known(schemas.map((schema) => schema.parsed(site, mode))),
  inner: schemas,
})

/** An intersection: an object with the keys of all. */
export const allOf = (shapes: readonly Shape[]): Shape => {
  const parts = shapes.flatMap(({ fields }) => (fields === undefined ? [] : [fields]))
  if (parts.length === 0) return shapes[0] ?? scalar
  return objectOf((site) => parts.map((fields) => fields(site)).reduce(merged))
}

export const merged = (a: Fields, b: Fields): Fields => ({ known: new Map([...a.known, ...b.known]), open: a.open || b.open })

/** `optional`, `nullable`, `brand` …: what passes is what passes the inner one. */
export const wrapped = (inner: Parses): Shape => ({ parse: (site, mode) => inner.parsed(site, mode), inner: [inner] })

/** With a default: a literal one is one more value that may come out. */
export const defaulted = (inner: Parses, value: Value | undefined): Shape => ({
  parse: (site, mode) => {
    const passed = inner.parsed(site, mode)
    return value?.kind === 'literal' && passed.kind !== 'any' ? either([passed, value]) : passed
  },
  inner: [inner],
})

const callable = (value: Value | undefined): value is Value => value !== undefined && value.kind !== 'any' && value.kind !== 'literal'

/** `transform(f)`: what comes out is what `f` answers. */
export const transformed = (inner: Parses, by: Value | undefined): Shape => ({
  parse: (site, mode) => {
    const passed = inner.parsed(site, mode)
    if (mode === 'type' || !callable(by)) return any
    return site.machine.awaited(site.machine.invoke(by, [passed, any], site), site)
  },
})

/** `refine(f)`: `f` is called, and what passed stays. */
export const checked = (inner: Parses & { readonly shape: Shape }, by: Value | undefined): Shape => ({
  ...inner.shape,
  parse: (site, mode) => {
    const passed = inner.parsed(site, mode)
    if (mode === 'run' && callable(by)) site.machine.invoke(by, [passed, any], site)
    return passed
  },
})

/** `preprocess(f, schema)`: `f` is called before. */
export const preceded = (by: Value | undefined, inner: Parses): Shape => ({
  parse: (site, mode) => {
    if (mode === 'run' && callable(by)) site.machine.invoke(by, [any, any], site)
    return inner.parsed(site, mode)
  },
})

/** One schema after the other: the last one says what comes out, where it says something. */
export const piped = (schemas: readonly Parses[]): Shape => ({
  parse: (site, mode) => schemas.map((schema) => schema.parsed(site, mode)).findLast((value) => value.kind !== 'any') ?? any,
})

/** A function that gives the schema, for those that hold themselves. */
export const lazily = (schema: (site: Site) => Parses | undefined): Shape => ({ parse: (site, mode) => schema(site)?.parsed(site, mode) ?? any })
