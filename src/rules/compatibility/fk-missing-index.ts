import { type BatchStep, isUsed } from '../../changes/batch.ts'
import { constraintsOn, indexesOn } from '../../changes/found-by.ts'
import { makeObjectName } from '../../changes/names.ts'
import type { Catalog, Expression, Index } from '../../model/catalog.ts'
import type { Remedy } from '../../model/finding.ts'
import { display, displayIdentifier, keyOf, localName, quoteIdentifier, type RelationName } from '../../model/name.ts'
import { identifiers, printExpression } from '../../sql/print.ts'
import { type BatchView, defineBatchRule } from '../define.ts'
import { columnAfter, relationAfter } from '../origins.ts'
import { plainSql } from '../plain-sql.ts'
import { listed } from '../running-code.ts'

/** An index that leaves out only rows that refer to nothing serves a foreign key as well as a whole one. */
const servesAll = (where: Expression | undefined, columns: readonly string[]): boolean =>
  where === undefined || columns.some((column) => new RegExp(`^\\(*"?${column}"? IS NOT NULL\\)*$`).test(printExpression(where)))

const begins = (index: readonly unknown[], columns: readonly string[]): boolean => columns.includes(String(index[0]))

const serves = ({ elements, method, where }: Index, columns: readonly string[]): boolean =>
  (method === 'btree' || method === 'hash') &&
  servesAll(where, columns) &&
  begins(
    elements.map(({ on }) => (typeof on === 'string' ? on : undefined)),
    columns,
  )

const isIndexed = (catalog: Catalog, on: RelationName, columns: readonly string[]): boolean =>
  constraintsOn(catalog, on).some((constraint) => (constraint.type === 'primary key' || constraint.type === 'unique') && begins(constraint.columns, columns)) ||
  indexesOn(catalog, on).some(([, index]) => serves(index, columns))

type Bare = {
  readonly at: BatchStep
  readonly on: RelationName
  readonly columns: readonly string[]
  readonly references: RelationName
  readonly acts: boolean
  /** The batch made the table: it is empty, and nobody waits for its index. */
  readonly isNew: boolean
  /** The columns were there before the batch, under these names. */
  readonly there: boolean
}

/** Foreign keys that the batch makes and leaves without an index, under the names that they have in the end. */
const bareKeys = ({ batch }: BatchView): readonly Bare[] =>
  batch.steps.flatMap((at) =>
    at.moves.flatMap((move): readonly Bare[] => {
      const { change } = move
      if (change.kind !== 'add-constraint' || change.implied || change.constraint.type !== 'foreign key') return []
      const key = change.constraint
      const on = relationAfter(batch, move, change.on)
      const columns = key.columns.flatMap((column) => columnAfter(batch, move, change.on, column)?.column ?? [])
      const still = on !== undefined && constraintsOn(batch.after, on).some((other) => other.type === 'foreign key' && other.columns.join() === columns.join())
      if (on === undefined || !still || columns.length < key.columns.length || isIndexed(batch.after, on, columns)) return []
      const before = new Set(batch.before.tables.get(on)?.columns.map(({ name }) => name))
      const acts = key.onDelete !== 'no action' && key.onDelete !== 'restrict'
      const there = columns.every((column) => before.has(column))
      return [{ at, on, columns, references: key.references, acts, isNew: !isUsed(move, change.on), there }]
    }),
  )

const indexName = (on: RelationName, columns: readonly string[]): string => makeObjectName(localName(on), columns.join('_'), 'idx')

/** The columns of a table in use may come with the batch itself: then their index can be built only after it. */
const remedyFor = (on: RelationName, keys: readonly Bare[], isNew: boolean): Remedy => {
  const sql = (words: string): readonly string[] =>
    keys.map(({ columns }) => `CREATE INDEX ${words}${quoteIdentifier(indexName(on, columns))} ON ${on} (${identifiers(columns)})`).map(plainSql)
  if (isNew) return { title: 'Index it while the table is empty', steps: [{ when: 'after', sql: sql('') }] }
  const there = keys.every((key) => key.there)
  return {
    title: 'Index it without blocking writes',
    steps: [
      { when: 'outside', sql: sql('CONCURRENTLY IF NOT EXISTS '), note: `${there ? 'Before' : 'After'} the migration is deployed; not in a transaction.` },
      { when: there ? 'after' : 'next deployment', sql: sql('IF NOT EXISTS '), note: 'Finds it done, and makes it on new databases.' },
    ],
  }
}

export const fkMissingIndex = defineBatchRule({
  id: 'fk-missing-index',
  severity: 'warning',
  summary: 'The columns of a new foreign key begin no index.',
  why: 'PostgreSQL indexes the referenced columns, never the referring ones. Each DELETE, and each UPDATE of the key, on the referenced table reads the whole referring table to look for rows, and so does every join in that direction.',
  instead: 'Add an index that begins with the columns of the key. Drizzle does not: write index().on(table.column).',
  check(view) {
    const bare = bareKeys(view)
    return [...new Set(bare.map(({ on }) => on))].flatMap((on) => {
      const keys = bare.filter((key) => key.on === on)
      const [first] = keys
      if (!first) return []
      const isNew = keys.every((key) => key.isNew)
      const columns = [...new Set(keys.map((key) => key.columns.map(displayIdentifier).join(', ')))]
      const parents = [...new Set(keys.map(({ references }) => display(references)))]
      return [
        {
          at: first.at,
          message: `No index of ${display(on)} begins with ${listed(columns.map((names) => `(${names})`))}: every DELETE in ${listed(parents)} will read all of ${display(on)}.`,
          object: keyOf('table', on),
          relation: on,
          remedy: remedyFor(on, keys, isNew),
          ...(isNew || !keys.some(({ acts }) => acts) ? { severity: 'note' as const } : {}),
        },
      ]
    })
  },
  bad: [
    {
      shows: 'a key on a table in use',
      given: 'CREATE TABLE users (id bigint PRIMARY KEY); CREATE TABLE orders (id bigint, user_id bigint)',
      sql: 'ALTER TABLE orders ADD CONSTRAINT orders_user_fk FOREIGN KEY (user_id) REFERENCES users ON DELETE CASCADE NOT VALID',
    },
    {
      shows: 'a key of a column that comes with it',
      given: 'CREATE TABLE users (id bigint PRIMARY KEY); CREATE TABLE orders (id bigint)',
      sql: 'ALTER TABLE orders ADD COLUMN user_id bigint;\nALTER TABLE orders ADD CONSTRAINT orders_user_fk FOREIGN KEY (user_id) REFERENCES users NOT VALID',
    },
    {
      shows: 'two keys of a new table, one finding',
      sql: 'CREATE TABLE users (id bigint PRIMARY KEY); CREATE TABLE orders (id bigint, user_id bigint REFERENCES users, seller_id bigint REFERENCES users)',
    },
    {
      shows: 'an index that has the column in the second place',
      sql: 'CREATE TABLE users (id bigint PRIMARY KEY); CREATE TABLE orders (id bigint, user_id bigint REFERENCES users, PRIMARY KEY (id, user_id))',
    },
  ],
  good: [
    {
      shows: 'an index in the same batch',
      sql: [
        'CREATE TABLE users (id bigint PRIMARY KEY); CREATE TABLE orders (id bigint, user_id bigint REFERENCES users)',
        'CREATE INDEX ON orders (user_id, id)',
      ],
    },
    {
      shows: 'a key that is the primary key too',
      sql: 'CREATE TABLE users (id bigint PRIMARY KEY); CREATE TABLE profiles (user_id bigint PRIMARY KEY REFERENCES users)',
    },
    {
      shows: 'an index without the rows that refer to nothing',
      sql: 'CREATE TABLE users (id bigint PRIMARY KEY); CREATE TABLE orders (user_id bigint REFERENCES users); CREATE INDEX ON orders (user_id) WHERE user_id IS NOT NULL',
    },
  ],
})
