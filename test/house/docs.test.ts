import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('../../', import.meta.url))
const run = (script: string, ...args: readonly string[]) =>
  spawnSync(process.execPath, [join(root, 'scripts', script), ...args], { cwd: root, encoding: 'utf8' })

test('the generated pages are what the code says now', () => {
  const { status, stdout, stderr } = run('docs.mjs', '--check')
  expect(stdout + stderr).toMatch(/^\d+ pages, 0 not fresh$/m)
  expect(status).toBe(0)
})

test('the lock file names no registry', () => expect(run('check-lockfile.mjs')).toMatchObject({ status: 0, stdout: '' }))

const pages = [
  ...readdirSync(join(root, 'docs'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name)),
  ...readdirSync(root)
    .filter((file) => file.endsWith('.md'))
    .map((file) => join(root, file)),
  ...readdirSync(join(root, 'examples'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.name.endsWith('.md'))
    .map((entry) => join(entry.parentPath, entry.name)),
]

test('pages name no registry host and no path of one machine', () => {
  expect(pages.length).toBeGreaterThan(5)
  for (const page of pages) expect(readFileSync(page, 'utf8'), page).not.toMatch(/registry\.|npmjs|yarnpkg|\/home\/|\/root\/|\/work\/|\/Users\/|\/tmp\//)
})

test('links between pages lead somewhere', () => {
  const exists = (path: string): boolean => {
    try {
      readdirSync(path)
      return true
    } catch (error) {
      return error instanceof Error && 'code' in error && error.code === 'ENOTDIR'
    }
  }
  for (const page of pages) {
    for (const [, target = ''] of readFileSync(page, 'utf8').matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)) {
      if (/^https?:/.test(target)) continue
      expect(exists(join(page, '..', target)), `${page} → ${target}`).toBe(true)
    }
  }
})
