/** A catalog of the tables that the code declares, where there are no migrations to ask. */
import { replay } from '../../changes/replay.ts'
import type { Catalog } from '../../model/catalog.ts'
import type { CodeColumn, CodeFacts } from '../../model/code.ts'
import { qualified, quoteIdentifier, schemaOf } from '../../model/name.ts'
import { quoteLiteral } from '../../sql/print.ts'
import { readScript } from '../../sql/script.ts'
import { relationOf } from './wanted.ts'

/** Drizzle's builders whose name is not the type's. */
const types: Readonly<Record<string, string>> = {
  doublePrecision: 'double precision',
  bigserial: 'bigserial',
  char: 'char',
  point: 'point',
  geometry: 'text',
  vector: 'text',
}

const known =
  /^(text|varchar|uuid|jsonb?|integer|smallint|bigint|serial|smallserial|bigserial|boolean|real|numeric|decimal|date|time|timestamp|interval|inet|cidr|macaddr8?|bytea)$/

const typeOf = (facts: CodeFacts, { type, enumType }: CodeColumn): string => {
  const declared = facts.enums.find(({ name, schema }) => name === enumType || `${schema}.${name}` === enumType)
  if (declared) return qualified(declared.schema === '' ? 'public' : declared.schema, declared.name)
  return types[type] ?? (known.test(type) ? type : 'text')
}

/** A default is known to be there, not what it is: NULL stands for it. */
const columnSql = (facts: CodeFacts, column: CodeColumn): string => {
  const type = typeOf(facts, column)
  const hasOwn = /serial$/.test(type)
  return `${quoteIdentifier(column.name)} ${type}${column.hasDefault && !hasOwn ? ' DEFAULT NULL' : ''}${column.notNull && !hasOwn ? ' NOT NULL' : ''}`
}

const scriptOf = (facts: CodeFacts): string => {
  const tables = new Map(facts.tables.flatMap((table) => (table.kind === 'table' ? [[relationOf(table), table] as const] : [])))
  const enums = new Map(facts.enums.map((each) => [qualified(each.schema === '' ? 'public' : each.schema, each.name), each] as const))
  const schemas = new Set([...tables.keys(), ...enums.keys()].map(schemaOf))
  schemas.delete('public')
  return [
    ...[...schemas].map((schema) => `CREATE SCHEMA ${quoteIdentifier(schema)};`),
    ...[...enums].map(([name, { values }]) => `CREATE TYPE ${name} AS ENUM (${values.map(quoteLiteral).join(', ')});`),
    ...[...tables].map(([name, { columns }]) => `CREATE TABLE ${name} (${columns.map((column) => columnSql(facts, column)).join(', ')});`),
  ].join('\n')
}

/** Names, nullability and the plainest types; no constraints and no indexes. The parser must be loaded. */
export const catalogOfCode = (facts: CodeFacts): Catalog => replay([readScript(scriptOf(facts))]).catalog
