/** An INSERT, UPDATE or DELETE after its table and values: where, on conflict, returning. */

import type { UseRole } from '../../../model/code.ts'
import { keyOf } from '../machine/join.ts'
import { textOf } from '../text-of.ts'
import type { CallSite, Site, Value } from '../value.ts'
import { columnsOf } from './column.ts'
import { recordFields, rowOfFields } from './fields.ts'
import { fromOf } from './from.ts'
import type { Ground } from './ground.ts'
import type { Methods } from './model.ts'
import { propertiesOf } from './properties.ts'
import { Query } from './query.ts'
import { recordExpression, recordImplicit, recordTable } from './record.ts'
import type { Source } from './source.ts'
import { Subquery } from './subquery.ts'
import { each, mapEach } from './values.ts'
import { recordWritten } from './written.ts'

const joins = ['from', 'leftJoin', 'rightJoin', 'innerJoin', 'fullJoin', 'crossJoin']

export class Change extends Query {
  readonly what = 'drizzle change'
  readonly #ground: Ground
  readonly #table: Source
  readonly #row: Value | undefined

  constructor(ground: Ground, table: Source, site: Site, row?: Value) {
    super(site)
    this.#ground = ground
    this.#table = table
    this.#row = row
  }

  override rowValue(): Value | undefined {
    return this.#row
  }

  protected override methods(): Methods {
    const itself = (): Value => this
    return {
      ...super.methods(),
      ...Object.fromEntries(joins.map((join) => [join, (site: CallSite) => this.#join(site)])),
      where: (site) => this.#clause('where', site),
      orderBy: (site) => this.#clause('order', site),
      limit: itself,
      returning: (site) => this.#returning(site),
      onConflictDoNothing: (site) => this.#onConflict(site),
      onConflictDoUpdate: (site) => this.#onConflict(site),
      as: (site) => (this.#row === undefined ? undefined : new Subquery(textOf(site.args[0], site) ?? '?', this.#row)),
    }
  }

  #record(value: Value | undefined, role: UseRole, site: CallSite): void {
    recordExpression(value, { role, from: [this.#table] }, site, this.#ground)
  }

  #clause(role: UseRole, site: CallSite): Value {
    for (const arg of site.args) this.#record(arg, role, site)
    return this
  }

  /** UPDATE ... FROM. */
  #join(site: CallSite): Value {
    for (const single of each(site.args[0])) {
      const { source } = fromOf(single)
      if (source !== undefined) recordTable(source, 'join', 'read', site)
    }
    this.#record(site.args[1], 'join', site)
    return this
  }

  #onConflict(site: CallSite): Value {
    const { known } = propertiesOf(site.args[0], site)
    this.#record(known.get('target')?.value, 'conflict', site)
    for (const name of ['where', 'targetWhere', 'setWhere']) this.#record(known.get(name)?.value, 'where', site)
    const set = known.get('set')
    if (set !== undefined) recordWritten(this.#table, set.value, 'set', site, this.#ground)
    return this
  }

  #returning(site: CallSite): Value {
    const [fields] = site.args
    if (fields === undefined) {
      recordImplicit(columnsOf(this.#table), 'returning', 'read', site)
      return this.#with(this.#table.row(), site)
    }
    recordFields(fields, 'returning', [this.#table], site, this.#ground)
    return this.#with(
      mapEach(fields, (single) => rowOfFields(single, site, this.#ground)),
      site,
    )
  }

  #with(row: Value, site: Site): Change {
    return this.#ground.once(`change ${this.id} ${keyOf(row)}`, () => new Change(this.#ground, this.#table, site, row))
  }
}

/** One for each place where a table is changed. */
export const changeOf = (ground: Ground, table: Source, kind: string, site: CallSite): Change =>
  ground.once(`${kind} ${site.place.file}:${site.place.line} ${table.number}`, () => new Change(ground, table, site))
