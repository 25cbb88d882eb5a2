import type { TypeReference } from '../../model/catalog.ts'
import type { Change } from '../../model/change.ts'
import type { Tree } from '../../model/json.ts'
import { display, displayIdentifier, keyOf, localName, member, quoteIdentifier, type RelationName } from '../../model/name.ts'
import { printOptions } from '../../sql/print.ts'
import { child, list, text } from '../../sql/tree.ts'
import { columnProperties } from '../column-properties.ts'
import { defineChange } from '../define.ts'
import { columnOf, editColumn, tableOf, withFields } from '../edit.ts'
import { equal } from '../equal.ts'
import { locking } from '../footprint.ts'
import { alteredForeignOptions, foreignOptionsCommand } from '../foreign-options.ts'
import { columnOn } from '../found-by.ts'
import type { Reading } from '../reading.ts'
import { notUnderstood, refuse } from '../refusal.ts'
import { optionText, readOptions } from '../types.ts'

type Properties = Change<'set-column-properties'>['to']

const set = (
  reading: Reading,
  on: RelationName,
  command: Tree,
  change: (properties: Properties) => { readonly [K in keyof Properties]?: Properties[K] | undefined },
): void => {
  const column = text(command, 'name') ?? ''
  if (reading.catalog.views.has(on)) notUnderstood(`how columns of view ${display(on)} are kept`)
  const before = columnProperties(columnOf(reading.catalog, on, column))
  const to = withFields(before, change(before))
  if (!equal(before, to)) reading.emit({ kind: 'set-column-properties', on, column, to })
}

const items = (command: Tree): readonly Tree[] => list(child(child(command, 'def'), 'List'), 'items')
const some = (options: Readonly<Record<string, string>>): Properties['options'] | undefined => (Object.keys(options).length > 0 ? options : undefined)

/** `DEFAULT` and -1 are no setting of their own. */
const statisticsOf = (command: Tree): number | undefined => {
  const value = Number(command.def === undefined ? -1 : optionText(command.def))
  return value < 0 ? undefined : value
}

const defaultWord = (value: string): string | undefined => (value.toLowerCase() === 'default' ? undefined : value.toLowerCase())

/** A virtual column holds nothing of which there could be statistics. */
const readStatistics = (reading: Reading, command: Tree, on: RelationName): void => {
  const column = text(command, 'name') ?? ''
  const generated = columnOn(reading.catalog, on, column)?.generated
  if (generated?.stored === false) refuse('0A000', `cannot alter statistics on virtual generated column "${column}"`)
  set(reading, on, command, () => ({ statistics: statisticsOf(command) }))
}

const readForeign = (reading: Reading, command: Tree, on: RelationName): void => {
  if (!tableOf(reading.catalog, on).foreign) refuse('42809', `"${localName(on)}" is not a foreign table`)
  set(reading, on, command, ({ foreignOptions }) => ({ foreignOptions: some(alteredForeignOptions(foreignOptions ?? {}, items(command))) }))
}

const extended = new Set(['text', 'varchar', 'bpchar', 'bytea', 'json', 'jsonb', 'xml', 'tsvector'])

/** How values of a type are kept when nothing is said. PostgreSQL before 16 has no word for it; types of which it is not known are left to the word. */
const usualStorage = ({ schema, name, array }: TypeReference): string => {
  if (array || (schema === 'pg_catalog' && extended.has(name))) return 'extended'
  return schema === 'pg_catalog' && name === 'numeric' ? 'main' : 'default'
}

export const setColumnProperties = defineChange({
  kind: 'set-column-properties',
  summary: "A column's storage, compression, statistics target or options are set.",
  alters: {
    AT_SetStatistics: readStatistics,
    AT_SetStorage: (reading, command, on) => set(reading, on, command, () => ({ storage: defaultWord(optionText(command.def)) })),
    AT_SetCompression: (reading, command, on) => set(reading, on, command, () => ({ compression: defaultWord(optionText(command.def)) })),
    AT_SetOptions: (reading, command, on) => set(reading, on, command, ({ options }) => ({ options: some({ ...options, ...readOptions(items(command)) }) })),
    AT_AlterColumnGenericOptions: readForeign,
    AT_ResetOptions: (reading, command, on) =>
      set(reading, on, command, ({ options }) => {
        const gone = new Set(Object.keys(readOptions(items(command))))
        return { options: some(Object.fromEntries(Object.entries(options ?? {}).filter(([key]) => !gone.has(key)))) }
      }),
  },
  apply: ({ on, column, to }, catalog) =>
    editColumn(catalog, on, column, (attribute) =>
      withFields(attribute, {
        storage: to.storage,
        compression: to.compression,
        statistics: to.statistics,
        options: to.options,
        foreignOptions: to.foreignOptions,
      }),
    ),
  invert: ({ on, column }, before) => [{ kind: 'set-column-properties', on, column, to: columnProperties(columnOf(before, on, column)) }],
  toSql({ on, column, to }, before) {
    const old = columnProperties(columnOf(before, on, column))
    const alter = `ALTER TABLE ${on} ALTER COLUMN ${quoteIdentifier(column)}`
    const foreign = foreignOptionsCommand(old.foreignOptions ?? {}, to.foreignOptions ?? {})
    const dropped = Object.keys(old.options ?? {}).filter((key) => to.options?.[key] === undefined)
    return [
      ...(old.storage === to.storage ? [] : [`${alter} SET STORAGE ${(to.storage ?? usualStorage(columnOf(before, on, column).type)).toUpperCase()}`]),
      ...(old.compression === to.compression ? [] : [`${alter} SET COMPRESSION ${to.compression ? quoteIdentifier(to.compression) : 'DEFAULT'}`]),
      ...(old.statistics === to.statistics ? [] : [`${alter} SET STATISTICS ${to.statistics ?? -1}`]),
      ...(dropped.length === 0 ? [] : [`${alter} RESET (${dropped.map(quoteIdentifier).join(', ')})`]),
      ...(to.options && !equal(old.options, to.options) ? [`${alter} SET (${printOptions(to.options)})`] : []),
      ...(foreign === undefined ? [] : [`ALTER FOREIGN TABLE ${on} ALTER COLUMN ${quoteIdentifier(column)} ${foreign}`]),
    ]
  },
  footprint({ on, column, to }, before) {
    const old = columnProperties(columnOf(before, on, column))
    const gentle = old.storage === to.storage && old.compression === to.compression && equal(old.foreignOptions, to.foreignOptions)
    return locking(gentle ? 'SHARE UPDATE EXCLUSIVE' : 'ACCESS EXCLUSIVE', on)
  },
  describe: ({ on, column, to }) =>
    `column ${display(on)}.${displayIdentifier(column)} is kept with ${
      Object.entries(to)
        .map(([key, value]) => `${key} ${JSON.stringify(value)}`)
        .join(', ') || 'the defaults'
    }`,
  touches: ({ on, column }) => [keyOf('column', member(on, column))],
  examples: [
    { given: 'CREATE TABLE t (a text)', sql: 'ALTER TABLE t ALTER COLUMN a SET STORAGE EXTERNAL, ALTER COLUMN a SET STATISTICS 500' },
    { given: 'CREATE TABLE t (a int)', sql: 'ALTER TABLE t ALTER COLUMN a SET (n_distinct = 5)' },
    { given: 'CREATE TABLE t (a text COMPRESSION pglz)', sql: 'ALTER TABLE t ALTER COLUMN a SET COMPRESSION default' },
    {
      given: `CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w; CREATE FOREIGN TABLE t (a int OPTIONS (column_name 'x'), b int) SERVER s`,
      sql: `ALTER FOREIGN TABLE t ALTER COLUMN a OPTIONS (SET column_name 'y'), ALTER COLUMN b OPTIONS (ADD column_name 'z')`,
    },
  ],
})
