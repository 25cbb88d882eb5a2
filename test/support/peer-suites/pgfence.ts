/** pgfence's suite: the tests of its analyzer that look for a rule in SQL. */
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { PeerCase, PeerCases, PeerSuite } from './case.ts'

const file = 'tests/analyzer.test.ts'

type Test = { readonly name: string; readonly body: string }

const testsIn = (source: string): readonly Test[] =>
  source
    .split(/^\s+it\(/m)
    .slice(1)
    .map((body) => ({ name: /^['"`]((?:[^'"`\\]|\\.)*)/.exec(body)?.[1] ?? '', body }))

/** The SQL of a test, where it is one text: a file of the fixtures, or a template without a hole. */
const sqlOf = async (checkout: string, { body }: Test): Promise<string | undefined> => {
  const fixtures = [...body.matchAll(/fixture\('([^']+)'\)/g)].map((match) => match[1] ?? '')
  const texts = [...body.matchAll(/(?:const sql =|withTempSqlFile\(\s*'[^']*',)\s*`([^`$]*)`/g)].map((match) => match[1] ?? '')
  if (fixtures.length + texts.length !== 1) return undefined
  const [fixture] = fixtures
  if (fixture === undefined) return texts[0]
  const path = join(checkout, 'tests/fixtures', fixture)
  return fixture.endsWith('.sql') && existsSync(path) ? readFile(path, 'utf8') : undefined
}

/** What a test expects of the rules that it looks for. */
const expectationsIn = ({ body }: Test): readonly { readonly rule: string; readonly found: boolean }[] =>
  [...body.matchAll(/const (\w+) = [\w.![\]0]*\.(?:find|filter)\(\s*\(\w+\) => \w+\.ruleId === '([\w-]+)',?\s*\)/g)].flatMap(([, name, rule = '']) => {
    const said = [...body.matchAll(new RegExp(`expect\\(${name}\\)\\.(toBeDefined|toBeUndefined|toHaveLength)\\((\\d*)\\)`, 'g'))][0]
    if (!said) return []
    const [, how, length] = said
    return [{ rule, found: how === 'toBeDefined' || (how === 'toHaveLength' && Number(length) > 0) }]
  })

/** Tests of its own comments, plug-ins and of what it is told of a database. */
const isOwn = ({ body }: Test): boolean => /ignore|plugin|snapshot|dbStats|maxLockTimeoutMs|minPostgresVersion: 1[01]\b|minPostgresVersion: \d\b/i.test(body)

/** It takes a file without BEGIN for one transaction, but for what cannot run in one. */
const runnerOf = (sql: string): PeerCase['runner'] => (/\b(?:BEGIN|CONCURRENTLY|VACUUM)\b/i.test(sql) ? 'none' : 'per-file')

const read = async (checkout: string): Promise<PeerCases> => {
  const cases: PeerCase[] = []
  const unread: string[] = []
  for (const test of testsIn(await readFile(join(checkout, file), 'utf8'))) {
    const sql = await sqlOf(checkout, test)
    const expected = expectationsIn(test)
    if (sql === undefined || expected.length === 0 || isOwn(test)) unread.push(test.name)
    else for (const expects of expected) cases.push({ name: `${test.name}: ${expects.rule}`, scripts: [sql], runner: runnerOf(sql), expects })
  }
  return { cases, unread }
}

export const pgfence: PeerSuite = {
  peer: 'pgfence',
  repository: 'flvmnt/pgfence',
  read,
  hazards: {
    'add-column-not-null-no-default': ['add-column-not-null-no-default'],
    'create-index-not-concurrent': ['index-not-concurrent'],
    'add-constraint-fk-no-not-valid': ['fk-validating', 'add-column-inline-fk'],
    'alter-column-type': ['change-type-rewrite', 'type-narrowing', 'timestamptz-cast-session-tz'],
    'alter-column-set-not-null': ['set-not-null'],
    'drop-table': ['drop-table'],
    truncate: ['truncate'],
    'missing-lock-timeout': ['missing-lock-timeout'],
    'missing-statement-timeout': ['missing-statement-timeout'],
    'concurrent-in-transaction': ['concurrently-in-tx'],
    'rename-column': ['rename-column'],
    'drop-index-not-concurrent': ['drop-index-not-concurrent'],
    'add-constraint-check-no-not-valid': ['check-validating', 'add-column-inline-check'],
    'add-constraint-unique': ['unique-constraint-index-build', 'add-column-inline-unique'],
    'add-constraint-exclude': ['exclusion-constraint'],
    'create-table-exclude-constraint': { notAdopted: 'a constraint of a new table makes nobody wait' },
    'delete-without-where': ['delete-without-where'],
    'vacuum-full': ['vacuum-full'],
    'add-column-non-constant-default': ['add-column-volatile-default'],
    'add-column-constant-default': { notAdopted: 'it says that the statement is safe' },
    'update-in-migration': ['update-without-where', 'backfill-in-ddl-tx'],
    'drop-column': ['drop-column'],
    'not-valid-validate-same-tx': ['not-valid-validate-same-tx'],
    'statement-after-access-exclusive': ['work-after-AX', 'batch-lock-accumulation', 'merge-alter-tables'],
    'add-column-json': ['prefer-jsonb'],
    'add-column-serial': ['add-column-identity-serial'],
    'add-column-stored-generated': ['add-column-generated-stored'],
    'rename-table': ['rename-table'],
    'truncate-cascade': ['truncate-cascade'],
    'prefer-bigint-over-int': ['prefer-bigint'],
    'prefer-text-field': ['prefer-text'],
    'prefer-timestamptz': ['prefer-timestamptz'],
    'add-constraint-unique-using-index': { notAdopted: 'it says that the statement is safe' },
    'add-pk-using-index': ['pk-using-index-nullable'],
    'add-pk-without-using-index': ['unique-constraint-index-build'],
    'reindex-non-concurrent': ['reindex-not-concurrent'],
    'refresh-matview-concurrent': { notAdopted: 'REFRESH CONCURRENTLY is what is to be done: reads go on' },
    'refresh-matview-blocking': ['refresh-matview-blocking'],
    'create-trigger': ['trigger-ddl'],
    'drop-trigger': ['trigger-ddl'],
    'enable-disable-trigger': ['trigger-ddl'],
    'wide-lock-window': ['batch-lock-accumulation', 'lock-order-deadlock'],
    'attach-partition': ['attach-partition-scan'],
    'detach-partition': ['detach-partition-blocking'],
    'detach-partition-concurrent': { notAdopted: 'DETACH CONCURRENTLY is what is to be done' },
    'lock-timeout-after-dangerous-statement': ['lock-timeout-after-dangerous-statement'],
    'lock-timeout-too-long': ['lock-timeout-too-long'],
    'lock-timeout-zero': ['lock-timeout-zero'],
    'statement-timeout-too-long': { notAdopted: 'how long the work may take is for the team to say' },
    'validate-constraint': { notAdopted: 'VALIDATE is what is to be done: reads and writes go on' },
    'missing-idle-timeout': ['missing-idle-timeout'],
    'ban-alter-domain-add-constraint': ['domain-with-constraint'],
    'drop-not-null': ['drop-not-null'],
    'rename-schema': ['rename-schema'],
    'fk-missing-index': ['fk-missing-index'],
    'unclosed-transaction': ['unclosed-transaction'],
    'alter-enum-no-ordering': ['enum-ordering'],
  },
}
