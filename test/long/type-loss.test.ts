/** What is said of a change of type is what PostgreSQL does to values: every pair of types, with and without USING. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openEngine } from '../../src/adapters/engines/index.ts'
import { castExists } from '../../src/changes/conversions.ts'
import { emptyCatalog } from '../../src/changes/edit.ts'
import { replay } from '../../src/changes/replay.ts'
import type { Catalog, TypeReference } from '../../src/model/catalog.ts'
import type { Engine } from '../../src/model/engine.ts'
import type { Session } from '../../src/model/session.ts'
import { type Loss, lossOf, needsUsing } from '../../src/rules/type-loss.ts'
import { loadSql } from '../../src/sql/parser.ts'
import { readExpression } from '../../src/sql/print.ts'
import { readScript } from '../../src/sql/script.ts'

const enums = "CREATE TYPE e1 AS ENUM ('a', 'b'); CREATE TYPE e2 AS ENUM ('a', 'c'); CREATE TYPE e3 AS ENUM ('b', 'a', 'c')"

/** Values of each type: such as fit everywhere, and such as do not. */
const values: Readonly<Record<string, readonly string[]>> = {
  int2: ['1', '0', '-32768'],
  int4: ['1', '0', '32768', '-2147483648', '16777217'],
  int8: ['1', '0', '3000000000', '9007199254740993'],
  numeric: ['1', '1.5', '-0.25', '12345.678901', '123456789012345678901234', '99999', '1e39'],
  'numeric(12, 6)': ['1', '100000.5', '0.123456', '-999.99'],
  'numeric(5, 2)': ['1', '123.45'],
  'numeric(10)': ['1', '1234567890'],
  float4: ['1', '1.5', '0.1', '1e30', '0.123456789'],
  float8: ['1', '1.5', '0.1', '1e300', '0.12345678901234567', '40000'],
  text: ['a', 'b', 'longer than ten', '12', '1.5', '2020-01-01', 'true', '{}', '10.0.0.0/8', '00000000-0000-0000-0000-000000000000', '10:00'],
  'varchar(5)': ['a', '12345', '1.5'],
  'varchar(40)': ['a', '12345', 'longer than ten', '00000000-0000-0000-0000-000000000000'],
  'char(3)': ['a', 'abc', '12'],
  bool: ['true', 'false'],
  date: ['2020-01-01'],
  time: ['10:00', '10:00:00.123456'],
  timestamp: ['2020-01-01 00:00:00', '2020-01-01 10:00:00', '2020-01-01 10:00:00.123456'],
  'timestamp(3)': ['2020-01-01 00:00:00', '2020-01-01 10:00:00.123'],
  timestamptz: ['2020-01-01 00:00:00+00', '2020-01-01 10:00:00.123456+00'],
  'timestamptz(0)': ['2020-01-01 00:00:00+00', '2020-01-01 10:00:00+00'],
  interval: ['1 day', '10:00'],
  uuid: ['00000000-0000-0000-0000-000000000000'],
  json: ['{}', '[1, 2, 3, 4, 5, 6]'],
  jsonb: ['{}', '[1, 2, 3, 4, 5, 6]'],
  inet: ['10.0.0.0/8', '10.0.0.1/8', '10.0.0.1'],
  cidr: ['10.0.0.0/8'],
  bytea: ['\\x00'],
  e1: ['a', 'b'],
  e2: ['a', 'c'],
  e3: ['a', 'b', 'c'],
  'int4[]': ['{1,2}'],
  'text[]': ['{a,b}', '{1}'],
}
const textual = /^(?:text|varchar|char)(?!.*\[)/

/**
 * Alters a column that holds one value, for each of them: `fails` with its SQLSTATE, `loses` when what comes back is another value, `keeps`. The way back goes
 * through text; from text to another type only a refusal counts.
 */
const tried = `CREATE FUNCTION tried(a text, b text, expression text, samples text[], condition text) RETURNS TABLE (sample text, outcome text, told boolean) LANGUAGE plpgsql AS $$
DECLARE same boolean;
BEGIN
  FOREACH sample IN ARRAY samples LOOP
    outcome := 'keeps';
    told := NULL;
    EXECUTE format('CREATE TEMP TABLE t (c %s)', a);
    EXECUTE format('INSERT INTO t VALUES (%L)', sample);
    IF condition IS NOT NULL THEN EXECUTE format('SELECT count(*) > 0 FROM t WHERE %s', condition) INTO told; END IF;
    BEGIN
      EXECUTE format('CREATE TEMP TABLE old AS SELECT c FROM t');
      EXECUTE format('ALTER TABLE t ALTER COLUMN c TYPE %s %s', b, expression);
      IF a !~ '^(text|varchar|char)' OR b ~ '^(text|varchar|char)' THEN
        EXECUTE CASE WHEN b ~ '^(text|varchar|char)' AND b !~ '\\[' THEN 'SELECT rtrim(t.c::text) = rtrim(old.c::text) FROM t, old'
                     WHEN a ~ '^(int.|numeric|float)' AND b ~ '^(int.|numeric|float)' THEN 'SELECT t.c::text::numeric = old.c::text::numeric FROM t, old'
                     ELSE format('SELECT t.c::text::%s::text = old.c::text FROM t, old', a) END INTO same;
        IF NOT same THEN outcome := 'loses'; END IF;
      END IF;
    EXCEPTION WHEN OTHERS THEN outcome := SQLSTATE;
    END;
    DROP TABLE IF EXISTS t, old;
    RETURN NEXT;
  END LOOP;
END $$`

let engine: Engine
let session: Session
let catalog: Catalog

beforeAll(async () => {
  await loadSql()
  catalog = replay([readScript(enums)], emptyCatalog).catalog
  engine = await openEngine({ extensions: [], profile: 'replay' })
  session = await engine.session(await engine.createDatabase())
  await session.script(`SET TimeZone = 'UTC'; SET IntervalStyle = postgres; SET client_min_messages = error; ${enums}; ${tried}`)
})
afterAll(async () => {
  await session?.[Symbol.asyncDispose]()
  await engine?.[Symbol.asyncDispose]()
})

const types = (): ReadonlyMap<string, TypeReference> => {
  const names = Object.keys(values)
  const table = [...replay([readScript(`${enums}; CREATE TABLE t (${names.map((name, at) => `c${at} ${name}`).join(', ')})`)]).catalog.tables.values()][0]
  return new Map(names.flatMap((name, at) => (table?.columns[at] ? [[name, table.columns[at].type] as const] : [])))
}

type Outcome = { readonly sample: string; readonly outcome: string; readonly told: boolean | null }

const outcomes = async (from: string, to: string, using: string, loss: Loss | undefined): Promise<readonly Outcome[]> => {
  // What is refused is refused for all values.
  const samples = (values[from] ?? []).slice(0, loss?.how === 'refused' ? 1 : undefined)
  return (await session.query('SELECT * FROM tried($1, $2, $3, $4, $5)', [from, to, using, samples, loss?.condition ?? null])) as unknown as readonly Outcome[]
}

/** What is wrong with the word on one value. */
const faultOf = (loss: Loss | undefined, { outcome, told }: Outcome): string | undefined => {
  if (loss?.how === 'refused') return outcome === loss.code ? undefined : `refused is said, ${outcome} is done`
  if (!loss) return outcome === 'keeps' ? undefined : `nothing is said, ${outcome} is done`
  if (told === null) return undefined
  return told === (outcome !== 'keeps') ? undefined : `the query says ${told}, ${outcome} is done`
}

const faults = async (mode: 'assigned' | 'cast'): Promise<readonly string[]> => {
  const known = types()
  const found: string[] = []
  for (const [a, from] of known) {
    for (const [b, to] of known) {
      // The same number has more digits as a float8.
      if (a === b || (a === 'float4' && b === 'float8')) continue
      const through = from.array !== to.array || !castExists(from, to) || needsUsing(from, to, catalog) ? '::text' : ''
      // Which of the values of an array are no others is not said.
      if (mode === 'cast' && (from.array || to.array) && !(textual.test(a) || textual.test(b))) continue
      const using = mode === 'assigned' ? '' : `USING c${through}::${b}`
      const expression = mode === 'assigned' ? undefined : readExpression(`c${through}::${b}`)
      const loss = lossOf({ column: 'c', from, to, using: expression }, catalog, 18)
      if (mode === 'cast' && through !== '' && !textual.test(a) && !textual.test(b) && !(a.startsWith('e') && b.startsWith('e'))) continue
      for (const each of await outcomes(a, b, using, loss)) {
        const fault = faultOf(loss, each)
        if (fault) found.push(`${a} → ${b} ${using} of ${each.sample}: ${fault}`)
      }
    }
  }
  return found
}

it('holds for assignments', { timeout: 60_000 }, async () => {
  expect(await faults('assigned')).toEqual([])
})

it('holds for casts in USING', { timeout: 60_000 }, async () => {
  expect(await faults('cast')).toEqual([])
})
