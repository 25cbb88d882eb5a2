/** `db.select(fields).from(table)…`. Without fields it sends every column of its tables. */

import type { UseRole } from '../../../model/code.ts'
import { keyOf } from '../machine/join.ts'
import { textOf } from '../text-of.ts'
import { any, type CallSite, type Site, type Value } from '../value.ts'
import { columnsOf } from './column.ts'
import { recordFields, rowOfFields } from './fields.ts'
import { type From, fromOf, sourcesOf } from './from.ts'
import type { Ground } from './ground.ts'
import { DrizzleModel, type Methods, Namespace } from './model.ts'
import { Query, rowsOf } from './query.ts'
import { recordExpression, recordImplicit, recordTable } from './record.ts'
import { rowOf } from './row.ts'
import { combine, setOperations } from './set-operations.ts'
import { Subquery } from './subquery.ts'
import { each, isCallable, mapEach } from './values.ts'

/** `fields` is absent where all columns are selected; a silent one is a view's definition, which runs in the database. */
type Start = { readonly ground: Ground; readonly fields?: Value; readonly site: Site; readonly silent: boolean }

const recordFrom = ({ source }: From, { fields }: Start, site: Site): void => {
  if (source === undefined) return
  recordTable(source, 'select', 'read', site)
  if (fields === undefined) recordImplicit(columnsOf(source), 'select', 'read', site)
}

/** Before `.from()` is known, nothing is used. */
export class SelectStart extends DrizzleModel {
  readonly what = 'drizzle select'
  readonly #start: Start
  constructor(start: Start) {
    super()
    this.#start = start
  }

  protected override methods(): Methods {
    return { from: (site) => mapEach(site.args[0], (table) => this.#from(fromOf(table), site)) }
  }

  #from(from: From, site: CallSite): Value {
    const { fields, silent, ground } = this.#start
    if (from.name === '') site.machine.gap('a SELECT from what is not known', site)
    if (!silent) {
      recordFrom(from, this.#start, site)
      if (fields !== undefined) recordFields(fields, 'select', sourcesOf([from]), { ...site, place: this.#start.site.place }, ground)
    }
    return selectOf(this.#start, [from], [], site)
  }
}

const selectOf = (start: Start, from: readonly From[], others: readonly Value[], { place }: Site): Select => {
  const parts = [...from.map(({ name, row }) => `${name}:${keyOf(row)}`), '+', ...others.map((one) => keyOf(one))]
  const key = `select ${place.file}:${place.line} ${start.silent} ${start.fields === undefined ? '-' : keyOf(start.fields)} ${parts.join()}`
  return start.ground.once(key, () => new Select(start, from, others))
}

const joins = 'leftJoin rightJoin innerJoin fullJoin crossJoin leftJoinLateral innerJoinLateral crossJoinLateral'.split(' ')

class Select extends Query {
  readonly what = 'drizzle select'
  readonly #start: Start
  readonly #from: readonly From[]
  /** Rows of the statements that it is united with. */
  readonly #others: readonly Value[]

  constructor(start: Start, from: readonly From[], others: readonly Value[]) {
    super(start.site)
    this.#start = start
    this.#from = from
    this.#others = others
  }

  override rowValue(): Value {
    return combine([this.#ownRow(), ...this.#others])
  }

  #ownRow(): Value {
    const { fields, site, ground } = this.#start
    if (fields !== undefined) return mapEach(fields, (single) => rowOfFields(single, site, ground))
    if (this.#from.length === 1) return this.#from[0]?.row ?? any
    return rowOf(ground, new Map(this.#from.map(({ name, row }) => [name, row])))
  }

  protected override methods(): Methods {
    const clause = (role: UseRole) => (site: CallSite) => this.#clause(role, site)
    const itself = (): Value => this
    return {
      ...super.methods(),
      ...Object.fromEntries(joins.map((join) => [join, (site: CallSite) => mapEach(site.args[0], (table) => this.#join(fromOf(table), site))])),
      ...Object.fromEntries(setOperations.map((operation) => [operation, (site: CallSite) => this.#combined(site)])),
      where: clause('where'),
      having: clause('where'),
      groupBy: clause('group'),
      orderBy: clause('order'),
      limit: itself,
      offset: itself,
      for: itself,
      as: (site) => new Subquery(textOf(site.args[0], site) ?? '?', this.rowValue()),
    }
  }

  #clause(role: UseRole, site: CallSite): Value {
    if (!this.#start.silent) for (const arg of site.args) this.#record(arg, role, site)
    return this
  }

  /** A function gets the fields. */
  #record(arg: Value, role: UseRole, site: Site): void {
    const to = { role, from: sourcesOf(this.#from) }
    for (const single of each(arg)) {
      const value = isCallable(single) ? site.machine.invoke(single, [this.#named()], site) : single
      recordExpression(value, to, site, this.#start.ground)
    }
  }

  #named(): Value {
    return new Subquery('', this.#ownRow())
  }

  #join(joined: From, site: CallSite): Value {
    const { silent } = this.#start
    const again = this.#from.some(({ name }) => name === joined.name)
    const from = again ? this.#from : [...this.#from, joined]
    const next = selectOf(this.#start, from, this.#others, site)
    if (silent) return next
    recordFrom(joined, this.#start, site)
    next.#record(site.args[1] ?? any, 'join', site)
    return next
  }

  #combined(site: CallSite): Value {
    const [arg = any] = site.args
    const other = mapEach(arg, (single) => (isCallable(single) ? site.machine.invoke(single, [new Namespace('drizzle set operators', {})], site) : single))
    const rows = rowsOf(each(other))
    return selectOf(this.#start, this.#from, [...new Set([...this.#others, ...rows.flatMap(each)])], site)
  }
}
