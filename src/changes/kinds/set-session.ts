import { quoteIdentifier } from '../../model/name.ts'
import { quoteLiteral } from '../../sql/print.ts'
import { defineChange, noFootprint } from '../define.ts'
import { readSet } from '../session.ts'

export const setSession = defineChange({
  kind: 'set-session',
  summary: 'A setting of the session is set or reset; the catalog stays as it is.',
  reads: {
    'VariableSetStmt VAR_SET_VALUE': readSet,
    'VariableSetStmt VAR_SET_DEFAULT': readSet,
    'VariableSetStmt VAR_SET_CURRENT': readSet,
    'VariableSetStmt VAR_RESET': readSet,
    'VariableSetStmt VAR_RESET_ALL': readSet,
  },
  apply: (_change, catalog) => catalog,
  invert: () => [],
  toSql({ setting, value, local }) {
    if (setting === 'all') return ['RESET ALL']
    const name = setting.split('.').map(quoteIdentifier).join('.')
    if (value === undefined) return [local ? `SET LOCAL ${name} TO DEFAULT` : `RESET ${name}`]
    if (value.length === 0) return [`SELECT pg_catalog.set_config(${quoteLiteral(setting)}, '', ${local})`]
    return [`SET ${local ? 'LOCAL ' : ''}${name} TO ${value.map(quoteLiteral).join(', ')}`]
  },
  footprint: () => noFootprint,
  describe: ({ setting, value, local }) =>
    `setting ${setting} is ${value === undefined ? 'reset' : `set to ${value.join(', ') || 'nothing'}`}${local ? ' until the transaction ends' : ''}`,
  touches: () => [],
  examples: [
    { given: `CREATE SCHEMA app`, sql: `SET search_path TO app, "$user", public` },
    { sql: `SELECT pg_catalog.set_config('search_path', '', false)` },
    { sql: `SET LOCAL lock_timeout = '5s'` },
    { sql: `RESET statement_timeout` },
    { sql: `SET app.bypass_rls = 'on'` },
  ],
})
