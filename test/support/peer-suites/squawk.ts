/** squawk's suite: the tests inside of its rules, but for those of its fixes, which are texts of its own. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { LockMode } from '../../../src/model/lock.ts'
import type { PeerCase, PeerCases, PeerSuite } from './case.ts'
import { callsIn, casesOf, type RustCall, type RustTest, rustTests, together } from './rust.ts'

const folder = 'crates/squawk_linter/src/rules'
const judging = /lint_ok|lint_errors|lint_ok_with|lint_errors_with|lint/

/** The rule that a file's own helpers of those names are about. */
const ruleOfFile = (source: string): string | undefined => /(?:lint_ok|lint_errors)(?:_with)?\(\s*sql,(?:\s*settings,)?\s*Rule::(\w+)/.exec(source)?.[1]

const caseOf = (file: string, { name }: RustTest, { args, name: called, text }: RustCall, usual: string | undefined): PeerCase | undefined => {
  const rule = /Rule::(\w+)/.exec(args)?.[1] ?? usual
  if (text === undefined || rule === undefined) return undefined
  const version = /pg_version: "(\d+)/.exec(args)?.[1]
  return {
    name: `${file}: ${name}`,
    scripts: [text],
    runner: /assume_in_transaction: true/.test(args) && !text.includes('squawk-disable-assume-in-transaction') ? 'drizzle' : 'none',
    ...(version === undefined ? {} : { postgres: Number(version) }),
    expects: { rule, found: !called.startsWith('lint_ok') },
  }
}

const words = (name: string): string => name.replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ').toUpperCase()

/** Tables of statements and the locks that they take; `Unknown` is what squawk does not know. */
const lockCases = (file: string, { name, body }: RustTest): readonly PeerCase[] =>
  [...body.matchAll(/^ +(\S.*?;) +\| (\w+) *$/gm)].flatMap(([, sql = '', mode = ''], number): readonly PeerCase[] =>
    mode === 'Unknown' ? [] : [{ name: `${file}: ${name} ${number + 1}`, scripts: [sql], runner: 'none', expects: { lock: words(mode) as LockMode } }],
  )

const read = async (checkout: string): Promise<PeerCases> => {
  const parts: PeerCases[] = []
  for (const file of (await readdir(join(checkout, folder))).filter((name) => name.endsWith('.rs')).sort()) {
    const source = await readFile(join(checkout, folder, file), 'utf8')
    const usual = ruleOfFile(source)
    const tests = rustTests(source).filter(({ name }) => !name.startsWith('fix'))
    parts.push(casesOf(file, tests, (test) => [...callsIn(test, judging).map((call) => caseOf(file, test, call, usual)), ...lockCases(file, test)]))
  }
  return together(parts)
}

export const squawk: PeerSuite = {
  peer: 'squawk',
  repository: 'sbdchd/squawk',
  read,
  hazards: {
    RequireConcurrentIndexCreation: ['index-not-concurrent'],
    RequireConcurrentIndexDeletion: ['drop-index-not-concurrent'],
    ConstraintMissingNotValid: ['fk-validating', 'check-validating', 'not-valid-validate-same-tx', 'add-column-inline-check', 'add-column-inline-fk'],
    AddingFieldWithDefault: ['add-column-volatile-default', 'add-column-generated-stored'],
    AddingForeignKeyConstraint: ['fk-validating', 'add-column-inline-fk'],
    ChangingColumnType: ['change-type-rewrite', 'type-narrowing', 'timestamptz-cast-session-tz'],
    AddingNotNullableField: ['set-not-null'],
    AddingSerialPrimaryKeyField: ['unique-constraint-index-build', 'add-column-inline-unique', 'add-column-identity-serial'],
    AddingRequiredField: ['add-column-not-null-no-default'],
    RenamingColumn: ['rename-column'],
    RenamingTable: ['rename-table'],
    DisallowedUniqueConstraint: ['unique-constraint-index-build', 'add-column-inline-unique'],
    BanDropDatabase: ['drop-database'],
    PreferBigintOverInt: ['prefer-bigint'],
    PreferBigintOverSmallint: ['prefer-bigint'],
    PreferIdentity: ['prefer-identity'],
    PreferRepack: { notAdopted: 'REPACK is of PostgreSQL 19; what CLUSTER and VACUUM FULL do is found on every version' },
    PreferRobustStmts: ['prefer-robust-statements'],
    PreferTextField: ['prefer-text'],
    PreferTimestampTz: ['prefer-timestamptz'],
    BanCharField: ['ban-char'],
    BanDropColumn: ['drop-column'],
    BanDropTable: ['drop-table'],
    BanDropNotNull: ['drop-not-null'],
    TransactionNesting: ['transaction-nesting'],
    BanConcurrentIndexCreationInTransaction: ['concurrently-in-tx'],
    BanCreateDomainWithConstraint: ['domain-with-constraint'],
    BanAlterDomainWithAddConstraint: ['domain-with-constraint'],
    BanTruncateCascade: ['truncate-cascade'],
    BanUncommittedTransaction: ['unclosed-transaction'],
    RequireEnumValueOrdering: ['enum-ordering'],
    RequireTableSchema: ['schema-qualified'],
    IdentifierTooLong: ['identifier-too-long'],
    RequireConcurrentPartitionDetach: ['detach-partition-blocking'],
    RequireConcurrentReindex: ['reindex-not-concurrent'],
    RequireLockTimeout: ['missing-lock-timeout'],
    RequireStatementTimeout: ['missing-statement-timeout'],
    RequireTimeoutSettings: ['missing-lock-timeout', 'missing-statement-timeout'],
    BanDuplicateColumnAssignments: ['duplicate-set-column'],
    UnusedIgnore: { notAdopted: 'it is about squawk’s own comments' },
  },
}
