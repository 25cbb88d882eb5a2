/** What a column gets where an INSERT leaves it out. */
import { fillsItself } from '../../../changes/columns.ts'
import { printDefault } from '../../../changes/print.ts'
import type { Access } from '../../../model/code.ts'
import type { RelationName } from '../../../model/name.ts'
import { columnWanted } from '../wanted.ts'
import { attributeIn, columnObject, migration, omitting, release } from './column.ts'
import type { Effect, Moment, Reader } from './effect.ts'
import { columnSaid, inCode, inSql, quoted } from './words.ts'

const written: ReadonlySet<Access> = new Set(['write'])

/** What a default gave is missing: refused where NULL is, NULL otherwise. */
const defaultGone = (on: RelationName, column: string, moment: Moment): readonly Effect[] => {
  const attribute = attributeIn(moment, on, column)
  if (attribute === undefined || !fillsItself(attribute)) return []
  const [name, refused] = [columnSaid(on, column), attribute.notNull !== false]
  return [
    {
      what: `drops the default of ${name}`,
      breakage: refused ? 'fails' : 'other rows',
      breaks: [omitting(moment, on, column)],
      needs: [],
      order: 'code first',
      why: refused ? `INSERTs that leave ${column} out are refused after it.` : `INSERTs that leave ${column} out write NULL after it.`,
      steps: [
        release(`gives ${column} in every INSERT`),
        migration(
          `drops the default of ${name}`,
          `ALTER TABLE ${inSql(on)} ALTER COLUMN ${quoted(column)} DROP ${attribute.identity ? 'IDENTITY' : 'DEFAULT'};`,
        ),
      ],
      advice: `give ${inCode(moment.facts, on, column)} a value`,
      objects: columnObject(on, column),
    },
  ]
}

export const setDefault: Reader<'set-default'> = ({ on, column, to }, moment) => {
  if (!moment.start.tables.has(on)) return []
  if (to === undefined) return defaultGone(on, column, moment)
  const name = columnSaid(on, column)
  const statement = `ALTER TABLE ${inSql(on)} ALTER COLUMN ${quoted(column)} SET DEFAULT ${printDefault(to)};`
  return [
    {
      what: `sets the default of ${name}`,
      breakage: 'other rows',
      breaks: [{ ...omitting(moment, on, column), atMost: 'possible' }],
      needs: [],
      order: 'database first',
      why: `Code from before goes on; INSERTs that leave ${column} out write the new default. A release that counts on it needs it there.`,
      steps: [migration(`sets the default of ${name}`, statement), release(`leaves ${column} to the database`)],
      advice: `see whether the new default of ${inCode(moment.facts, on, column)} is what it wants`,
      objects: columnObject(on, column),
    },
  ]
}

export const setIdentity: Reader<'set-identity'> = ({ on, column, to }, moment) => (to === undefined ? defaultGone(on, column, moment) : [])

export const setGenerated: Reader<'set-generated'> = ({ on, column, to }, moment) => {
  if (to === undefined) return defaultGone(on, column, moment)
  const name = columnSaid(on, column)
  return [
    {
      what: `makes ${name} a generated column`,
      breakage: 'fails',
      breaks: [{ ...columnWanted(moment.facts, on, column), accesses: written, via: 'explicit' }],
      needs: [],
      order: 'code first',
      why: `PostgreSQL refuses every write of a generated column but DEFAULT.`,
      steps: [release(`no longer writes ${name}`), migration(`makes ${name} generated`)],
      advice: `do not write ${inCode(moment.facts, on, column)}`,
      objects: columnObject(on, column),
    },
  ]
}
