/** Snapshots rebuilt from the SQL: each of the corpora's own, as if it were missing, beside the one before it. */
import { readFile } from 'node:fs/promises'
import { beforeAll, describe, expect, it } from 'vitest'
import { readHistoryFolder } from '../../src/adapters/folder/index.ts'
import { equal } from '../../src/changes/equal.ts'
import { replay } from '../../src/changes/replay.ts'
import { startOf } from '../../src/changes/start.ts'
import { readSnapshot } from '../../src/drizzle/snapshot-reader.ts'
import { scopeOf } from '../../src/features/snapshots/scope.ts'
import { writeSnapshot } from '../../src/features/snapshots/write.ts'
import { type SnapshotDifference, snapshotDrift } from '../../src/features/snapshots.ts'
import type { Catalog } from '../../src/model/catalog.ts'
import type { Json, Tree } from '../../src/model/json.ts'
import { parseKey, partsOf, qualified } from '../../src/model/name.ts'
import { loadSql } from '../../src/sql/parser.ts'
import { readScript } from '../../src/sql/script.ts'
import { corpus, needCorpus } from '../support/corpus.ts'
import { kitDifference } from '../support/drizzle-kit.ts'

/** The things of a snapshot of version 5 to 7, each by its place. */
const things = (snapshot: Tree): ReadonlyMap<string, string> => {
  const found = new Map<string, string>()
  const visit = (value: Json | undefined, path: readonly string[], depth: number): void => {
    if (depth === 0 || typeof value !== 'object' || value === null || Array.isArray(value)) {
      found.set(path.join('/'), JSON.stringify(value))
      return
    }
    for (const [key, inner] of Object.entries(value)) visit(inner, [...path, key], depth - 1)
  }
  visit(snapshot.tables, ['tables'], 3)
  for (const key of ['enums', 'views', 'sequences', 'schemas']) visit(snapshot[key], [key], 1)
  return found
}

type Count = { snapshots: number; things: number; same: number; odd: string[] }

/** PostgreSQL makes one of two uniques over the same columns in CREATE TABLE, which is how a snapshot is read: the second cannot be said. */
const isSecond = ({ object, in: side }: SnapshotDifference, { tables }: Catalog): boolean => {
  const { kind, name } = parseKey(object)
  const [schema = '', table = '', constraint = ''] = partsOf(name)
  const all = tables.get(qualified(schema, table))?.constraints
  const own = kind === 'constraint' && side === 'sql' ? all?.get(constraint) : undefined
  return (
    own?.type === 'unique' &&
    [...(all ?? [])].some(([other, { type, ...rest }]) => other !== constraint && type === 'unique' && 'columns' in rest && equal(rest.columns, own.columns))
  )
}

/** Rebuilds each `every`th snapshot of a folder. */
const rebuilt = async (name: string, every: number): Promise<Count> => {
  const history = await readHistoryFolder(`${corpus}/${name}`, { name })
  const scripts = history.migrations.map(({ sql }) => readScript(sql ?? ''))
  const { catalog: first, assumed } = startOf(scripts)
  const { catalogs } = replay(scripts, first)
  const scope = scopeOf(history.ledger)
  const count: Count = { snapshots: 0, things: 0, same: 0, odd: [] }
  const load = async (path: string): Promise<Tree> => JSON.parse(await readFile(`${corpus}/${name}/${path}`, 'utf8'))
  for (const { snapshot, index, tag } of history.migrations.filter(({ index }) => index % every === 0)) {
    const catalog = catalogs[index]
    if (!snapshot || !catalog) continue
    const original = await load(snapshot.path)
    const predecessor = history.migrations.slice(0, index).findLast((migration) => migration.snapshot)
    const like = predecessor?.snapshot ? await load(predecessor.snapshot.path) : undefined
    const options = { version: String(original.version), id: 'new', prevIds: ['old'], scope, assumed, ...(like ? { like } : {}) }
    const said = readSnapshot(writeSnapshot(catalog, options))
    const { differences, undecided } = await snapshotDrift({ sql: catalog, snapshot: said, scope, assumed })
    count.odd.push(
      ...[...differences.filter((difference) => !isSecond(difference, catalog)), ...undecided].map(
        ({ object, sql, snapshot: words }) => `${tag} ${object}: ${sql} / ${words}`,
      ),
    )
    const before = predecessor && catalogs[predecessor.index]
    const written = things(JSON.parse(writeSnapshot(catalog, { ...options, ...(before ? { before } : {}) })))
    const theirs = things(original)
    count.snapshots++
    count.things += theirs.size
    count.same += [...theirs].filter(([path, text]) => written.get(path) === text).length
  }
  return count
}

beforeAll(async () => {
  needCorpus()
  await loadSql()
})

describe('rebuilt from the SQL beside its predecessor, a snapshot says what the SQL makes, and most of it in the words of the one that was there', () => {
  // The last number is the share of things, in hundredths, that come out byte for byte; the rest are those on which the folder's own snapshots and SQL do not agree.
  it.each([
    ['ai-chatbot', 1, 100],
    ['zero', 1, 100],
    ['llmgateway', 1, 100],
    ['musubi', 1, 100],
    ['kaneo', 1, 97],
    ['forge', 2, 98],
    ['munin', 4, 97],
    ['tambo', 2, 95],
    ['gh-next', 2, 94],
    ['lmnr', 3, 94],
    ['claude-code-hub', 8, 98],
    ['ctrlplane', 16, 99],
    ['dokploy', 16, 99],
    ['sim', 24, 99],
  ] as const)('%s', async (name, every, share) => {
    const { snapshots, things: all, same, odd } = await rebuilt(name, every)
    expect(odd).toEqual([])
    expect(snapshots).toBeGreaterThan(7)
    expect(Math.floor((same * 100) / all)).toBeGreaterThanOrEqual(share)
  })
})

/** A folder with all but its newest snapshot, and what is rebuilt for that. */
const newest = async (name: string): Promise<{ readonly original: Tree; readonly written: Tree }> => {
  const history = await readHistoryFolder(`${corpus}/${name}`, { name })
  const scripts = history.migrations.map(({ sql }) => readScript(sql ?? ''))
  const { catalog: first, assumed } = startOf(scripts)
  const { catalogs } = replay(scripts, first)
  const [before, last] = history.migrations.filter(({ snapshot }) => snapshot).slice(-2)
  const [like, original] = await Promise.all(
    [before, last].map(async (one): Promise<Tree> => JSON.parse(await readFile(`${corpus}/${name}/${one?.snapshot?.path}`, 'utf8'))),
  )
  const [then, now] = [catalogs[before?.index ?? -1], catalogs[last?.index ?? -1]]
  if (!like || !original || !then || !now) throw new Error(`${name} has no two snapshots`)
  const head = { version: '7', id: String(original.id), prevIds: [String(original.prevId)] }
  return { original, written: JSON.parse(writeSnapshot(now, { ...head, like, before: then, scope: scopeOf(history.ledger), assumed })) }
}

describe('the newest snapshot rebuilt, where it agrees with the SQL: drizzle-kit generates nothing between it and the one that was there', () => {
  it.each(['ai-chatbot', 'zero', 'llmgateway', 'forge'])('%s', async (name) => {
    const { original, written } = await newest(name)
    expect(await kitDifference(written, original)).toEqual([])
    expect(await kitDifference(original, written)).toEqual([])
  })
})

it('folders of version 8: each snapshot rebuilt beside its predecessor says what the SQL makes', async () => {
  const name = 'latitude-llm-v1'
  const history = await readHistoryFolder(`${corpus}/${name}`, { name })
  const scripts = history.migrations.map(({ sql }) => readScript(sql ?? ''))
  const { catalog: first, assumed } = startOf(scripts)
  const { catalogs } = replay(scripts, first)
  const scope = scopeOf(history.ledger)
  const rows = (snapshot: Tree): readonly string[] => (snapshot.ddl as readonly Tree[]).map((row) => JSON.stringify(Object.entries(row).toSorted()))
  let [all, same] = [0, 0]
  for (const [at, { snapshot }] of history.migrations.entries()) {
    const load = async (path: string | undefined): Promise<Tree> => JSON.parse(await readFile(`${corpus}/${name}/${path}`, 'utf8'))
    const [now, original] = [catalogs[at], await load(snapshot?.path)]
    if (!now) continue
    const like = at === 0 ? undefined : await load(history.migrations[at - 1]?.snapshot?.path)
    const written: Tree = JSON.parse(writeSnapshot(now, { version: '8', id: 'new', prevIds: ['old'], scope, assumed, ...(like ? { like } : {}) }))
    expect(await snapshotDrift({ sql: now, snapshot: readSnapshot(written), scope, assumed })).toEqual({ differences: [], undecided: [] })
    const ours = new Set(rows(written))
    all += rows(original).length
    same += rows(original).filter((row) => ours.has(row)).length
  }
  expect(all).toBeGreaterThan(10_000)
  expect((same * 100) / all).toBeGreaterThan(90)
})
