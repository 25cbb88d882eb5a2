/** What has been found in one text so far. */
import type { Confidence } from '../../../model/code.ts'
import type { SqlInsert, SqlReading, SqlUse, TableName } from './nouns.ts'
import { type Base, columnOf, type Meaning, type Range, weaker } from './scopes.ts'

export type Role = SqlUse['role']

export type Doing = {
  readonly access: SqlUse['access']
  readonly role: Role
  readonly via?: SqlUse['via']
  readonly value?: string
  readonly symbol?: true
}

const placeOf = ({ schema, name }: TableName): string => `${schema}.${name}`

export class Found {
  readonly #uses = new Map<string, SqlUse>()
  readonly #ranges = new Map<string, Base>()
  readonly #inserts: SqlInsert[] = []
  readonly #functions = new Set<string>()
  readonly #constraints = new Set<string>()
  readonly #indexes = new Set<string>()
  readonly #unread = new Set<string>()
  /** Above zero while something is looked at that is read again later. */
  #quiet = 0

  quietly<T>(work: () => T): T {
    this.#quiet++
    try {
      return work()
    } finally {
      this.#quiet--
    }
  }

  column({ column, confidence, candidates, proposed }: Meaning, { access, role, via = 'explicit', value, symbol }: Doing): void {
    for (const { schema, table, column: name } of candidates ? column.from.slice(0, 1) : column.from)
      this.#add({
        schema,
        table,
        column: name,
        ...(value === undefined ? {} : { value }),
        access: proposed ? 'write' : access,
        role,
        via,
        confidence: weaker(confidence, via === 'implicit' ? 'likely' : 'certain'),
        ...(candidates ? { candidates } : {}),
        ...(symbol ? { symbol } : {}),
      })
  }

  columnNamed(base: Base, name: string, doing: Doing, confidence: Confidence = 'certain'): void {
    this.column(
      {
        column: { name, from: [columnOf(base, name)] },
        confidence: weaker(confidence, base.confidence),
        ...(base.candidates ? { candidates: base.candidates } : {}),
      },
      doing,
    )
  }

  whole(range: Range, role: Role): void {
    for (const column of range.columns) this.column({ column, confidence: range.base?.confidence ?? 'certain' }, { access: 'read', role, via: 'implicit' })
  }

  table(base: Base, { access, role }: Doing): void {
    const { schema, name, confidence, candidates } = base
    this.#add({ schema, table: name, access, role, via: 'explicit', confidence, ...(candidates ? { candidates } : {}) })
  }

  /** A table in FROM: it is read even where no column of it is. */
  range(base: Base): void {
    if (this.#quiet === 0) this.#ranges.set(placeOf(base), base)
  }

  insert(insert: SqlInsert): void {
    if (this.#quiet === 0) this.#inserts.push(insert)
  }
  function(name: string): void {
    this.#functions.add(name)
  }
  constraint(name: string): void {
    this.#constraints.add(name)
  }
  index(name: string): void {
    this.#indexes.add(name)
  }
  unread(why: string): void {
    this.#unread.add(why)
  }

  #add(use: SqlUse): void {
    if (this.#quiet > 0) return
    const key = [use.schema, use.table, use.column, use.value, use.access, use.role, use.via].join('\u0000')
    const there = this.#uses.get(key)
    if (!there || weaker(use.confidence, there.confidence) !== use.confidence || (there.symbol && !use.symbol)) this.#uses.set(key, use)
  }

  #touched(): ReadonlySet<string> {
    return new Set([...this.#uses.values()].map(({ schema, table }) => placeOf({ schema, name: table })))
  }

  reading(output: SqlReading['output']): SqlReading {
    const touched = this.#touched()
    for (const [place, base] of this.#ranges) if (!touched.has(place)) this.table(base, { access: 'read', role: 'select' })
    return {
      uses: [...this.#uses.values()],
      inserts: this.#inserts,
      functions: [...this.#functions],
      constraints: [...this.#constraints],
      indexes: [...this.#indexes],
      ...(output ? { output } : {}),
      unread: [...this.#unread],
    }
  }
}
