/** Constraints and indexes: what refuses rows, what makes queries fast, what ON CONFLICT needs. */
import { constraintColumns, plainColumns } from '../../../changes/columns-of.ts'
import { printConstraint } from '../../../changes/print.ts'
import type { Constraint } from '../../../model/catalog.ts'
import type { Access, UseRole } from '../../../model/code.ts'
import { localName, type RelationName } from '../../../model/name.ts'
import { servedBy } from '../target/database.ts'
import { columnsWanted, tableWanted, type Wanted } from '../wanted.ts'
import type { Effect, Moment, Reader } from './effect.ts'
import { inSql, quoted, said } from './words.ts'

const conflicts: ReadonlySet<UseRole> = new Set(['conflict'])
const deletes: ReadonlySet<Access> = new Set(['delete'])

/** Code that names it in a text, as handlers of an error do. */
const naming = (name: string): Wanted => ({ columns: new Map(), texts: new Set([name]) })

const writing = ({ facts }: Moment, on: RelationName, columns: readonly string[]): Wanted => ({
  ...columnsWanted(facts, on, columns),
  accesses: new Set(['write']),
  via: 'explicit',
  atMost: 'possible',
})

/** ON CONFLICT (columns) is refused where no unique index has just these. */
const conflicting = ({ facts }: Moment, on: RelationName, columns: readonly string[]): Wanted => ({ ...columnsWanted(facts, on, columns), roles: conflicts })

const isKey = (constraint: Constraint): boolean => constraint.type === 'unique' || constraint.type === 'primary key'

const refusing = (moment: Moment, on: RelationName, constraint: Constraint): readonly Wanted[] => [
  writing(moment, on, constraintColumns(constraint)),
  ...(constraint.type === 'foreign key' && (constraint.onDelete === 'no action' || constraint.onDelete === 'restrict')
    ? [{ columns: tableWanted(moment.facts, constraint.references).columns, accesses: deletes, atMost: 'possible' } as const]
    : []),
]

type Added = { readonly name: string; readonly what: string; readonly sql: string; readonly columns: readonly string[] }

const refusal = ({ name, what, sql, columns }: Added, breaks: readonly Wanted[], needs: readonly Wanted[]): Effect => ({
  what,
  breakage: 'may fail',
  breaks: [...breaks, naming(name)],
  needs,
  order: 'code first',
  why: `Rows that break ${name} are refused after it: code must not write such rows, or handle the error; and rows that are there must not break it.`,
  steps: [
    { kind: 'release', what: `writes no ${columns.join(', ')} that ${name} refuses, and handles the error that names it` },
    { kind: 'data', what: 'mends the rows that would break it' },
    { kind: 'migration', what, sql: [sql] },
  ],
  advice: `write no rows that ${name} refuses, or handle its error`,
  objects: [],
})

export const addConstraint: Reader<'add-constraint'> = ({ on, name, constraint }, moment) => {
  if (!moment.start.tables.has(on)) return []
  const columns = constraintColumns(constraint)
  const added = {
    name,
    columns,
    what: `adds ${name} (${constraint.type}) to ${said(on)}`,
    sql: `ALTER TABLE ${inSql(on)} ADD CONSTRAINT ${quoted(name)} ${printConstraint(constraint)};`,
  }
  return [refusal(added, refusing(moment, on, constraint), isKey(constraint) ? [conflicting(moment, on, columns)] : [])]
}

export const createIndex: Reader<'create-index'> = ({ name, index }, moment) => {
  if (!index.unique || !moment.start.tables.has(index.relation)) return []
  const columns = plainColumns(index.elements)
  const added = {
    name: localName(name),
    columns,
    what: `adds the unique index ${localName(name)} to ${said(index.relation)}`,
    sql: `CREATE UNIQUE INDEX CONCURRENTLY ${quoted(localName(name))} ON ${inSql(index.relation)} (${columns.map(quoted).join(', ')});`,
  }
  return [refusal(added, [writing(moment, index.relation, columns)], [conflicting(moment, index.relation, columns)])]
}

/** Nothing waits for it, and nothing in the database rests on it. */
const leaf: Pick<Effect, 'needs' | 'objects'> = { needs: [], objects: [] }

/** What goes along with its column or table is told there. */
export const dropIndex: Reader<'drop-index'> = ({ name, implied }, moment) => {
  const index = moment.before.indexes.get(name)
  if (implied || !index || !moment.start.indexes.has(name) || moment.end.indexes.has(name)) return []
  const columns = plainColumns(index.elements)
  const slower: Effect = {
    ...leaf,
    what: `drops the index ${localName(name)} of ${said(index.relation)}`,
    breakage: 'slower',
    breaks: [servedBy(moment, index)],
    order: 'any order',
    why: 'Queries that filter, join or sort by its columns go on, and may be slower.',
    steps: [{ kind: 'migration', what: `drops ${localName(name)}`, sql: [`DROP INDEX CONCURRENTLY ${inSql(name)};`] }],
    advice: 'measure these queries without the index before it goes',
  }
  return index.unique ? [slower, keyGone(index.relation, localName(name), columns, moment)] : [slower]
}

const keyGone = (on: RelationName, name: string, columns: readonly string[], moment: Moment): Effect => ({
  ...leaf,
  what: `drops ${name} of ${said(on)}`,
  breakage: 'fails',
  breaks: [conflicting(moment, on, columns), naming(name)],
  order: 'code first',
  why: `ON CONFLICT (${columns.join(', ')}) is refused without it, and no error names ${name} any more.`,
  steps: [
    { kind: 'release', what: `has no ON CONFLICT on ${columns.join(', ')}, and does not wait for errors of ${name}` },
    { kind: 'migration', what: `drops ${name}` },
  ],
  advice: `do without ${name}`,
})

export const dropConstraint: Reader<'drop-constraint'> = ({ on, name, implied }, moment) => {
  if (implied) return []
  const constraint = moment.before.tables.get(on)?.constraints.get(name)
  if (!constraint || !moment.start.tables.has(on) || !moment.end.tables.has(on) || moment.end.tables.get(on)?.constraints.has(name)) return []
  if (isKey(constraint)) return [keyGone(on, name, constraintColumns(constraint), moment)]
  return [
    {
      ...leaf,
      what: `drops ${name} (${constraint.type}) of ${said(on)}`,
      breakage: 'other rows',
      breaks: [naming(name)],
      order: 'any order',
      why: `Rows are written that ${name} refused before, and no error names it any more.`,
      steps: [{ kind: 'migration', what: `drops ${name}`, sql: [`ALTER TABLE ${inSql(on)} DROP CONSTRAINT ${quoted(name)};`] }],
      advice: `do not wait for errors of ${name}`,
    },
  ]
}

const renamed = (what: string, from: string, to: string): Effect => ({
  ...leaf,
  what,
  breakage: 'other rows',
  breaks: [naming(from)],
  needs: [naming(to)],
  order: 'expand and contract',
  why: `Errors name ${to} after it: code that looks for ${from} in them no longer finds it.`,
  steps: [
    { kind: 'release', what: `knows both names in errors, ${from} and ${to}` },
    { kind: 'migration', what },
    { kind: 'release', what: `knows ${to} alone` },
  ],
  advice: `look for both ${from} and ${to}`,
})

export const renameConstraint: Reader<'rename-constraint'> = ({ on, from, to }) => [renamed(`renames ${from} of ${said(on)} to ${to}`, from, to)]
export const renameIndex: Reader<'rename-index'> = ({ name, to }) => [renamed(`renames the index ${localName(name)} to ${to}`, localName(name), to)]
