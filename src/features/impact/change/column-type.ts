/** Columns that change their type. */
import { keepsBytes } from '../../../changes/conversions.ts'
import { columnOn } from '../../../changes/found-by.ts'
import { displayType } from '../../../changes/types.ts'
import type { Attribute } from '../../../model/catalog.ts'
import type { RelationName } from '../../../model/name.ts'
import { columnWanted } from '../wanted.ts'
import { attributeIn, columnObject, data, lettingGo, migration, readAndWritten, release, replacing } from './column.ts'
import type { Effect, Moment, Reader } from './effect.ts'
import { columnSaid, inCode, inSql, quoted } from './words.ts'

/** A type that comes back to what it was within the migration has not changed. */
const isUndone = ({ start, end }: Moment, on: RelationName, column: string): boolean => {
  const [old, now] = [start, end].map((catalog) => columnOn(catalog, on, column)?.type)
  return old !== undefined && now !== undefined && displayType(old) === displayType(now)
}

/** Rows and code go on: every value that was let in still is. */
const widened = (on: RelationName, { name: column, type }: Attribute, to: Attribute['type'], { facts }: Moment): Effect => {
  const name = columnSaid(on, column)
  return {
    what: `widens ${name} from ${displayType(type)} to ${displayType(to)}`,
    breakage: 'other rows',
    breaks: [],
    needs: [],
    order: 'database first',
    why: `Code from before goes on, for all that it writes is still let in; a release that writes what only ${displayType(to)} can hold fails until then.`,
    steps: [
      migration(`widens ${name}`, `ALTER TABLE ${inSql(on)} ALTER COLUMN ${quoted(column)} TYPE ${displayType(to)};`),
      release(`writes ${displayType(to)}`),
    ],
    advice: `see that ${inCode(facts, on, column)} may be ${displayType(to)}`,
    objects: columnObject(on, column),
  }
}

export const setColumnType: Reader<'set-column-type'> = ({ on, column, to }, moment) => {
  const attribute = attributeIn(moment, on, column)
  if (isUndone(moment, on, column) || attribute === undefined) return []
  const from = attribute.type
  if (keepsBytes(from, to)) return [widened(on, attribute, to, moment)]
  const name = columnSaid(on, column)
  const temporary = `${column}_new`
  return [
    {
      what: `changes the type of ${name} from ${displayType(from)} to ${displayType(to)}`,
      breakage: 'may fail',
      breaks: [{ ...columnWanted(moment.facts, on, column), accesses: readAndWritten, via: 'explicit' }],
      needs: [],
      order: 'expand and contract',
      why: `Code from before writes ${displayType(from)} and expects to read it; code for ${displayType(to)} does not. The migration also rewrites the table where PostgreSQL cannot keep the rows.`,
      steps: [
        migration(`adds ${columnSaid(on, temporary)} of the new type`, `ALTER TABLE ${inSql(on)} ADD COLUMN ${quoted(temporary)} ${displayType(to)};`),
        release(`writes both ${column} and ${temporary}`),
        data(
          `fills ${temporary} in the rows that are there, in batches`,
          `UPDATE ${inSql(on)} SET ${quoted(temporary)} = ${quoted(column)}::${displayType(to)} WHERE ${quoted(temporary)} IS NULL;`,
        ),
        ...lettingGo(on, column, attribute),
        release(`reads and writes only ${temporary}; wait until no earlier release runs`),
        ...replacing(on, column, temporary, attribute),
      ],
      advice: `see that ${inCode(moment.facts, on, column)} may be ${displayType(to)}`,
      objects: columnObject(on, column),
    },
  ]
}
