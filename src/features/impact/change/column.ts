/** What the changes of a column have in common: what it is, who leaves it out, and the steps of a deployment about it. */
import { fillsItself } from '../../../changes/columns.ts'
import { columnOn } from '../../../changes/found-by.ts'
import type { Attribute } from '../../../model/catalog.ts'
import type { Access } from '../../../model/code.ts'
import { keyOf, member, type RelationName } from '../../../model/name.ts'
import { tablesFor, type Wanted } from '../wanted.ts'
import type { DeploymentStep, Effect, Moment } from './effect.ts'
import { columnSaid, inSql, quoted } from './words.ts'

export const readAndWritten: ReadonlySet<Access> = new Set(['read', 'write'])

/** INSERTs that leave the column to its default. Where the code does not declare the column, all into the table do. */
export const omitting = ({ facts }: Moment, on: RelationName, column: string): Wanted => ({
  columns: new Map(tablesFor(facts, on).map((at) => [at, new Set([column])])),
  inserts: 'omitting',
})

export const columnObject = (on: RelationName, column: string): Effect['objects'] => [keyOf('column', member(on, column))]

export const attributeIn = (moment: Moment, on: RelationName, column: string): Attribute | undefined => columnOn(moment.before, on, column)

/** A default of the code's own (`$defaultFn`) is sent with every INSERT. */
export const sentByCode = ({ facts }: Moment, on: RelationName, column: string, attribute: Attribute | undefined): boolean =>
  attribute !== undefined &&
  !fillsItself(attribute) &&
  tablesFor(facts, on).some((at) => facts.tables[at]?.columns.some(({ name, hasDefault }) => name === column && hasDefault))

export const release = (what: string): DeploymentStep => ({ kind: 'release', what })
export const migration = (what: string, ...sql: readonly string[]): DeploymentStep => ({ kind: 'migration', what, ...(sql.length > 0 ? { sql } : {}) })
export const data = (what: string, ...sql: readonly string[]): DeploymentStep => ({ kind: 'data', what, sql })

/** A release that does not know a column gives it no value: what has to have one must be let go first. */
export const isRequired = (attribute: Attribute | undefined): boolean => attribute !== undefined && attribute.notNull !== false && !fillsItself(attribute)

export const lettingGo = (on: RelationName, column: string, attribute: Attribute | undefined): readonly DeploymentStep[] =>
  isRequired(attribute)
    ? [
        migration(
          `lets ${columnSaid(on, column)} be NULL, for a release that no longer gives it`,
          `ALTER TABLE ${inSql(on)} ALTER COLUMN ${quoted(column)} DROP NOT NULL;`,
        ),
      ]
    : []

/** The last migration of an expansion: the new column is as strict as the old one, which goes. */
export const replacing = (on: RelationName, old: string, next: string, attribute: Attribute | undefined): readonly DeploymentStep[] => [
  migration(
    `${attribute?.notNull ? `makes ${columnSaid(on, next)} NOT NULL, and ` : ''}drops ${columnSaid(on, old)}`,
    ...(attribute?.notNull ? [`ALTER TABLE ${inSql(on)} ALTER COLUMN ${quoted(next)} SET NOT NULL;`] : []),
    `ALTER TABLE ${inSql(on)} DROP COLUMN ${quoted(old)};`,
  ),
]
