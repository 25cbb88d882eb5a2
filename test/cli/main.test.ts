import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import stringWidth from 'string-width'
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { operations } from '../../src/operations/index.ts'
import { within } from '../adapters/engines/places.ts'
import { build, pgstrata, program, root, shop, startPgstrata, temporary } from './cli.ts'

beforeAll(build)

const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

describe('without a run', () => {
  test.each(['--version', '-V'])('%s', (flag) => expect(pgstrata([flag])).toEqual({ status: 0, stdout: `${version}\n`, stderr: '' }))

  test('--help names every verb, on standard output', () => {
    const { status, stdout, stderr } = pgstrata(['--help'])
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    for (const verb of Object.keys(operations)) expect(stdout).toMatch(new RegExp(`^  ${verb}\\b`, 'm'))
  })

  test.each(Object.keys(operations))('%s --help has a description', (verb) => expect(pgstrata([verb, '--help']).stdout.length).toBeGreaterThan(500))

  test('no argument: help on standard error, exit 2', () => {
    const { status, stdout, stderr } = pgstrata([])
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toContain('Verbs')
  })
})

describe('doctor on the shop', () => {
  test('exit 1, and the one fault', () => {
    const { status, stdout, stderr } = pgstrata(['doctor', '--folder', shop, '--format', 'json'])
    expect({ status, stderr }).toEqual({ status: 1, stderr: '' })
    expect(JSON.parse(stdout)).toMatchObject({
      schema: 'pgstrata/report@1',
      operation: 'doctor',
      version,
      verdict: 'findings',
      findings: [{ rule: 'journal-when-not-monotonic', migration: '0013_shipments' }],
    })
  })

  test('--fail-on never: exit 0', () => expect(pgstrata(['doctor', '--folder', shop, '--fail-on', 'never']).status).toBe(0))

  test('a pipe gets no colour, FORCE_COLOR brings it, --no-color and NO_COLOR take it away', () => {
    const args = ['doctor', '--folder', shop]
    expect(pgstrata(args).stdout).not.toContain('\u001b')
    expect(pgstrata(args, { env: { FORCE_COLOR: '1' } }).stdout).toContain('\u001b[31m')
    expect(pgstrata([...args, '--no-color'], { env: { FORCE_COLOR: '1' } }).stdout).not.toContain('\u001b')
    expect(pgstrata(args, { env: { NO_COLOR: '1', FORCE_COLOR: '1' } }).stdout).not.toContain('\u001b')
  })

  test.each([40, 80])('COLUMNS=%i is kept', (width) => {
    const { stdout } = pgstrata(['doctor', '--folder', shop], { env: { COLUMNS: String(width), FORCE_COLOR: '1' } })
    for (const line of stdout.split('\n')) expect(stringWidth(stripVTControlCharacters(line)), line).toBeLessThanOrEqual(width)
  })
})

describe('in a directory of its own', () => {
  let place: ReturnType<typeof temporary>
  beforeEach(() => {
    place = temporary(true)
  })
  afterEach(() => place.remove())
  const run = (...args: readonly string[]) => pgstrata(args, { cwd: place.path })

  test('several formats at once: files and standard output', () => {
    const { stdout } = run('doctor', '--folder', 'drizzle', '--format', 'json=out/report.json', '--format', 'markdown=report.md', '--format', 'compact')
    expect(stdout).toMatch(/^drizzle\/meta\/_journal.json:\d+ error journal-when-not-monotonic /)
    expect(JSON.parse(readFileSync(join(place.path, 'out/report.json'), 'utf8')).operation).toBe('doctor')
    expect(readFileSync(join(place.path, 'report.md'), 'utf8')).toContain('# pgstrata doctor')
  })

  test('--save writes the report below .pgstrata, which git ignores', () => {
    run('doctor', '--folder', 'drizzle', '--save')
    const [file = ''] = readdirSync(join(place.path, '.pgstrata/reports/doctor'))
    expect(file).toMatch(/^[0-9a-f]{64}[.]json$/)
    expect(JSON.parse(readFileSync(join(place.path, '.pgstrata/reports/doctor', file), 'utf8')).verdict).toBe('findings')
    expect(readFileSync(join(place.path, '.pgstrata/.gitignore'), 'utf8')).toBe('*\n')
  })

  test('nothing is written that was not asked for', () => {
    run('doctor', '--folder', 'drizzle')
    expect(readdirSync(place.path)).toEqual(['drizzle'])
  })

  test('a report that cannot be written: exit 2', () => {
    writeFileSync(join(place.path, 'file'), '')
    expect(run('doctor', '--folder', 'drizzle', '--format', 'json=file/report.json')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('[cannot-write]'),
    })
  })

  test('a clean folder: exit 0, and --quiet says nothing', () => {
    const journal = join(place.path, 'drizzle/meta/_journal.json')
    writeFileSync(journal, readFileSync(journal, 'utf8').replace('1749740442188', '1750740442188'))
    expect(run('doctor', '--folder', 'drizzle')).toMatchObject({ status: 0, stdout: expect.stringContaining('✓ Clean') })
    expect(run('doctor', '--folder', 'drizzle', '--quiet')).toEqual({ status: 0, stdout: '', stderr: '' })
  })

  test('--quiet shows findings', () => expect(run('doctor', '--folder', 'drizzle', '--quiet').stdout).toContain('journal-when-not-monotonic'))

  test('--env-file is read, and what is set already wins', () => {
    writeFileSync(join(place.path, '.env'), 'FORCE_COLOR=1\nCOLUMNS=44\n')
    const { stdout } = pgstrata(['doctor', '--folder', 'drizzle', '--env-file', '.env'], { cwd: place.path, env: { COLUMNS: '90' } })
    expect(stdout).toContain('\u001b[')
    expect(Math.max(...stdout.split('\n').map((line) => stringWidth(stripVTControlCharacters(line))))).toBeGreaterThan(60)
    // Node 20 reads --env-file wherever it stands, and stops by itself (9) when there is no such file.
    expect([2, 9]).toContain(run('doctor', '--folder', 'drizzle', '--env-file', 'absent').status)
  })

  test('a reader that leaves early is no failure', async () => {
    const child = startPgstrata(['doctor', '--folder', 'drizzle', '--format', 'json'], { cwd: place.path })
    child.stdout?.destroy()
    let errors = ''
    child.stderr?.on('data', (data) => (errors += data))
    const code = await new Promise((resolve) => child.on('close', resolve))
    expect({ code, errors }).toEqual({ code: 1, errors: '' })
  })

  describe('what stops a run is said with its code and the next step, and ends with 2', () => {
    test.each([
      [['docter'], 'Did you mean doctor?'],
      [['doctor', '--formt', 'json'], 'Did you mean --format?'],
      [['doctor', '--format', 'html'], '[format-not-supported]'],
      [['doctor', '--folder', 'absent'], '[no-folder]'],
      [['doctor', '--config', 'absent.json'], '[no-config]'],
      [['doctor', '--engine', 'oracle'], '--engine wants'],
    ])('%j', (args, text) => {
      const { status, stdout, stderr } = run(...args)
      expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
      expect(stderr).toContain(text)
      expect(stderr).not.toMatch(/^\s+at /m)
    })

    test('an empty folder', () => {
      mkdirSync(join(place.path, 'empty'))
      expect(run('doctor', '--folder', 'empty')).toMatchObject({ status: 2, stderr: expect.stringContaining('[empty-folder]') })
    })

    test('--verbose adds the stack', () => expect(run('doctor', '--folder', 'absent', '--verbose').stderr).toMatch(/^\s+at /m))
  })

  test('no password is ever repeated', () => {
    const secret = 'c0rrect-horse'
    const outputs = [
      run('doctor', '--folder', `postgres://app:${secret}@localhost:1/shop`),
      run('doctor', '--engine', `mysql://app:${secret}@localhost:1/shop`),
      run('doctor', '--format', `postgres://app:${secret}@localhost/x`),
      run(`postgres://app:${secret}@localhost/x`),
      run('doctor', '--folder', `postgres://app:${secret}@localhost:1/shop`, '--verbose'),
    ]
    for (const { status, stdout, stderr } of outputs) {
      expect(status).toBe(2)
      expect(stdout + stderr).not.toContain(secret)
    }
  })

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s ends a run with %i', async (signal, code) => {
    // A git that never answers: the run waits for it until it is stopped.
    const git = join(place.path, 'git')
    writeFileSync(git, '#!/bin/sh\n: > asked\nexec sleep 20\n', { mode: 0o755 })
    const child = startPgstrata(['doctor', '--folder', 'drizzle'], { cwd: place.path, env: { PATH: `${place.path}:${process.env.PATH}` } })
    expect(await within(20_000, () => existsSync(join(place.path, 'asked')))).toBe(true)
    expect(child.exitCode).toBeNull()
    child.kill(signal)
    expect(await new Promise((resolve) => child.on('exit', resolve))).toBe(code)
  })
})

describe('on a terminal', () => {
  /** Runs the command line on a pseudo-terminal of that width. */
  const onTerminal = (columns: number, args: readonly string[], env: Readonly<Record<string, string>> = {}): string => {
    const { CI: _, NO_COLOR: __, FORCE_COLOR: ___, COLUMNS: ____, ...rest } = process.env
    const { status, stdout, stderr } = spawnSync(
      'script',
      ['-qec', `stty cols ${columns}; exec "$PGSTRATA_NODE" "$PGSTRATA_CLI" ${args.join(' ')}`, '/dev/null'],
      {
        cwd: root,
        encoding: 'utf8',
        input: '',
        env: { ...rest, TERM: 'xterm', ...env, PGSTRATA_NODE: process.execPath, PGSTRATA_CLI: program },
      },
    )
    expect({ status, stderr }).toEqual({ status: 1, stderr: '' })
    return stdout.replaceAll('\r\n', '\n')
  }
  /** What is left on the screen: progress is erased. */
  const screen = (text: string): readonly string[] => stripVTControlCharacters(text.replace(/^[^\n]*\u001b\[2K/, '')).split('\n')
  // Statements that a remedy gives are not broken: they are there to be copied.
  const args = ['check', '--folder', 'examples/shop/drizzle', '--only', 'folder,replay,snapshots', '--all']

  test.runIf(process.platform === 'linux').each([40, 80, 200])('of %i columns, its width is used and kept', (columns) => {
    const text = onTerminal(columns, args)
    const widths = screen(text).map((line) => stringWidth(line))
    expect(text).toContain('\u001b[31m')
    expect(Math.max(...widths)).toBeLessThanOrEqual(columns)
    expect(Math.max(...widths)).toBeGreaterThan(columns * 0.8)
    expect(screen(text).findLast((line) => line !== '')).toBe('✗ Findings: 1 error')
  })

  test.runIf(process.platform === 'linux')('TERM=dumb gets plain ASCII: no colour, no progress, no typographic marks', () =>
    expect(onTerminal(80, args, { TERM: 'dumb' })).toMatch(/^[\n\u0020-\u007e]*$/),
  )

  test.runIf(process.platform === 'linux')('NO_COLOR is kept', () => expect(onTerminal(80, args, { NO_COLOR: '1' })).not.toMatch(/\u001b\[\d+m/))
})

test('piped into a reader that takes one line', () => {
  const { status, stdout, stderr } = spawnSync(
    'sh',
    ['-c', '"$0" "$1" doctor --folder "$2" --format json --verbose; echo "exit $?" >&2', process.execPath, program, shop],
    {
      encoding: 'utf8',
      cwd: root,
    },
  )
  expect({ status, whole: JSON.parse(stdout).operation, stderr }).toEqual({ status: 0, whole: 'doctor', stderr: 'exit 1\n' })
  const cut = spawnSync('sh', ['-c', '{ "$0" "$1" doctor --folder "$2" --format json; echo "exit $?" >&2; } | head -n 1', process.execPath, program, shop], {
    encoding: 'utf8',
    cwd: root,
  })
  expect(cut).toMatchObject({ status: 0, stdout: '{\n', stderr: 'exit 1\n' })
})
