import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { build, root } from '../cli/cli.ts'

beforeAll(build)

test('the library example runs', () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'scripts/run.mjs'), 'examples/library/main.ts'], { cwd: root, encoding: 'utf8' })
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  expect(stdout).toContain('15 migrations')
  expect(stdout).toMatch(/0014_review_moderation does:\n {2}\S/)
  expect(stdout).toMatch(/The way back:\n {2}\S/)
})

test('a program outside sees the types', { timeout: 120_000 }, () => {
  const place = mkdtempSync(join(tmpdir(), 'pgstrata-types-'))
  try {
    expect(spawnSync(process.execPath, [join(root, 'scripts/build.mjs'), '--if-stale'], { cwd: root }).status).toBe(0)
    mkdirSync(join(place, 'node_modules'))
    symlinkSync(root, join(place, 'node_modules/pgstrata'), 'junction')
    mkdirSync(join(place, 'node_modules/@types'))
    symlinkSync(join(root, 'node_modules/@types/node'), join(place, 'node_modules/@types/node'), 'junction')
    writeFileSync(join(place, 'package.json'), '{ "type": "module" }')
    writeFileSync(
      join(place, 'main.ts'),
      "import { createWorld, diff, invert, read, replay, type Report } from 'pgstrata'\nconst world = await createWorld({ folder: 'x' })\nconst history = await world.history({ type: 'folder' })\nexport const tag: string | undefined = history.migrations[0]?.tag\nexport const catalog = replay([]).catalog\nexport const changes = diff(catalog, catalog)\nexport type R = Report['findings']\n// @ts-expect-error a tag is text\nexport const wrong: number | undefined = history.migrations[0]?.tag\nexport { invert, read }\n",
    )
    const tsc = spawnSync(
      process.execPath,
      [
        join(root, 'node_modules/typescript/bin/tsc'),
        '--noEmit',
        '--strict',
        '--target',
        'es2022',
        '--lib',
        'es2023,esnext.disposable',
        '--module',
        'nodenext',
        '--types',
        'node',
        'main.ts',
      ],
      { cwd: place, encoding: 'utf8' },
    )
    expect(tsc.stdout).toBe('')
    expect(tsc.status).toBe(0)
  } finally {
    rmSync(place, { recursive: true, force: true })
  }
})
