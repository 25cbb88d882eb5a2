/** A condition, an order, a computed field: what of the schema is named in it. It counts as a use where it ends up in a statement. */
import type { CodePlace, Confidence } from '../../../model/code.ts'
import { textOf } from '../text-of.ts'
import type { CallSite, Site, Value } from '../value.ts'
import { Column } from './column.ts'
import type { Ground } from './ground.ts'
import { DrizzleModel, type Methods } from './model.ts'
import { Source } from './source.ts'
import type { SqlPart } from './sql-reader.ts'
import { each, itemsOf } from './values.ts'

export type Mention = { readonly column: Column; readonly confidence: Confidence; readonly place: CodePlace }
/** A value that one of an enum's columns is compared with. */
export type Compared = { readonly column: Column; readonly value: string; readonly place: CodePlace }
/** A template or a raw text; `holes` is what its holes name, for where the text cannot be read, and `loose` what of that no reader sees: conditions in holes. */
export type SqlText = {
  readonly parts: readonly SqlPart[]
  readonly sources: readonly Source[]
  readonly holes: Parts
  readonly loose: Parts
  readonly place: CodePlace
}

export type Parts = {
  readonly mentions: readonly Mention[]
  readonly compared: readonly Compared[]
  readonly tables: readonly { readonly table: Source; readonly place: CodePlace }[]
  readonly texts: readonly SqlText[]
}

export const noParts: Parts = { mentions: [], compared: [], tables: [], texts: [] }

export const joinParts = (all: readonly Parts[]): Parts => ({
  mentions: all.flatMap(({ mentions }) => mentions),
  compared: all.flatMap(({ compared }) => compared),
  tables: all.flatMap(({ tables }) => tables),
  texts: all.flatMap(({ texts }) => texts),
})

const at = ({ file, line }: CodePlace): string => `${file}:${line}`

const partsKey = (parts: Parts): string =>
  [
    ...parts.mentions.map(({ column, confidence, place }) => `${column.id}${confidence}${at(place)}`),
    ...parts.compared.map(({ column, value, place }) => `${column.id}=${value}${at(place)}`),
    ...parts.tables.map(({ table, place }) => `t${table.id}${at(place)}`),
    ...parts.texts.map((text): string => `${JSON.stringify(text.parts)}${partsKey(text.holes)}${at(text.place)}`),
  ].join()

export class Expression extends DrizzleModel {
  readonly what = 'drizzle expression'
  readonly ground: Ground
  readonly parts: Parts
  /** `.as('alias')`. */
  readonly alias: string | undefined

  constructor(ground: Ground, parts: Parts, alias?: string) {
    super()
    this.ground = ground
    this.parts = parts
    this.alias = alias
  }

  protected override methods(): Methods {
    return {
      as: (site) => expressionOf(this.ground, this.parts, textOf(site.args[0], site)),
      append: (site) => this.#append(site),
      mapWith: () => this,
      if: () => this,
      inlineParams: () => this,
      getSQL: () => this,
      nullsFirst: () => this,
      nullsLast: () => this,
    }
  }

  /** The statement itself grows: its pieces are read one by one where what this gives is sent. */
  #append(site: CallSite): Value {
    site.machine.gap('SQL that is appended to is read in pieces, and only where what append gives is sent', site)
    return expressionOf(this.ground, joinParts([this.parts, ...site.args.map((arg) => partsOf(arg, site))]), this.alias)
  }
}

/** One model for what is the same: queries that are built in loops come to an end. */
export const expressionOf = (ground: Ground, parts: Parts, alias?: string): Expression =>
  ground.once(`expression ${alias ?? ''} ${partsKey(parts)}`, () => new Expression(ground, parts, alias))

const mention = (column: Column, { place }: Site): Parts => ({ ...noParts, mentions: [{ column, confidence: 'certain', place }] })

/** What of the schema a value names, however deep: conditions in lists and objects, and in any branch. What it holds in several places counts once (`seen`). */
export const partsOf = (value: Value | undefined, site: Site, seen: Set<Value> = new Set()): Parts =>
  joinParts(
    each(value).map((single) => {
      if (single instanceof Column) return mention(single, site)
      if (single instanceof Expression) return single.parts
      if (single instanceof Source) return { ...noParts, tables: [{ table: single, place: site.place }] }
      if (seen.has(single)) return noParts
      seen.add(single)
      if (single.kind === 'array') return joinParts(itemsOf(single).map((item) => partsOf(item, site, seen)))
      if (single.kind !== 'object' || single.class !== undefined) return noParts
      return joinParts(
        [...single.props.values(), ...single.spreads, ...(single.rest === undefined ? [] : [single.rest])].map((item) => partsOf(item, site, seen)),
      )
    }),
  )
