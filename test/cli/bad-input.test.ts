/** What a stranger may give us: every run ends with a code, a sentence and the next step, never with a stack or a secret. */
import { spawnSync } from 'node:child_process'
import { appendFileSync, chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { makePlace, type Place, startServer } from '../operations/place.ts'
import { build, pgstrata, program } from './cli.ts'

beforeAll(build)

let place: Place
beforeEach(() => {
  place = makePlace()
})
afterEach(() => place.remove())

const run = (...args: readonly string[]) => pgstrata(args, { cwd: place.path })
/** Exit code and words of a run that ended without a report; a stack would be a bug. */
const stopped = (...args: readonly string[]): { readonly status: number | null; readonly said: string } => {
  const { status, stdout, stderr } = run(...args)
  expect(stdout).toBe('')
  expect(stderr).not.toMatch(/^\s+at /m)
  expect(stderr).toMatch(/^pgstrata: .*[.] \[[a-z-]+\]\n {2}\S/)
  return { status, said: stderr }
}
const one = { tag: '0000_m', sql: 'CREATE TABLE t (id integer);' }

const folders: readonly (readonly [what: string, prepare: () => void, args: readonly string[], says: string, helps: string])[] = [
  ['nothing at all', () => undefined, [], '[no-project]', '--folder'],
  ['no such folder', () => undefined, ['--folder', 'absent'], '[no-folder]', 'drizzle-kit generate'],
  ['an empty folder', () => mkdirSync(join(place.path, 'drizzle')), ['--folder', 'drizzle'], '[empty-folder]', ''],
  ['a folder of other things', () => place.write({ 'drizzle/readme.md': 'hello' }), ['--folder', 'drizzle'], '[no-journal]', '`out`'],
  ['a file', () => place.write({ drizzle: 'hello' }), ['--folder', 'drizzle'], '[no-folder]', ''],
  ['a MySQL config', () => place.write({ 'drizzle.config.ts': "export default { dialect: 'mysql', out: './drizzle' }" }), [], 'MySQL', '"postgresql"'],
  ['a SQLite config', () => place.write({ 'drizzle.config.ts': "export default { dialect: 'sqlite', out: './drizzle' }" }), [], 'SQLite', '"postgresql"'],
  [
    'a MySQL folder',
    () => place.write({ 'd/meta/_journal.json': '{"version":"5","dialect":"mysql","entries":[]}' }),
    ['--folder', 'd'],
    'MySQL',
    '"postgresql"',
  ],
  [
    'a SQLite folder',
    () => place.write({ 'd/meta/_journal.json': '{"version":"6","dialect":"sqlite","entries":[]}' }),
    ['--folder', 'd'],
    'SQLite',
    '"postgresql"',
  ],
  ['an unknown key in the config', () => place.write({ 'pgstrata.config.json': '{ "enviroments": {} }' }), [], 'environments', ''],
  ['a config that is not JSON', () => place.write({ 'pgstrata.config.json': '{ "engine": ' }), [], 'pgstrata.config.json', ''],
]

describe.each(['check', 'doctor', 'version'])('%s', (verb) => {
  test.each(folders)('%s: exit 2', (_, prepare, args, says, helps) => {
    prepare()
    const { status, said } = stopped(verb, ...args)
    expect(status).toBe(2)
    expect(said).toContain(says)
    expect(said).toContain(helps)
  })
})

describe('files that are wrong are findings with their place, exit 1', () => {
  const finding = (verb: string, ...args: readonly string[]) => {
    const { status, stdout, stderr } = run(verb, '--format', 'json', ...args)
    expect(stderr).toBe('')
    const { findings } = JSON.parse(stdout) as {
      findings: readonly { severity: string; rule: string; file: string; line: number; column: number; help: string }[]
    }
    return { status, ...findings.find(({ severity }) => severity === 'error') }
  }

  test('a journal that is not JSON', () => {
    place.migrations([one])
    const journal = join(place.path, 'drizzle/meta/_journal.json')
    writeFileSync(journal, readFileSync(journal, 'utf8').replace('"entries": [', '"entries": [,'))
    for (const verb of ['check', 'doctor'])
      expect(finding(verb)).toMatchObject({ status: 1, rule: 'invalid-json', file: 'drizzle/meta/_journal.json', line: 4, help: expect.stringMatching(/./) })
    expect(stopped('version')).toMatchObject({ status: 2, said: expect.stringContaining('[nothing-analysed]') })
  })

  test('conflict markers in the journal', () => {
    place.migrations([one])
    const journal = join(place.path, 'drizzle/meta/_journal.json')
    writeFileSync(journal, readFileSync(journal, 'utf8').replace('  "entries"', '<<<<<<< HEAD\n=======\n>>>>>>> other\n  "entries"'))
    for (const verb of ['check', 'doctor'])
      expect(finding(verb)).toMatchObject({ status: 1, rule: 'conflict-markers', file: 'drizzle/meta/_journal.json', line: 4 })
  })

  test('conflict markers in SQL', () => {
    place.migrations([{ ...one, sql: '<<<<<<< HEAD\nSELECT 1;\n=======\nSELECT 2;\n>>>>>>> other\n' }])
    expect(finding('doctor')).toMatchObject({ status: 1, rule: 'conflict-markers', file: 'drizzle/0000_m.sql', line: 1 })
  })

  test('SQL with a syntax error', () => {
    place.migrations([{ ...one, sql: 'CREATE TABLE t (\n  id integer,,\n);' }])
    expect(finding('check', '--only', 'replay')).toMatchObject({ status: 1, rule: 'unparsed', file: 'drizzle/0000_m.sql', line: 2, column: 14 })
  })

  test('SQL that the journal names and nobody has', () => {
    place.migrations([one, { tag: '0001_gone', sql: '' }])
    spawnSync('rm', [join(place.path, 'drizzle/0001_gone.sql')])
    expect(finding('doctor')).toMatchObject({ status: 1, rule: 'journal-missing-file', migration: '0001_gone' })
  })
})

describe('without permission', () => {
  // Root reads everything: then the run has another account.
  const asNobody = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {}
  const runAsNobody = (...args: readonly string[]) => {
    const { NO_COLOR: _, FORCE_COLOR: __, ...env } = process.env
    const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
      cwd: place.path,
      encoding: 'utf8',
      env: { ...env, HOME: place.path, XDG_CACHE_HOME: join(place.path, '.cache') },
      ...asNobody,
    })
    return { status, stdout, stderr }
  }

  test.each(['drizzle', 'drizzle/meta/_journal.json', 'drizzle/0000_m.sql'])('to read %s', (path) => {
    place.migrations([one])
    chmodSync(join(place.path, path), 0o000)
    for (const verb of ['doctor', 'version']) {
      const { status, stdout, stderr } = runAsNobody(verb, '--folder', 'drizzle')
      expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
      expect(stderr).toMatch(/^pgstrata: .*drizzle.* may not be read[.] \[no-permission\]\n.*permission/)
    }
    chmodSync(join(place.path, path), 0o755)
  })

  test('to write the report', () => {
    place.migrations([one])
    chmodSync(place.path, 0o555)
    const { status, stderr } = runAsNobody('doctor', '--folder', 'drizzle', '--format', 'json=report.json')
    expect(status).toBe(2)
    expect(stderr).toContain('[cannot-write]')
    const saved = runAsNobody('doctor', '--folder', 'drizzle', '--save')
    expect(saved).toMatchObject({ status: 2, stderr: expect.stringContaining('[no-permission]') })
    chmodSync(place.path, 0o755)
  })

  test('to keep a cache: the answer is the same', () => {
    place.migrations([one])
    chmodSync(place.path, 0o555)
    expect(runAsNobody('version', '--folder', 'drizzle')).toMatchObject({ status: 0, stderr: '', stdout: expect.stringContaining('1.0.0') })
    chmodSync(place.path, 0o755)
  })
})

test.runIf(process.platform === 'linux')('a full disk: said so, exit 2', () => {
  place.migrations([one])
  for (const redirect of ['> /dev/full', '--format json=/dev/full']) {
    const { status, stderr } = spawnSync('sh', ['-c', `"$0" "$1" doctor ${redirect}`, process.execPath, program], { cwd: place.path, encoding: 'utf8' })
    expect(status).toBe(2)
    expect(stderr).toMatch(/^pgstrata: .*[.] \[cannot-write\]\n {2}\S/)
    expect(stderr).not.toMatch(/^\s+at /m)
  }
})

describe('words that are nearly right', () => {
  test.each([
    [['chek'], 'Did you mean check?'],
    [['check', '--fromat', 'json'], 'Did you mean --format?'],
    [['check', '--format', 'josn'], 'Did you mean json?'],
    [['check', '--only', 'foldr'], 'folder, replay'],
    [['check', '--fail-on', 'errors'], 'error, warning or never'],
    [['check', 'one', 'two'], 'Too many arguments'],
    [['doctor', '--project', 'absent'], 'Projects: '],
    [['version', 'postgress://u:hunter22@h/d'], 'postgres://'],
    [['version', 'folder@0009_absent'], '0000_m'],
    [['version', 'production'], 'neither a migrations folder nor an environment'],
    [['check', 'drizzle'], '--folder DIR'],
  ])('%j', (args, says) => {
    place.migrations([one])
    place.write({ 'drizzle.config.ts': "export default { dialect: 'postgresql', out: './drizzle' }" })
    const { status, stdout, stderr } = run(...args)
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toContain(says)
    expect(stderr).not.toContain('hunter22')
  })
})

describe('databases that cannot be asked: exit 3, and no secret', () => {
  const secret = 'c0rrect-horse'
  let server: Awaited<ReturnType<typeof startServer>>
  let database: Awaited<ReturnType<(typeof server)['database']>>
  beforeAll(async () => {
    server = await startServer()
    database = await server.database()
    await database.session.script(`CREATE ROLE guarded LOGIN PASSWORD 'another-one'`)
    const rules = readFileSync(database.hba, 'utf8')
    writeFileSync(database.hba, 'local all guarded scram-sha-256\n')
    appendFileSync(database.hba, rules)
    await database.session.script('SELECT pg_reload_conf()')
  })
  afterAll(() => server.stop())
  const at = (user: string, host: string, more = '') => `postgres://${user}@localhost/${database.name}?host=${encodeURIComponent(host)}${more}`

  const urls: readonly (readonly [what: string, url: () => string, exit: number, code: string, helps: string])[] = [
    ['wrong password', () => at(`guarded:${secret}`, database.host), 3, 'connection-refused-credentials', 'Check user and password'],
    ['no password', () => at('guarded', database.host), 3, 'connection-refused-credentials', 'Check user and password'],
    ['no such database', () => at(`postgres:${secret}`, database.host).replace(database.name, 'absent'), 3, 'no-such-database', 'Check the database name'],
    ['no socket', () => at(`app:${secret}`, '/nonexistent'), 3, 'server-down', 'Check that the server runs'],
    ['a port where nothing listens', () => `postgres://app:${secret}@127.0.0.1:9/shop`, 3, 'server-down', 'Check that the server runs'],
    ['an unknown host', () => `postgres://app:${secret}@no-such-host.invalid/shop`, 3, 'unknown-host', 'host name'],
    ['an unknown sslmode', () => at(`app:${secret}`, database.host, '&sslmode=sometimes'), 2, 'bad-connection-url', 'verify-full'],
    ['an unknown parameter', () => at(`app:${secret}`, database.host, '&conect_timeout=3'), 2, 'bad-connection-url', 'connect_timeout'],
    ['a port that is none', () => `postgres://app:${secret}@localhost:99999/shop`, 2, 'bad-connection-url', ''],
  ]
  test.each(urls)('%s', (_, url, exit, code, helps) => {
    place.migrations([one])
    for (const args of [
      ['version', url(), '--folder', 'drizzle'],
      ['version', url(), '--folder', 'drizzle', '--verbose'],
    ]) {
      const { status, stdout, stderr } = run(...args)
      expect({ status, stdout }).toEqual({ status: exit, stdout: '' })
      expect(stderr).toContain(`[${code}]`)
      expect(stderr).toContain(helps)
      expect(stderr).not.toContain(secret)
    }
  })

  test('an environment without its variable, and a command that fails', () => {
    place.migrations([one])
    place.write({
      'pgstrata.config.mjs':
        "export default { environments: { a: { url: { from: 'env', name: 'PGSTRATA_ABSENT' } }, b: { url: { from: 'command', command: 'cat secret.txt; exit 3' } } } }",
      'secret.txt': secret,
    })
    expect(run('version', 'a', '--folder', 'drizzle')).toMatchObject({ status: 3, stderr: expect.stringContaining('PGSTRATA_ABSENT') })
    const { status, stderr } = run('version', 'b', '--folder', 'drizzle', '--verbose')
    expect(status).toBe(3)
    expect(stderr).not.toContain(secret)
  })
})
