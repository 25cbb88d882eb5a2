/** Makers of statements about tables, columns, constraints and indexes. */
import type { Attribute, Catalog, Table } from '../../src/model/catalog.ts'
import { localName, type RelationName } from '../../src/model/name.ts'
import { columnType, condition, indexable, sortable, sortOf } from './generate-columns.ts'
import { type Draw, literal, type Maker, quote, write } from './generate-draw.ts'

const behaviour = (draw: Draw): string => draw.of(['', '', ' RESTRICT', ' CASCADE', ' CASCADE'])
const actions = [
  '',
  ' ON DELETE CASCADE',
  ' ON DELETE SET NULL',
  ' ON UPDATE CASCADE',
  ' ON DELETE RESTRICT ON UPDATE NO ACTION',
  ' ON DELETE SET DEFAULT',
] as const
const deferrals = ['', '', '', ' DEFERRABLE', ' DEFERRABLE INITIALLY DEFERRED'] as const

type Target = { readonly name: RelationName; readonly written: string; readonly table: Table; readonly catalog: Catalog }

/** A maker about one table. */
const onTable =
  (make: (draw: Draw, target: Target) => string | undefined): Maker =>
  (draw, catalog) => {
    const found = draw.maybe(catalog.tables)
    return found && make(draw, { name: found[0], table: found[1], written: write(draw, found[0]), catalog })
  }

/** A maker about one column. */
const onColumn = (make: (draw: Draw, column: Attribute, target: Target) => string | undefined, fits: (column: Attribute) => boolean = () => true): Maker =>
  onTable((draw, target) => {
    const column = draw.maybe(target.table.columns.filter(fits))
    return column && make(draw, column, target)
  })

const alterColumn = (make: (draw: Draw, column: Attribute, target: Target) => string | undefined, fits?: (column: Attribute) => boolean): Maker =>
  onColumn((draw, column, target) => {
    const command = make(draw, column, target)
    return command && `ALTER TABLE ${target.written} ALTER COLUMN ${quote(column.name)} ${command}`
  }, fits)

const alterTable = (make: (draw: Draw, target: Target) => string | undefined): Maker =>
  onTable((draw, target) => {
    const command = make(draw, target)
    return command && `ALTER TABLE ${draw.option('ONLY ', 6)}${target.written} ${command}`
  })

/** The columns of a key of the table, to refer to. */
const keysOf = (table: Table): readonly (readonly string[])[] =>
  [...table.constraints.values()].flatMap((constraint) =>
    (constraint.type === 'primary key' || constraint.type === 'unique') && !constraint.deferrable ? [constraint.columns] : [],
  )

const sameType = (a: Attribute | undefined, b: Attribute | undefined): boolean =>
  a !== undefined &&
  b !== undefined &&
  !a.type.array &&
  a.type.schema === b.type.schema &&
  a.type.name === b.type.name &&
  a.type.array === b.type.array &&
  JSON.stringify(a.collation) === JSON.stringify(b.collation)

/** `REFERENCES …` from a table, with its own columns; another table's key with fitting columns. */
const reference = (draw: Draw, table: Table, catalog: Catalog): { readonly columns: readonly string[]; readonly to: string } | undefined => {
  const fitting = [...catalog.tables].flatMap(([name, other]) =>
    keysOf(other).flatMap((key) => {
      const columns = key.map(
        (wanted) =>
          draw.maybe(
            table.columns.filter(
              (own) =>
                !own.generated &&
                sameType(
                  own,
                  other.columns.find((column) => column.name === wanted),
                ),
            ),
          )?.name,
      )
      return columns.every((column) => column !== undefined) && new Set(columns).size === key.length ? [{ name, key, columns }] : []
    }),
  )
  const found = draw.maybe(fitting)
  if (!found) return undefined
  const to = `${write(draw, found.name)} (${found.key.map(quote).join(', ')})`
  return { columns: found.columns, to: `REFERENCES ${to}${draw.option(' MATCH FULL', 8)}${draw.of(actions)}${draw.of(deferrals)}` }
}

const foreignKey = (draw: Draw, table: Table, catalog: Catalog): string | undefined => {
  const found = reference(draw, table, catalog)
  return found && `FOREIGN KEY (${found.columns.map(quote).join(', ')}) ${found.to}`
}

const keyOf = (draw: Draw, columns: readonly Attribute[], catalog: Catalog): string | undefined => {
  const chosen = draw.some(
    sortable(
      columns.filter(({ generated }) => generated?.stored !== false),
      catalog,
    ),
    2,
  )
  if (chosen.length === 0) return undefined
  const list = chosen.map(({ name }) => quote(name)).join(', ')
  return `${draw.of([`PRIMARY KEY`, 'UNIQUE', 'UNIQUE NULLS NOT DISTINCT'])} (${list})${draw.option(' WITH (fillfactor = 70)', 8)}${draw.of(deferrals)}`
}

const tableConstraint = (draw: Draw, table: Table, catalog: Catalog): string | undefined => {
  const checkable = table.columns.filter(({ generated }) => generated === undefined || generated.stored)
  const column = draw.maybe(checkable)
  const other = draw.maybe(checkable)
  const check =
    column &&
    `CHECK (${condition(draw, column, catalog)}${other && draw.oneIn(3) ? ` OR ${condition(draw, other, catalog)}` : ''})${draw.option(' NO INHERIT', 8)}`
  const body = draw.maybe([check, check, keyOf(draw, table.columns, catalog) ?? check, foreignKey(draw, table, catalog) ?? check])
  return body && `${draw.option(`CONSTRAINT ${draw.name()} `, 2)}${body}`
}

const identity = (draw: Draw): string => `GENERATED ${draw.of(['ALWAYS', 'BY DEFAULT'])} AS IDENTITY${draw.option(' (START WITH 10 INCREMENT BY 2)')}`

const nextval = (draw: Draw, catalog: Catalog): string | undefined => {
  const sequence = draw.maybe(catalog.sequences)
  return sequence && sequence[1].ownedBy?.mode !== 'internal' ? `nextval(${literal(write(draw, sequence[0]))}${draw.option('::regclass', 2)})` : undefined
}

const defaultFor = (draw: Draw, defaults: readonly string[]): string => {
  const value = draw.maybe(defaults)
  return value === undefined ? '' : draw.option(` DEFAULT ${value}`, 3)
}

/** One column's definition. */
export const columnDefinition = (draw: Draw, name: string, catalog: Catalog): string => {
  if (draw.oneIn(8)) return `${name} ${draw.of(['serial', 'bigserial', 'smallserial'])}${draw.option(' PRIMARY KEY', 4)}`
  if (draw.oneIn(10)) return `${name} ${draw.of(['integer', 'bigint', 'smallint'])} ${identity(draw)}`
  const type = columnType(draw, catalog)
  const key = ['integer', 'text', 'uuid', 'number', 'time'].includes(type.sort)
    ? draw.of(['', '', '', ' UNIQUE', ' PRIMARY KEY', ` CONSTRAINT ${draw.name()} UNIQUE`])
    : ''
  return `${name} ${type.sql}${defaultFor(draw, type.defaults)}${draw.option(draw.of([' NOT NULL', ' NOT NULL', ` CONSTRAINT ${draw.name()} NOT NULL`]))}${key}`
}

const generatedColumn = (draw: Draw, columns: readonly Attribute[], catalog: Catalog): string | undefined => {
  const from = draw.maybe(columns.filter(({ type, generated }) => generated === undefined && ['integer', 'text'].includes(sortOf(type, catalog))))
  if (!from) return undefined
  const text = sortOf(from.type, catalog) === 'text'
  return `${text ? 'text' : 'bigint'} GENERATED ALWAYS AS (${text ? `upper(${quote(from.name)})` : `${quote(from.name)} * 2`}) ${draw.of(['STORED', 'STORED', 'VIRTUAL'])}`
}

export const createTable: Maker = (draw, catalog) => {
  const columns = draw.columnNames(5).map((name) => columnDefinition(draw, name, catalog))
  let primary = false
  // One primary key is enough for a table: PostgreSQL refuses more.
  const single = columns.map((column) => {
    const kept = primary ? column.replace(' PRIMARY KEY', '') : column
    primary ||= column.includes(' PRIMARY KEY')
    return kept
  })
  const names = single.map((column) => /^("(?:[^"]|"")+"|\S+)/.exec(column)?.[1] ?? '')
  const integers = single.flatMap((column, at) => (/^\S+ (int|integer|bigint|smallint)(?!\[)\b/.test(column) ? [names[at] ?? ''] : []))
  const extra = [
    ...(integers.length > 0 && draw.oneIn(3) ? [`${draw.option(`CONSTRAINT ${draw.name()} `, 2)}CHECK (${integers.join(' + ')} > 0)`] : []),
    ...(integers.length > 0 && draw.oneIn(4) ? [`${draw.option(`CONSTRAINT ${draw.name()} `, 2)}UNIQUE (${integers.join(', ')})`] : []),
    ...(integers.length > 0 && !primary && draw.oneIn(2) ? [`PRIMARY KEY (${draw.some(integers, 2).join(', ')})`] : []),
    ...(integers.length > 0 && draw.oneIn(3) ? integerReference(draw, integers[0] ?? '', catalog) : []),
  ]
  return `CREATE ${draw.option('UNLOGGED ', 12)}TABLE ${draw.option('IF NOT EXISTS ', 6)}${draw.newName(catalog)} (${[...single, ...extra].join(', ')})${draw.option(' WITH (fillfactor = 80)', 12)}`
}

/** A foreign key from an integer column to another table's integer key. */
const integerReference = (draw: Draw, column: string, catalog: Catalog): readonly string[] => {
  const to = draw.maybe(
    [...catalog.tables].filter(([, { constraints, columns }]) =>
      [...constraints.values()].some(
        (constraint) =>
          constraint.type === 'primary key' &&
          constraint.columns.length === 1 &&
          sortOf(columns.find(({ name }) => name === constraint.columns[0])?.type ?? { name: '', typmods: [], array: false }, catalog) === 'integer',
      ),
    ),
  )
  return to
    ? [`${draw.option(`CONSTRAINT ${draw.name()} `, 2)}FOREIGN KEY (${column}) REFERENCES ${write(draw, to[0])}${draw.of(actions)}${draw.of(deferrals)}`]
    : []
}

const constraintNames = (table: Table, ...types: readonly string[]): readonly string[] =>
  [...table.constraints].filter(([, { type }]) => types.length === 0 || types.includes(type)).map(([name]) => name)
const notNullNames = (table: Table): readonly string[] => table.columns.flatMap(({ notNull }) => (notNull ? [notNull.name] : []))

export const createIndex: Maker = onTable((draw, { written, table, catalog }) => {
  const chosen = draw.some(
    sortable(
      table.columns.filter(({ generated }) => generated?.stored !== false),
      catalog,
    ),
    2,
  )
  if (chosen.length === 0) return undefined
  const elements = chosen.map((column) => {
    const text = sortOf(column.type, catalog) === 'text'
    const what = draw.oneIn(4)
      ? indexable(draw, column, catalog)
      : `${quote(column.name)}${text ? `${draw.option(' COLLATE "C"', 6)}${draw.option(column.type.name === 'bpchar' ? ' bpchar_pattern_ops' : column.type.name === 'varchar' ? ' varchar_pattern_ops' : ' text_pattern_ops', 6)}` : ''}`
    return `${what}${draw.option(draw.of([' DESC', ' ASC NULLS FIRST', ' DESC NULLS LAST']))}`
  })
  const included = draw.oneIn(6)
    ? draw.some(
        table.columns.filter(({ generated }) => generated?.stored !== false),
        1,
      )
    : []
  const partial = draw.maybe(table.columns.filter(({ generated }) => generated?.stored !== false))
  const unique = draw.oneIn(4)
  return `CREATE ${unique ? 'UNIQUE ' : ''}INDEX ${draw.oneIn(3) ? '' : `${draw.option('IF NOT EXISTS ', 6)}${draw.name()} `}ON ${written} (${elements.join(', ')})${included.length > 0 ? ` INCLUDE (${included.map(({ name }) => quote(name)).join(', ')})` : ''}${unique ? draw.option(' NULLS NOT DISTINCT', 4) : ''}${draw.option(' WITH (fillfactor = 60)', 10)}${partial && draw.oneIn(4) ? ` WHERE ${condition(draw, partial, catalog)}` : ''}`
})

const onIndex =
  (make: (draw: Draw, name: string, catalog: Catalog, key: RelationName) => string | undefined): Maker =>
  (draw, catalog) => {
    const found = draw.maybe(catalog.indexes)
    return found && make(draw, write(draw, found[0]), catalog, found[0])
  }

const plain = ({ identity: made, generated }: Attribute): boolean => !made && !generated

/** True when no expression can be about the table's columns, so that each may become anything. */
const isFree = (table: Table, catalog: Catalog, on: RelationName): boolean =>
  table.constraints.size + table.policies.size + table.triggers.size + table.rules.size === 0 &&
  table.columns.every(({ generated }) => !generated) &&
  [...catalog.indexes.values()].every(({ relation }) => relation !== on)

const newType = (draw: Draw, column: Attribute, { catalog, table, name: on }: Target): string | undefined => {
  const name = quote(column.name)
  switch (sortOf(column.type, catalog)) {
    case 'integer':
      return draw.of([
        'TYPE bigint',
        'TYPE integer',
        'TYPE smallint',
        ...(column.default || column.identity ? [] : ['TYPE numeric', ...(isFree(table, catalog, on) ? [`TYPE text USING ${name}::text`] : [])]),
      ])
    case 'number':
      return draw.of(['TYPE numeric(12, 3)', 'TYPE double precision', 'TYPE real'])
    case 'text':
      return draw.of(['TYPE text', 'TYPE varchar(30)', 'TYPE varchar', 'TYPE text COLLATE "C"', `TYPE varchar(40) USING upper(${name})`])
    case 'time':
      return draw.of(['TYPE timestamptz', 'TYPE timestamp(3)', 'TYPE timestamp'])
    case 'enum':
      return column.default || !isFree(table, catalog, on) ? undefined : `TYPE text USING ${name}::text`
    default:
      return undefined
  }
}

const serialOrInteger = (column: Attribute): boolean =>
  plain(column) && column.type.schema === 'pg_catalog' && !column.type.array && ['int2', 'int4', 'int8'].includes(column.type.name)

export const tableMakers: readonly Maker[] = [
  createTable,
  createTable,
  createTable,
  createTable,
  createTable,
  createTable,
  (draw, catalog) => {
    const found = draw.maybe(catalog.tables)
    return found && `DROP TABLE ${draw.option('IF EXISTS ', 4)}${write(draw, found[0])}${behaviour(draw)}`
  },
  alterTable((draw, { catalog }) => `ADD COLUMN ${columnDefinition(draw, draw.columnName(), catalog)}`),
  alterTable((draw, { catalog }) => `ADD COLUMN ${draw.option('IF NOT EXISTS ', 3)}${columnDefinition(draw, draw.columnName(), catalog)}`),
  alterTable((draw, { table, catalog }) => {
    const generated = generatedColumn(draw, table.columns, catalog)
    return generated && `ADD COLUMN ${draw.columnName()} ${generated}`
  }),
  onColumn((draw, column, { written }) => `ALTER TABLE ${written} DROP COLUMN ${draw.option('IF EXISTS ', 4)}${quote(column.name)}${behaviour(draw)}`),
  onColumn((draw, column, { written }) => `ALTER TABLE ${written} RENAME COLUMN ${quote(column.name)} TO ${draw.columnName()}`),
  onColumn((draw, column, { written }) => `ALTER TABLE ${written} RENAME COLUMN ${quote(column.name)} TO ${draw.columnName()}`),
  alterColumn(newType),
  alterColumn(newType),
  alterColumn((draw, column, { catalog }) => {
    const sort = sortOf(column.type, catalog)
    const fitting: Readonly<Record<string, readonly string[]>> = {
      integer: ['7', '(1 + 1)', `'8'`, nextval(draw, catalog) ?? '9'],
      number: ['7', '1.25'],
      text: [`'y'`, `'a' || 'b'`, `'z'::varchar`],
      boolean: ['true', 'false'],
      time: ['now()', `now() - interval '1 hour'`],
      uuid: ['gen_random_uuid()'],
      array: [`'{}'`],
    }
    const value = draw.maybe(fitting[sort] ?? [])
    return value && `SET DEFAULT ${value}`
  }, plain),
  alterColumn(() => 'DROP DEFAULT', plain),
  alterColumn(() => 'SET NOT NULL'),
  alterColumn(() => 'SET NOT NULL'),
  alterColumn(() => 'DROP NOT NULL'),
  alterColumn(
    (draw) => `ADD ${identity(draw)}`,
    (column) => serialOrInteger(column) && column.default === undefined && column.notNull !== false,
  ),
  alterColumn(
    (draw) => draw.of(['SET GENERATED ALWAYS', 'SET GENERATED BY DEFAULT SET INCREMENT BY 3', 'DROP IDENTITY', 'DROP IDENTITY IF EXISTS']),
    ({ identity: made }) => made !== undefined,
  ),
  alterColumn(
    // Only where nothing hangs on the column: the inverse makes it anew, and does not yet take along what hangs on it.
    (draw, _column, { table, catalog, name }) =>
      catalog.views.size + catalog.routines.size === 0 && isFree({ ...table, columns: [] }, catalog, name)
        ? draw.of(['DROP EXPRESSION', 'DROP EXPRESSION IF EXISTS'])
        : undefined,
    ({ generated }) => generated?.stored === true,
  ),
  alterColumn((draw) => `SET STATISTICS ${draw.of(['100', '-1', '0'])}`),
  alterColumn((draw) => draw.of(['SET (n_distinct = 5)', 'RESET (n_distinct)'])),
  alterColumn((draw, column, { catalog }) =>
    sortOf(column.type, catalog) === 'text' ? `SET ${draw.of(['STORAGE EXTERNAL', 'STORAGE MAIN', 'COMPRESSION pglz', 'COMPRESSION default'])}` : undefined,
  ),
  alterTable((draw, { table, catalog }) => {
    const constraint = tableConstraint(draw, table, catalog)
    return constraint && `ADD ${constraint}${/CHECK|FOREIGN/.test(constraint) ? draw.option(draw.of([' NOT VALID', ' NOT VALID', ' NOT ENFORCED']), 3) : ''}`
  }),
  alterTable((draw, { table, catalog }) => {
    const constraint = tableConstraint(draw, table, catalog)
    return constraint && `ADD ${constraint}`
  }),
  alterTable((draw, { table, catalog }) => {
    const constraint = foreignKey(draw, table, catalog)
    return constraint && `ADD ${draw.option(`CONSTRAINT ${draw.name()} `, 2)}${constraint}`
  }),
  alterTable((draw, { table, catalog }) => {
    const constraint = foreignKey(draw, table, catalog)
    return constraint && `ADD ${draw.option(`CONSTRAINT ${draw.name()} `, 2)}${constraint}${draw.option(' NOT VALID', 3)}`
  }),
  alterTable((draw, { table, catalog }) => {
    const key = keyOf(draw, table.columns, catalog)
    return key && `ADD ${draw.option(`CONSTRAINT ${draw.name()} `, 2)}${key}`
  }),
  onColumn(
    (draw, column, { written }) =>
      `ALTER TABLE ${written} ADD ${draw.option(`CONSTRAINT ${draw.name()} `, 2)}NOT NULL ${quote(column.name)}${draw.option(' NOT VALID', 2)}`,
  ),
  onTable((draw, { written, table, catalog, name }) => {
    const index = draw.maybe(
      [...catalog.indexes].filter(
        ([, { relation, unique, where, elements, method, include, nullsNotDistinct }]) =>
          relation === name &&
          unique &&
          !where &&
          method === 'btree' &&
          include.length === 0 &&
          !nullsNotDistinct &&
          elements.every(
            ({ on, descending, nulls, operatorClass, collation }) => typeof on === 'string' && !descending && !nulls && !operatorClass && !collation,
          ),
      ),
    )
    return index && table && `ALTER TABLE ${written} ADD ${draw.option(`CONSTRAINT ${draw.name()} `, 2)}UNIQUE USING INDEX ${quote(localName(index[0]))}`
  }),
  onTable((draw, { written, table }) => {
    const constraint = draw.maybe([...constraintNames(table), ...notNullNames(table)])
    return constraint === undefined ? undefined : `ALTER TABLE ${written} DROP CONSTRAINT ${draw.option('IF EXISTS ', 4)}${quote(constraint)}${behaviour(draw)}`
  }),
  onTable((draw, { written, table }) => {
    const constraint = draw.maybe([...constraintNames(table), ...notNullNames(table)])
    return constraint === undefined ? undefined : `ALTER TABLE ${written} RENAME CONSTRAINT ${quote(constraint)} TO ${draw.name()}`
  }),
  onTable((draw, { written, table }) => {
    const constraint = draw.maybe([...constraintNames(table, 'check', 'foreign key'), ...notNullNames(table)])
    return constraint === undefined ? undefined : `ALTER TABLE ${written} VALIDATE CONSTRAINT ${quote(constraint)}`
  }),
  onTable((draw, { written, table }) => {
    const constraint = draw.maybe(constraintNames(table, 'foreign key'))
    return constraint === undefined
      ? undefined
      : `ALTER TABLE ${written} ALTER CONSTRAINT ${quote(constraint)} ${draw.of(['DEFERRABLE', 'DEFERRABLE INITIALLY DEFERRED', 'NOT DEFERRABLE', 'NOT ENFORCED', 'ENFORCED'])}`
  }),
  onTable((draw, { written, table }) => {
    const constraint = draw.maybe(constraintNames(table))
    return constraint === undefined ? undefined : `COMMENT ON CONSTRAINT ${quote(constraint)} ON ${written} IS ${draw.of([`'why'`, 'NULL'])}`
  }),
  onTable(
    (draw, { written, catalog }) =>
      `ALTER TABLE ${written} ${draw.of([`RENAME TO ${draw.name()}`, `RENAME TO ${draw.name()}`, `SET SCHEMA ${quote(draw.schema(catalog))}`])}`,
  ),
  onTable((draw, { written }) => `COMMENT ON TABLE ${written} IS ${draw.of([`'note'`, 'NULL'])}`),
  onColumn((draw, column, { written }) => `COMMENT ON COLUMN ${written}.${quote(column.name)} IS ${draw.of([`'it''s'`, 'NULL'])}`),
  onTable(
    (draw, { written }) =>
      `ALTER TABLE ${written} ${draw.of(['SET (fillfactor = 50)', 'RESET (fillfactor)', 'SET (autovacuum_enabled = false, fillfactor = 90)', 'SET UNLOGGED', 'SET LOGGED', 'SET WITHOUT CLUSTER', 'REPLICA IDENTITY FULL', 'REPLICA IDENTITY NOTHING', 'REPLICA IDENTITY DEFAULT', 'SET ACCESS METHOD heap'])}`,
  ),
  onTable((draw, { written }) => `ALTER TABLE ${written} ${draw.of(['ENABLE', 'DISABLE', 'FORCE', 'NO FORCE', 'ENABLE'])} ROW LEVEL SECURITY`),
  onTable((draw, { written, table, catalog, name }) => {
    const index = draw.maybe([
      ...[...catalog.indexes].filter(([, { relation, method }]) => relation === name && method === 'btree').map(([key]) => localName(key)),
      ...constraintNames(table, 'primary key', 'unique'),
    ])
    return index === undefined
      ? undefined
      : draw.oneIn(2)
        ? `ALTER TABLE ${written} CLUSTER ON ${quote(index)}`
        : `ALTER TABLE ${written} REPLICA IDENTITY USING INDEX ${quote(index)}`
  }),
  createIndex,
  createIndex,
  createIndex,
  onTable((draw, { written, table, catalog }) => {
    const column = draw.maybe(
      table.columns.filter(({ type }) => type.name === 'jsonb' || type.name === 'tsvector' || (type.array && type.schema === 'pg_catalog')),
    )
    return (
      column &&
      catalog &&
      `CREATE INDEX ${draw.option(`${draw.name()} `, 2)}ON ${written} USING gin (${quote(column.name)}${column.type.name === 'jsonb' && !column.type.array ? draw.option(' jsonb_path_ops', 2) : ''})`
    )
  }),
  onTable((draw, { written, table, catalog }) => {
    const column = draw.maybe(sortable(table.columns, catalog).filter(({ generated }) => generated?.stored !== false))
    return column && `CREATE INDEX ${draw.option(`${draw.name()} `, 2)}ON ${written} USING ${draw.of(['hash', 'btree'])} (${quote(column.name)})`
  }),
  onIndex((draw, name) => `DROP INDEX ${draw.option('IF EXISTS ', 4)}${name}${behaviour(draw)}`),
  onIndex((draw, name) => `ALTER INDEX ${name} RENAME TO ${draw.name()}`),
  onIndex((draw, name, { indexes }, key) =>
    indexes.get(key)?.method === 'gin' ? undefined : `ALTER INDEX ${name} ${draw.of(['SET (fillfactor = 55)', 'RESET (fillfactor)'])}`,
  ),
  onIndex((draw, name) => `COMMENT ON INDEX ${name} IS ${draw.of([`'fast'`, 'NULL'])}`),
  (draw, catalog) => {
    const found = draw.maybe(
      [...catalog.indexes].flatMap(([name, { elements }]) => elements.flatMap(({ on }, at) => (typeof on === 'string' ? [] : [[name, at + 1] as const]))),
    )
    return found && `ALTER INDEX ${write(draw, found[0])} ALTER COLUMN ${found[1]} SET STATISTICS ${draw.of(['200', '-1'])}`
  },
]
