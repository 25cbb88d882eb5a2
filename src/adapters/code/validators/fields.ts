/** The keys of object schemas, and what `pick`, `omit`, `extend` and their like make of them. */
import { any, type CallSite, type Site, type Value } from '../value.ts'
import { SchemaModel, schemaOf } from './schema.ts'
import type { Fields } from './shape.ts'

/** A schema that no library gave a name: it only says what passes. */
export class PlainSchema extends SchemaModel {
  readonly what = 'schema'
}

const anyFields: Fields = { known: new Map(), open: true }

export type ToSchema = (value: Value, site: Site) => SchemaModel

/** `{ name: z.string(), … }`: an object literal of schemas. */
export const fieldsOf = (value: Value | undefined, site: Site, toSchema: ToSchema): Fields => {
  if (value === undefined) return anyFields
  const { known, open } = site.machine.entries(value, site)
  return { known: new Map([...known].map(([name, field]) => [name, toSchema(field, site)])), open }
}

/** The keys of an object schema; of any other nothing is known. */
export const fieldsIn = (value: Value | undefined, site: Site): Fields => schemaOf(value)?.shape.fields?.(site) ?? anyFields

/** The keys of an object schema, or of an object literal of schemas: both are taken by `extend` and its like. */
export const fieldsGiven = (value: Value | undefined, site: Site, toSchema: ToSchema): Fields =>
  schemaOf(value)?.shape.fields?.(site) ?? fieldsOf(value, site, toSchema)

/** The names in `{ id: true }`, `['id']`, or a union of literals. */
export const namesOf = (value: Value | undefined, site: Site): ReadonlySet<string> => {
  if (value === undefined) return new Set()
  if (value.kind === 'array') return new Set(site.machine.strings(site.machine.element(value, site)))
  const texts = site.machine.strings(value)
  return new Set(texts.length > 0 ? texts : site.machine.entries(value, site).known.keys())
}

export const picked = (fields: Fields, names: ReadonlySet<string>): Fields => ({
  known: new Map([...fields.known].filter(([name]) => names.has(name))),
  open: false,
})

/** Without names that are known, anything may have been left out; then everything stays. */
export const omitted = (fields: Fields, names: ReadonlySet<string>): Fields => ({
  ...fields,
  known: new Map([...fields.known].filter(([name]) => !names.has(name))),
})

/** The keys as literals: `keyof()`. */
export const fieldNames = (fields: Fields): readonly string[] => [...fields.known.keys()]

/** A schema's `shape`, `entries`, `properties`: its fields as an object of schemas. */
export const shapeObject = (schema: SchemaModel, site: Site): Value => {
  const { known, open } = fieldsIn(schema, site)
  const props = [...known].map(([name, field]): [string, Value] => [name, field instanceof SchemaModel ? field : any])
  return site.machine.object(Object.fromEntries(props), open ? any : undefined)
}

/** The values of `['a', 'b']`, `table.column.enumValues` or a TypeScript enum. */
export const valuesOf = (value: Value | undefined, site: Site): readonly string[] => {
  if (value === undefined) return []
  if (value.kind === 'array') return site.machine.strings(site.machine.element(value, site))
  const texts = site.machine.strings(value)
  if (texts.length > 0) return texts
  const { known } = site.machine.entries(value, site)
  if (known.size > 0) return [...known.values()].flatMap((one) => site.machine.strings(one))
  return site.machine.strings(site.machine.element(value, site))
}

/** The schemas of an array argument, or of a row of arguments. */
export const schemasIn = (values: readonly Value[], site: Site, toSchema: ToSchema): readonly SchemaModel[] =>
  values.flatMap((value): readonly SchemaModel[] => {
    if (value.kind !== 'array') return [toSchema(value, site)]
    if (value.items !== undefined) return value.items.map((item) => toSchema(item, site))
    const element = site.machine.element(value, site)
    return element.kind === 'union' ? element.of.map((one) => toSchema(one, site)) : [toSchema(element, site)]
  })

/** What `safeParse` answers. */
export const answer = (value: Value, site: CallSite, name: string): Value => site.machine.object({ [name]: value, success: any, error: any, issues: any })
