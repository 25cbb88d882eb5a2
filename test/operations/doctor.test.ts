import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createWorld } from '../../src/cli/world.ts'
import type { Config } from '../../src/model/config.ts'
import type { Report } from '../../src/model/report.ts'
import { doctor } from '../../src/operations/doctor.ts'
import { cleanFolder, without } from '../../src/rules/examples.ts'

let root = ''
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'pgstrata-doctor-'))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const put = (files: { readonly [path: string]: string }, folder: string): void => {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, folder, path)), { recursive: true })
    writeFileSync(join(root, folder, path), text)
  }
}
const run = async (options: { readonly folder?: string; readonly config?: Config } = {}): Promise<Report> => {
  await using world = await createWorld({ cwd: root, config: {}, env: { ...process.env, XDG_CACHE_HOME: join(root, '.cache') }, ...options })
  return await doctor.run(world, { arguments: [], flags: { write: false, ledgerSql: undefined } })
}

describe('doctor', () => {
  it('finds nothing wrong with a clean folder, and says what it looked at', async () => {
    put(cleanFolder, 'drizzle')
    const report = await run()
    expect(report).toMatchObject({ operation: 'doctor', analysed: { projects: 1, migrations: 2, snapshots: 2, files: 5 }, findings: [], unknown: [] })
    expect(JSON.stringify(report.blocks)).toContain('nothing is wrong')
  })

  it('names each anomaly with its file and its repair, for people and for machines', async () => {
    put({ ...without(cleanFolder, 'meta/0001_snapshot.json'), '0009_stray.sql': 'SELECT 1;' }, 'db/drizzle')
    const report = await run({ folder: 'db/drizzle' })
    expect(report.findings.map(({ rule, file }) => [rule, file])).toEqual([
      ['missing-snapshot', 'db/drizzle/0001_name.sql'],
      ['orphan-sql', 'db/drizzle/0009_stray.sql'],
    ])
    expect(report.data).toMatchObject({
      projects: [
        {
          folder: 'db/drizzle',
          layout: 'journal',
          version: '7',
          anomalies: [{ rule: 'missing-snapshot', repair: expect.stringContaining('snapshot') }, { rule: 'orphan-sql' }],
        },
      ],
    })
    expect(
      report.blocks.flatMap((block) =>
        block.type === 'table' && block.columns.some(({ title }) => title === 'rule') ? block.rows.map((row) => row.slice(1, 3)) : [],
      ),
    ).toEqual([
      ['1', 'missing-snapshot'],
      ['1', 'orphan-sql'],
    ])
  })

  it('sees with git what was changed after it was committed', async () => {
    const git = (...parameters: readonly string[]): unknown =>
      execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', '-c', 'commit.gpgsign=false', ...parameters], { cwd: root })
    git('init', '-q')
    put(cleanFolder, 'drizzle')
    git('add', 'drizzle')
    git('commit', '-qm', 'add')
    put({ '0001_name.sql': 'ALTER TABLE users ADD COLUMN full_name text;' }, 'drizzle')
    git('commit', '-qam', 'edit')
    expect((await run()).findings.map(({ rule, file }) => [rule, file])).toEqual([['edited-after-commit', 'drizzle/0001_name.sql']])
  })

  it('honours the policy', async () => {
    put(without(cleanFolder, 'meta/0001_snapshot.json'), 'drizzle')
    expect((await run({ config: { policy: { rules: { 'missing-snapshot': 'note' } } } })).findings.map(({ severity }) => severity)).toEqual(['note'])
    expect((await run({ config: { policy: { rules: { 'missing-snapshot': 'off' } } } })).findings).toEqual([])
  })

  it('stops over a folder that cannot be read; among several it is unknown and the others are judged', async () => {
    await expect(run({ folder: 'nowhere' })).rejects.toMatchObject({ code: 'no-folder', exit: 2 })
    put(cleanFolder, 'drizzle')
    put({ 'drizzle.config.ts': "export default [{ dialect: 'postgresql' }, { dialect: 'postgresql', out: './bad' }]", 'bad/readme.txt': '' }, '.')
    expect(await run()).toMatchObject({
      analysed: { projects: 1, migrations: 2 },
      unknown: [{ what: expect.stringContaining('bad'), why: expect.stringContaining('_journal.json') }],
    })
  })

  it('warns where drizzle-kit 1.0’s push would drop the schema pgstrata, because schemaFilter is absent', async () => {
    const tag = '20300101000000_users'
    put({ [`${tag}/migration.sql`]: 'CREATE TABLE users (id integer);' }, 'drizzle')
    const warned = async (config: string): Promise<readonly (string | undefined)[]> => {
      put({ 'drizzle.config.json': `{ "dialect": "postgresql", "out": "drizzle"${config} }` }, '.')
      return (await run()).findings.filter(({ rule }) => rule === 'push-drops-ledger').map(({ file }) => file)
    }
    expect(await warned('')).toEqual(['drizzle.config.json'])
    expect(await warned(', "schemaFilter": ["public"]')).toEqual([])
  })
})
