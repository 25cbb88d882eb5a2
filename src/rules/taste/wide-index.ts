import type { IndexElement } from '../../model/catalog.ts'
import { display, keyOf } from '../../model/name.ts'
import { defineStepRule } from '../define.ts'

const most = 3

const isWide = (elements: readonly (IndexElement | string)[]): boolean => elements.length > most

export const wideIndex = defineStepRule({
  id: 'wide-index',
  severity: 'note',
  preset: 'taste',
  summary: 'An index has more than three columns.',
  why: 'A B-tree serves queries by its first columns; what stands behind them is rarely used to find rows, but each update of any of them writes the index anew.',
  instead: 'Keep the columns that queries compare; put those that are only read into INCLUDE. A unique index is as wide as its rule.',
  judges: {
    'create-index'({ change: { name, index, implied } }) {
      if (implied || index.unique || index.method !== 'btree' || !isWide(index.elements)) return undefined
      return {
        message: `Index ${display(name)} has ${index.elements.length} columns, and each of their updates writes it.`,
        object: keyOf('index', name),
        relation: index.relation,
      }
    },
  },
  bad: [
    {
      shows: 'five columns',
      sql: 'CREATE TABLE orders (id bigint PRIMARY KEY, a bigint, b bigint, c bigint, d bigint, e bigint); CREATE INDEX orders_idx ON orders (a, b, c, d, e)',
    },
  ],
  good: [
    {
      shows: 'what is only read is included',
      sql: 'CREATE TABLE orders (id bigint PRIMARY KEY, a bigint, b bigint, c bigint, d bigint, e bigint); CREATE INDEX orders_idx ON orders (a, b) INCLUDE (c, d, e)',
    },
  ],
})
