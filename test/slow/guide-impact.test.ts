/** The guide to impact: its commands run in the shop, and in a branch of it that drops a column; what it shows is what they print. */
import { spawnSync } from 'node:child_process'
import { cpSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { build, root } from '../cli/cli.ts'
import { makePlace, type Place } from '../operations/place.ts'
import { runsAll, sectionsOf, trimmed } from '../support/guide.ts'
import { npxOnPath } from '../support/npx.ts'

const guide = readFileSync(fileURLToPath(new URL('../../docs/guides/impact.md', import.meta.url)), 'utf8')
const sections = sectionsOf(guide)

let npx: ReturnType<typeof npxOnPath>
let place: Place
beforeAll(() => {
  build()
  npx = npxOnPath()
})
afterAll(() => npx.remove())
beforeEach(() => {
  place = makePlace()
})
afterEach(() => place.remove())

const edit = (path: string, change: (text: string) => string): void => place.write({ [path]: change(readFileSync(join(place.path, path), 'utf8')) })

const scenes: { readonly [scene: string]: () => void } = {
  shop() {
    cpSync(join(root, 'examples/shop'), place.path, { recursive: true })
  },
  branch() {
    scenes.shop?.()
    for (const command of [
      ['init', '-q', '-b', 'main'],
      ['add', '.'],
      ['commit', '-qm', 'landed'],
      ['checkout', '-qb', 'drop'],
    ])
      place.git(...command)
    edit('schema.ts', (text) => text.replace(/^ +trackingCode: .*\n/m, ''))
    edit('src/orders.ts', (text) => text.replace(/, trackingCode: shipments[.]trackingCode/, ''))
    edit('src/jobs.ts', (text) => text.replaceAll(/, trackingCode/g, ''))
    place.write({ 'drizzle/0015_drop_code.sql': 'ALTER TABLE shipments DROP COLUMN tracking_code;' })
    edit('drizzle/meta/_journal.json', (text) => {
      const journal = JSON.parse(text)
      const { when } = journal.entries.at(-1)
      return JSON.stringify({
        ...journal,
        entries: [...journal.entries, { idx: 15, version: '7', when: when + 1000, tag: '0015_drop_code', breakpoints: true }],
      })
    })
    place.git('add', '.')
    place.git('commit', '-qm', 'drop')
  },
}

const play = (script: string) => {
  const { NO_COLOR: _, FORCE_COLOR: __, CI: ___, COLUMNS: ____, ...env } = process.env
  // The policy refuses the drop: that is what the guide is about.
  const refused = script.replaceAll(/^npx pgstrata check .*$/gm, '$& || test $? = 1')
  const { status, stdout } = spawnSync('sh', ['-e', '-c', `exec 2>&1\n${refused}`], { cwd: place.path, encoding: 'utf8', env })
  return { status, stdout }
}

describe('the guide to impact', () => {
  it('has commands to run, and none that are not', () => {
    expect(sections.map(({ title }) => title)).toEqual(['Who uses a column', 'Before there is a migration', 'In a pull request'])
    expect(runsAll(guide)).toBe(true)
  })

  it.each(sections)('$title', ({ scene, script, prints }) => {
    scenes[scene]?.()
    const { status, stdout } = play(script)
    expect({ status, stdout }).toMatchObject({ status: 0 })
    for (const shown of prints) expect(trimmed(stdout)).toContain(shown)
  })
})
