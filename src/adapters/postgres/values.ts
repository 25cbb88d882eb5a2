import type { CustomTypesConfig } from 'pg'

type Parser = (text: string) => unknown

const number: Parser = (text) => {
  const value = Number(text)
  return Number.isFinite(value) ? value : text
}

const keep: Parser = (text) => text

/** By type OID: bool; int2, int4, oid; float4, float8; json, jsonb. Everything else stays PostgreSQL's own text, so that no digit and no time zone is lost. */
const parsers: { readonly [oid: number]: Parser } = {
  16: (text) => text === 't',
  21: number,
  23: number,
  26: number,
  700: number,
  701: number,
  114: JSON.parse,
  3802: JSON.parse,
}

/** Arrays whose elements the driver reads well: bool, name, int2, int4, text, varchar, int8 (as text), oid. */
const arrays: ReadonlySet<number> = new Set([1000, 1003, 1005, 1007, 1009, 1015, 1016, 1028])

/** How rows are read: as JSON where JSON can hold the value, else as text. */
export const valueTypes = (driver: { getTypeParser(oid: number, format: 'text'): Parser }): CustomTypesConfig =>
  ({ getTypeParser: (oid: number) => (arrays.has(oid) ? driver.getTypeParser(oid, 'text') : (parsers[oid] ?? keep)) }) as CustomTypesConfig
