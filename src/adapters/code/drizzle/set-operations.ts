/** UNION, INTERSECT, EXCEPT: a row of several statements. */
import { any, type CallSite, native, type Value } from '../value.ts'
import { Query, rowsOf } from './query.ts'
import { elementsOf, unionOf } from './values.ts'

export const setOperations = ['union', 'unionAll', 'intersect', 'intersectAll', 'except', 'exceptAll']

export const combine = (rows: readonly Value[]): Value => unionOf(rows)

/** `union(a, b).orderBy(…)`: what was asked of its parts counts already. */
class Combined extends Query {
  readonly what = 'drizzle set operation'
  readonly #row: Value
  constructor(row: Value, site: CallSite) {
    super(site)
    this.#row = row
  }

  override rowValue(): Value {
    return this.#row
  }
}

const combined = (site: CallSite): Value => {
  const rows = rowsOf(site.args.flatMap(elementsOf))
  return rows.length === 0 ? any : new Combined(unionOf(rows), site)
}

/** `union(a, b)` and the others, as pg-core exports them. */
export const setOperators: Readonly<Record<string, Value>> = Object.fromEntries(setOperations.map((name) => [name, native(name, combined)]))
