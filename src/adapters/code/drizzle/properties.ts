/** The properties of an object with what they are, and whether a text names them. */
import { any, type ObjectValue, type Site, type Value } from '../value.ts'
import { Row } from './row.ts'
import { each } from './values.ts'

/** `carried`: a row that is spread brings it, no text names it. */
export type Property = { readonly value: Value; readonly carried: boolean }
/** `open`: there may be others. */
export type Properties = { readonly known: ReadonlyMap<string, Property>; readonly open: boolean }

const nothing: Properties = { known: new Map(), open: false }
const unknown: Properties = { known: new Map(), open: true }

/** A text counts more than a row. */
const merged = (all: readonly Properties[]): Properties => {
  const known = new Map<string, Property>()
  for (const { known: more } of all) for (const [name, property] of more) if (!known.has(name) || known.get(name)?.carried === true) known.set(name, property)
  return { known, open: all.some(({ open }) => open) }
}

/** A row brings the columns that its statement sent; one that is to be inserted may leave some out. */
const ofRow = (row: Row): Properties => ({
  known: new Map([...row.given].map((name) => [name, { value: any, carried: true }])),
  open: row.open,
})

/** What an object's class declares and nobody has set: a validated body fills it. */
const ofFields = (object: ObjectValue, site: Site): Properties => {
  const { known } = site.machine.entries({ ...object, spreads: [] }, site)
  return { known: new Map([...known].map(([name, value]) => [name, { value, carried: false }])), open: false }
}

const ofObject = (object: ObjectValue, site: Site, seen: ReadonlySet<Value>): Properties => {
  const own = { known: new Map([...object.props].map(([name, value]) => [name, { value, carried: false }])), open: object.rest !== undefined }
  return merged([own, ...(object.class ? [ofFields(object, site)] : []), ...object.spreads.map((spread) => propertiesOf(spread, site, seen))])
}

/** Nothing is read by this: a row that is spread is asked for its names only. */
export const propertiesOf = (value: Value | undefined, site: Site, seen: ReadonlySet<Value> = new Set()): Properties => {
  const all = each(value).map((single): Properties => {
    if (single.kind === 'literal' || seen.has(single)) return nothing
    if (single.kind === 'object') return ofObject(single, site, new Set([...seen, single]))
    if (single instanceof Row) return ofRow(single)
    if (single.kind !== 'model') return unknown
    const { known, open } = site.machine.entries(single, site)
    return { known: new Map([...known].map(([name, property]) => [name, { value: property, carried: false }])), open }
  })
  return merged(all)
}
