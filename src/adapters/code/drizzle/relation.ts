/** One relation: `one(users, { fields: [posts.authorId], references: [users.id] })`. */
import { Model, type Value } from '../value.ts'
import type { Column } from './column.ts'

export class Relation extends Model {
  readonly what = 'drizzle relation'
  readonly target: Value
  readonly many: boolean
  /** The columns by which the tables are joined; of `many` they are said by the other side. */
  readonly columns: readonly Column[]

  constructor(target: Value, many: boolean, columns: readonly Column[]) {
    super()
    this.target = target
    this.many = many
    this.columns = columns
  }
}
