/** A column of a table or a view, where code names it: `users.email`. */
import type { CodePlace } from '../../../model/code.ts'
import { any, literal, type Site, type Value } from '../value.ts'
import type { Ground } from './ground.ts'
import { DrizzleModel, type Methods } from './model.ts'
import type { Source } from './source.ts'
import { listOf } from './values.ts'

/** What a column's builder says. `name` is absent where the key, cased, is the name. */
export type ColumnFacts = {
  readonly type: string
  readonly name?: string
  readonly notNull: boolean
  readonly hasDefault: boolean
  /** Who gives it a value where an INSERT does not. */
  readonly onInsert?: 'code' | 'database'
  /** The code gives it a value where an UPDATE does not. */
  readonly onUpdate?: true
  readonly enumType?: string
  readonly values?: readonly string[]
  readonly place: CodePlace
}

export class Column extends DrizzleModel {
  readonly what = 'drizzle column'
  readonly ground: Ground
  readonly owner: Source
  readonly key: string
  readonly facts: ColumnFacts
  /** The columns that a view's column is made of. */
  readonly behind: readonly Column[]
  /** It comes with all others (`...getTableColumns(t)`): a SELECT of it is of no column that the text names. */
  readonly carried: boolean
  #carriedTwin: Column | undefined

  constructor(ground: Ground, owner: Source, key: string, facts: ColumnFacts, behind: readonly Column[] = [], carried = false) {
    super()
    this.ground = ground
    this.owner = owner
    this.key = key
    this.facts = facts
    this.behind = behind
    this.carried = carried
  }

  get name(): string {
    return this.facts.name ?? this.ground.cased(this.key)
  }

  /** The same column, as it comes with all others. */
  get asCarried(): Column {
    this.#carriedTwin ??= new Column(this.ground, this.owner, this.key, this.facts, this.behind, true)
    return this.#carriedTwin
  }

  protected override methods(): Methods {
    return { as: () => this, getSQL: () => this, asc: () => this, desc: () => this, nullsFirst: () => this, nullsLast: () => this, op: () => this }
  }

  override get(name: string, site: Site): Value | undefined {
    if (name === 'name') return literal(this.name)
    if (name === 'table') return this.owner
    if (name === 'notNull') return literal(this.facts.notNull)
    if (name === 'hasDefault') return literal(this.facts.hasDefault)
    if (name === 'enumValues') return this.facts.values === undefined ? any : listOf(this.facts.values.map(literal))
    return super.get(name, site)
  }
}

export const columnsOf = (source: Source): readonly Column[] => [...source.fields().values()].filter((field): field is Column => field instanceof Column)
