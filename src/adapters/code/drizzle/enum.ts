/** `pgEnum('status', ['draft', 'sent'])`: makes columns when it is called. */
import type { CodeEnum, CodePlace } from '../../../model/code.ts'
import { type CallSite, literal, Model, type Site, type Value } from '../value.ts'
import { enumColumn } from './builder.ts'
import { propertiesOf } from './properties.ts'
import { listOf, stringsIn } from './values.ts'

export class PgEnum extends Model {
  readonly what = 'drizzle enum'
  readonly schema: string
  readonly name: string
  readonly values: readonly string[]
  readonly place: CodePlace
  readonly #list: Value
  symbol: string | undefined

  constructor(schema: string, name: string, values: readonly string[], place: CodePlace) {
    super()
    this.schema = schema
    this.name = name
    this.values = values
    this.place = place
    this.#list = listOf(values.map(literal))
  }

  facts(): CodeEnum {
    return { schema: this.schema, name: this.name, symbol: this.symbol ?? this.name, values: this.values, ...this.place }
  }

  override named(name: string): void {
    this.symbol ??= name
  }

  override call(site: CallSite): Value {
    return enumColumn(this.schema === 'public' ? this.name : `${this.schema}.${this.name}`, this.values, site)
  }

  override get(name: string): Value | undefined {
    if (name === 'enumValues') return this.#list
    if (name === 'enumName') return literal(this.name)
    return name === 'schema' ? literal(this.schema) : undefined
  }
}

/** A list, or an object whose values they are. */
export const enumValues = (value: Value | undefined, site: Site): readonly string[] => {
  const listed = stringsIn(value, site)
  return listed.length > 0 ? listed : [...propertiesOf(value, site).known.values()].flatMap((property) => stringsIn(property.value, site))
}
