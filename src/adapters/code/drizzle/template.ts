/** `sql`…``, `sql.raw`, `sql.join` and their like. */
import { textOf } from '../text-of.ts'
import { any, type CallSite, type Site, type Value } from '../value.ts'
import { Column } from './column.ts'
import { Expression, expressionOf, joinParts, noParts, type Parts, partsOf } from './expression.ts'
import type { Ground } from './ground.ts'
import { DrizzleModel, type Methods } from './model.ts'
import { Source } from './source.ts'
import type { SqlPart } from './sql-reader.ts'
import { each, elementsOf, stringsIn, unionOf } from './values.ts'

/** `sql.identifier('name')`. */
class SqlName extends DrizzleModel {
  readonly what = 'drizzle identifier'
  readonly text: string
  constructor(text: string) {
    super()
    this.text = text
  }
}

/** What a hole is to a reader of the text, and what of it only counts beside the text. */
type Hole = { readonly parts: readonly SqlPart[]; readonly loose: Parts }

const isPlain = ({ mentions, compared, tables, texts }: Parts): boolean => mentions.length + compared.length + tables.length === 0 && texts.length === 1

/** A template in a hole is a part of the text around it; a condition that a function made is not. */
const expressionHole = ({ parts }: Expression): Hole => {
  const [text] = parts.texts
  return text !== undefined && isPlain(parts) ? { parts: text.parts, loose: text.loose } : { parts: [{ is: 'other', read: true }], loose: parts }
}

const singleHole = (single: Value, site: Site): Hole => {
  const is = (part: SqlPart): Hole => ({ parts: [part], loose: noParts })
  if (single instanceof Column) return is({ is: 'column', table: single.owner, column: single.name })
  if (single instanceof Source) return is({ is: 'table', table: single })
  if (single instanceof SqlName) return is({ is: 'name', name: single.text })
  if (single instanceof Expression) return expressionHole(single)
  if (single instanceof DrizzleModel) return is({ is: 'other', read: true })
  return is({ is: 'value', strings: stringsIn(single, site) })
}

/** One of several: each counts beside the text. Texts that are values stay values. */
const holeOf = (value: Value, site: Site): Hole => {
  const [single, ...others] = each(value)
  if (single === undefined) return { parts: [{ is: 'other', read: false }], loose: noParts }
  if (others.length === 0) return singleHole(single, site)
  if (each(value).every((one) => !(one instanceof DrizzleModel))) return { parts: [{ is: 'value', strings: stringsIn(value, site) }], loose: noParts }
  return { parts: [{ is: 'other', read: true }], loose: partsOf(value, site) }
}

const named = (part: SqlPart): SqlPart => {
  if (part.is === 'table') return { is: 'table', table: { schema: part.table.schema, name: part.table.name } }
  return part.is === 'column' ? { ...part, table: { schema: part.table.schema, name: part.table.name } } : part
}

/** What a text's holes name; the templates in them are read with the text. */
const inlined = (parts: Parts): Parts => (parts.texts.length === 1 ? joinParts([{ ...parts, texts: [] }, ...parts.texts.map(({ holes }) => holes)]) : parts)

const sourcesIn = ({ tables, mentions }: Parts): readonly Source[] => [
  ...new Set([...tables.map(({ table }) => table), ...mentions.map(({ column }) => column.owner)]),
]

const textParts = (parts: readonly SqlPart[], holes: Parts, loose: Parts, site: Site): Parts => ({
  ...noParts,
  texts: [{ parts: parts.map(named), sources: sourcesIn(holes), holes, loose, place: site.place }],
})

/** Texts and values in their order, as one text. */
const textOfAll = (ground: Ground, pieces: readonly (string | Value)[], site: Site): Value => {
  const holes = pieces.map((piece): Hole => (typeof piece === 'string' ? { parts: [{ is: 'text', text: piece }], loose: noParts } : holeOf(piece, site)))
  const values = pieces.filter((piece): piece is Value => typeof piece !== 'string')
  return expressionOf(
    ground,
    textParts(
      holes.flatMap(({ parts }) => parts),
      joinParts(values.map((value) => inlined(partsOf(value, site)))),
      joinParts(holes.map(({ loose }) => loose)),
      site,
    ),
  )
}

const template = (ground: Ground, site: CallSite): Value =>
  textOfAll(
    ground,
    (site.quasis ?? []).flatMap((text, at) => [text, ...site.args.slice(at, at + 1)]),
    site,
  )

/** `sql.join(list, separator)`. */
const joined = (ground: Ground, site: CallSite): Value => {
  const [list, separator] = site.args
  const items = elementsOf(list)
  return textOfAll(
    ground,
    items.flatMap((item, at) => (at === 0 || separator === undefined ? [item] : [separator, item])),
    site,
  )
}

const unknownText = (site: Site): Parts => textParts([{ is: 'other', read: false }], noParts, noParts, site)

/** `sql.raw('…')`, and a plain string that is sent. */
export const rawText = (ground: Ground, text: Value | undefined, site: Site): Value => {
  const texts = stringsIn(text, site)
  if (texts.length === 0) return expressionOf(ground, unknownText(site))
  return unionOf(texts.map((one) => expressionOf(ground, textParts([{ is: 'text', text: one }], noParts, noParts, site))))
}

export class SqlTag extends DrizzleModel {
  readonly what = 'drizzle sql'
  readonly #ground: Ground
  constructor(ground: Ground) {
    super()
    this.#ground = ground
  }

  override call(site: CallSite): Value | undefined {
    return template(this.#ground, site)
  }

  protected override methods(): Methods {
    return {
      raw: (site) => rawText(this.#ground, site.args[0], site),
      join: (site) => joined(this.#ground, site),
      fromList: (site) => joined(this.#ground, site),
      empty: () => expressionOf(this.#ground, noParts),
      param: ({ args }) => args[0] ?? any,
      placeholder: () => any,
      identifier: (site) => {
        const text = textOf(site.args[0], site)
        return text === undefined ? any : this.#ground.once(`identifier ${text}`, () => new SqlName(text))
      },
    }
  }
}
