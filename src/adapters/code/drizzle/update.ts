/** `db.update(table)`. */
import type { CallSite, Value } from '../value.ts'
import { changeOf } from './change.ts'
import type { Ground } from './ground.ts'
import { DrizzleModel, type Methods } from './model.ts'
import { recordTable } from './record.ts'
import type { Source } from './source.ts'
import { recordWritten } from './written.ts'

export class Update extends DrizzleModel {
  readonly what = 'drizzle update'
  readonly #ground: Ground
  readonly #table: Source

  constructor(ground: Ground, table: Source) {
    super()
    this.#ground = ground
    this.#table = table
  }

  protected override methods(): Methods {
    return { set: (site) => this.#set(site) }
  }

  #set(site: CallSite): Value {
    recordTable(this.#table, 'set', 'write', site)
    recordWritten(this.#table, site.args[0], 'set', site, this.#ground)
    return changeOf(this.#ground, this.#table, 'update', site)
  }
}
