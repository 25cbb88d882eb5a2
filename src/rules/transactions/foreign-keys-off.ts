import type { BatchStep } from '../../changes/batch.ts'
import { resolveRelation } from '../../changes/expressions.ts'
import { display, keyOf, type RelationName } from '../../model/name.ts'
import { child, text } from '../../sql/tree.ts'
import { alterCommands } from '../commands.ts'
import { searchPathOf } from '../data-statements.ts'
import { defineBatchRule, type PolicyHit } from '../define.ts'
import { setsOf } from '../lock-waits.ts'

type Hit = PolicyHit & { readonly at: BatchStep }

/** The table whose triggers are all switched off. */
const switchedOff = ({ step, settings }: BatchStep): RelationName | undefined => {
  const { statement, before } = step
  if (!alterCommands(statement).some((command) => text(command, 'subtype') === 'AT_DisableTrigAll')) return undefined
  const relation = resolveRelation(child(statement.tree, 'relation') ?? {}, before, searchPathOf(settings))
  return relation !== undefined && before.tables.has(relation) ? relation : undefined
}

const help =
  'Write the rows in an order that the keys allow, or add the foreign key NOT VALID and validate it in the next deployment. DISABLE TRIGGER USER spares the foreign keys.'

export const foreignKeysOff = defineBatchRule({
  id: 'foreign-keys-off',
  severity: 'warning',
  summary: 'Triggers are switched off altogether, those of foreign keys too.',
  why: "PostgreSQL checks foreign keys by triggers. After DISABLE TRIGGER ALL, or in a session with session_replication_role = 'replica', rows come in that refer to nothing and rows go that others refer to; nobody looks at them later, for the keys count as valid. Cascades and the triggers of audits and search do not run either.",
  instead: help,
  check({ batch }) {
    const tables = batch.steps.flatMap((at): readonly Hit[] => {
      const relation = switchedOff(at)
      if (relation === undefined) return []
      return [
        {
          at,
          message: `All triggers of ${display(relation)} are switched off, those of its foreign keys too: what is written meanwhile is never checked.`,
          object: keyOf('table', relation),
          relation,
          help,
        },
      ]
    })
    const sessions = setsOf(batch, 'session_replication_role').flatMap(({ at, change }): readonly Hit[] =>
      change.value?.join('').replaceAll("'", '') === 'replica'
        ? [
            {
              at,
              message: 'No trigger fires in this session, and no foreign key is checked: what is written meanwhile is never looked at.',
              object: 'session_replication_role',
              help,
            },
          ]
        : [],
    )
    return [...tables, ...sessions]
  },
  bad: [
    {
      shows: 'all triggers of a table',
      given: 'CREATE TABLE customers (id bigint PRIMARY KEY); CREATE TABLE orders (id bigint PRIMARY KEY, customer bigint REFERENCES customers)',
      sql: 'ALTER TABLE orders DISABLE TRIGGER ALL; INSERT INTO orders VALUES (1, 7); ALTER TABLE orders ENABLE TRIGGER ALL',
    },
    {
      shows: 'a session that takes itself for a replica',
      given: 'CREATE TABLE customers (id bigint PRIMARY KEY); CREATE TABLE orders (id bigint PRIMARY KEY, customer bigint REFERENCES customers)',
      sql: "SET LOCAL session_replication_role = 'replica'; INSERT INTO orders VALUES (1, 7)",
    },
  ],
  good: [
    {
      shows: "the user's own triggers",
      given: 'CREATE TABLE customers (id bigint PRIMARY KEY); CREATE TABLE orders (id bigint PRIMARY KEY, customer bigint REFERENCES customers)',
      sql: 'ALTER TABLE orders DISABLE TRIGGER USER',
    },
    { shows: 'a session as it usually is', sql: "SET LOCAL session_replication_role = 'origin'" },
  ],
})
