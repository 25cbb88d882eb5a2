import type { Tree } from '../../model/json.ts'
import { display, displayIdentifier, keyOf, localName, qualified, quoteIdentifier, schemaOf } from '../../model/name.ts'
import { child, list, text } from '../../sql/tree.ts'
import { defineChange, noFootprint } from '../define.ts'
import { relationKind } from '../names.ts'
import type { Reading } from '../reading.ts'
import { refuse } from '../refusal.ts'
import { domainNamed } from '../rename-readers.ts'
import { renameType as renameIn } from '../renaming.ts'
import { refuseTakenType, typeNamed } from '../type-names.ts'

const read = (reading: Reading, node: Tree): void => {
  const parts = list(child(child(node, 'object'), 'List'), 'items')
  const name = text(node, 'renameType') === 'OBJECT_DOMAIN' ? domainNamed(reading, parts) : typeNamed(reading, parts)
  reading.emit({ kind: 'rename-type', name, to: text(node, 'newname') ?? '' })
}

export const renameType = defineChange({
  kind: 'rename-type',
  summary: 'An enum, domain, composite or other type gets another name.',
  reads: { 'RenameStmt OBJECT_TYPE': read, 'RenameStmt OBJECT_DOMAIN': read },
  apply({ name, to }, catalog) {
    const type = catalog.types.get(name) ?? refuse('42704', `type "${display(name)}" does not exist`)
    const next = qualified(schemaOf(name), to)
    if (type.kind === 'composite' && relationKind(catalog, next) !== undefined) refuse('42P07', `relation "${to}" already exists`)
    refuseTakenType(catalog, next)
    return renameIn(catalog, name, next)
  },
  invert: ({ name, to }) => [{ kind: 'rename-type', name: qualified(schemaOf(name), to), to: localName(name) }],
  toSql: ({ name, to }) => [`ALTER TYPE ${name} RENAME TO ${quoteIdentifier(to)}`],
  footprint: () => noFootprint,
  describe: ({ name, to }) => `type ${display(name)} is renamed to ${displayIdentifier(to)}`,
  touches: ({ name, to }) => [keyOf('type', name), keyOf('type', qualified(schemaOf(name), to))],
  examples: [
    {
      given: `CREATE TYPE mood AS ENUM ('sad', 'glad'); CREATE TABLE t (m mood DEFAULT 'sad', all_of mood[] DEFAULT '{}'::mood[] CHECK ('sad'::mood <> ALL (all_of)));
        CREATE VIEW v AS SELECT t.m FROM t WHERE t.m = 'glad'::mood; COMMENT ON TYPE mood IS 'x'`,
      sql: 'ALTER TYPE mood RENAME TO "Feeling"',
    },
    { given: 'CREATE DOMAIN positive AS int CHECK (VALUE > 0); CREATE TYPE pair AS (a positive, b int)', sql: 'ALTER DOMAIN positive RENAME TO whole' },
    { given: 'CREATE TYPE pair AS (a int, b int); CREATE TABLE t (p pair)', sql: 'ALTER TYPE pair RENAME TO two' },
    { given: 'CREATE TYPE span AS RANGE (subtype = float8); CREATE TABLE t (s span)', sql: 'ALTER TYPE span RENAME TO reach' },
  ],
})
