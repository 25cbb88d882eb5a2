import { constraintsOn } from '../../changes/found-by.ts'
import type { Constraint } from '../../model/catalog.ts'
import { display, displayIdentifier, keyOf, member } from '../../model/name.ts'
import { defineStepRule } from '../define.ts'
import { columnAfter, columnBefore, relationAfter } from '../origins.ts'

type ForeignKey = Extract<Constraint, { type: 'foreign key' }>

const does: Readonly<Record<ForeignKey['onDelete'], string | undefined>> = {
  cascade: 'deleted',
  'set null': 'set to NULL',
  'set default': 'set to their default',
  'no action': undefined,
  restrict: undefined,
}

export const dropForeignKey = defineStepRule({
  id: 'drop-foreign-key',
  severity: 'warning',
  summary: 'A foreign key is dropped, and nothing takes its place.',
  why: 'Rows that refer to nothing are let in, by running code too, and have to be found and mended before the key can come back. What ON DELETE CASCADE or SET NULL did for the code is done no more.',
  instead:
    'Make sure that the code deletes or unlinks what refers to a row before this runs. Where only the action changes, drop the key and add it again (NOT VALID) in the same migration.',
  judges: {
    'drop-constraint'(move, { batch }) {
      const { change, before } = move
      const key = before.tables.get(change.on)?.constraints.get(change.name)
      if (change.implied || key?.type !== 'foreign key') return undefined
      const name = relationAfter(batch, move, change.on)
      const columns = key.columns.map((column) => columnAfter(batch, move, change.on, column)?.column)
      const parent = relationAfter(batch, move, key.references)
      if (name === undefined || parent === undefined || key.columns.some((column) => columnBefore(batch, move, change.on, column) === undefined))
        return undefined
      if (columns.some((column) => column === undefined)) return undefined
      const again = constraintsOn(batch.after, name).some(
        (constraint) => constraint.type === 'foreign key' && columns.every((column) => column !== undefined && constraint.columns.includes(column)),
      )
      if (again) return undefined
      const action = does[key.onDelete]
      const effect = action === undefined ? '' : `; they are no longer ${action} when that row is`
      return {
        message: `Foreign key ${display(member(change.on, change.name))} is dropped: rows of ${display(change.on)} may name a row of ${display(key.references)} that is not there${effect.replace('when that row is', 'when that row is deleted')}.`,
        object: keyOf('constraint', member(change.on, change.name)),
        relation: change.on,
        help: `Make sure that no running code relies on the key before it goes (columns ${key.columns.map(displayIdentifier).join(', ')}).`,
        ...(action === undefined ? { severity: 'note' } : {}),
      }
    },
  },
  bad: [
    {
      shows: 'a key that deleted rows of its own table',
      given: 'CREATE TABLE users (id bigint PRIMARY KEY); CREATE TABLE orders (user_id bigint CONSTRAINT orders_user_fk REFERENCES users ON DELETE CASCADE)',
      sql: 'ALTER TABLE orders DROP CONSTRAINT orders_user_fk',
      also: ['drop-fk-locks-parent'],
    },
  ],
  good: [
    {
      shows: 'a key that comes back with another action',
      given:
        'CREATE TABLE users (id bigint PRIMARY KEY); CREATE TABLE orders (user_id bigint CONSTRAINT orders_user_fk REFERENCES users); CREATE INDEX ON orders (user_id)',
      sql: 'ALTER TABLE orders DROP CONSTRAINT orders_user_fk;\n--> statement-breakpoint\nALTER TABLE orders ADD CONSTRAINT orders_user_fk FOREIGN KEY (user_id) REFERENCES users ON DELETE CASCADE NOT VALID',
      also: ['drop-fk-locks-parent'],
    },
    {
      shows: 'a key whose column goes',
      given: 'CREATE TABLE users (id bigint PRIMARY KEY); CREATE TABLE orders (id bigint, user_id bigint CONSTRAINT orders_user_fk REFERENCES users)',
      sql: 'ALTER TABLE orders DROP CONSTRAINT orders_user_fk; ALTER TABLE orders DROP COLUMN user_id',
      also: ['drop-column', 'drop-fk-locks-parent'],
    },
  ],
})
