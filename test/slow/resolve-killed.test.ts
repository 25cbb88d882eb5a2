import { cpSync, existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { recover } from '../../src/adapters/files/write.ts'
import { createWorld } from '../../src/cli/world.ts'
import type { FileEdit } from '../../src/model/world.ts'
import { resolve } from '../../src/operations/resolve.ts'
import { plainFlags } from '../operations/resolve-flags.ts'
import { type KilledWriter, killedWriter } from '../support/killed-writer.ts'
import { collide, startTeam, type Team } from '../support/team.ts'

let team: Team
let writer: KilledWriter
beforeAll(async () => {
  writer = await killedWriter()
  team = await startTeam()
  await collide(team)
  team.try('merge', 'main')
})
afterAll(() => {
  team.remove()
  writer.remove()
})

/** What `resolve --write` would write, its undo file included. */
const editsOf = async (): Promise<readonly FileEdit[]> => {
  await using world = await createWorld({ cwd: team.path, folder: 'drizzle' })
  const written: FileEdit[] = []
  const write = async (edits: readonly FileEdit[]) => {
    written.push(...edits)
    return { undo: async () => undefined }
  }
  const watched = { ...world, files: { ...world.files, write } }
  await resolve.run(watched, { arguments: [], flags: { ...plainFlags, write: true, unproven: true } })
  return written.map((edit) => ({ ...edit, path: edit.path.replace(`${team.path}/`, '') }))
}

const folder = (): { readonly [path: string]: string } => {
  const at = join(team.path, 'drizzle')
  const files = readdirSync(at, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  return Object.fromEntries(
    files.map((entry) => [join(entry.parentPath, entry.name).slice(at.length + 1), readFileSync(join(entry.parentPath, entry.name), 'utf8')]),
  )
}

it('kill -9 at every file operation: the folder is the old or the new one, and git status explains it', async () => {
  const edits = await editsOf()
  expect(edits.length).toBeGreaterThanOrEqual(5)
  const kept = `${team.path}-kept`
  const restore = (): void => {
    rmSync(team.path, { recursive: true })
    cpSync(kept, team.path, { recursive: true })
  }
  try {
    cpSync(team.path, kept, { recursive: true })
    const was = folder()
    const { steps } = writer.run(team.path, edits, -1)
    const done = folder()
    expect(Object.keys(done)).toContain('0002_tags.sql')
    const outcomes = new Set<string>()
    for (let at = 0; at < steps; at++) {
      restore()
      expect(writer.run(team.path, edits, at).signal).toBe('SIGKILL')
      const isWhole = [was, done].some((state) => JSON.stringify(state) === JSON.stringify(folder()))
      // Half way the traces of the write stand beside the folder, where git shows them.
      if (!isWhole) expect(team.git('status', '--porcelain', '--untracked-files=all')).toContain('.pgstrata/write-intent.json')
      const outcome = await recover(team.path)
      outcomes.add(outcome)
      expect(folder(), `killed in step ${at}`).toEqual(outcome === 'finished' ? done : was)
      expect(existsSync(join(team.path, '.pgstrata'))).toBe(false)
      expect(team.git('status', '--porcelain', '--', 'drizzle')).toContain('UU drizzle/meta/_journal.json')
    }
    expect([...outcomes].sort()).toEqual(['finished', 'nothing', 'taken-back'])
  } finally {
    rmSync(kept, { recursive: true, force: true })
  }
})
