import type { Move } from '../../changes/batch.ts'
import { plainColumns } from '../../changes/columns-of.ts'
import { constraintsOn, indexesOn } from '../../changes/found-by.ts'
import type { Catalog, Constraint } from '../../model/catalog.ts'
import type { Change } from '../../model/change.ts'
import { display, keyOf, member, type RelationName } from '../../model/name.ts'
import { defineStepRule, type StepView } from '../define.ts'
import { columnBefore, relationAfter } from '../origins.ts'
import { routinesNaming } from '../routine-text.ts'
import { displayColumn, listed } from '../running-code.ts'

type DropColumn = Move<Change<'drop-column'>>

const columnsOfConstraint = (constraint: Constraint): readonly string[] =>
  constraint.type === 'primary key' || constraint.type === 'unique' || constraint.type === 'foreign key' ? constraint.columns : []

const leadingColumns = (catalog: Catalog, on: RelationName): readonly (readonly string[])[] => [
  ...indexesOn(catalog, on).map(([, index]) => plainColumns(index.elements)),
  ...constraintsOn(catalog, on).map(columnsOfConstraint),
]

/** The columns of a table that are still there when the batch is done. */
const kept = ({ batch }: StepView, on: RelationName, columns: readonly string[]): readonly string[] =>
  columns.filter((column) => batch.after.tables.get(on)?.columns.some(({ name }) => name === column))

/** An index or constraint over several columns goes when one of them does; not so where the batch makes one that begins with those that are left. */
const isMissed = (view: StepView, on: RelationName, columns: readonly string[]): boolean => {
  const left = kept(view, on, columns)
  return left.length > 0 && !leadingColumns(view.batch.after, on).some((there) => left.every((column) => there.slice(0, left.length).includes(column)))
}

const words: Readonly<Record<Constraint['type'], string>> = {
  'primary key': 'primary key',
  unique: 'unique constraint',
  'foreign key': 'foreign key',
  check: 'check constraint',
  exclusion: 'exclusion constraint',
}

/** Indexes and constraints over other columns too, which PostgreSQL drops without a word. */
const silentlyDropped = ({ change }: DropColumn, view: StepView): readonly string[] =>
  view.moves.flatMap(({ change: other, before }): readonly string[] => {
    if (!other.implied) return []
    if (other.kind === 'drop-index') {
      const index = before.indexes.get(other.name)
      return index?.relation === change.on && plainColumns(index.elements).includes(change.column) && isMissed(view, change.on, plainColumns(index.elements))
        ? [`${index.unique ? 'unique index' : 'index'} ${display(other.name)} (${listed(plainColumns(index.elements))})`]
        : []
    }
    if (other.kind !== 'drop-constraint' || other.on !== change.on) return []
    const constraint = before.tables.get(other.on)?.constraints.get(other.name)
    const columns = constraint ? columnsOfConstraint(constraint) : []
    return constraint && columns.includes(change.column) && isMissed(view, change.on, columns)
      ? [`${words[constraint.type]} ${display(member(other.on, other.name))} (${listed(columns)})`]
      : []
  })

export const dropColumnInUse = defineStepRule({
  id: 'drop-column-in-use',
  severity: 'warning',
  summary: 'A dropped column takes along an index or constraint over other columns too, or a function still names it.',
  why: 'PostgreSQL drops every index and constraint that has the column, over several columns too, without a word: what they promised of the other columns is gone. Bodies of functions are text to it: they fail when they run next, and a trigger function makes every write of its table fail.',
  instead: 'Make the index or constraint over the columns that stay, and the function without the column, before the column goes.',
  judges: {
    'drop-column'(move, view) {
      const { change } = move
      if (change.implied || columnBefore(view.batch, move, change.on, change.column) === undefined) return undefined
      if (relationAfter(view.batch, move, change.on) === undefined) return undefined
      const gone = silentlyDropped(move, view)
      const failing = routinesNaming(view.batch.after, change.on, change.column)
      if (gone.length === 0 && failing.length === 0) return undefined
      const parts = [
        ...(gone.length === 0 ? [] : [`With column ${displayColumn(change.on, change.column)} PostgreSQL silently drops ${listed(gone)}.`]),
        ...(failing.length === 0 ? [] : [`The text of ${listed(failing)} still names ${displayColumn(change.on, change.column)}.`]),
      ]
      return { message: parts.join(' '), object: keyOf('column', member(change.on, change.column)), relation: change.on }
    },
  },
  bad: [
    {
      shows: 'a unique constraint over two columns',
      given: 'CREATE TABLE members (team_id bigint, user_id bigint, role text, CONSTRAINT members_once UNIQUE (team_id, user_id))',
      sql: 'ALTER TABLE members DROP COLUMN team_id',
      also: ['drop-column'],
    },
    {
      shows: 'a trigger function that reads the column',
      given:
        'CREATE TABLE users (id bigint, name text, search text); CREATE FUNCTION fill() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.search := lower(NEW.name); RETURN NEW; END $$; CREATE TRIGGER fill BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION fill()',
      sql: 'ALTER TABLE users DROP COLUMN name',
      also: ['drop-column'],
    },
  ],
  good: [
    {
      shows: 'an index on the column alone',
      given: 'CREATE TABLE users (id bigint, name text); CREATE INDEX users_name_idx ON users (name)',
      sql: 'ALTER TABLE users DROP COLUMN name',
      also: ['drop-column'],
    },
    {
      shows: 'an index on what is left, in the same batch',
      given: 'CREATE TABLE events (team_id bigint, user_id bigint, at timestamptz); CREATE INDEX events_idx ON events (team_id, user_id, at)',
      sql: 'ALTER TABLE events DROP COLUMN team_id; CREATE INDEX events_user_idx ON events (user_id, at)',
      also: ['drop-column', 'index-not-concurrent'],
    },
  ],
})
