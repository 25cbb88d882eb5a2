/** What starts a SELECT: `db`, `new QueryBuilder()`, and the `qb` of a view's definition. */
import { textOf } from '../text-of.ts'
import { any, type CallSite, type Value } from '../value.ts'
import type { Ground } from './ground.ts'
import { DrizzleModel, type Methods } from './model.ts'
import { Query } from './query.ts'
import { recordExpression } from './record.ts'
import { SelectStart } from './select.ts'
import { Subquery } from './subquery.ts'
import { isCallable, mapEach } from './values.ts'

/** `db.$with('name')`. */
class WithStart extends DrizzleModel {
  readonly what = 'drizzle with'
  readonly #name: string
  readonly #builder: Value

  constructor(name: string, builder: Value) {
    super()
    this.#name = name
    this.#builder = builder
  }

  protected override methods(): Methods {
    return { as: (site) => mapEach(site.args[0], (query) => this.#as(query, site)) }
  }

  #as(query: Value, site: CallSite): Value {
    const given = isCallable(query) ? site.machine.invoke(query, [this.#builder], site) : query
    return mapEach(given, (single) => new Subquery(this.#name, single instanceof Query ? (single.rowValue() ?? any) : any))
  }
}

export class QueryBuilder extends DrizzleModel {
  readonly what = 'drizzle query builder'
  readonly #ground: Ground
  /** A view's definition runs in the database: its columns are no uses of the code. */
  readonly #silent: boolean

  constructor(ground: Ground, silent = false) {
    super()
    this.#ground = ground
    this.#silent = silent
  }

  protected override methods(): Methods {
    return {
      select: (site) => this.#select(site.args[0], site),
      selectDistinct: (site) => this.#select(site.args[0], site),
      selectDistinctOn: (site) => this.#distinctOn(site),
      $with: (site) => new WithStart(textOf(site.args[0], site) ?? '?', this),
      with: () => this,
    }
  }

  #select(fields: Value | undefined, site: CallSite): Value {
    return new SelectStart({ ground: this.#ground, silent: this.#silent, site, ...(fields === undefined ? {} : { fields }) })
  }

  #distinctOn(site: CallSite): Value {
    if (!this.#silent) recordExpression(site.args[0], { role: 'select' }, site, this.#ground)
    return this.#select(site.args[1], site)
  }
}
