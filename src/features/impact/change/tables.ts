/** Tables, views and what stands over all their rows. */
import { keyOf, localName, parseKey, qualified, type RelationName, schemaOf } from '../../../model/name.ts'
import { tablesFor, tableWanted } from '../wanted.ts'
import type { Effect, Moment, Reader } from './effect.ts'
import { inSql, quoted, said, unseenOf } from './words.ts'

const unseen = ({ facts }: Moment, relation: RelationName): Pick<Effect, 'unseen'> =>
  tablesFor(facts, relation).length > 0 ? {} : { unseen: unseenOf(said(relation)) }

const gone = (kind: 'table' | 'view', name: RelationName, moment: Moment): Effect => ({
  what: `drops the ${kind} ${said(name)}`,
  breakage: 'fails',
  breaks: [tableWanted(moment.facts, name)],
  needs: [],
  order: 'code first',
  why: `Every query that names ${said(name)} is refused after it.`,
  steps: [
    { kind: 'release', what: `no longer names ${said(name)}; wait until no earlier release runs` },
    { kind: 'migration', what: `drops ${said(name)}`, sql: [`DROP ${kind.toUpperCase()} ${inSql(name)};`] },
  ],
  advice: `take ${said(name)} out`,
  objects: [keyOf(kind, name)],
  ...unseen(moment, name),
})

export const dropTable: Reader<'drop-table'> = ({ name }, moment) => (moment.start.tables.has(name) ? [gone('table', name, moment)] : [])

/** A view that is made anew in the same migration is there again when code asks. */
export const dropView: Reader<'drop-view'> = ({ name }, moment) =>
  moment.start.views.has(name) && !moment.end.views.has(name) && !moment.end.tables.has(name) ? [gone('view', name, moment)] : []

const renamed = (kind: 'table' | 'view', from: RelationName, to: RelationName, moment: Moment): Effect => ({
  what: `renames the ${kind} ${said(from)} to ${said(to)}`,
  breakage: 'fails',
  breaks: [tableWanted(moment.facts, from)],
  needs: [tableWanted(moment.facts, to)],
  order: 'expand and contract',
  why: `Until the rename code that names ${said(to)} fails, after it code that names ${said(from)}: while a deployment rolls, both run.`,
  steps: [
    {
      kind: 'migration',
      what: `renames ${said(from)} and leaves a view under its old name, which simple SELECT, INSERT, UPDATE and DELETE go through`,
      sql: [
        schemaOf(from) === schemaOf(to)
          ? `ALTER ${kind.toUpperCase()} ${inSql(from)} RENAME TO ${quoted(localName(to))};`
          : `ALTER ${kind.toUpperCase()} ${inSql(from)} SET SCHEMA ${quoted(schemaOf(to))};`,
        `CREATE VIEW ${inSql(from)} AS SELECT * FROM ${inSql(to)};`,
      ],
    },
    { kind: 'release', what: `names ${said(to)}; wait until no earlier release runs` },
    { kind: 'migration', what: `drops the view ${said(from)}`, sql: [`DROP VIEW ${inSql(from)};`] },
  ],
  advice: `use ${said(to)} instead of ${said(from)}`,
  objects: [keyOf(kind, from)],
  ...unseen(moment, from),
})

export const renameTable: Reader<'rename-table'> = ({ name, to }, moment) => [renamed('table', name, qualified(schemaOf(name), to), moment)]
export const renameView: Reader<'rename-view'> = ({ name, to }, moment) => [renamed('view', name, qualified(schemaOf(name), to), moment)]

export const setSchema: Reader<'set-schema'> = ({ object, to }, moment) => {
  const { kind, name } = parseKey(object)
  return kind === 'table' || kind === 'view' ? [renamed(kind, name as RelationName, qualified(to, localName(name as RelationName)), moment)] : []
}

/** A migration often drops a table to make it anew: then it is no new one. */
const added = (kind: 'table' | 'view', name: RelationName, moment: Moment): readonly Effect[] =>
  moment.start.tables.has(name) || moment.start.views.has(name)
    ? []
    : [
        {
          what: `creates the ${kind} ${said(name)}`,
          breakage: 'other rows',
          breaks: [],
          needs: [tableWanted(moment.facts, name)],
          order: 'database first',
          why: `Code from before does not know ${said(name)}; a release that names it fails until it is there.`,
          steps: [
            { kind: 'migration', what: `creates ${said(name)}` },
            { kind: 'release', what: `names ${said(name)}` },
          ],
          advice: `name ${said(name)} only in a release behind the migration`,
          objects: [],
        },
      ]

export const createTable: Reader<'create-table'> = ({ name }, moment) => added('table', name, moment)
export const createView: Reader<'create-view'> = ({ name }, moment) => added('view', name, moment)

/** Row security hides and refuses rows; the queries go on. */
const guarded = (on: RelationName, what: string, moment: Moment): readonly Effect[] =>
  moment.start.tables.has(on)
    ? [
        {
          what,
          breakage: 'other rows',
          breaks: [{ ...tableWanted(moment.facts, on), atMost: 'possible' }],
          needs: [],
          order: 'code first',
          why: `A role that is no owner of ${said(on)} then sees and writes only the rows that a policy lets it; without one, none.`,
          steps: [
            { kind: 'release', what: `sets what the policies of ${said(on)} ask about (role, settings) in every transaction` },
            { kind: 'migration', what },
          ],
          advice: `see that it runs as a role, and with the settings, that the policies of ${said(on)} let through`,
          objects: [keyOf('table', on)],
        },
      ]
    : []

export const setRowSecurity: Reader<'set-row-security'> = ({ on, enabled }, moment) =>
  enabled ? guarded(on, `turns row security on for ${said(on)}`, moment) : []

export const alterPolicy: Reader<'alter-policy'> = ({ on, name }, moment) => guarded(on, `changes the policy ${name} of ${said(on)}`, moment)
export const dropPolicy: Reader<'drop-policy'> = ({ on, name }, moment) => guarded(on, `drops the policy ${name} of ${said(on)}`, moment)
