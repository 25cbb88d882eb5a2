/** Makers of statements about schemas, types, sequences, roles and extensions. */
import type { Catalog, Type } from '../../src/model/catalog.ts'
import { type QualifiedName, quoteIdentifier } from '../../src/model/name.ts'
import { columnType } from './generate-columns.ts'
import { type Draw, labelPool, literal, type Maker, quote, rolesIn, write } from './generate-draw.ts'

const schemaName = (draw: Draw): string => draw.of(['app', 'auth', 'Sales', 'x"y'].map(quote))
const userSchema = (draw: Draw, catalog: Catalog): string | undefined => draw.maybe([...catalog.schemas.keys()].filter((name) => name !== 'public'))
const behaviour = (draw: Draw): string => draw.of(['', ' RESTRICT', ' CASCADE', ' CASCADE'])

type OfKind<K extends Type['kind']> = Extract<Type, { kind: K }>

/** A type of one kind, with its name. */
const typeOf = <K extends Type['kind']>(draw: Draw, catalog: Catalog, kind: K): readonly [QualifiedName, OfKind<K>] | undefined =>
  draw.maybe([...catalog.types].flatMap(([name, type]) => (type.kind === kind ? [[name, type as OfKind<K>] as const] : [])))

const enumOf =
  (make: (draw: Draw, name: string, type: OfKind<'enum'>) => string | undefined): Maker =>
  (draw, catalog) => {
    const found = typeOf(draw, catalog, 'enum')
    return found && make(draw, write(draw, found[0]), found[1])
  }
const domainOf =
  (make: (draw: Draw, name: string, type: OfKind<'domain'>) => string | undefined): Maker =>
  (draw, catalog) => {
    const found = typeOf(draw, catalog, 'domain')
    return found && make(draw, write(draw, found[0]), found[1])
  }
const compositeOf =
  (make: (draw: Draw, name: string, type: OfKind<'composite'>, catalog: Catalog) => string | undefined): Maker =>
  (draw, catalog) => {
    const found = typeOf(draw, catalog, 'composite')
    return found && make(draw, write(draw, found[0]), found[1], catalog)
  }

const textual = ({ base }: OfKind<'domain'>): boolean => base.name === 'text' || base.name === 'varchar'
const domainCheck = (draw: Draw, text: boolean): string =>
  text ? draw.of([`length(VALUE) < 9`, `VALUE <> ''`, `VALUE ~ '^a'`, `VALUE IN ('a', 'b')`]) : draw.of([`VALUE > 0`, `VALUE % 2 = 0`, `VALUE BETWEEN 1 AND 9`])
const domainDefault = (draw: Draw, text: boolean): string => (text ? draw.of([`'a'`, `'a'::text`, `lower('A')`]) : draw.of(['1', '2 + 2', `'5'`]))

const sequenceOptions = (draw: Draw): string =>
  [
    draw.option(' INCREMENT BY 2'),
    draw.option(' MINVALUE 1', 5),
    draw.option(' MAXVALUE 1000', 5),
    draw.option(' START WITH 5', 5),
    draw.option(' CACHE 10', 5),
    draw.option(' CYCLE', 5),
  ].join('')

const anySequence = (draw: Draw, catalog: Catalog): string | undefined => {
  const name = draw.maybe(catalog.sequences.keys())
  return name && write(draw, name)
}
const freeSequence = (draw: Draw, catalog: Catalog): string | undefined => {
  const name = draw.maybe([...catalog.sequences].filter(([, { ownedBy }]) => ownedBy?.mode !== 'internal').map(([key]) => key))
  return name && write(draw, name)
}

const roleName = (draw: Draw): string => draw.of(['app_user', 'App Admin', 'reader'].map(quote))
const role = (draw: Draw, catalog: Catalog): string | undefined => {
  const name = draw.maybe(rolesIn(catalog))
  return name && quoteIdentifier(name)
}
const extensions = ['citext', 'pg_trgm', 'hstore', 'pgcrypto'] as const

const on = <T>(subject: T | undefined, make: (subject: T) => string | undefined): string | undefined => (subject === undefined ? undefined : make(subject))

export const createDomain: Maker = (draw, catalog) => {
  const text = draw.oneIn(2)
  return `CREATE DOMAIN ${draw.newName(catalog)} AS ${text ? draw.of(['text', 'varchar(20)']) : draw.of(['integer', 'bigint'])}${draw.option(` DEFAULT ${domainDefault(draw, text)}`)}${draw.option(' NOT NULL', 5)}${draw.option(` CHECK (${domainCheck(draw, text)})`)}${draw.option(` CONSTRAINT ${draw.name()} CHECK (${domainCheck(draw, text)})`)}`
}

export const renameLabel: Maker = enumOf((draw, name, { labels }) =>
  on(draw.maybe(labels), (label) => `ALTER TYPE ${name} RENAME VALUE ${literal(label)} TO ${literal(draw.of(labelPool))}`),
)

export const retypeAttribute: Maker = compositeOf((draw, name, { attributes }, catalog) =>
  on(draw.maybe(attributes), (attribute) => `ALTER TYPE ${name} ALTER ATTRIBUTE ${quote(attribute.name)} TYPE ${columnType(draw, catalog).sql}`),
)

export const createComposite: Maker = (draw, catalog) =>
  `CREATE TYPE ${draw.newName(catalog)} AS (${draw
    .columnNames(3)
    .map((column) => `${column} ${columnType(draw, catalog).sql}`)
    .join(', ')})`

export const createEnum: Maker = (draw, catalog) => `CREATE TYPE ${draw.newName(catalog)} AS ENUM (${draw.some(labelPool, 4).map(literal).join(', ')})`

export const typeMakers: readonly Maker[] = [
  (draw) => `CREATE SCHEMA ${draw.option('IF NOT EXISTS ')}${schemaName(draw)}`,
  (draw) => `CREATE SCHEMA ${schemaName(draw)}`,
  (draw, catalog) => on(userSchema(draw, catalog), (name) => `ALTER SCHEMA ${quote(name)} RENAME TO ${schemaName(draw)}`),
  (draw, catalog) => on(userSchema(draw, catalog), (name) => `DROP SCHEMA ${quote(name)}${behaviour(draw)}`),
  createEnum,
  (draw, catalog) => `CREATE TYPE ${draw.newName(catalog)} AS ENUM (${draw.some(labelPool, 4).map(literal).join(', ')})`,
  enumOf((draw, name, { labels }) => {
    const beside = draw.maybe(labels)
    return `ALTER TYPE ${name} ADD VALUE ${draw.option('IF NOT EXISTS ')}${literal(draw.of(labelPool))}${beside !== undefined && !draw.oneIn(3) ? ` ${draw.of(['BEFORE', 'AFTER'])} ${literal(beside)}` : ''}`
  }),
  renameLabel,
  createDomain,
  domainOf((draw, name, type) => `ALTER DOMAIN ${name} ${draw.oneIn(3) ? 'DROP DEFAULT' : `SET DEFAULT ${domainDefault(draw, textual(type))}`}`),
  domainOf((draw, name) => `ALTER DOMAIN ${name} ${draw.of(['SET', 'DROP'])} NOT NULL`),
  domainOf(
    (draw, name, type) =>
      `ALTER DOMAIN ${name} ADD ${draw.option(`CONSTRAINT ${draw.name()} `, 2)}CHECK (${domainCheck(draw, textual(type))})${draw.option(' NOT VALID', 2)}`,
  ),
  domainOf((draw, name, { constraints }) => on(draw.maybe(constraints.keys()), (constraint) => `ALTER DOMAIN ${name} DROP CONSTRAINT ${quote(constraint)}`)),
  domainOf((draw, name, { constraints }) =>
    on(draw.maybe(constraints.keys()), (constraint) => `ALTER DOMAIN ${name} RENAME CONSTRAINT ${quote(constraint)} TO ${draw.name()}`),
  ),
  domainOf((draw, name, { constraints }) =>
    on(draw.maybe(constraints.keys()), (constraint) => `ALTER DOMAIN ${name} VALIDATE CONSTRAINT ${quote(constraint)}`),
  ),
  domainOf((draw, name, { constraints }) =>
    on(draw.maybe(constraints.keys()), (constraint) => `COMMENT ON CONSTRAINT ${quote(constraint)} ON DOMAIN ${name} IS ${draw.of([`'note'`, 'NULL'])}`),
  ),
  createComposite,
  compositeOf((draw, name, _type, catalog) => `ALTER TYPE ${name} ADD ATTRIBUTE ${draw.columnName()} ${columnType(draw, catalog).sql}`),
  compositeOf((draw, name, { attributes }) =>
    on(draw.maybe(attributes), (attribute) => `ALTER TYPE ${name} DROP ATTRIBUTE ${draw.option('IF EXISTS ', 4)}${quote(attribute.name)}`),
  ),
  retypeAttribute,
  compositeOf((draw, name, { attributes }) =>
    on(draw.maybe(attributes), (attribute) => `ALTER TYPE ${name} RENAME ATTRIBUTE ${quote(attribute.name)} TO ${draw.columnName()}`),
  ),
  (draw, catalog) => `CREATE TYPE ${draw.newName(catalog)} AS RANGE (subtype = ${draw.of(['float8', 'text', 'date'])})`,
  (draw, catalog) =>
    on(draw.maybe(catalog.types), ([name, { kind }]) => `ALTER ${kind === 'domain' ? 'DOMAIN' : 'TYPE'} ${write(draw, name)} RENAME TO ${draw.name()}`),
  (draw, catalog) =>
    on(
      draw.maybe(catalog.types),
      ([name, { kind }]) => `ALTER ${kind === 'domain' ? 'DOMAIN' : 'TYPE'} ${write(draw, name)} SET SCHEMA ${quote(draw.schema(catalog))}`,
    ),
  (draw, catalog) =>
    on(
      draw.maybe(catalog.types),
      ([name, { kind }]) => `DROP ${kind === 'domain' ? 'DOMAIN' : 'TYPE'} ${draw.option('IF EXISTS ', 4)}${write(draw, name)}${behaviour(draw)}`,
    ),
  (draw, catalog) =>
    on(
      draw.maybe(catalog.types),
      ([name, { kind }]) => `COMMENT ON ${kind === 'domain' ? 'DOMAIN' : 'TYPE'} ${write(draw, name)} IS ${draw.of([`'note'`, `'it''s'`, 'NULL'])}`,
    ),
  (draw, catalog) => `CREATE SEQUENCE ${draw.newName(catalog)}${draw.option(` AS ${draw.of(['smallint', 'integer', 'bigint'])}`)}${sequenceOptions(draw)}`,
  (draw, catalog) =>
    on(anySequence(draw, catalog), (name) => `ALTER SEQUENCE ${name} INCREMENT BY ${1 + draw.below(3)}${sequenceOptions(draw).replace(/ INCREMENT BY 2/, '')}`),
  (draw, catalog) => on(freeSequence(draw, catalog), (name) => `ALTER SEQUENCE ${name} AS ${draw.of(['smallint', 'integer', 'bigint'])}`),
  (draw, catalog) =>
    on(freeSequence(draw, catalog), (name) => {
      const owner = draw.maybe([...catalog.tables].flatMap(([table, { columns }]) => columns.map((column) => `${write(draw, table)}.${quote(column.name)}`)))
      return `ALTER SEQUENCE ${name} OWNED BY ${owner === undefined || draw.oneIn(3) ? 'NONE' : owner}`
    }),
  (draw, catalog) => on(anySequence(draw, catalog), (name) => `ALTER SEQUENCE ${name} RENAME TO ${draw.name()}`),
  (draw, catalog) =>
    on(anySequence(draw, catalog), (name) => `ALTER SEQUENCE ${name} SET ${draw.of([`SCHEMA ${quote(draw.schema(catalog))}`, 'UNLOGGED', 'LOGGED'])}`),
  (draw, catalog) => on(anySequence(draw, catalog), (name) => `DROP SEQUENCE ${draw.option('IF EXISTS ', 4)}${name}${behaviour(draw)}`),
  (draw, catalog) => on(anySequence(draw, catalog), (name) => `COMMENT ON SEQUENCE ${name} IS ${draw.of([`'counts'`, 'NULL'])}`),
  (draw) => `CREATE ROLE ${roleName(draw)}${draw.option(` WITH ${draw.of(['LOGIN', 'NOLOGIN', 'CREATEDB', 'NOINHERIT BYPASSRLS'])}`)}`,
  (draw) => `CREATE ROLE ${roleName(draw)}`,
  (draw, catalog) => on(role(draw, catalog), (name) => `ALTER ROLE ${name} ${draw.of(['LOGIN', 'NOLOGIN', 'CREATEDB', 'NOCREATEDB', 'CONNECTION LIMIT 5'])}`),
  (draw, catalog) => on(role(draw, catalog), (name) => `ALTER ROLE ${name} RENAME TO ${roleName(draw)}`),
  (draw, catalog) => on(role(draw, catalog), (name) => on(role(draw, catalog), (to) => `${draw.oneIn(3) ? `REVOKE ${name} FROM` : `GRANT ${name} TO`} ${to}`)),
  (draw, catalog) => on(role(draw, catalog), (name) => `DROP ROLE ${draw.option('IF EXISTS ', 4)}${name}`),
  (draw, catalog) => `CREATE EXTENSION ${draw.option('IF NOT EXISTS ')}${draw.of(extensions)}${draw.option(` SCHEMA ${quote(draw.schema(catalog))}`)}`,
  (draw, catalog) =>
    on(
      draw.maybe(catalog.extensions.keys()),
      (name) => `ALTER EXTENSION ${quote(name)} ${draw.oneIn(2) ? 'UPDATE' : `SET SCHEMA ${quote(draw.schema(catalog))}`}`,
    ),
  (draw, catalog) => on(draw.maybe(catalog.extensions.keys()), (name) => `DROP EXTENSION ${quote(name)}${behaviour(draw)}`),
]
