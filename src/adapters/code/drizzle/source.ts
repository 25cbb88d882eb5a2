/** What may stand in FROM and is declared in the schema: a table or a view, under its own name or an alias. */
import type { Value } from '../value.ts'
import { DrizzleModel } from './model.ts'

export abstract class Source extends DrizzleModel {
  /** Position among the tables of the analysis. */
  abstract readonly number: number
  abstract readonly schema: string
  abstract readonly name: string
  /** The name under which a joined row has it. */
  abstract readonly rowName: string
  /** Its columns by key. */
  abstract fields(): ReadonlyMap<string, Value>
  /** A whole row of it. */
  abstract row(): Value
}
