/** Bytebase's suite: its SQL review rules for PostgreSQL, a file each. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from 'yaml'
import type { PeerCase, PeerCases, PeerSuite } from './case.ts'

const folder = 'backend/plugin/advisor/pg/test'

type Entry = { readonly statement: string; readonly want?: readonly unknown[] | null }

/** The rules of all other files. */
const wish = 'a wish'

const hazards: PeerSuite['hazards'] = {
  column_default_disallow_volatile: ['add-column-volatile-default'],
  column_disallow_change_type: ['change-type-rewrite', 'type-narrowing', 'timestamptz-cast-session-tz'],
  index_create_concurrently: ['index-not-concurrent'],
  index_no_duplicate_column: [],
  schema_backward_compatibility: [
    'drop-table',
    'drop-column',
    'drop-view',
    'drop-schema',
    'drop-database',
    'drop-type',
    'rename-table',
    'rename-column',
    'rename-schema',
    'rename-type',
    'change-type-rewrite',
    'type-narrowing',
    'check-validating',
    'fk-validating',
    'unique-constraint-index-build',
    'unique-may-fail',
    'set-not-null',
  ],
  statement_add_check_not_valid: ['check-validating', 'add-column-inline-check'],
  statement_add_foreign_key_not_valid: ['fk-validating', 'add-column-inline-fk'],
  statement_create_specify_schema: ['schema-qualified'],
  statement_disallow_add_column_with_default: { notAdopted: 'a constant default costs nothing since PostgreSQL 11' },
  statement_disallow_add_not_null: ['set-not-null'],
  statement_disallow_commit: ['manual-commit-in-drizzle-tx'],
  statement_disallow_rm_tbl_cascade: ['drop-cascade', 'truncate-cascade'],
  statement_disallow_truncate: ['truncate', 'truncate-cascade'],
  statement_merge_alter_table: ['merge-alter-tables'],
  statement_non_transactional: ['concurrently-in-tx'],
  statement_where_require_update_delete: ['update-without-where', 'delete-without-where', 'backfill-in-ddl-tx'],
  table_require_pk: ['primary-key-missing'],
  [wish]: { notAdopted: 'what a team may wish for: names, comments, limits, style' },
}

/** The catalog that the suite gives to this rule is a value of its own; the table that its statements are about, as SQL. */
const givenFor = (rule: string, statement: string): readonly string[] =>
  rule === 'table_require_pk' && /^alter/i.test(statement) ? ['CREATE TABLE tech_book (id integer CONSTRAINT old_pk PRIMARY KEY, name text)'] : []

const read = async (checkout: string): Promise<PeerCases> => {
  const cases: PeerCase[] = []
  for (const file of (await readdir(join(checkout, folder))).filter((name) => name.endsWith('.yaml')).sort()) {
    const rule = file.replace('.yaml', '')
    const entries: readonly Entry[] = parse(await readFile(join(checkout, folder, file), 'utf8'))
    for (const [number, { statement, want }] of entries.entries())
      cases.push({
        name: `${rule} ${number + 1}`,
        scripts: [...givenFor(rule, statement), statement],
        runner: 'drizzle',
        expects: { rule: rule in hazards ? rule : wish, found: (want?.length ?? 0) > 0 },
      })
  }
  return { cases, unread: [] }
}

export const bytebase: PeerSuite = {
  peer: 'bytebase',
  repository: 'bytebase/bytebase',
  read,
  hazards,
}
