/** Where we and a peer's suite disagree, and what PostgreSQL says. Each proof is run by test/rules/peer-suites.test.ts. */

/** Statements, each sent by itself (one with several in it: as one message); then what the last one does. */
export type Proof = {
  readonly sql: readonly string[]
  /** The SQLSTATE with which the last is refused. */
  readonly refused?: string
  /** The one value that the last, a query, answers. */
  readonly answers?: string
}

export type Disagreement = {
  readonly peer: string
  /** Names of its cases. */
  readonly cases: readonly string[]
  /**
   * `refused`: PostgreSQL runs the case's SQL on no database. `together`: one rule of ours stands for two of the peer's, of which the other speaks. Neither counts.
   * `contradicted`: by PostgreSQL. `view`: PostgreSQL does not decide; we hold ours to be of more use.
   */
  readonly kind: 'refused' | 'together' | 'contradicted' | 'view'
  /** What we say of it, and why. */
  readonly why: string
  readonly proof: Proof
}

const orders = 'CREATE TABLE orders (id bigint PRIMARY KEY, place text)'
const rewritten = (change: string): readonly string[] => [
  orders,
  "SELECT set_config('peers.file', pg_relation_filenode('orders')::text, false)",
  change,
  "SELECT pg_relation_filenode('orders')::text <> current_setting('peers.file')",
]

export const disagreements: readonly Disagreement[] = [
  {
    peer: 'squawk',
    cases: ['adding_field_with_default.rs: default_random_with_args_err'],
    kind: 'refused',
    why: 'No function now() takes an argument. Which functions of PostgreSQL’s own there are, with which arguments, is not looked up, so nothing is found.',
    proof: { sql: [orders, 'ALTER TABLE orders ADD COLUMN at timestamptz DEFAULT now(5)'], refused: '42883' },
  },
  {
    peer: 'squawk',
    cases: ['ban_concurrent_index_creation_in_transaction.rs: assuming_in_transaction_ok'],
    kind: 'contradicted',
    why: 'A transaction that the runner opens is one too, also around a file with nothing but the index: concurrently-in-tx.',
    proof: { sql: [orders, 'BEGIN', 'CREATE UNIQUE INDEX CONCURRENTLY orders_place_idx ON orders (place)'], refused: '25001' },
  },
  {
    peer: 'squawk',
    cases: ['ban_concurrent_index_creation_in_transaction.rs: assuming_in_transaction_ok_also'],
    kind: 'contradicted',
    why: 'Drizzle sends what stands between two breakpoints as one message. Behind its COMMIT the rest is an implicit transaction: concurrently-in-tx.',
    proof: { sql: [orders, 'BEGIN', 'COMMIT; CREATE UNIQUE INDEX CONCURRENTLY orders_place_idx ON orders (place); BEGIN'], refused: '25001' },
  },
  {
    peer: 'squawk',
    cases: [
      'prefer_robust_stmts.rs: enable_row_level_security_err',
      'prefer_robust_stmts.rs: enable_row_level_security_without_exists_check_err',
      'prefer_robust_stmts.rs: disable_row_level_security_err',
    ],
    kind: 'contradicted',
    why: 'Row security can be switched on, or off, as often as one likes: the file can run again.',
    proof: {
      sql: [
        orders,
        ...Array.from({ length: 2 }, () => 'ALTER TABLE orders DISABLE ROW LEVEL SECURITY'),
        ...Array.from({ length: 2 }, () => 'ALTER TABLE orders ENABLE ROW LEVEL SECURITY'),
        "SELECT relrowsecurity FROM pg_class WHERE oid = 'orders'::regclass",
      ],
      answers: 'true',
    },
  },
  {
    peer: 'squawk',
    cases: ['prefer_robust_stmts.rs: alter_column_set_not_null'],
    kind: 'contradicted',
    why: 'SET NOT NULL on a column that is NOT NULL does nothing: the file can run again. That it reads the table is found, by set-not-null.',
    proof: {
      sql: [
        orders,
        ...Array.from({ length: 2 }, () => 'ALTER TABLE orders ALTER COLUMN place SET NOT NULL'),
        "SELECT attnotnull FROM pg_attribute WHERE attrelid = 'orders'::regclass AND attname = 'place'",
      ],
      answers: 'true',
    },
  },
  {
    peer: 'squawk',
    cases: ['require_timeout_settings.rs: err_other_ddl_operations'],
    kind: 'contradicted',
    why: 'CREATE TYPE waits for no table and makes none wait: a time-out would end nothing.',
    proof: {
      sql: [
        orders,
        `DO $$ BEGIN CREATE TYPE mood AS ENUM ('sad', 'happy'); PERFORM set_config('peers.locks', (SELECT count(*)::text FROM pg_locks WHERE pid = pg_backend_pid() AND relation = 'orders'::regclass), false); END $$`,
        "SELECT current_setting('peers.locks')",
      ],
      answers: '0',
    },
  },
  {
    peer: 'eugene',
    cases: ['examples/E15/good.sql'],
    kind: 'view',
    why: 'Each script is judged as what is deployed next. After the first alone the foreign key has no index: fk-missing-index speaks there, and is silent where both are pending together.',
    proof: {
      sql: [
        orders,
        'CREATE TABLE lines (order_id bigint NOT NULL REFERENCES orders)',
        "SELECT EXISTS (SELECT FROM pg_index WHERE indrelid = 'lines'::regclass)",
      ],
      answers: 'false',
    },
  },
  {
    peer: 'eugene',
    cases: ['lints.rs: test_alter_table_generated_always_column'],
    kind: 'contradicted',
    why: 'An identity numbers the rows that are there, and so writes the table anew: add-column-identity-serial.',
    proof: { sql: rewritten('ALTER TABLE orders ADD COLUMN no int GENERATED ALWAYS AS IDENTITY'), answers: 'true' },
  },
  {
    peer: 'eugene',
    cases: ['lints.rs: test_altered_table_several_times'],
    kind: 'view',
    why: 'Two columns take a moment each, and the transaction keeps the one lock either way. merge-alter-tables speaks where a second statement goes through all rows again.',
    proof: { sql: rewritten('ALTER TABLE orders ADD COLUMN data jsonb; ALTER TABLE orders ADD COLUMN price numeric'), answers: 'false' },
  },
  {
    peer: 'pgsafe',
    cases: ['rule_cases.rs: rename_fires 3', 'rule_cases.rs: rename_fires 4'],
    kind: 'view',
    why: 'No query names an index, and a constraint only where it says ON CONFLICT ON CONSTRAINT, which Drizzle does not write: a note on each would be noise.',
    proof: {
      sql: [
        orders,
        'ALTER INDEX orders_pkey RENAME TO orders_key',
        "INSERT INTO orders VALUES (1, 'a') ON CONFLICT (id) DO NOTHING",
        'SELECT count(*) FROM orders WHERE id = 1',
      ],
      answers: '1',
    },
  },
  {
    peer: 'pgsafe',
    cases: ['rule_cases.rs: add_column_serial_silent 3', 'rule_cases.rs: add_column_identity_silent 2'],
    kind: 'together',
    why: 'pgsafe has a rule for serial and one for identities; PostgreSQL writes the table anew for both, and we have one rule: add-column-identity-serial.',
    proof: { sql: rewritten('ALTER TABLE orders ADD COLUMN no bigserial'), answers: 'true' },
  },
  {
    peer: 'pgsafe',
    cases: ['rule_cases.rs: refresh_matview_non_concurrent_silent 2'],
    kind: 'contradicted',
    why: 'WITH NO DATA empties the view: until the next REFRESH every query of it is refused. refresh-matview-blocking.',
    proof: {
      sql: [orders, 'CREATE MATERIALIZED VIEW places AS SELECT place FROM orders', 'REFRESH MATERIALIZED VIEW places WITH NO DATA', 'SELECT * FROM places'],
      refused: '55000',
    },
  },
  {
    peer: 'pgsafe',
    cases: [
      'new_table.rs: merge_populated_new_table_still_fires 1',
      'new_table.rs: populated_new_table_still_fires 1',
      'new_table.rs: populated_new_table_still_fires 2',
      ...[4, 5, 6, 7].map((number) => `new_table.rs: drop_truncate_rename_on_existing_or_populated_table_still_fire ${number}`),
    ],
    kind: 'view',
    why: 'No code that runs knows a table that the same migration makes, whatever the migration fills in: nobody waits for it, and what goes is what the migration brought. Under Drizzle nobody sees it before the end.',
    proof: {
      sql: ['BEGIN', orders, "INSERT INTO orders VALUES (1, 'a')", 'ALTER TABLE orders ADD UNIQUE (place)', 'ROLLBACK', "SELECT to_regclass('orders') IS NULL"],
      answers: 'true',
    },
  },
  {
    peer: 'pgsafe',
    cases: ['timeout.rs: a_preceding_set_timeout_silences_it 2'],
    kind: 'view',
    why: 'statement_timeout ends a wait too, but has to leave time for the work: lock_timeout can be short, and stands beside it (so squawk and eugene). missing-lock-timeout.',
    proof: { sql: ["SET statement_timeout = '60s'", 'SHOW lock_timeout'], answers: '0' },
  },
  {
    peer: 'drizzle-migration-lint',
    cases: ['pg-add-pk: add-unique-constraint'],
    kind: 'together',
    why: 'It has rules of their own for a primary key and for UNIQUE; PostgreSQL builds a unique index for both, and we have one rule: unique-constraint-index-build.',
    proof: {
      sql: [
        'CREATE TABLE places (name text NOT NULL)',
        'ALTER TABLE places ADD PRIMARY KEY (name)',
        "SELECT indisunique FROM pg_index WHERE indexrelid = 'places_pkey'::regclass",
      ],
      answers: 'true',
    },
  },
  {
    peer: 'drizzle-migration-lint',
    cases: ['pg-add-pk: set-not-null'],
    kind: 'contradicted',
    why: 'The primary key before it has made the column NOT NULL: the statement finds nothing to do, and reads no row.',
    proof: {
      sql: [
        'CREATE TABLE places (name text)',
        'ALTER TABLE places ADD PRIMARY KEY (name)',
        'BEGIN',
        "SELECT set_config('peers.scans', pg_stat_get_xact_numscans('places'::regclass)::text, true)",
        'ALTER TABLE places ALTER COLUMN name SET NOT NULL',
        "SELECT pg_stat_get_xact_numscans('places'::regclass)::text = current_setting('peers.scans')",
      ],
      answers: 'true',
    },
  },
  {
    peer: 'pgfence',
    cases: ['should detect ADD COLUMN with function DEFAULT as HIGH risk: add-column-non-constant-default'],
    kind: 'contradicted',
    why: 'now() is computed once for the statement, and kept beside the table: no row is written.',
    proof: { sql: rewritten('ALTER TABLE orders ADD COLUMN made timestamptz NOT NULL DEFAULT now()'), answers: 'false' },
  },
  {
    peer: 'bytebase',
    cases: ['column_default_disallow_volatile 2'],
    kind: 'contradicted',
    why: 'now() is stable: it is computed once, and no row is written.',
    proof: { sql: rewritten('ALTER TABLE orders ADD COLUMN made timestamp DEFAULT now()'), answers: 'false' },
  },
  {
    peer: 'bytebase',
    cases: ['schema_backward_compatibility 2', 'schema_backward_compatibility 3', 'schema_backward_compatibility 4'],
    kind: 'contradicted',
    why: 'Queries of a view that is gone are refused like those of a table: drop-view.',
    proof: { sql: [orders, 'CREATE VIEW places AS SELECT place FROM orders', 'DROP VIEW places', 'SELECT * FROM places'], refused: '42P01' },
  },
  {
    peer: 'bytebase',
    cases: ['statement_add_foreign_key_not_valid 1', 'statement_disallow_truncate 12', 'statement_disallow_truncate 13'],
    kind: 'view',
    why: 'The tables are made by the same migration: there are no rows to check that anybody waits for, and none to lose.',
    proof: { sql: ['BEGIN', orders, 'TRUNCATE orders', 'ROLLBACK', "SELECT to_regclass('orders') IS NULL"], answers: 'true' },
  },
  {
    peer: 'bytebase',
    cases: ['statement_merge_alter_table 2'],
    kind: 'view',
    why: 'A column that is added to a table which the migration made takes a moment: merge-alter-tables speaks where rows are read or written twice.',
    proof: { sql: rewritten('ALTER TABLE orders ADD COLUMN amount int'), answers: 'false' },
  },
  {
    peer: 'bytebase',
    cases: ['index_no_duplicate_column 3', 'index_no_duplicate_column 6'],
    kind: 'view',
    why: 'PostgreSQL takes an index and a foreign key that name a column twice: wasteful, and no hazard. In a key it refuses them, which is found (refused).',
    proof: {
      sql: [
        'CREATE TABLE pairs (a int, b int, UNIQUE (a, b))',
        'CREATE TABLE halves (a int, FOREIGN KEY (a, a) REFERENCES pairs (a, b))',
        'CREATE INDEX halves_idx ON halves (a, a)',
        "SELECT count(*) FROM pg_constraint WHERE conrelid = 'halves'::regclass AND contype = 'f'",
      ],
      answers: '1',
    },
  },
]
