import { display, keyOf } from '../../model/name.ts'
import { quoteLiteral } from '../../sql/print.ts'
import { defineChange, noFootprint } from '../define.ts'
import { put } from '../edit.ts'
import { refuse } from '../refusal.ts'
import { userType } from '../type-names.ts'

/** Read by ALTER TYPE … ADD VALUE (rename-enum-value). */
export const addEnumValue = defineChange({
  kind: 'add-enum-value',
  summary: 'An enum gets a label.',
  apply({ type, value, at }, catalog) {
    const { labels } = userType(catalog, type, 'enum')
    if (labels.includes(value)) refuse('42710', `enum label "${value}" already exists`)
    return put(catalog, 'types', type, { kind: 'enum', labels: [...labels.slice(0, at), value, ...labels.slice(at)] })
  },
  invert: ({ type }, before) => [{ kind: 'set-enum-values', type, to: userType(before, type, 'enum').labels }],
  toSql({ type, value, at }, before) {
    const { labels } = userType(before, type, 'enum')
    const next = labels[at]
    return [`ALTER TYPE ${type} ADD VALUE ${quoteLiteral(value)}${next === undefined ? '' : ` BEFORE ${quoteLiteral(next)}`}`]
  },
  footprint: () => noFootprint,
  describe: ({ type, value }) => `label '${value}' is added to enum ${display(type)}`,
  touches: ({ type }) => [keyOf('type', type)],
  examples: [
    { given: `CREATE TYPE mood AS ENUM ('sad', 'glad')`, sql: `ALTER TYPE mood ADD VALUE IF NOT EXISTS 'it''s ok' BEFORE 'glad'` },
    { given: `CREATE TYPE mood AS ENUM ('sad', 'glad')`, sql: `ALTER TYPE mood ADD VALUE 'ok' AFTER 'sad'` },
    { given: `CREATE TYPE mood AS ENUM ('sad')`, sql: `ALTER TYPE mood ADD VALUE 'glad'` },
  ],
})
