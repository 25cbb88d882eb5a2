/** Columns that come, go, and change. */
import { fillsItself } from '../../../changes/columns.ts'
import { printDefault } from '../../../changes/print.ts'
import { displayType } from '../../../changes/types.ts'
import type { Attribute } from '../../../model/catalog.ts'
import type { Access } from '../../../model/code.ts'
import type { RelationName } from '../../../model/name.ts'
import { columnWanted, type Wanted } from '../wanted.ts'
import { attributeIn, columnObject, data, isRequired, lettingGo, migration, omitting, readAndWritten, release, replacing, sentByCode } from './column.ts'
import type { Effect, Moment, Reader } from './effect.ts'
import { columnSaid, declaresColumn, inCode, inSql, quoted, unseenOf } from './words.ts'

const written: ReadonlySet<Access> = new Set(['write'])

/** Statements that name the column: a select of whole rows does, and so does every INSERT. */
const naming = (moment: Moment, on: RelationName, column: string): Wanted => ({
  ...columnWanted(moment.facts, on, column),
  accesses: readAndWritten,
  inserts: 'all',
})

export const dropColumn: Reader<'drop-column'> = ({ on, column }, moment) => {
  const name = columnSaid(on, column)
  const attribute = attributeIn(moment, on, column)
  const required = isRequired(attribute)
  return [
    {
      what: `drops ${name}`,
      breakage: 'fails',
      breaks: [naming(moment, on, column)],
      needs: [],
      order: required ? 'expand and contract' : 'code first',
      why: `A running release names every column of its schema.ts in each SELECT of whole rows and in each INSERT; once ${name} is gone PostgreSQL refuses them all.${required ? ` And as it is NOT NULL without a default, INSERTs of a release that has no ${column} are refused as long as it is there.` : ''}`,
      steps: [
        ...lettingGo(on, column, attribute),
        release(`stops reading and writing ${name}, and takes it out of schema.ts; wait until no earlier release runs`),
        migration(`drops ${name}`, `ALTER TABLE ${inSql(on)} DROP COLUMN ${quoted(column)};`),
      ],
      advice: `take ${inCode(moment.facts, on, column)} out`,
      objects: columnObject(on, column),
      ...(declaresColumn(moment.facts, on, column) ? {} : { unseen: unseenOf(name) }),
    },
  ]
}

export const renameColumn: Reader<'rename-column'> = ({ on, from, to }, moment) => {
  const [old, next] = [columnSaid(on, from), columnSaid(on, to)]
  const attribute = attributeIn(moment, on, from)
  return [
    {
      what: `renames ${old} to ${to}`,
      breakage: 'fails',
      breaks: [naming(moment, on, from)],
      needs: [naming(moment, on, to)],
      order: 'expand and contract',
      why: `Until the rename code that names ${to} fails, after it code that names ${from}: while a deployment rolls, both run.`,
      steps: [
        migration(`adds ${next}`, `ALTER TABLE ${inSql(on)} ADD COLUMN ${quoted(to)} ${attribute ? displayType(attribute.type) : 'TYPE'};`),
        release(`writes both ${from} and ${to}, and still reads ${from}`),
        data(
          `fills ${to} in the rows that are there, in batches`,
          `UPDATE ${inSql(on)} SET ${quoted(to)} = ${quoted(from)} WHERE ${quoted(to)} IS NULL AND ${quoted(from)} IS NOT NULL;`,
        ),
        ...lettingGo(on, from, attribute),
        release(`reads and writes only ${to}, and takes ${from} out of schema.ts; wait until no earlier release runs`),
        ...replacing(on, from, to, attribute),
      ],
      advice: `use ${inCode(moment.facts, on, to)} instead of ${inCode(moment.facts, on, from)}`,
      objects: columnObject(on, from),
      ...(declaresColumn(moment.facts, on, from) ? {} : { unseen: unseenOf(old) }),
    },
  ]
}

const needing = (moment: Moment, on: RelationName, column: string): readonly Wanted[] => [naming(moment, on, column)]

/** A column that every INSERT has to give. */
const addRequired = (on: RelationName, attribute: Attribute, moment: Moment): Effect => {
  const { name: column, type } = attribute
  const name = columnSaid(on, column)
  return {
    what: `adds ${name}, NOT NULL without a default`,
    breakage: 'fails',
    breaks: [omitting(moment, on, column)],
    needs: needing(moment, on, column),
    order: 'expand and contract',
    why: `Code from before does not give ${column}, so its INSERTs are refused after the migration; code that gives it fails before. A table with rows refuses the column outright.`,
    steps: [
      migration(`adds ${name}, which may be NULL`, `ALTER TABLE ${inSql(on)} ADD COLUMN ${quoted(column)} ${displayType(type)};`),
      release(`gives ${column} in every INSERT`),
      data(`fills ${column} in the rows that are there, in batches`, `UPDATE ${inSql(on)} SET ${quoted(column)} = … WHERE ${quoted(column)} IS NULL;`),
      migration(`makes ${name} NOT NULL`, `ALTER TABLE ${inSql(on)} ALTER COLUMN ${quoted(column)} SET NOT NULL;`),
    ],
    advice: `give ${inCode(moment.facts, on, column)} a value`,
    objects: columnObject(on, column),
  }
}

export const addColumn: Reader<'add-column'> = ({ on, attribute }, moment) => {
  if (!moment.start.tables.has(on)) return []
  if (attribute.notNull !== false && !fillsItself(attribute)) return [addRequired(on, attribute, moment)]
  const name = columnSaid(on, attribute.name)
  return [
    {
      what: `adds ${name}`,
      breakage: 'other rows',
      breaks: [],
      needs: needing(moment, on, attribute.name),
      order: 'database first',
      why: `Code from before names its own columns and does not notice ${attribute.name}; a release whose schema.ts has it names it in every SELECT of whole rows and every INSERT, and fails until it is there.`,
      steps: [
        migration(
          `adds ${name}`,
          `ALTER TABLE ${inSql(on)} ADD COLUMN ${quoted(attribute.name)} ${displayType(attribute.type)}${attribute.default ? ` DEFAULT ${printDefault(attribute.default)}` : ''}${attribute.notNull ? ' NOT NULL' : ''};`,
        ),
        release(`has ${name} in its schema.ts`),
      ],
      advice: `use ${inCode(moment.facts, on, attribute.name)} only in a release behind the migration`,
      objects: columnObject(on, attribute.name),
    },
  ]
}

export const setNotNull: Reader<'set-not-null'> = ({ on, column }, moment) => {
  const attribute = attributeIn(moment, on, column)
  if (!moment.start.tables.has(on) || attribute?.notNull !== false) return []
  const name = columnSaid(on, column)
  const inserts = fillsItself(attribute) || sentByCode(moment, on, column, attribute) ? [] : [omitting(moment, on, column)]
  return [
    {
      what: `makes ${name} NOT NULL`,
      breakage: 'fails',
      breaks: [...inserts, { ...columnWanted(moment.facts, on, column), accesses: written, via: 'explicit', roles: new Set(['set']), atMost: 'possible' }],
      needs: [],
      order: 'code first',
      why: `INSERTs that leave ${column} out, and writes of NULL, are refused after it; so are rows that have none yet.`,
      steps: [
        release(`always writes ${column}, and never NULL`),
        data(`fills ${column} where it is NULL`, `UPDATE ${inSql(on)} SET ${quoted(column)} = … WHERE ${quoted(column)} IS NULL;`),
        migration(`makes ${name} NOT NULL`, `ALTER TABLE ${inSql(on)} ALTER COLUMN ${quoted(column)} SET NOT NULL;`),
      ],
      advice: `give ${inCode(moment.facts, on, column)} a value that is not NULL`,
      objects: columnObject(on, column),
    },
  ]
}

export const dropNotNull: Reader<'drop-not-null'> = ({ on, column }, moment) => {
  const name = columnSaid(on, column)
  return [
    {
      what: `lets ${name} be NULL`,
      breakage: 'may fail',
      breaks: [{ ...columnWanted(moment.facts, on, column), accesses: new Set(['read']), via: 'explicit', atMost: 'possible' }],
      needs: [],
      order: 'database first',
      why: `Nothing changes until somebody writes NULL; a release that does is refused before. Code that reads ${column} must be ready for NULL before one is written.`,
      steps: [
        migration(`lets ${name} be NULL`, `ALTER TABLE ${inSql(on)} ALTER COLUMN ${quoted(column)} DROP NOT NULL;`),
        release(`is ready for NULL in ${column}`),
        release('writes NULL'),
      ],
      advice: `be ready for NULL in ${inCode(moment.facts, on, column)}`,
      objects: columnObject(on, column),
    },
  ]
}
