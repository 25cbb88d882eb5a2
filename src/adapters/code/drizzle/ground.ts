/** What all models of one analysis share: one model for what is the same, how columns are named, and who reads SQL. */
import type { Model } from '../value.ts'
import type { Source } from './source.ts'
import type { SqlReader, SqlUse } from './sql-reader.ts'

type Casing = 'snake_case' | 'camelCase'

/** As Drizzle cuts a name into words. */
const words = (name: string): readonly string[] => name.replaceAll(/['\u2019]/g, '').match(/[\da-z]+|[A-Z]+(?![a-z])|[A-Z][\da-z]+/g) ?? []

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1).toLowerCase()

export class Ground {
  casing: Casing | undefined
  readonly readSql: SqlReader
  /** The table that SQL text names. */
  find: (table: SqlUse['table']) => Source | undefined = () => undefined
  readonly #models = new Map<string, Model>()

  constructor(readSql: SqlReader, casing: Casing | undefined) {
    this.readSql = readSql
    this.casing = casing
  }

  /** Functions are followed once per kind of arguments, so equal things must be the same model. */
  once<M extends Model>(key: string, make: () => M): M {
    const known = this.#models.get(key)
    if (known !== undefined) return known as M
    const made = make()
    this.#models.set(key, made)
    return made
  }

  /** The name in the database of a column that is declared with none. */
  cased(key: string): string {
    if (this.casing === 'snake_case') return words(key).join('_').toLowerCase()
    if (this.casing === 'camelCase') return words(key).reduce((name, word, at) => name + (at === 0 ? word.toLowerCase() : capital(word)), '')
    return key
  }
}
