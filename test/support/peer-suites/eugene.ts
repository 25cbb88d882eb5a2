/** eugene's suite: an example for and against each hint, and the tests of its linter. */
import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { PeerCase, PeerCases, PeerSuite } from './case.ts'
import { callsIn, casesOf, isNegated, type RustTest, rustTests, together } from './rust.ts'

const scriptsOf = (text: string): readonly string[] =>
  text
    .split(/^-- \d+\.sql$/m)
    .map((script) => script.trim())
    .filter((script) => script !== '')

/** `examples/E1/bad.sql` and `good.sql`. */
const examples = async (root: string): Promise<readonly PeerCase[]> => {
  const cases: PeerCase[] = []
  for (const rule of (await readdir(join(root, 'examples'))).filter((name) => /^[EW]\d+$/.test(name)).sort())
    for (const file of ['bad.sql', 'good.sql'] as const) {
      const path = join(root, 'examples', rule, file)
      if (!existsSync(path)) continue
      cases.push({
        name: `examples/${rule}/${file}`,
        scripts: scriptsOf(await readFile(path, 'utf8')),
        runner: 'per-file',
        expects: { rule, found: file === 'bad.sql' },
      })
    }
  return cases
}

/** The ids of hints by the names that Rust has for them: `ADD_SERIAL_COLUMN` → `E11`. */
const hintIds = async (root: string): Promise<ReadonlyMap<string, string>> => {
  const data = await readFile(join(root, 'src/hint_data.rs'), 'utf8')
  const hints = new Map(
    [...data.matchAll(/pub const (\w+): StaticHintData = StaticHintData \{\s*id: "(\w+)"/g)].map((match) => [match[1] ?? '', match[2] ?? '']),
  )
  const rules = await readFile(join(root, 'src/lints/rules.rs'), 'utf8')
  for (const [, name = '', hint = ''] of rules.matchAll(/pub const (\w+): LintRule = LintRule \{\s*meta: &(?:crate::)?(?:hint_data::)?(\w+)/g)) {
    const id = hints.get(hint)
    if (id !== undefined) hints.set(name, id)
  }
  return hints
}

/** The assertions of a test, each about the report made last before it. */
const casesIn = (test: RustTest, ids: ReadonlyMap<string, string>): readonly (PeerCase | undefined)[] => {
  const reports = callsIn(test, /anon_lint/)
  return callsIn(test, /matched_lint_rule/).map((call) => {
    const sql = reports.findLast((report) => report.at < call.at)?.text
    const rule = ids.get(/(\w+)\s*\.id/.exec(call.args)?.[1] ?? '')
    if (sql === undefined || rule === undefined) return undefined
    return { name: `lints.rs: ${test.name}`, scripts: [sql], runner: 'per-file', expects: { rule, found: !isNegated(test, call) } }
  })
}

const read = async (checkout: string): Promise<PeerCases> => {
  const root = join(checkout, 'eugene')
  const ids = await hintIds(root)
  const tests = rustTests(await readFile(join(root, 'src/lints.rs'), 'utf8'))
  return together([{ cases: await examples(root), unread: [] }, casesOf('lints.rs', tests, (test) => casesIn(test, ids))])
}

export const eugene: PeerSuite = {
  peer: 'eugene',
  repository: 'kaaveland/eugene',
  read,
  hazards: {
    E1: ['check-validating', 'fk-validating', 'add-column-inline-check', 'add-column-inline-fk'],
    E2: ['set-not-null'],
    E3: ['prefer-jsonb'],
    E4: ['work-after-AX'],
    E5: ['change-type-rewrite'],
    E6: ['index-not-concurrent'],
    E7: ['unique-constraint-index-build'],
    E8: ['exclusion-constraint'],
    E9: ['missing-lock-timeout'],
    E10: ['batch-lock-accumulation', 'work-after-AX'],
    E11: ['add-column-identity-serial', 'add-column-generated-stored'],
    W12: ['merge-alter-tables'],
    W13: ['enum-created'],
    W14: ['pk-using-index-nullable'],
    E15: ['fk-missing-index'],
  },
}
