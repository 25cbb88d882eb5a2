import { isUsed, type Move } from '../../changes/batch.ts'
import { resolveRelation } from '../../changes/expressions.ts'
import type { Change } from '../../model/change.ts'
import type { Tree } from '../../model/json.ts'
import { display, displayIdentifier, keyOf, localName, parseKey, quoteIdentifier, type RelationName } from '../../model/name.ts'
import { child, list, text } from '../../sql/tree.ts'
import { alterCommands } from '../commands.ts'
import { searchPathOf } from '../data-statements.ts'
import { defineStepRule, type PolicyHit, type StepView } from '../define.ts'
import { plainSql } from '../plain-sql.ts'
import { isRewritten } from '../statement-rewrites.ts'
import { listed } from '../statement-words.ts'
import { type Stored, storedAs, storedIn, tablespaceNamed } from '../tablespaces.ts'

const found = (move: Move, { relation, what, table }: Stored, to: string): PolicyHit => {
  const common = { object: keyOf(what, relation), relation: table, claim: { rewrites: [relation] } }
  const place = displayIdentifier(to)
  if (what === 'index')
    return {
      ...common,
      message: `Index ${display(relation)} is copied to tablespace ${place}: writes to ${display(table)} wait, and queries that are planned meanwhile.`,
      severity: 'warning',
      lock: { relation, mode: 'ACCESS EXCLUSIVE', duration: 'index build' },
      ...(isExclusion(move, relation, table)
        ? { help: 'The index of an exclusion constraint cannot be built CONCURRENTLY: move it at a quiet time, with lock_timeout set.' }
        : {
            remedy: {
              title: 'Move it without blocking anyone',
              steps: [
                {
                  when: 'outside',
                  sql: [plainSql(`REINDEX (CONCURRENTLY, TABLESPACE ${quoteIdentifier(to)}) INDEX ${relation}`)],
                  note: 'Before the migration is deployed; not in a transaction. The migration then finds it moved, and locks it for a moment.',
                },
              ],
            },
          }),
    }
  return {
    ...common,
    message: `All of ${display(relation)} is copied to tablespace ${place}, while nobody can read ${what === 'table' ? 'or write ' : ''}it.`,
    lock: { relation, mode: 'ACCESS EXCLUSIVE', duration: 'rewrite' },
    help:
      what === 'view'
        ? `Make a new materialised view in tablespace ${place} beside ${display(relation)}, with its indexes, and swap the names in a short transaction.`
        : `Move ${display(relation)} with pg_repack --tablespace before the migration is deployed, while others work: the migration then finds it moved, and locks it for a moment. Without pg_repack: at a quiet time, with lock_timeout set.`,
  }
}

const isExclusion = ({ before }: Move, index: RelationName, table: RelationName): boolean =>
  before.tables.get(table)?.constraints.get(localName(index))?.type === 'exclusion'

/** What one relation's move copies; nothing where it lies there already, is new, or is written anew by the statement anyway. */
const moved = (move: Move, view: StepView, relation: RelationName | undefined, to: string): PolicyHit | undefined => {
  const stored = relation === undefined ? undefined : storedAs(move.before, relation)
  if (!stored || stored.tablespace === to || !isUsed(move, stored.relation) || isRewritten(view, stored.table)) return undefined
  return found(move, stored, to)
}

const kinds: { readonly [type: string]: Stored['what'] } = { OBJECT_TABLE: 'table', OBJECT_MATVIEW: 'view', OBJECT_INDEX: 'index' }
const words: { readonly [what in Stored['what']]: string } = { table: 'tables', view: 'materialised views', index: 'indexes' }
const most = 5

/** ALTER … ALL IN TABLESPACE: all are locked first, then one after the other is copied. */
const movedAll = (move: Move, tree: Tree): PolicyHit | undefined => {
  const what = kinds[text(tree, 'objtype') ?? '']
  const [from, to] = [text(tree, 'orig_tablespacename') ?? '', text(tree, 'new_tablespacename') ?? '']
  if (what === undefined || from === to) return undefined
  const all = storedIn(move.before, what, from).filter(({ relation }) => isUsed(move, relation))
  if (all.length === 0) return undefined
  const owned = list(tree, 'roles').length > 0
  const names = listed([...all.slice(0, most).map(({ relation }) => display(relation)), ...(all.length > most ? [`${all.length - most} more`] : [])])
  return {
    message: `${owned ? `Those of the ${words[what]} of tablespace ${displayIdentifier(from)} that the role owns (of ${names})` : `All ${words[what]} of tablespace ${displayIdentifier(from)} (${names})`} are locked against reads and writes until the last of them is copied to ${displayIdentifier(to)}.`,
    object: `${words[what]} of ${from}`,
    help: 'Move one after the other, each in a transaction of its own and outside of the migration: indexes with REINDEX (CONCURRENTLY, TABLESPACE …), tables with pg_repack --tablespace.',
    ...(owned ? {} : { claim: { rewrites: all.map(({ relation }) => relation) } }),
  }
}

/** The index of a constraint is no relation of its own to the catalog, so that the statement's words say what moves. */
const movedUnread = (move: Move<Change<'opaque'>>, view: StepView): PolicyHit | undefined => {
  const { statement } = view.step
  if (statement.node === 'AlterTableMoveAllStmt') return movedAll(move, statement.tree)
  const [command] = alterCommands(statement).filter((each) => text(each, 'subtype') === 'AT_SetTableSpace')
  if (!command) return undefined
  const relation = resolveRelation(child(statement.tree, 'relation') ?? {}, move.before, searchPathOf(view.settings))
  return moved(move, view, relation, tablespaceNamed(text(command, 'name')))
}

export const setTablespace = defineStepRule({
  id: 'set-tablespace',
  severity: 'error',
  weighs: 'rows',
  summary: 'A table, index or materialised view in use moves to another tablespace.',
  why: 'PostgreSQL copies all of its file to the other tablespace, and writes it to the WAL too, under ACCESS EXCLUSIVE: nobody can read or write it until the copy is done. The indexes of a table stay where they are.',
  instead:
    'Move an index with REINDEX (CONCURRENTLY, TABLESPACE …) and a table with pg_repack, outside of the migration; or move it at a quiet time with lock_timeout set.',
  judges: {
    'set-tablespace': (move, view) => moved(move, view, parseKey(move.change.on).name as RelationName, tablespaceNamed(move.change.to)),
    opaque: movedUnread,
  },
  bad: [
    { shows: 'a table', given: 'CREATE TABLE events (id bigint PRIMARY KEY, note text)', sql: 'ALTER TABLE events SET TABLESPACE fast' },
    {
      shows: 'an index',
      given: 'CREATE TABLE events (id bigint PRIMARY KEY, note text); CREATE INDEX events_note_idx ON events (note)',
      sql: 'ALTER INDEX events_note_idx SET TABLESPACE fast',
    },
    {
      shows: 'the index of a primary key, in a schema, quoted',
      given: 'CREATE SCHEMA app; CREATE TABLE app."Event" (id bigint PRIMARY KEY)',
      sql: 'ALTER INDEX app."Event_pkey" SET TABLESPACE fast',
    },
    {
      shows: 'the index of an exclusion constraint, which cannot be built CONCURRENTLY',
      given: 'CREATE TABLE bookings (span int4range, CONSTRAINT no_overlap EXCLUDE USING gist (span WITH &&))',
      sql: 'ALTER INDEX no_overlap SET TABLESPACE fast',
    },
    {
      shows: 'a materialised view',
      given: 'CREATE TABLE events (id bigint PRIMARY KEY); CREATE MATERIALIZED VIEW totals AS SELECT count(*) AS n FROM events',
      sql: 'ALTER MATERIALIZED VIEW totals SET TABLESPACE fast',
    },
    {
      shows: 'in a DO block, back to the default',
      given: 'CREATE TABLE events (id bigint) TABLESPACE fast',
      sql: 'DO $$ BEGIN ALTER TABLE events SET TABLESPACE pg_default; END $$',
    },
    {
      shows: 'all tables at once',
      given: 'CREATE TABLE events (id bigint PRIMARY KEY); CREATE TABLE users (id bigint PRIMARY KEY); CREATE TABLE logs (id bigint) TABLESPACE fast',
      sql: 'ALTER TABLE ALL IN TABLESPACE pg_default SET TABLESPACE fast',
    },
    {
      shows: 'all indexes at once',
      given: 'CREATE TABLE events (id bigint PRIMARY KEY, note text); CREATE INDEX events_note_idx ON events (note)',
      sql: 'ALTER INDEX ALL IN TABLESPACE pg_default SET TABLESPACE fast',
    },
    {
      shows: 'all tables of a role',
      given: 'CREATE TABLE events (id bigint PRIMARY KEY)',
      sql: 'ALTER TABLE ALL IN TABLESPACE pg_default OWNED BY CURRENT_USER SET TABLESPACE fast',
    },
  ],
  good: [
    { shows: 'a table that lies there already', given: 'CREATE TABLE events (id bigint) TABLESPACE fast', sql: 'ALTER TABLE events SET TABLESPACE fast' },
    {
      shows: 'a partitioned table: the place of partitions to come',
      given:
        'CREATE TABLE events (day date) PARTITION BY RANGE (day); CREATE TABLE events_2030 PARTITION OF events DEFAULT; CREATE INDEX events_day ON events (day)',
      sql: 'ALTER TABLE events SET TABLESPACE fast; ALTER INDEX events_day SET TABLESPACE fast',
    },
    { shows: 'a table that the same batch makes', sql: 'CREATE TABLE events (id bigint PRIMARY KEY); ALTER TABLE events SET TABLESPACE fast' },
    {
      shows: 'all tables of a tablespace in which there is none',
      given: 'CREATE TABLE events (id bigint PRIMARY KEY)',
      sql: 'ALTER TABLE ALL IN TABLESPACE fast SET TABLESPACE pg_default',
    },
  ],
})
