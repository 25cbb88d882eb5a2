import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { findConfig, loadConfig } from '../../../src/adapters/project/index.ts'
import { checkConfig, nearest } from '../../../src/model/config-schema.ts'

let root = ''
const put = (path: string, text: string): void => {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), text)
}
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'pgstrata-config-')))
  put('.git/HEAD', '')
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const helpers = "import { command, defineConfig, env } from 'pgstrata'\n"
const problem = (value: unknown): unknown => {
  try {
    return checkConfig(value)
  } catch (error) {
    return error
  }
}

describe('loading pgstrata.config', () => {
  it('reads TypeScript with the helpers, where pgstrata is not installed too', async () => {
    put(
      'pgstrata.config.ts',
      `${helpers}export default defineConfig({ landed: 'origin/main', environments: { production: { url: env('PROD_URL') }, dev: { url: command('op read x') } } })`,
    )
    expect(await loadConfig(root)).toEqual({
      landed: 'origin/main',
      environments: { production: { url: { from: 'env', name: 'PROD_URL' } }, dev: { url: { from: 'command', command: 'op read x' } } },
    })
  })

  it('reads .mjs and .json', async () => {
    put('a/pgstrata.config.mjs', 'export default { postgres: 17 }')
    put('b/pgstrata.config.json', '{ "runner": "per-file" }')
    expect(await loadConfig(join(root, 'a'))).toEqual({ postgres: 17 })
    expect(await loadConfig(join(root, 'b'))).toEqual({ runner: 'per-file' })
  })

  it('is found upward, to the repository’s root and no further', async () => {
    put('pgstrata.config.json', '{}')
    put('a/b/x.txt', '')
    expect(await findConfig(join(root, 'a/b'))).toBe(join(root, 'pgstrata.config.json'))
    put('a/.git/HEAD', '')
    expect(await findConfig(join(root, 'a/b'))).toBeUndefined()
    expect(await loadConfig(join(root, 'a/b'))).toEqual({})
  })

  it('says when a named file is absent, or cannot be loaded', async () => {
    await expect(loadConfig(root, 'nope.ts')).rejects.toMatchObject({ code: 'no-config', exit: 2 })
    put('broken.json', '{')
    await expect(loadConfig(root, 'broken.json')).rejects.toMatchObject({ code: 'config-unreadable', exit: 2 })
    put('throws.mjs', "throw new Error('no such thing')")
    await expect(loadConfig(root, 'throws.mjs')).rejects.toMatchObject({ code: 'config-unreadable', message: expect.stringContaining('no such thing') })
  })

  it('checks what it loads', async () => {
    put('pgstrata.config.json', '{ "enviroments": {} }')
    await expect(loadConfig(root)).rejects.toMatchObject({ code: 'config-unknown-key', exit: 2, help: 'Did you mean environments?' })
  })
})

describe('checking a configuration', () => {
  it.each<[unknown, string, string]>([
    [{ policy: { rule: {} } }, 'policy.rule', 'rules'],
    [{ policy: { tables: { orders: { trafic: 'high' } } } }, 'policy.tables.orders.trafic', 'traffic'],
    [{ environments: { 'my-db': { url: { from: 'env', name: 'X' }, protect: true } } }, 'environments["my-db"].protect', 'protected'],
    [{ xyzzy: 1 }, 'xyzzy', 'Known here: projects'],
  ])('%j: names the unknown key and the nearest one', (value, path, near) => {
    expect(problem(value)).toMatchObject({ code: 'config-unknown-key', message: expect.stringContaining(path), help: expect.stringContaining(near) })
  })

  it.each<[unknown, string]>([
    ['text', 'The configuration must be an object.'],
    [{ postgres: 12 }, 'postgres must be one of 14, 15, 16, 17, 18.'],
    [{ policy: { rules: { crlf: 'warn' } } }, 'policy.rules.crlf must be one of error, warning, note, off.'],
    [{ drift: { exclude: 'x' } }, 'drift.exclude must be a list.'],
    [{ projects: { a: {} } }, 'projects.a.drizzle must be given.'],
    [{ engine: 'docker' }, 'engine must be one of auto, embedded, pglite.'],
    [{ policy: { deprecation: { days: '30' } } }, 'policy.deprecation.days must be a number.'],
    [{ environments: { a: { url: { from: 'file' } } } }, "environments.a.url must be env('NAME') or command('…')."],
  ])('%j: %s', (value, message) => {
    expect(problem(value)).toMatchObject({ code: 'config-invalid', exit: 2, message })
  })

  it.each<[unknown]>([
    [{ environments: { production: { url: 'postgres://me:hunter2@db.example.org/x' } } }],
    [{ engine: { url: 'postgres://me:hunter2@db.example.org/x' } }],
    [{ engine: { url: 'postgres://db.example.org/x?password=hunter2' } }],
  ])('refuses a written-out secret without repeating it', (value) => {
    const error = problem(value)
    expect(error).toMatchObject({ code: 'config-secret', exit: 2 })
    expect(String(error) + JSON.stringify(error)).not.toContain('hunter2')
  })

  it('accepts all of it at once', () => {
    const config = {
      projects: { main: { drizzle: 'drizzle.config.ts' } },
      environments: {
        production: {
          url: { from: 'env', name: 'X' },
          protected: true,
          tenants: { query: 'SELECT 1' },
          ledger: { schema: 'a', table: 'b' },
          app: { applicationName: true },
        },
        dev: { url: { from: 'command', command: 'x' }, tenants: ['a'] },
      },
      engine: { url: 'postgres://localhost/x' },
      postgres: 18,
      runner: 'none',
      landed: 'origin/main',
      policy: {
        preset: 'strict',
        rules: { crlf: 'off' },
        tables: { orders: { traffic: 'high', rules: { crlf: 'error' } } },
        approvals: { low: 0, high: 2 },
        deprecation: { days: 30 },
      },
      drift: { facets: ['owners'], exclude: ['x'], preset: 'neon', accepted: 'a.json' },
      docs: { folder: 'docs', existing: 'keep' },
    }
    expect(problem(config)).toBe(config)
  })

  it('finds the word that was meant, or none', () => {
    expect(nearest('polcy', ['policy', 'docs'])).toBe('policy')
    expect(nearest('zzzzzz', ['policy', 'docs'])).toBeUndefined()
  })
})
