import type { Tree } from '../../model/json.ts'
import { display, keyOf, localName, type RelationName } from '../../model/name.ts'
import { defineChange } from '../define.ts'
import { editTable, tableOf } from '../edit.ts'
import { locking } from '../footprint.ts'
import type { Reading } from '../reading.ts'
import { refuse } from '../refusal.ts'

const set =
  (change: { readonly enabled?: boolean; readonly forced?: boolean }) =>
  (reading: Reading, _command: Tree, on: RelationName): void => {
    const table = reading.catalog.tables.get(on) ?? refuse('42809', `ALTER action ROW LEVEL SECURITY cannot be performed on relation "${localName(on)}"`)
    const enabled = change.enabled ?? table.rowSecurity
    const forced = change.forced ?? table.forceRowSecurity
    if (enabled !== table.rowSecurity || forced !== table.forceRowSecurity) reading.emit({ kind: 'set-row-security', on, enabled, forced })
  }

export const setRowSecurity = defineChange({
  kind: 'set-row-security',
  summary: 'Row-level security of a table is switched on or off, or forced on its owner too.',
  alters: {
    AT_EnableRowSecurity: set({ enabled: true }),
    AT_DisableRowSecurity: set({ enabled: false }),
    AT_ForceRowSecurity: set({ forced: true }),
    AT_NoForceRowSecurity: set({ forced: false }),
  },
  apply: ({ on, enabled, forced }, catalog) => editTable(catalog, on, (table) => ({ ...table, rowSecurity: enabled, forceRowSecurity: forced })),
  invert({ on }, before) {
    const table = tableOf(before, on)
    return [{ kind: 'set-row-security', on, enabled: table.rowSecurity, forced: table.forceRowSecurity }]
  },
  toSql({ on, enabled, forced }, before) {
    const table = before.tables.get(on)
    return [
      ...(table?.rowSecurity === enabled ? [] : [`ALTER TABLE ${on} ${enabled ? 'ENABLE' : 'DISABLE'} ROW LEVEL SECURITY`]),
      ...((table?.forceRowSecurity ?? false) === forced ? [] : [`ALTER TABLE ${on} ${forced ? 'FORCE' : 'NO FORCE'} ROW LEVEL SECURITY`]),
    ]
  },
  footprint: ({ on }) => locking('ACCESS EXCLUSIVE', on),
  describe: ({ on, enabled, forced }) => `row-level security of table ${display(on)} is ${enabled ? 'on' : 'off'}${forced ? ' and forced on its owner' : ''}`,
  touches: ({ on }) => [keyOf('table', on)],
  examples: [
    { given: `CREATE TABLE a (id int)`, sql: `ALTER TABLE a ENABLE ROW LEVEL SECURITY` },
    { given: `CREATE TABLE a (id int); ALTER TABLE a ENABLE ROW LEVEL SECURITY`, sql: `ALTER TABLE a DISABLE ROW LEVEL SECURITY` },
    { given: `CREATE TABLE a (id int)`, sql: `ALTER TABLE a FORCE ROW LEVEL SECURITY, ENABLE ROW LEVEL SECURITY` },
    { given: `CREATE TABLE a (id int); ALTER TABLE a FORCE ROW LEVEL SECURITY`, sql: `ALTER TABLE a NO FORCE ROW LEVEL SECURITY` },
  ],
})
