/** drizzle-migration-lint's suite: folders of Drizzle migrations for PostgreSQL, and what is found in each; but for the one that is about its own comments. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { PeerCase, PeerCases, PeerSuite } from './case.ts'

const root = 'test/fixtures'
type Expected = { readonly legacy?: { readonly findings: readonly { readonly rule: string }[] } }

const hazards: PeerSuite['hazards'] = {
  'add-check-without-not-valid': ['check-validating'],
  'add-column-not-null-no-default': ['add-column-not-null-no-default'],
  'add-enum-value': ['enum-value-used-in-batch'],
  'add-fk-without-not-valid': ['fk-validating'],
  'add-primary-key-on-existing-table': ['unique-constraint-index-build'],
  'add-unique-constraint': ['unique-constraint-index-build'],
  'alter-column-type': ['change-type-rewrite'],
  'create-index-non-concurrently': ['index-not-concurrent'],
  'set-not-null': ['set-not-null'],
  'volatile-default-on-add-column': ['add-column-volatile-default'],
  'drop-column': ['drop-column'],
  'drop-table': ['drop-table'],
  'rename-column': ['rename-column'],
  'rename-table': ['rename-table'],
  'truncate-in-migration': ['truncate'],
  'recreate-cascade-data-loss': { notAdopted: 'it is about how SQLite changes a table' },
}

const read = async (checkout: string): Promise<PeerCases> => {
  const cases: PeerCase[] = []
  for (const name of (await readdir(join(checkout, root))).filter((folder) => folder.startsWith('pg-') && !folder.startsWith('pg-suppressed')).sort()) {
    const folder = join(checkout, root, name)
    const { legacy }: Expected = JSON.parse(await readFile(join(folder, 'expected.json'), 'utf8'))
    const files = (await readdir(join(folder, 'legacy'))).filter((file) => file.endsWith('.sql')).sort()
    const scripts = await Promise.all(files.map((file) => readFile(join(folder, 'legacy', file), 'utf8')))
    const found = new Set(legacy?.findings.map(({ rule }) => rule))
    for (const rule of new Set([...Object.keys(hazards), ...found]))
      cases.push({ name: `${name}: ${rule}`, scripts, runner: 'drizzle', expects: { rule, found: found.has(rule) } })
  }
  return { cases, unread: [] }
}

export const drizzleMigrationLint: PeerSuite = { peer: 'drizzle-migration-lint', repository: 'rodrigobnogueira/drizzle-migration-lint', read, hazards }
