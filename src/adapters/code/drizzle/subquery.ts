/** `.as('totals')` and `db.$with('totals').as(…)`: its fields are the columns that it selects. */

import type { Site, Value } from '../value.ts'
import { DrizzleModel } from './model.ts'
import { Row } from './row.ts'
import { each, unionOf } from './values.ts'

export class Subquery extends DrizzleModel {
  readonly what = 'drizzle subquery'
  readonly name: string
  readonly row: Value

  constructor(name: string, row: Value) {
    super()
    this.name = name
    this.row = row
  }

  /** A joined row's field is a row: `sub.users.id`. */
  override get(name: string, _site: Site): Value | undefined {
    const fields = each(this.row).flatMap((row) => (row instanceof Row ? [row.shape.get(name)] : []))
    const known = fields.filter((field) => field !== undefined)
    if (known.length === 0) return undefined
    return unionOf(known.flatMap((field) => each(field).map((single) => (single instanceof Row ? new Subquery(name, single) : single))))
  }
}
