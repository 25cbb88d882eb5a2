/** Statements whose locks, rewrites and scans are measured on every major, and the tables that they work on. */
import type { ChangeKind } from '../../src/model/change.ts'

/** What is there before: another way of storing tables, under another name. */
export const preparation = 'CREATE ACCESS METHOD columns TYPE TABLE HANDLER heap_tableam_handler'

/**
 * `customers` is referenced by `orders`; `events` is partitioned; `adults` inherits from `people`; `totals` is a materialised view; every table holds rows.
 */
export const scenery = `
CREATE SCHEMA archive;
CREATE TYPE mood AS ENUM ('sad', 'happy');
CREATE TYPE pair AS (x int, y text);
CREATE DOMAIN positive AS int CHECK (VALUE > 0);
ALTER DOMAIN positive ADD CONSTRAINT small CHECK (VALUE < 100000) NOT VALID;
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE TABLE customers (
  id bigint PRIMARY KEY, code int NOT NULL, score int, email varchar(100), name varchar(20) CONSTRAINT named CHECK (name <> ''), title varchar(50), price numeric(10,2),
  created timestamp, seen timestamptz(3), address cidr, token uuid, notes text, feeling mood, units positive, settings json, tags text[]
);
CREATE UNIQUE INDEX customers_code ON customers (code);
CREATE INDEX customers_title ON customers (title);
CREATE INDEX customers_tags ON customers USING gin (tags);
CREATE INDEX customers_lower ON customers (lower(notes));
ALTER TABLE customers ADD CONSTRAINT scored CHECK (score > 0) NOT VALID, ADD CONSTRAINT emailed CHECK (email IS NOT NULL);
CREATE TABLE orders (id serial PRIMARY KEY, customer bigint, other bigint, at timestamptz, state text);
ALTER TABLE orders ADD CONSTRAINT orders_customer FOREIGN KEY (customer) REFERENCES customers, ADD CONSTRAINT orders_other FOREIGN KEY (other) REFERENCES customers NOT VALID;
CREATE INDEX orders_state ON orders (state);
ALTER TABLE orders CLUSTER ON orders_state;
CREATE TABLE lines (orders int REFERENCES orders, no int GENERATED ALWAYS AS IDENTITY, PRIMARY KEY (orders, no));
CREATE TABLE events (id bigint NOT NULL, day date NOT NULL, note text, PRIMARY KEY (id, day)) PARTITION BY RANGE (day);
CREATE INDEX events_note ON events (note);
CREATE TABLE events_2024 PARTITION OF events FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE events_2025 (id bigint NOT NULL, day date NOT NULL, note text, PRIMARY KEY (id, day));
CREATE INDEX events_2025_note ON events_2025 (note);
CREATE TABLE events_2026 (id bigint NOT NULL, day date NOT NULL, note text, PRIMARY KEY (id, day), CHECK (day >= '2026-01-01' AND day < '2027-01-01'));
CREATE INDEX events_2026_note ON events_2026 (note);
ALTER TABLE events ADD CONSTRAINT numbered CHECK (id > 0) NOT VALID;
ALTER TABLE events_2025 ADD CONSTRAINT numbered CHECK (id > 0);
ALTER TABLE events_2026 ADD CONSTRAINT numbered CHECK (id > 0);
CREATE TABLE logs (id bigint NOT NULL, day date NOT NULL) PARTITION BY RANGE (day);
CREATE TABLE logs_2024 PARTITION OF logs FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE logs_rest PARTITION OF logs DEFAULT;
CREATE TABLE logs_2025 (id bigint NOT NULL, day date NOT NULL);
CREATE INDEX logs_day ON ONLY logs (day);
CREATE INDEX logs_2024_day ON logs_2024 (day);
CREATE TABLE people (id int, name text);
CREATE TABLE adults (since date) INHERITS (people);
CREATE TABLE minors (id int, name text);
CREATE VIEW order_names AS SELECT o.id, c.notes FROM orders o JOIN customers c ON c.id = o.customer;
CREATE MATERIALIZED VIEW totals AS SELECT customer, count(*) AS n FROM orders GROUP BY customer;
CREATE UNIQUE INDEX totals_customer ON totals (customer);
CREATE POLICY own ON orders USING (customer = 1);
CREATE TRIGGER touched BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION touch();
CREATE RULE quiet AS ON DELETE TO minors DO INSTEAD NOTHING;
CREATE SEQUENCE numbers;
CREATE STATISTICS score_email ON score, email FROM customers;
CREATE PUBLICATION changes FOR TABLE minors;
CREATE UNLOGGED TABLE scratch (id int PRIMARY KEY, big bigint);
CREATE FOREIGN DATA WRAPPER files;
CREATE SERVER disk FOREIGN DATA WRAPPER files;
CREATE FOREIGN TABLE prices (id int) SERVER disk OPTIONS (path 'prices.csv');
CREATE TABLE countries (code varchar(3) PRIMARY KEY);
CREATE TABLE cities (country varchar(3) REFERENCES countries, size int, twice int GENERATED ALWAYS AS (size * 2) STORED);
INSERT INTO countries SELECT chr(65 + n / 26) || chr(65 + n % 26) FROM generate_series(0, 600) n;
INSERT INTO cities SELECT 'AB', n FROM generate_series(1, 10) n;
INSERT INTO customers (id, code, score, email, name, units) SELECT n, n, n, 'a@b', 'x', n % 10 + 1 FROM generate_series(1, 1000) n;
INSERT INTO orders (customer, other) SELECT n, n FROM generate_series(1, 10) n;
INSERT INTO lines (orders) SELECT n FROM generate_series(1, 10) n;
INSERT INTO events SELECT n, '2024-05-01', 'x' FROM generate_series(1, 10) n;
INSERT INTO events_2025 SELECT n, '2025-05-01' FROM generate_series(1, 10) n;
INSERT INTO events_2026 SELECT n, '2026-05-01' FROM generate_series(1, 10) n;
INSERT INTO logs SELECT n, '2024-05-01' FROM generate_series(1, 10) n;
INSERT INTO logs_rest SELECT n, '2030-05-01' FROM generate_series(1, 10) n;
INSERT INTO logs_2025 SELECT n, '2025-05-01' FROM generate_series(1, 10) n;
INSERT INTO people SELECT n FROM generate_series(1, 10) n;
INSERT INTO adults SELECT n FROM generate_series(1, 10) n;
INSERT INTO minors SELECT n FROM generate_series(1, 10) n;
INSERT INTO scratch SELECT n FROM generate_series(1, 10) n;
REFRESH MATERIALIZED VIEW totals;
ANALYZE;
`

export type LockStatement = { readonly kind: ChangeKind; readonly sql: string; readonly from?: 15 | 16 | 17 | 18 }

/** By section of the page. `from`: the first major that has the syntax. */
const sections: { readonly [title: string]: readonly (readonly [ChangeKind, string, (15 | 16 | 17 | 18)?])[] } = {
  Tables: [
    ['create-table', 'CREATE TABLE notes (id int)'],
    ['create-table', 'CREATE TABLE notes (id int, customer bigint REFERENCES customers)'],
    ['create-table', 'CREATE TABLE notes (LIKE customers)'],
    ['create-table', 'CREATE TABLE elders (since date) INHERITS (people)'],
    ['drop-table', 'DROP TABLE minors'],
    ['drop-table', 'DROP TABLE lines'],
    ['drop-table', 'DROP TABLE orders CASCADE'],
    ['drop-table', 'DROP TABLE customers CASCADE'],
    ['drop-table', 'DROP TABLE events_2024'],
    ['drop-table', 'DROP TABLE logs_2024'],
    ['drop-table', 'DROP TABLE events'],
    ['drop-table', 'DROP TABLE logs_rest'],
    ['rename-table', 'ALTER TABLE customers RENAME TO clients'],
    ['set-schema', 'ALTER TABLE orders SET SCHEMA archive'],
    ['set-table-options', 'ALTER TABLE customers SET (fillfactor = 80)'],
    ['set-table-options', 'ALTER TABLE customers SET (autovacuum_enabled = false)'],
    ['set-table-options', 'ALTER TABLE customers SET (user_catalog_table = true)'],
    ['set-persistence', 'ALTER TABLE scratch SET LOGGED'],
    ['set-persistence', 'ALTER TABLE lines SET UNLOGGED'],
    ['set-access-method', 'ALTER TABLE customers SET ACCESS METHOD columns', 15],
    ['set-tablespace', 'ALTER TABLE customers SET TABLESPACE fast', 15],
    ['set-tablespace', 'ALTER INDEX customers_code SET TABLESPACE fast', 15],
    ['set-inheritance', 'ALTER TABLE minors INHERIT people'],
    ['set-inheritance', 'ALTER TABLE adults NO INHERIT people'],
    ['set-foreign-options', `ALTER FOREIGN TABLE prices OPTIONS (SET path 'new.csv')`],
    ['set-replica-identity', 'ALTER TABLE customers REPLICA IDENTITY FULL'],
    ['set-replica-identity', 'ALTER TABLE customers REPLICA IDENTITY USING INDEX customers_code'],
    ['set-cluster-index', 'ALTER TABLE customers CLUSTER ON customers_code'],
    ['set-cluster-index', 'ALTER TABLE orders SET WITHOUT CLUSTER'],
    ['set-row-security', 'ALTER TABLE customers ENABLE ROW LEVEL SECURITY'],
    ['set-owner', 'ALTER TABLE orders OWNER TO pg_database_owner'],
    ['set-privileges', 'GRANT SELECT ON customers TO PUBLIC'],
    ['set-comment', `COMMENT ON TABLE customers IS 'x'`],
  ],
  Partitions: [
    ['attach-partition', `ALTER TABLE events ATTACH PARTITION events_2025 FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')`],
    ['attach-partition', `ALTER TABLE events ATTACH PARTITION events_2026 FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')`],
    ['attach-partition', `ALTER TABLE logs ATTACH PARTITION logs_2025 FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')`],
    ['detach-partition', 'ALTER TABLE events DETACH PARTITION events_2024'],
    ['detach-partition', 'ALTER TABLE logs DETACH PARTITION logs_2024'],
    ['detach-partition', 'ALTER TABLE events DETACH PARTITION events_2024 CONCURRENTLY'],
    ['attach-partition', `CREATE TABLE events_2027 PARTITION OF events FOR VALUES FROM ('2027-01-01') TO ('2028-01-01')`],
    ['attach-partition', `CREATE TABLE logs_2027 PARTITION OF logs FOR VALUES FROM ('2027-01-01') TO ('2028-01-01')`],
    ['add-column', 'ALTER TABLE events ADD COLUMN extra int'],
    ['add-column', 'ALTER TABLE events ADD COLUMN extra uuid DEFAULT gen_random_uuid()'],
    ['drop-column', 'ALTER TABLE events DROP COLUMN note'],
    ['rename-column', 'ALTER TABLE events RENAME COLUMN note TO text'],
    ['set-not-null', 'ALTER TABLE events ALTER COLUMN note SET NOT NULL'],
    ['set-column-type', 'ALTER TABLE events ALTER COLUMN note TYPE varchar(50)'],
    ['add-constraint', 'ALTER TABLE events ADD CONSTRAINT k CHECK (id > 0)'],
    ['add-constraint', 'ALTER TABLE events ADD CONSTRAINT k FOREIGN KEY (id) REFERENCES customers'],
    ['add-constraint', 'ALTER TABLE events ADD CONSTRAINT k UNIQUE (id, day)'],
    ['create-index', 'CREATE INDEX k ON events (id)'],
    ['create-index', 'CREATE INDEX k ON ONLY events (id)'],
    ['drop-index', 'DROP INDEX events_note'],
    ['attach-index', 'ALTER INDEX logs_day ATTACH PARTITION logs_2024_day'],
    ['create-trigger', 'CREATE TRIGGER t BEFORE UPDATE ON events FOR EACH ROW EXECUTE FUNCTION touch()'],
  ],
  Columns: [
    ['add-column', 'ALTER TABLE customers ADD COLUMN extra int'],
    ['add-column', 'ALTER TABLE customers ADD COLUMN extra int DEFAULT 1 NOT NULL'],
    ['add-column', 'ALTER TABLE customers ADD COLUMN extra timestamptz DEFAULT now() NOT NULL'],
    ['add-column', 'ALTER TABLE customers ADD COLUMN extra timestamptz DEFAULT clock_timestamp()'],
    ['add-column', 'ALTER TABLE customers ADD COLUMN extra uuid DEFAULT gen_random_uuid()'],
    ['add-column', 'ALTER TABLE customers ADD COLUMN extra serial'],
    ['add-column', 'ALTER TABLE customers ADD COLUMN extra bigint GENERATED ALWAYS AS IDENTITY'],
    ['add-column', `ALTER TABLE customers ADD COLUMN extra text GENERATED ALWAYS AS (notes || 'x') STORED`],
    ['add-column', `ALTER TABLE customers ADD COLUMN extra text GENERATED ALWAYS AS (notes || 'x') VIRTUAL`, 18],
    ['add-column', 'ALTER TABLE customers ADD COLUMN extra positive'],
    ['add-column', 'ALTER TABLE customers ADD COLUMN extra int NOT NULL'],
    ['add-column', 'ALTER TABLE minors ADD COLUMN extra bigint REFERENCES customers'],
    ['add-column', 'ALTER TABLE minors ADD COLUMN extra bigint DEFAULT 1 REFERENCES customers'],
    ['add-column', 'ALTER TABLE customers ADD COLUMN extra int UNIQUE'],
    ['add-column', 'ALTER TABLE customers ADD COLUMN extra int CHECK (extra > 0)'],
    ['add-column', 'ALTER TABLE people ADD COLUMN extra int'],
    ['drop-column', 'ALTER TABLE customers DROP COLUMN token'],
    ['drop-column', 'ALTER TABLE customers DROP COLUMN title'],
    ['drop-column', 'ALTER TABLE orders DROP COLUMN other'],
    ['drop-column', 'ALTER TABLE lines DROP COLUMN no'],
    ['drop-column', 'ALTER TABLE customers DROP COLUMN id CASCADE'],
    ['rename-column', 'ALTER TABLE customers RENAME COLUMN title TO heading'],
    ['rename-column', 'ALTER TABLE people RENAME COLUMN name TO called'],
    ['set-default', 'ALTER TABLE customers ALTER COLUMN score SET DEFAULT 5'],
    ['set-not-null', 'ALTER TABLE customers ALTER COLUMN score SET NOT NULL'],
    ['set-not-null', 'ALTER TABLE customers ALTER COLUMN email SET NOT NULL'],
    ['set-not-null', 'ALTER TABLE customers ADD CONSTRAINT k NOT NULL score NOT VALID', 18],
    ['drop-not-null', 'ALTER TABLE customers ALTER COLUMN code DROP NOT NULL'],
    ['set-identity', 'ALTER TABLE customers ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY'],
    ['set-identity', 'ALTER TABLE lines ALTER COLUMN no SET GENERATED BY DEFAULT'],
    ['set-identity', 'ALTER TABLE lines ALTER COLUMN no DROP IDENTITY'],
    ['set-generated', 'ALTER TABLE cities ALTER COLUMN twice SET EXPRESSION AS (size * 3)', 17],
    ['set-generated', 'ALTER TABLE cities ALTER COLUMN twice DROP EXPRESSION'],
    ['set-column-properties', 'ALTER TABLE customers ALTER COLUMN title SET STATISTICS 100'],
    ['set-column-properties', 'ALTER TABLE customers ALTER COLUMN title SET (n_distinct = 5)'],
    ['set-column-properties', 'ALTER TABLE customers ALTER COLUMN title SET STORAGE EXTERNAL'],
    ['set-column-properties', 'ALTER TABLE customers ALTER COLUMN title SET COMPRESSION pglz'],
    ['set-comment', `COMMENT ON COLUMN customers.title IS 'x'`],
  ],
  'Column types': [
    ['set-column-type', 'ALTER TABLE customers ALTER COLUMN score TYPE bigint'],
    ['set-column-type', 'ALTER TABLE customers ALTER COLUMN email TYPE varchar(200)'],
    ['set-column-type', 'ALTER TABLE customers ALTER COLUMN email TYPE text'],
    ['set-column-type', 'ALTER TABLE customers ALTER COLUMN title TYPE text'],
    ['set-column-type', 'ALTER TABLE customers ALTER COLUMN title TYPE varchar(20)'],
    ['set-column-type', 'ALTER TABLE customers ALTER COLUMN name TYPE text'],
    ['set-column-type', 'ALTER TABLE customers ALTER COLUMN title TYPE text COLLATE "C"'],
    ['set-column-type', 'ALTER TABLE customers ALTER COLUMN title TYPE text USING title::text'],
    ['set-column-type', 'ALTER TABLE customers ALTER COLUMN token TYPE text'],
    ['set-column-type', 'ALTER TABLE customers ALTER COLUMN price TYPE numeric(12,2)'],
    ['set-column-type', 'ALTER TABLE customers ALTER COLUMN price TYPE numeric(12,4)'],
    ['set-column-type', 'ALTER TABLE customers ALTER COLUMN price TYPE numeric'],
    ['set-column-type', 'ALTER TABLE customers ALTER COLUMN created TYPE timestamptz'],
    ['set-column-type', `ALTER TABLE customers ALTER COLUMN created TYPE timestamptz USING created AT TIME ZONE 'UTC'`],
    ['set-column-type', 'ALTER TABLE customers ALTER COLUMN seen TYPE timestamptz'],
    ['set-column-type', 'ALTER TABLE customers ALTER COLUMN seen TYPE timestamptz(0)'],
    ['set-column-type', 'ALTER TABLE customers ALTER COLUMN address TYPE inet'],
    ['set-column-type', 'ALTER TABLE customers ALTER COLUMN units TYPE int'],
    ['set-column-type', 'ALTER TABLE customers ALTER COLUMN score TYPE positive'],
    ['set-column-type', 'ALTER TABLE customers ALTER COLUMN settings TYPE jsonb'],
    ['set-column-type', 'ALTER TABLE customers ALTER COLUMN feeling TYPE text'],
    ['set-column-type', 'ALTER TABLE lines ALTER COLUMN no TYPE bigint'],
    ['set-column-type', 'ALTER TABLE cities ALTER COLUMN country TYPE varchar(5)'],
    ['set-column-type', 'ALTER TABLE cities ALTER COLUMN country TYPE varchar(2)'],
    ['set-column-type', 'ALTER TABLE countries ALTER COLUMN code TYPE varchar(5)'],
    ['set-column-type', 'ALTER TABLE countries ALTER COLUMN code TYPE varchar(2)'],
    ['set-column-type', 'ALTER TABLE people ALTER COLUMN id TYPE bigint'],
  ],
  Constraints: [
    ['add-constraint', 'ALTER TABLE minors ADD CONSTRAINT k FOREIGN KEY (id) REFERENCES customers'],
    ['add-constraint', 'ALTER TABLE minors ADD CONSTRAINT k FOREIGN KEY (id) REFERENCES customers NOT VALID'],
    ['add-constraint', 'ALTER TABLE minors ADD CONSTRAINT k FOREIGN KEY (id) REFERENCES customers NOT ENFORCED', 18],
    ['add-constraint', 'ALTER TABLE customers ADD CONSTRAINT k CHECK (code > 0)'],
    ['add-constraint', 'ALTER TABLE customers ADD CONSTRAINT k CHECK (code > 0) NOT VALID'],
    ['add-constraint', 'ALTER TABLE people ADD CONSTRAINT k CHECK (id > 0)'],
    ['add-constraint', 'ALTER TABLE customers ADD CONSTRAINT k UNIQUE (score)'],
    ['add-constraint', 'ALTER TABLE customers ADD CONSTRAINT k UNIQUE USING INDEX customers_code'],
    ['add-constraint', 'ALTER TABLE minors ADD PRIMARY KEY (id)'],
    ['add-constraint', 'ALTER TABLE customers ADD CONSTRAINT k EXCLUDE (score WITH =)'],
    ['validate-constraint', 'ALTER TABLE orders VALIDATE CONSTRAINT orders_other'],
    ['validate-constraint', 'ALTER TABLE customers VALIDATE CONSTRAINT scored'],
    ['validate-constraint', 'ALTER TABLE events VALIDATE CONSTRAINT numbered'],
    ['alter-constraint', 'ALTER TABLE orders ALTER CONSTRAINT orders_customer DEFERRABLE'],
    ['alter-constraint', 'ALTER TABLE orders ALTER CONSTRAINT orders_customer NOT ENFORCED', 18],
    ['rename-constraint', 'ALTER TABLE customers RENAME CONSTRAINT scored TO k'],
    ['rename-constraint', 'ALTER TABLE customers RENAME CONSTRAINT customers_pkey TO k'],
    ['rename-constraint', 'ALTER INDEX customers_pkey RENAME TO k'],
    ['drop-constraint', 'ALTER TABLE customers DROP CONSTRAINT scored'],
    ['drop-constraint', 'ALTER TABLE orders DROP CONSTRAINT orders_customer'],
    ['drop-constraint', 'ALTER TABLE lines DROP CONSTRAINT lines_pkey'],
    ['drop-constraint', 'ALTER TABLE customers DROP CONSTRAINT customers_pkey CASCADE'],
    ['set-comment', `COMMENT ON CONSTRAINT scored ON customers IS 'x'`],
  ],
  Indexes: [
    ['create-index', 'CREATE INDEX k ON customers (score)'],
    ['create-index', 'CREATE UNIQUE INDEX k ON customers (id)'],
    ['create-index', 'CREATE INDEX k ON totals (n)'],
    ['create-index', 'CREATE INDEX CONCURRENTLY k ON customers (score)'],
    ['drop-index', 'DROP INDEX customers_code'],
    ['drop-index', 'DROP INDEX CONCURRENTLY customers_code'],
    ['rename-index', 'ALTER INDEX customers_code RENAME TO k'],
    ['set-index-options', 'ALTER INDEX customers_code SET (fillfactor = 70)'],
    ['set-index-options', 'ALTER INDEX customers_tags SET (fastupdate = off)'],
    ['set-index-statistics', 'ALTER INDEX customers_lower ALTER COLUMN 1 SET STATISTICS 100'],
    ['set-comment', `COMMENT ON INDEX customers_code IS 'x'`],
    ['maintain', 'REINDEX INDEX customers_code'],
    ['maintain', 'REINDEX TABLE customers'],
    ['maintain', 'REINDEX TABLE CONCURRENTLY customers'],
    ['maintain', 'REINDEX INDEX CONCURRENTLY customers_code'],
  ],
  Views: [
    ['create-view', 'CREATE VIEW v AS SELECT id FROM orders'],
    ['create-view', 'CREATE MATERIALIZED VIEW v AS SELECT id FROM minors'],
    ['replace-view', 'CREATE OR REPLACE VIEW order_names AS SELECT o.id, c.notes FROM orders o JOIN customers c ON c.id = o.other'],
    ['drop-view', 'DROP VIEW order_names'],
    ['drop-view', 'DROP MATERIALIZED VIEW totals'],
    ['rename-view', 'ALTER VIEW order_names RENAME TO v'],
    ['rename-view-column', 'ALTER VIEW order_names RENAME COLUMN notes TO n'],
    ['set-view-options', 'ALTER VIEW order_names SET (security_barrier = true)'],
    ['set-view-options', 'ALTER MATERIALIZED VIEW totals SET (fillfactor = 80)'],
    ['change-data', 'REFRESH MATERIALIZED VIEW totals'],
    ['change-data', 'REFRESH MATERIALIZED VIEW CONCURRENTLY totals'],
  ],
  'Triggers, rules, policies': [
    ['create-trigger', 'CREATE TRIGGER t BEFORE UPDATE ON customers FOR EACH ROW EXECUTE FUNCTION touch()'],
    ['create-trigger', 'CREATE CONSTRAINT TRIGGER t AFTER UPDATE ON customers FROM orders FOR EACH ROW EXECUTE FUNCTION touch()'],
    ['replace-trigger', 'CREATE OR REPLACE TRIGGER touched BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION touch()'],
    ['set-trigger-enabled', 'ALTER TABLE orders DISABLE TRIGGER touched'],
    ['rename-trigger', 'ALTER TRIGGER touched ON orders RENAME TO t'],
    ['drop-trigger', 'DROP TRIGGER touched ON orders'],
    ['create-rule', 'CREATE RULE r AS ON INSERT TO minors DO ALSO INSERT INTO people VALUES (NEW.id)'],
    ['replace-rule', 'ALTER TABLE minors DISABLE RULE quiet'],
    ['rename-rule', 'ALTER RULE quiet ON minors RENAME TO r'],
    ['drop-rule', 'DROP RULE quiet ON minors'],
    ['create-policy', 'CREATE POLICY pol ON customers USING (true)'],
    ['create-policy', 'CREATE POLICY pol ON customers USING (id IN (SELECT customer FROM orders))'],
    ['alter-policy', 'ALTER POLICY own ON orders USING (customer = 2)'],
    ['rename-policy', 'ALTER POLICY own ON orders RENAME TO pol'],
    ['drop-policy', 'DROP POLICY own ON orders'],
    ['set-comment', `COMMENT ON TRIGGER touched ON orders IS 'x'`],
    ['set-comment', `COMMENT ON POLICY own ON orders IS 'x'`],
    ['set-comment', `COMMENT ON RULE quiet ON minors IS 'x'`],
  ],
  Types: [
    ['add-enum-value', `ALTER TYPE mood ADD VALUE 'calm'`],
    ['rename-enum-value', `ALTER TYPE mood RENAME VALUE 'sad' TO 'low'`],
    ['rename-type', 'ALTER TYPE mood RENAME TO feelings'],
    ['drop-type', 'DROP TYPE mood CASCADE'],
    ['add-domain-constraint', 'ALTER DOMAIN positive ADD CONSTRAINT k CHECK (VALUE < 100)'],
    ['add-domain-constraint', 'ALTER DOMAIN positive ADD CONSTRAINT k CHECK (VALUE < 100) NOT VALID'],
    ['validate-domain-constraint', 'ALTER DOMAIN positive VALIDATE CONSTRAINT small'],
    ['drop-domain-constraint', 'ALTER DOMAIN positive DROP CONSTRAINT small'],
    ['set-domain-not-null', 'ALTER DOMAIN positive SET NOT NULL'],
    ['set-domain-default', 'ALTER DOMAIN positive SET DEFAULT 5'],
    ['add-attribute', 'ALTER TYPE pair ADD ATTRIBUTE z int'],
    ['drop-attribute', 'ALTER TYPE pair DROP ATTRIBUTE y'],
    ['rename-attribute', 'ALTER TYPE pair RENAME ATTRIBUTE x TO w'],
    ['set-attribute-type', 'ALTER TYPE pair ALTER ATTRIBUTE x TYPE bigint'],
  ],
  Sequences: [
    ['create-sequence', 'CREATE SEQUENCE s OWNED BY customers.id'],
    ['alter-sequence', 'ALTER SEQUENCE numbers INCREMENT BY 5'],
    ['alter-sequence', 'ALTER SEQUENCE numbers SET UNLOGGED', 15],
    ['set-sequence-owner', 'ALTER SEQUENCE numbers OWNED BY customers.code'],
    ['rename-sequence', 'ALTER SEQUENCE numbers RENAME TO s'],
    ['drop-sequence', 'DROP SEQUENCE numbers'],
    ['drop-sequence', 'DROP SEQUENCE orders_id_seq CASCADE'],
  ],
  'Other objects': [
    ['create-definition', 'CREATE STATISTICS s ON code, score FROM customers'],
    ['alter-definition', 'ALTER STATISTICS score_email SET STATISTICS 100'],
    ['drop-definition', 'DROP STATISTICS score_email'],
    ['create-definition', 'CREATE PUBLICATION p FOR TABLE customers'],
    ['alter-definition', 'ALTER PUBLICATION changes ADD TABLE customers'],
    ['alter-definition', 'ALTER PUBLICATION changes DROP TABLE minors'],
    ['alter-definition', 'ALTER PUBLICATION changes SET TABLE customers'],
    ['drop-definition', 'DROP PUBLICATION changes'],
    ['drop-schema', 'DROP SCHEMA public CASCADE'],
    ['drop-routine', 'DROP FUNCTION touch() CASCADE'],
    ['create-extension', 'CREATE EXTENSION pgcrypto'],
  ],
  Rows: [
    ['change-data', `INSERT INTO minors VALUES (1, 'x')`],
    ['change-data', `UPDATE customers SET notes = 'x'`],
    ['change-data', 'DELETE FROM lines'],
    ['change-data', 'TRUNCATE lines'],
    ['change-data', 'TRUNCATE customers CASCADE'],
    ['change-data', 'TRUNCATE events'],
    ['change-data', `UPDATE events SET note = 'x'`],
  ],
  Maintenance: [
    ['maintain', 'LOCK TABLE customers'],
    ['maintain', 'LOCK TABLE customers IN SHARE MODE'],
    ['maintain', 'ANALYZE customers'],
    ['maintain', 'VACUUM customers'],
    ['maintain', 'VACUUM FULL customers'],
    ['maintain', 'CLUSTER customers USING customers_code'],
  ],
}

export type LockSection = { readonly title: string; readonly statements: readonly LockStatement[] }

export const lockSections: readonly LockSection[] = Object.entries(sections).map(([title, statements]) => ({
  title,
  statements: statements.map(([kind, sql, from]) => ({ kind, sql, ...(from === undefined ? {} : { from }) })),
}))

export const lockStatements: readonly LockStatement[] = lockSections.flatMap(({ statements }) => statements)
