/** The GitHub Action and the snippets for CI: what they say, and what the action's script does when it is run. */
import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { commonFlags } from '../../src/cli/flags.ts'
import { operations } from '../../src/operations/index.ts'
import { renderers } from '../../src/renderers/index.ts'
import { build, program, root } from '../cli/cli.ts'
import { type Entry, makePlace, type Place } from '../operations/place.ts'

type Step = {
  readonly run?: string
  readonly uses?: string
  readonly shell?: string
  readonly env?: Readonly<Record<string, string>>
  readonly with?: Readonly<Record<string, string>>
}
type Job = { readonly permissions?: Readonly<Record<string, string>>; readonly steps: readonly Step[] }

const read = (path: string): string => readFileSync(join(root, path), 'utf8')
const yaml = (path: string) => parse(read(path))
const yamls = [
  'action.yml',
  ...readdirSync(join(root, 'ci'), { recursive: true, encoding: 'utf8' })
    .filter((path) => /[.]ya?ml$/.test(path))
    .map((path) => `ci/${path}`),
]
const { version } = JSON.parse(read('package.json')) as { readonly version: string }

/** Every `run` of a document, however deep. */
const scriptsIn = (value: unknown): readonly string[] =>
  typeof value !== 'object' || value === null
    ? []
    : Object.entries(value).flatMap(([key, inner]) => (key === 'run' && typeof inner === 'string' ? [inner] : scriptsIn(inner)))

describe('all files', () => {
  test.each(yamls)('%s can be parsed, and puts nothing into a script', (path) => {
    expect(yamls.length).toBeGreaterThanOrEqual(6)
    for (const script of scriptsIn(yaml(path))) expect(script).not.toContain('${{')
  })

  test.each(yamls)('%s names only flags and formats that there are', async (path) => {
    const lint = await operations.lint()
    const known = new Set(
      [...Object.keys(commonFlags), ...Object.keys(lint.flags)].map((name) => name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)),
    )
    const text = read(path).replaceAll(/#.*$/gm, '')
    for (const [, flag = ''] of text.matchAll(/(?<=pgstrata lint[^#]*|words.*)--([a-z][a-z-]+)/g)) expect(known, `${path}: --${flag}`).toContain(flag)
    for (const [, format = ''] of text.matchAll(/--format[= ]"?([a-z]+)/g)) expect(Object.keys(renderers)).toContain(format)
  })
})

describe('permissions', () => {
  const jobs = (path: string): Readonly<Record<string, Job>> => yaml(path).jobs
  test('the job that reads the pull request may only read; the one that comments sees none of its code', () => {
    const { lint, comment } = jobs('ci/github/pull-request.yml')
    expect(yaml('ci/github/pull-request.yml').permissions).toEqual({})
    expect(lint?.permissions).toEqual({ contents: 'read' })
    expect(comment?.permissions).toEqual({ 'pull-requests': 'write' })
    expect(JSON.stringify(comment?.steps)).not.toContain('checkout')
    expect(comment?.steps.some(({ run }) => run !== undefined)).toBe(false)
    expect(read('ci/github/pull-request.yml')).not.toContain('pull_request_target')
  })

  test('checkouts fetch the whole history and keep no credentials', () => {
    for (const path of ['ci/github/pull-request.yml', 'ci/github/code-scanning.yml'])
      for (const { steps } of Object.values(jobs(path)))
        for (const step of steps) if (step.uses?.startsWith('actions/checkout')) expect(step.with).toEqual({ 'fetch-depth': 0, 'persist-credentials': false })
  })

  test('workflows give the action only what it takes', () => {
    for (const path of ['ci/github/pull-request.yml', 'ci/github/code-scanning.yml'])
      for (const { steps } of Object.values(jobs(path)))
        for (const step of steps) {
          const action = step.uses === 'OWNER/pgstrata@v0' ? 'action.yml' : step.uses === 'OWNER/pgstrata/ci/comment@v0' ? 'ci/comment/action.yml' : undefined
          if (action) for (const input of Object.keys(step.with ?? {})) expect(Object.keys(yaml(action).inputs)).toContain(input)
        }
  })
})

describe('the action', () => {
  const step: Step = yaml('action.yml').runs.steps[0]
  const tables: Entry = { tag: '0000_tables', sql: 'CREATE TABLE users (id int PRIMARY KEY, email text);\n' }
  const index: Entry = { tag: '0001_index', sql: 'CREATE INDEX users_email_idx ON users (email);\n' }
  let place: Place
  const file = (name: string): string => join(place.path, name)

  beforeAll(() => {
    build()
    place = makePlace()
    place.write({ 'drizzle.config.ts': `export default { dialect: 'postgresql', out: './drizzle', schema: './schema.ts' }`, '.gitignore': 'bin\nout*\nargv\n' })
    place.migrations([tables])
    place.git('init', '-q')
    place.git('add', '.')
    place.git('commit', '-qm', 'tables')
    place.git('update-ref', 'refs/remotes/origin/main', 'HEAD')
    place.migrations([tables, index])
    place.git('add', '.')
    place.git('commit', '-qm', 'index')
    // npm's registry has not this version yet: the npx of this test runs the command line that was built, and says what it was asked for.
    place.write({
      'bin/npx': `#!/bin/sh\nprintf '%s\\n' "$@" > "${file('argv')}"\nshift 2\n[ "$ONLY_TOLD" ] || exec "${process.execPath}" "${program}" "$@"\n`,
    })
    chmodSync(file('bin/npx'), 0o755)
  })
  afterAll(() => place.remove())
  /** Runs the script as a runner does: inputs with their defaults, by the step's own map of variables. */
  const run = (
    inputs: Readonly<Record<string, string>> = {},
    context: Readonly<Record<string, string>> = {},
    before: { readonly summary?: string; readonly onlyTold?: true } = {},
  ) => {
    for (const name of ['out', 'argv']) writeFileSync(file(name), '')
    writeFileSync(file('out-summary'), before.summary ?? '')
    const defaults = Object.fromEntries(
      Object.entries(yaml('action.yml').inputs as Record<string, { readonly default?: string }>).map(([name, { default: value }]) => [name, value ?? '']),
    )
    const values: Readonly<Record<string, string>> = {
      ...Object.fromEntries(Object.entries({ ...defaults, ...inputs }).map(([name, value]) => [`inputs.${name}`, value])),
      'github.action_path': root.replace(/\/$/, ''),
      'github.base_ref': 'main',
      ...context,
    }
    const given = Object.entries(step.env ?? {}).map(([name, text]) => [
      name,
      text.replaceAll(/\$\{\{ (.*?) \}\}/g, (_, expression: string) => values[expression] ?? `?${expression}`),
    ])
    const { status, stdout, stderr } = spawnSync('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', step.run ?? 'exit 99'], {
      cwd: place.path,
      encoding: 'utf8',
      env: {
        ...process.env,
        ...Object.fromEntries(given),
        PATH: `${file('bin')}${delimiter}${process.env.PATH}`,
        GITHUB_OUTPUT: file('out'),
        GITHUB_STEP_SUMMARY: file('out-summary'),
        CI: 'true',
        ONLY_TOLD: before.onlyTold ? 'yes' : '',
      },
    })
    return {
      status,
      stdout,
      stderr,
      output: readFileSync(file('out'), 'utf8'),
      summary: readFileSync(file('out-summary'), 'utf8'),
      argv: readFileSync(file('argv'), 'utf8').split('\n'),
    }
  }

  test('runs its own version against the branch that the pull request goes into', () => {
    const { status, stdout, stderr, output, summary, argv } = run()
    expect(stderr).toBe('')
    expect(argv.slice(0, 3)).toEqual(['--yes', `pgstrata@${version}`, 'lint'])
    expect(argv).toContain('--since=origin/main')
    expect(stdout).toMatch(/^::error file=drizzle\/0001_index[.]sql,line=1,.*title=index-not-concurrent::/m)
    expect(summary).toContain('# pgstrata lint')
    expect(summary).toContain('index-not-concurrent')
    expect(output).toBe('exit-code=1\n')
    expect(status).toBe(1)
  })

  test('writes the comment and the SARIF file that were asked for, and adds to a summary', () => {
    const inputs = { comment: file('out-comment.md'), sarif: file('out.sarif'), annotations: 'false', 'fail-on': 'never' }
    const { status, stdout, summary } = run(inputs, {}, { summary: 'before\n' })
    expect(status).toBe(0)
    expect(stdout).not.toContain('::error')
    expect(readFileSync(file('out-comment.md'), 'utf8')).toContain('index-not-concurrent')
    expect(JSON.parse(readFileSync(file('out.sarif'), 'utf8')).version).toBe('2.1.0')
    expect(summary).toMatch(/^before\n# pgstrata lint/)
  })

  test('hands arguments on, one a line, as they are', () => {
    const { argv } = run(
      {
        args: '--rules=index-not-concurrent\r\n\n--profile=a b.json\n',
        folder: 'drizzle',
        project: 'x y',
        since: 'HEAD~1',
        version: '1.2.3-beta.1',
        command: 'check',
      },
      {},
      { onlyTold: true },
    )
    expect(argv).toEqual(
      expect.arrayContaining([
        'pgstrata@1.2.3-beta.1',
        'check',
        '--folder=drizzle',
        '--project=x y',
        '--since=HEAD~1',
        '--rules=index-not-concurrent',
        '--profile=a b.json',
      ]),
    )
  })

  const hostile = [
    '$(touch out-pwned)',
    '`touch out-pwned`',
    '"; touch out-pwned; "',
    "'; touch out-pwned; '",
    '$HOME',
    '*',
    '&& touch out-pwned',
    '\\$(touch out-pwned)',
  ]
  test.each(hostile)('%s is text, wherever it stands', (text) => {
    const told = { onlyTold: true } as const
    const { argv } = run({ folder: text, project: text, since: text, 'fail-on': text, args: `--x=${text}\n${text}`, comment: text, sarif: text }, {}, told)
    const flags = ['--fail-on=', '--format=comment=', '--format=sarif=', '--folder=', '--project=', '--since=', '--x=', '']
    expect(argv.filter((word) => word.endsWith(text))).toEqual(flags.map((flag) => `${flag}${text}`))
    expect(run({}, { 'github.base_ref': text }, told).argv).toContain(`--since=origin/${text}`)
    for (const input of ['version', 'command']) expect(run({ [input]: text }, {}, told)).toMatchObject({ status: 2, argv: [''], output: 'exit-code=2\n' })
    expect(existsSync(file('out-pwned'))).toBe(false)
  })

  test('in a shallow checkout it says what to write', () => {
    const clone = file('out-clone')
    place.git('clone', '-q', '--depth', '1', `file://${place.path}`, clone)
    const { status, stderr } = spawnSync(process.execPath, [program, 'lint', '--since=origin/gone'], { cwd: clone, encoding: 'utf8' })
    expect(stderr).toContain('fetch-depth: 0')
    expect(status).toBe(2)
  })
})
