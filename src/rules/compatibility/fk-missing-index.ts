import type { BatchStep } from '../../changes/batch.ts'
import { indexesOn } from '../../changes/found-by.ts'
import { makeObjectName } from '../../changes/names.ts'
import type { Catalog, Expression, Index } from '../../model/catalog.ts'
import type { Remedy } from '../../model/finding.ts'
import { display, displayIdentifier, keyOf, localName, quoteIdentifier, type RelationName } from '../../model/name.ts'
import { identifiers, printExpression } from '../../sql/print.ts'
import { type BatchView, defineBatchRule } from '../define.ts'
import { columnAfter, relationAfter } from '../origins.ts'
import { plainSql } from '../plain-sql.ts'
import { outsideMigrator } from '../remedies.ts'
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
  [...(catalog.tables.get(on)?.constraints.values() ?? [])].some(
    (constraint) => (constraint.type === 'primary key' || constraint.type === 'unique') && begins(constraint.columns, columns),
  ) || indexesOn(catalog, on).some(([, index]) => serves(index, columns))

type Bare = {
  readonly at: BatchStep
  readonly on: RelationName
  readonly columns: readonly string[]
  readonly references: RelationName
  readonly acts: boolean
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
      const still =
        on !== undefined &&
        [...(batch.after.tables.get(on)?.constraints.values() ?? [])].some((other) => other.type === 'foreign key' && other.columns.join() === columns.join())
      if (on === undefined || !still || columns.length < key.columns.length || isIndexed(batch.after, on, columns)) return []
      return [{ at, on, columns, references: key.references, acts: key.onDelete !== 'no action' && key.onDelete !== 'restrict' }]
    }),
  )

const indexName = (on: RelationName, columns: readonly string[]): string => makeObjectName(localName(on), columns.join('_'), 'idx')

const remedyFor = (on: RelationName, keys: readonly Bare[], isNew: boolean): Remedy => {
  const sql = (words: string): readonly string[] =>
    keys.map(({ columns }) => `CREATE INDEX ${words}${quoteIdentifier(indexName(on, columns))} ON ${on} (${identifiers(columns)})`).map(plainSql)
  return isNew
    ? { title: 'Index it while the table is empty', steps: [{ when: 'instead', sql: sql(''), note: 'In the same migration, after the table.' }] }
    : outsideMigrator('Index it without blocking writes', sql('CONCURRENTLY IF NOT EXISTS '), sql('IF NOT EXISTS '))
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
      const isNew = !view.batch.before.tables.has(on)
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
