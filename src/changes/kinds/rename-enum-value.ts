import type { Tree } from '../../model/json.ts'
import { display, keyOf, type QualifiedName } from '../../model/name.ts'
import { quoteLiteral } from '../../sql/print.ts'
import { list, text } from '../../sql/tree.ts'
import { defineChange, noFootprint } from '../define.ts'
import { renameLabel } from '../enum-labels/rename.ts'
import type { Reading } from '../reading.ts'
import { refuse } from '../refusal.ts'
import { typeNamed, userType } from '../type-names.ts'

const enumNamed = (reading: Reading, node: Tree): QualifiedName => {
  const name = typeNamed(reading, list(node, 'typeName'))
  return reading.catalog.types.get(name)?.kind === 'enum' ? name : refuse('42809', `${display(name)} is not an enum`)
}

/** The label beside a new one. The parser leaves an empty text out, so that only the statement itself tells `BEFORE ''` from nothing. */
const neighborOf = (node: Tree, sql: string): string | undefined => text(node, 'newValNeighbor') ?? (/\b(?:BEFORE|AFTER)\s+''\s*$/i.test(sql) ? '' : undefined)

/** The label that is renamed; undefined where one is added. */
const renamedIn = (node: Tree, sql: string): string | undefined => text(node, 'oldVal') ?? (/\bRENAME\s+VALUE\s+''\s+TO\b/i.test(sql) ? '' : undefined)

/** Where ADD VALUE puts a label. */
const placeOf = (labels: readonly string[], node: Tree, neighbor: string | undefined): number => {
  if (neighbor === undefined) return labels.length
  const at = labels.indexOf(neighbor)
  if (at === -1) refuse('22023', `"${neighbor}" is not an existing enum label`)
  return node.newValIsAfter === true ? at + 1 : at
}

/** Reads all of ALTER TYPE … ADD VALUE and RENAME VALUE. */
const read = (reading: Reading, node: Tree): void => {
  const type = enumNamed(reading, node)
  const { labels } = userType(reading.catalog, type, 'enum')
  const value = text(node, 'newVal') ?? ''
  const sql = reading.statement.text
  const from = renamedIn(node, sql)
  if (from !== undefined) return reading.emit({ kind: 'rename-enum-value', type, from, to: value })
  if (labels.includes(value) && node.skipIfNewValExists === true) return
  reading.emit({ kind: 'add-enum-value', type, value, at: placeOf(labels, node, neighborOf(node, sql)) })
}

export const renameEnumValue = defineChange({
  kind: 'rename-enum-value',
  summary: 'A label of an enum gets another name, wherever it stands.',
  reads: { AlterEnumStmt: read },
  apply({ type, from, to }, catalog) {
    const { labels } = userType(catalog, type, 'enum')
    if (!labels.includes(from)) refuse('22023', `"${from}" is not an existing enum label`)
    if (labels.includes(to)) refuse('42710', `enum label "${to}" already exists`)
    return renameLabel(catalog, type, from, to)
  },
  invert: ({ type, from, to }) => [{ kind: 'rename-enum-value', type, from: to, to: from }],
  toSql: ({ type, from, to }) => [`ALTER TYPE ${type} RENAME VALUE ${quoteLiteral(from)} TO ${quoteLiteral(to)}`],
  footprint: () => noFootprint,
  describe: ({ type, from, to }) => `label '${from}' of enum ${display(type)} is renamed to '${to}'`,
  touches: ({ type }) => [keyOf('type', type)],
  examples: [
    {
      given: `CREATE TYPE mood AS ENUM ('sad', 'ok', 'glad');
        CREATE TABLE t (m mood DEFAULT 'sad', ms mood[] DEFAULT '{sad,"ok"}', n mood GENERATED ALWAYS AS (CASE m WHEN 'sad' THEN 'ok'::mood ELSE 'sad' END) STORED,
          CHECK (m <> 'sad' OR m IN ('sad', 'ok') OR m = ANY ('{sad,glad}') OR 'sad' = ANY (ms) OR m BETWEEN 'sad' AND 'glad' OR m::text = 'sad'));
        CREATE INDEX i ON t (m) WHERE m = 'sad'; CREATE VIEW v AS SELECT t.m FROM t WHERE t.m = 'sad' OR t.ms @> ARRAY['sad']::mood[] OR t.ms && '{sad}';
        CREATE DOMAIN d AS mood DEFAULT 'sad' CHECK (VALUE <> 'ok' OR VALUE = 'sad')`,
      sql: `ALTER TYPE mood RENAME VALUE 'sad' TO 'not so "glad", no'`,
    },
    { given: `CREATE TYPE e AS ENUM ('a', 'b'); CREATE TABLE p (k e) PARTITION BY LIST (k)`, sql: `ALTER TYPE e RENAME VALUE 'a' TO 'c'` },
  ],
})
