import type { Catalog, Table } from '../../model/catalog.ts'
import { display, keyOf, localName, type RelationName } from '../../model/name.ts'
import { defineChange } from '../define.ts'
import { editTable, put, tableOf } from '../edit.ts'
import { locking, rewriting, sequencesOf, together } from '../footprint.ts'
import { ownedSequences } from '../owners.ts'
import type { Reading } from '../reading.ts'
import { notUnderstood, refuse } from '../refusal.ts'

/** A logged table may not reference an unlogged one, whichever of them changes. */
const refuseMixed = (catalog: Catalog, on: RelationName, to: Table['persistence']): void => {
  for (const [name, table] of catalog.tables) {
    for (const constraint of table.constraints.values()) {
      if (constraint.type !== 'foreign key' || constraint.references === name) continue
      const other = name === on ? constraint.references : constraint.references === on ? name : undefined
      if (other === undefined) continue
      const logged = catalog.tables.get(other)?.persistence === 'permanent'
      if (to === 'unlogged' && name !== on && logged)
        refuse('42P16', `could not change table "${localName(on)}" to unlogged because it references logged table "${localName(other)}"`)
      if (to === 'permanent' && name === on && !logged)
        refuse('42P16', `could not change table "${localName(on)}" to logged because it references unlogged table "${localName(other)}"`)
    }
  }
}

const set =
  (to: Table['persistence']) =>
  (reading: Reading, _command: unknown, on: RelationName): void => {
    const table = reading.catalog.tables.get(on) ?? notUnderstood(`SET LOGGED and UNLOGGED of ${display(on)}, which is no table`)
    if (table.persistence === to) return
    refuseMixed(reading.catalog, on, to)
    reading.emit({ kind: 'set-persistence', on, to })
  }

/** Owned sequences follow their table. */
const withSequences = (catalog: Catalog, on: RelationName, persistence: Table['persistence']): Catalog =>
  ownedSequences(catalog, on).reduce((next, name) => {
    const sequence = next.sequences.get(name)
    return sequence ? put(next, 'sequences', name, { ...sequence, persistence }) : next
  }, catalog)

export const setPersistence = defineChange({
  kind: 'set-persistence',
  summary: 'A table becomes logged or unlogged; its owned sequences follow.',
  alters: { AT_SetLogged: set('permanent'), AT_SetUnLogged: set('unlogged') },
  apply: ({ on, to }, catalog) =>
    withSequences(
      editTable(catalog, on, (table) => ({ ...table, persistence: to })),
      on,
      to,
    ),
  invert({ on }, before) {
    const { persistence } = tableOf(before, on)
    return [
      { kind: 'set-persistence', on, to: persistence },
      ...ownedSequences(before, on).flatMap((name) => {
        const sequence = before.sequences.get(name)
        if (!sequence || sequence.persistence === persistence) return []
        return [{ kind: 'alter-sequence', name, type: sequence.type, options: sequence.options, persistence: sequence.persistence } as const]
      }),
    ]
  },
  toSql: ({ on, to }) => [`ALTER TABLE ${on} SET ${to === 'unlogged' ? 'UNLOGGED' : 'LOGGED'}`],
  footprint: ({ on }, before) => together(rewriting(before, on), locking('ACCESS EXCLUSIVE', ...sequencesOf(before, on))),
  describe: ({ on, to }) => `table ${display(on)} is now ${to === 'unlogged' ? 'unlogged' : 'logged'}`,
  touches: ({ on }) => [keyOf('table', on)],
  examples: [
    { given: `CREATE TABLE a (id int)`, sql: `ALTER TABLE a SET UNLOGGED` },
    { given: `CREATE UNLOGGED TABLE a (id int)`, sql: `ALTER TABLE a SET LOGGED` },
  ],
})
