/** The shop's folder without its newest snapshot and with two times in one second, mended from the command line. */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import type { Tree } from '../../src/model/json.ts'
import { kitDifference } from '../support/drizzle-kit.ts'
import { build, pgstrata, shop, temporary } from './cli.ts'

let place: ReturnType<typeof temporary>
beforeAll(build)
beforeEach(() => {
  place = temporary(true)
})
afterEach(() => place.remove())

const snapshotIn = (folder: string, name: string): Tree => JSON.parse(readFileSync(join(folder, 'meta', name), 'utf8'))

it('writes the snapshot from which drizzle-kit generates nothing, and the SQL for the ledgers', async () => {
  const folder = join(place.path, 'drizzle')
  const journal = JSON.parse(readFileSync(join(folder, 'meta/_journal.json'), 'utf8')) as { readonly entries: { when: number; readonly tag: string }[] }
  const newest = `${journal.entries.at(-1)?.tag.slice(0, 4)}_snapshot.json`
  rmSync(join(folder, 'meta', newest))
  const [first, second] = journal.entries
  if (first && second) first.when = second.when - 1
  writeFileSync(join(folder, 'meta/_journal.json'), JSON.stringify(journal, null, 2))
  const { status, stdout } = pgstrata(['doctor', '--write', '--ledger-sql', 'ledger.sql'], { cwd: place.path })
  expect([status, stdout]).toEqual([0, expect.stringContaining('It stands in ledger.sql')])
  expect(readFileSync(join(place.path, 'ledger.sql'), 'utf8')).toContain(String(first?.when))
  expect(existsSync(join(folder, 'meta', newest))).toBe(true)
  const [rebuilt, original] = [snapshotIn(folder, newest), snapshotIn(shop, newest)]
  expect(await kitDifference(rebuilt, original)).toEqual([])
  expect(rebuilt.prevId).toBe(original.prevId)
})
