/** How a key comes to a table without keeping anyone waiting: its index first, then the constraint that takes it over. */
import { printDeferral, printIndex } from '../changes/print.ts'
import type { Constraint, Index } from '../model/catalog.ts'
import type { Change } from '../model/change.ts'
import type { Remedy } from '../model/finding.ts'
import { qualified, quoteIdentifier, type RelationName, schemaOf } from '../model/name.ts'
import { plainSql } from './plain-sql.ts'

type Key = Extract<Constraint, { type: 'primary key' | 'unique' }>

const indexOf = (on: RelationName, { columns, include, nullsNotDistinct, options }: Key): Index => ({
  relation: on,
  method: 'btree',
  elements: columns.map((column) => ({ on: column })),
  include,
  unique: true,
  nullsNotDistinct,
  options,
})

const alone = 'not in a transaction. If it fails, drop the invalid index that it leaves.'

const build = (on: RelationName, name: string, key: Key): readonly string[] => [plainSql(printIndex(qualified(schemaOf(on), name), indexOf(on, key), true))]

const takeOver = (on: RelationName, name: string, key: Key): readonly string[] => {
  const words = key.type === 'primary key' ? 'PRIMARY KEY' : 'UNIQUE'
  return [
    printIndex(qualified(schemaOf(on), name), indexOf(on, key), false).replace(' INDEX ', ' INDEX IF NOT EXISTS '),
    `ALTER TABLE ${on} ADD CONSTRAINT ${quoteIdentifier(name)} ${words} USING INDEX ${quoteIdentifier(name)}${printDeferral(key)}`,
  ].map(plainSql)
}

type NotNull = { readonly add: readonly string[]; readonly validate: readonly string[] }

/** NOT NULL of the columns of a primary key, so that adding the key reads no row. From PostgreSQL 18 on in words of its own. */
export const notNullFirst = (on: RelationName, columns: readonly Change<'set-not-null'>[], postgres: number): NotNull => ({
  add: columns.map(({ column, to }) =>
    plainSql(
      `ALTER TABLE ${on} ADD CONSTRAINT ${quoteIdentifier(to.name)} ${postgres >= 18 ? `NOT NULL ${quoteIdentifier(column)}` : `CHECK (${quoteIdentifier(column)} IS NOT NULL)`} NOT VALID`,
    ),
  ),
  validate: columns.flatMap(({ column, to }) =>
    [
      `ALTER TABLE ${on} VALIDATE CONSTRAINT ${quoteIdentifier(to.name)}`,
      ...(postgres >= 18
        ? []
        : [`ALTER TABLE ${on} ALTER COLUMN ${quoteIdentifier(column)} SET NOT NULL`, `ALTER TABLE ${on} DROP CONSTRAINT ${quoteIdentifier(to.name)}`]),
    ].map(plainSql),
  ),
})

/** The index built outside of the migrator, and what the migration says instead. Not for partitioned tables, and not for keys WITHOUT OVERLAPS. */
export const usingIndex = (on: RelationName, name: string, key: Key, before: NotNull = { add: [], validate: [] }): Remedy => {
  const over = { sql: [...before.validate, ...takeOver(on, name, key)], note: 'Finds the index there and takes it over; makes it on new databases.' }
  return {
    title: 'Build its index without blocking writes',
    steps: [
      { when: 'outside', sql: build(on, name, key), note: `Before the migration is deployed; ${alone}` },
      ...(before.add.length === 0
        ? [{ when: 'instead' as const, ...over }]
        : [
            { when: 'instead' as const, sql: before.add, note: 'Holds for new rows from now on; locks for a moment.' },
            { when: 'next deployment' as const, ...over },
          ]),
    ],
  }
}

/** The same for a column that is not there yet: it comes first. */
export const usingIndexLater = (add: readonly string[], on: RelationName, name: string, key: Key): Remedy => ({
  title: 'Add the column, then build its index without blocking writes',
  steps: [
    { when: 'instead', sql: add.map(plainSql) },
    { when: 'outside', sql: build(on, name, key), note: `After that deployment; ${alone}` },
    { when: 'next deployment', sql: takeOver(on, name, key), note: 'Finds the index there and takes it over; makes it on new databases.' },
  ],
})
