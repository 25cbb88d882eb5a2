import type { Move } from '../../changes/batch.ts'
import { plainColumns } from '../../changes/columns-of.ts'
import { columnOn } from '../../changes/found-by.ts'
import { displayType } from '../../changes/types.ts'
import type { Attribute } from '../../model/catalog.ts'
import { display, displayIdentifier, keyOf, member, type RelationName } from '../../model/name.ts'
import { defineStepRule, type PolicyHit, type StepView } from '../define.ts'
import { columnAfter, relationAfter } from '../origins.ts'
import { listed } from '../running-code.ts'

const nullable = (move: Move, { batch }: StepView, on: RelationName, columns: readonly string[]): readonly Attribute[] => {
  const name = relationAfter(batch, move, on)
  return columns.flatMap((column) => {
    const now = columnAfter(batch, move, on, column)?.column
    const attribute = name === undefined ? undefined : columnOn(batch.after, name, now)
    return attribute && !attribute.notNull ? [attribute] : []
  })
}

/** Only of several columns: that NULL may repeat in a column by itself is what everybody means. */
const hit = (move: Move, view: StepView, on: RelationName, columns: readonly string[], what: string, object: string): PolicyHit | undefined => {
  if (columns.length < 2) return undefined
  const found = nullable(move, view, on, columns)
  if (found.length === 0 || found.length === columns.length) return undefined
  const names = found.map(({ name }) => displayIdentifier(name))
  const types = [...new Set(found.map(({ type }) => displayType(type)))]
  return {
    message: `${what} does not keep rows apart whose ${listed(names)} (${listed(types)}) is NULL: NULLs count as different.`,
    object,
    relation: on,
  }
}

export const uniqueIndexOnNullable = defineStepRule({
  id: 'unique-index-on-nullable',
  severity: 'note',
  preset: 'strict',
  summary: 'A unique index or constraint over several columns has one that may be NULL.',
  why: 'NULLs count as different, so any number of equal rows get in as long as one of the columns is NULL: (team, deleted_at) keeps nothing apart that is not deleted.',
  instead: 'Say NULLS NOT DISTINCT (PostgreSQL 15), make the column NOT NULL, or use a partial unique index: WHERE deleted_at IS NULL.',
  judges: {
    'create-index'(move, view) {
      const { name, index, implied } = move.change
      const columns = plainColumns(index.elements)
      if (implied || !index.unique || index.nullsNotDistinct || index.where || columns.length < index.elements.length) return undefined
      return hit(move, view, index.relation, columns, `Unique index ${display(name)}`, keyOf('index', name))
    },
    'add-constraint'(move, view) {
      const { on, name, constraint, implied } = move.change
      if (implied || constraint.type !== 'unique' || constraint.nullsNotDistinct) return undefined
      return hit(move, view, on, constraint.columns, `Unique constraint ${display(member(on, name))}`, keyOf('constraint', member(on, name)))
    },
  },
  bad: [
    {
      shows: 'a constraint meant to hold for what is not deleted',
      sql: 'CREATE TABLE users (id bigint, email text NOT NULL, deleted_at timestamptz, CONSTRAINT users_once UNIQUE (email, deleted_at))',
    },
    { shows: 'an index', sql: 'CREATE TABLE docs (team bigint NOT NULL, folder bigint, name text NOT NULL); CREATE UNIQUE INDEX ON docs (team, folder, name)' },
  ],
  good: [
    {
      shows: 'a partial index',
      sql: 'CREATE TABLE users (email text NOT NULL, deleted_at timestamptz); CREATE UNIQUE INDEX ON users (email) WHERE deleted_at IS NULL',
    },
    { shows: 'NULLs that count as equal', sql: 'CREATE TABLE docs (team bigint NOT NULL, folder bigint, UNIQUE NULLS NOT DISTINCT (team, folder))' },
    { shows: 'one column', sql: 'CREATE TABLE users (email text UNIQUE)' },
  ],
})
