/** A repository in which several developers generate migrations, as drizzle-kit 0.31 does it. */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { integer, pgTable, text } from 'drizzle-orm/pg-core'
import type { Tree } from '../../src/model/json.ts'
import { makePlace } from '../operations/place.ts'
import { kitDiff, snapshotOf } from './drizzle-kit.ts'

export type Schema = { readonly [name: string]: unknown }

type Entry = { readonly idx: number; readonly version: string; readonly when: number; readonly tag: string; readonly breakpoints: boolean }
type Journal = { readonly version: string; readonly dialect: string; readonly entries: readonly Entry[] }

const empty: Journal = { version: '7', dialect: 'postgresql', entries: [] }

/** 2026-01-05, a Monday; each migration of a test comes an hour after the one before. */
const monday = Date.UTC(2026, 0, 5, 9, 0, 0, 250)

export const makeTeam = (folder = 'drizzle') => {
  const place = makePlace()
  const at = (path: string): string => join(place.path, folder, path)
  let hours = 0
  const read = (): Journal => (existsSync(at('meta/_journal.json')) ? (JSON.parse(readFileSync(at('meta/_journal.json'), 'utf8')) as Journal) : empty)
  const put = (path: string, content: string): void => {
    mkdirSync(dirname(at(path)), { recursive: true })
    writeFileSync(at(path), content)
  }
  const newestSnapshot = (): Tree | undefined => {
    const files = existsSync(at('meta'))
      ? readdirSync(at('meta'))
          .filter((file) => file.endsWith('_snapshot.json'))
          .sort()
      : []
    const last = files.at(-1)
    return last === undefined ? undefined : (JSON.parse(readFileSync(at(`meta/${last}`), 'utf8')) as Tree)
  }
  const add = (name: string, sql: string, snapshot: Tree): string => {
    const journal = read()
    const idx = (journal.entries.at(-1)?.idx ?? -1) + 1
    const tag = `${String(idx).padStart(4, '0')}_${name}`
    const id = createHash('sha256')
      .update(`${name} ${place.path}`)
      .digest('hex')
      .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*/, '$1-$2-$3-$4-$5')
    put(`${tag}.sql`, sql)
    put(
      `meta/${String(idx).padStart(4, '0')}_snapshot.json`,
      JSON.stringify({ ...snapshot, id, prevId: newestSnapshot()?.id ?? '00000000-0000-0000-0000-000000000000' }, null, 2),
    )
    const when = monday + hours++ * 3_600_000
    put('meta/_journal.json', JSON.stringify({ ...journal, entries: [...journal.entries, { idx, version: '7', when, tag, breakpoints: true }] }, null, 2))
    return tag
  }
  return {
    ...place,
    folder,
    journal: read,
    /** What `drizzle-kit generate --name` writes for the schema. */
    async generate(schema: Schema, name: string): Promise<string> {
      const next = snapshotOf(schema)
      const statements = await kitDiff(newestSnapshot() ?? snapshotOf({}), next)
      return add(name, statements.join('--> statement-breakpoint\n'), next)
    },
    /** What `drizzle-kit generate --custom` writes, filled in. */
    custom: (sql: string, name: string): string => add(name, sql, newestSnapshot() ?? snapshotOf({})),
    commit(message: string): string {
      place.git('add', '-A')
      place.git('commit', '-qm', message, '--allow-empty')
      return place.git('rev-parse', 'HEAD').trim()
    },
    /** Git's own answer, whatever it is: a conflict is no failure of the test. */
    try(...args: readonly string[]): boolean {
      try {
        place.git(...args)
        return true
      } catch {
        return false
      }
    },
    file: (path: string): string => readFileSync(at(path), 'utf8'),
    has: (path: string): boolean => existsSync(at(path)),
    sql: (): readonly string[] => read().entries.map(({ tag }) => readFileSync(at(`${tag}.sql`), 'utf8')),
    drop: (path: string): void => rmSync(at(path), { force: true }),
    put,
  }
}

export type Team = ReturnType<typeof makeTeam>

export const users = pgTable('users', { id: integer().primaryKey(), name: text() })
export const posts = pgTable('posts', { id: integer().primaryKey(), title: text().notNull() })
export const tags = pgTable('tags', { id: integer().primaryKey(), label: text() })

/** A team in a repository of its own, with users as its first migration. */
export const startTeam = async (): Promise<Team> => {
  const team = makeTeam()
  team.git('init', '-q')
  await team.generate({ users }, 'users')
  team.commit('users')
  return team
}

/** Two branches that collide: main has posts as 0001; `feature`, which is checked out, has tags as 0001. */
export const collide = async (team: Team): Promise<void> => {
  team.git('checkout', '-qb', 'feature')
  await team.generate({ users, tags }, 'tags')
  team.commit('tags')
  team.git('checkout', '-q', 'main')
  await team.generate({ users, posts }, 'posts')
  team.commit('posts')
  team.git('checkout', '-q', 'feature')
}
