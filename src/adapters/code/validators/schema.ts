/** What a validation library's schema is to the analysis: it knows what a value is that has passed it. */

import { any, Model, native, type Site, type Value } from '../value.ts'
import { type Mode, oneOf, type Shape, scalar } from './shape.ts'

export abstract class SchemaModel extends Model {
  readonly shape: Shape
  /** Where it was made: a type that names it (`z.infer`) is read from there. */
  readonly made: Site | undefined
  #busy = false

  constructor(shape: Shape, made?: Site) {
    super()
    this.shape = shape
    this.made = made
  }

  /** The way in for frameworks that validate with any library's schema. */
  override get(name: string, _site: Site): Value | undefined {
    return name === 'parse' || name === '~standard' ? native('parse', (call) => this.parsed(call)) : undefined
  }

  /** What it is in a type; nothing is called. */
  get inferred(): Value {
    return this.made === undefined ? any : this.parsed(this.made, 'type')
  }

  /** A value that has passed: its keys are exactly the schema's. In `type` mode nothing is called: the schema is only named in a type (`z.infer`). */
  parsed(site: Site, mode: Mode = 'run'): Value {
    if (this.#busy) return scalar.parse(site, mode)
    this.#busy = true
    try {
      return this.shape.parse(site, mode)
    } finally {
      this.#busy = false
    }
  }
}

class Either extends SchemaModel {
  readonly what = 'one of several schemas'
  constructor(schemas: readonly SchemaModel[]) {
    super(oneOf(schemas), schemas[0]?.made)
  }
}

/** The schema that a value is, also where it may be one of several. */
export const schemaOf = (value: Value | undefined): SchemaModel | undefined => {
  if (value instanceof SchemaModel) return value
  if (value?.kind !== 'union') return undefined
  const schemas = value.of.filter((one) => one instanceof SchemaModel)
  return schemas.length > 1 ? new Either(schemas) : schemas[0]
}
