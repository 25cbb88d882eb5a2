import type { Tree } from '../../model/json.ts'
import { display, keyOf } from '../../model/name.ts'
import { child, flag, list, strings, text } from '../../sql/tree.ts'
import { recreateFactsOf } from '../create.ts'
import { defineChange, noFootprint } from '../define.ts'
import { refuseDependents } from '../dependents.ts'
import { droppedKey } from '../drop-change.ts'
import { dropAll } from '../drops.ts'
import { drop, dropFactsOf } from '../edit.ts'
import type { Reading } from '../reading.ts'
import { refuse } from '../refusal.ts'
import { isUserType } from '../types.ts'

const read = (reading: Reading, node: Tree): void =>
  dropAll(reading, node, (item) => {
    const parts = strings(list(child(item, 'TypeName'), 'names'))
    const name = reading.find(parts, (candidate) => isUserType(reading.catalog, candidate))
    if (name === undefined) return flag(node, 'missing_ok') ? undefined : refuse('42704', `type "${parts.join('.')}" does not exist`)
    const type = reading.catalog.types.get(name) ?? refuse('2BP01', `cannot drop type ${display(name)} because table ${display(name)} requires it`)
    if (text(node, 'removeType') === 'OBJECT_DOMAIN' && type.kind !== 'domain') return refuse('42809', `"${parts.join('.')}" is not a domain`)
    return keyOf('type', name)
  })

export const dropType = defineChange({
  kind: 'drop-type',
  summary: 'A type is dropped; with CASCADE the columns of the type too.',
  reads: { 'DropStmt OBJECT_TYPE': read, 'DropStmt OBJECT_DOMAIN': read },
  apply({ name }, catalog) {
    if (!catalog.types.has(name)) refuse('42704', `type "${display(name)}" does not exist`)
    refuseDependents(catalog, keyOf('type', name))
    return dropFactsOf(drop(catalog, 'types', name), keyOf('type', name))
  },
  invert({ name }, before) {
    const type = before.types.get(name)
    return type
      ? [{ kind: 'create-type', name, type }, ...recreateFactsOf(before, keyOf('type', name))]
      : { irreversible: `type ${display(name)} is not known` }
  },
  toSql: ({ name }, before) => [`DROP ${before.types.get(name)?.kind === 'domain' ? 'DOMAIN' : 'TYPE'} ${name}`],
  footprint: () => noFootprint,
  describe: ({ name }) => `type ${display(name)} is dropped`,
  touches: (change) => [droppedKey(change)],
  examples: [
    {
      given: `CREATE TYPE a AS ENUM ('x'); CREATE TYPE b AS (c int); COMMENT ON TYPE a IS 'x'; COMMENT ON COLUMN b.c IS 'y'`,
      sql: 'DROP TYPE IF EXISTS a, missing, b',
    },
    {
      given: `CREATE TYPE mood AS ENUM ('sad'); CREATE TABLE t (id int, m mood DEFAULT 'sad', ms mood[]); CREATE INDEX i ON t (m)`,
      sql: 'DROP TYPE mood CASCADE',
    },
    { given: `CREATE DOMAIN d AS int CHECK (VALUE > 0); COMMENT ON CONSTRAINT d_check ON DOMAIN d IS 'x'`, sql: 'DROP DOMAIN d RESTRICT' },
  ],
})
