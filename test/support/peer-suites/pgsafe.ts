/** pgsafe's suite: what fires and what does not, rule by rule. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { PeerCase, PeerCases, PeerSuite } from './case.ts'
import { callsIn, casesOf, isNegated, type RustTest, rustTests, together } from './rust.ts'

const files = ['rule_cases.rs', 'new_table.rs', 'txn.rs', 'timeout.rs']

/** The rule that a file's own helper is about, where its calls name none. */
const usualRule: Readonly<Record<string, string>> = { 'timeout.rs': 'require-timeout' }

const casesIn = (file: string, test: RustTest): readonly (PeerCase | undefined)[] =>
  callsIn(test, /fires/).map((call, number) => {
    const { args, text } = call
    const rule = /"([a-z][a-z-]+)"\s*,?\s*$/.exec(args.slice(args.indexOf(',')))?.[1] ?? usualRule[file]
    if (text === undefined || rule === undefined) return undefined
    return { name: `${file}: ${test.name} ${number + 1}`, scripts: [text], runner: 'none', expects: { rule, found: !isNegated(test, call) } }
  })

const read = async (checkout: string): Promise<PeerCases> => {
  const sources = await Promise.all(files.map((file) => readFile(join(checkout, 'tests', file), 'utf8')))
  return together(files.map((file, at) => casesOf(file, rustTests(sources[at] ?? ''), (test) => casesIn(file, test))))
}

export const pgsafe: PeerSuite = {
  peer: 'pgsafe',
  repository: 'fixed-width/pgsafe',
  read,
  hazards: {
    'add-index-non-concurrent': ['index-not-concurrent'],
    'add-fk-without-not-valid': ['fk-validating', 'add-column-inline-fk'],
    'add-check-without-not-valid': ['check-validating', 'add-column-inline-check'],
    'add-domain-constraint-without-not-valid': ['check-validating'],
    'add-domain-not-null': ['set-not-null'],
    'add-exclusion-constraint': ['exclusion-constraint'],
    'add-primary-key-without-index': ['unique-constraint-index-build', 'add-column-inline-unique'],
    'add-unique-constraint': ['unique-constraint-index-build', 'add-column-inline-unique'],
    'add-column-generated-stored': ['add-column-generated-stored'],
    'add-column-identity': ['add-column-identity-serial'],
    'add-column-serial': ['add-column-identity-serial'],
    'add-column-volatile-default': ['add-column-volatile-default'],
    'add-column-not-null-no-default': ['add-column-not-null-no-default'],
    'add-trigger': ['trigger-ddl'],
    'alter-column-type': ['change-type-rewrite', 'timestamptz-cast-session-tz', 'type-narrowing'],
    'attach-partition': ['attach-partition-scan'],
    'detach-partition-non-concurrent': ['detach-partition-blocking'],
    'drop-column': ['drop-column'],
    'drop-constraint': ['drop-unique', 'drop-foreign-key'],
    'drop-database': ['drop-database'],
    'drop-index-non-concurrent': ['drop-index-not-concurrent'],
    'drop-not-null': ['drop-not-null'],
    'drop-table': ['drop-table'],
    'prefer-bigint-primary-key': ['prefer-bigint'],
    'prefer-identity': ['prefer-identity'],
    'prefer-jsonb': ['prefer-jsonb'],
    'refresh-matview-non-concurrent': ['refresh-matview-blocking'],
    'reindex-non-concurrent': ['reindex-not-concurrent'],
    'rename-column': ['rename-column'],
    'rename-table': ['rename-table'],
    rename: ['rename-column', 'rename-table'],
    'set-access-method': ['set-access-method'],
    'set-logged-unlogged': ['set-logged-unlogged'],
    'set-not-null': ['set-not-null'],
    truncate: ['truncate', 'truncate-cascade'],
    'vacuum-full-cluster': ['vacuum-full', 'cluster'],
    'fk-without-covering-index': ['fk-missing-index'],
    'require-timeout': ['missing-lock-timeout', 'set-local-lost-after-commit', 'lock-timeout-after-dangerous-statement', 'lock-timeout-zero'],
    'concurrently-in-transaction': ['concurrently-in-tx'],
  },
}
