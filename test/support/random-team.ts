/** Branches of a made-up team: each developer's migrations run where the branch left, and know nothing of the others'. */
import { createHash } from 'node:crypto'
import { journalPath } from '../../src/drizzle/journal.ts'
import type { Choices } from '../../src/features/collision/choices.ts'
import { type Resolution, resolution } from '../../src/features/collision/resolution.ts'
import type { Tree } from '../../src/model/json.ts'
import { folderOf, questionOf, type SideFolder } from './merge-cases.ts'

/** `snapshot`: what it says of the schema; without it nothing. */
export type DraftMigration = { readonly name: string; readonly statements: readonly string[]; readonly snapshot?: Tree }
export type Branch = { readonly migrations: readonly DraftMigration[] }

type Entry = { readonly idx: number; readonly version: string; readonly when: number; readonly tag: string; readonly breakpoints: boolean }

const idOf = (text: string): string =>
  createHash('sha256')
    .update(text)
    .digest('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*/, '$1-$2-$3-$4-$5')

const entriesOf = ({ texts }: SideFolder): readonly Entry[] =>
  (JSON.parse(texts.get(journalPath) ?? '{"entries":[]}') as { readonly entries: readonly Entry[] }).entries

/** The folder with migrations at its end, as `drizzle-kit generate` would put them there; snapshots that are not given hold nothing but their chain. */
export const withMigrations = (folder: SideFolder, migrations: readonly DraftMigration[], when: number): SideFolder => {
  const entries = [...entriesOf(folder)]
  const texts = new Map(folder.texts)
  migrations.forEach(({ name, statements, snapshot }, at) => {
    const idx = (entries.at(-1)?.idx ?? -1) + 1
    const prefix = String(idx).padStart(4, '0')
    const last = entries.at(-1)
    const prevId = last
      ? String((JSON.parse(texts.get(`meta/${last.tag.split('_')[0]}_snapshot.json`) ?? '{}') as { readonly id?: string }).id)
      : '00000000-0000-0000-0000-000000000000'
    entries.push({ idx, version: '7', when: when + at * 60_000, tag: `${prefix}_${name}`, breakpoints: true })
    texts.set(`${prefix}_${name}.sql`, statements.map((sql) => `${sql};`).join('--> statement-breakpoint\n'))
    texts.set(
      `meta/${prefix}_snapshot.json`,
      JSON.stringify(
        {
          version: '7',
          dialect: 'postgresql',
          tables: {},
          enums: {},
          schemas: {},
          sequences: {},
          roles: {},
          policies: {},
          views: {},
          _meta: { columns: {}, schemas: {}, tables: {} },
          ...snapshot,
          id: idOf(`${name} ${when} ${at}`),
          prevId,
        },
        null,
        2,
      ),
    )
  })
  texts.set(journalPath, JSON.stringify({ version: '7', dialect: 'postgresql', entries }, null, 2))
  return folderOf(texts)
}

export const emptyFolder = (): SideFolder => folderOf(new Map([[journalPath, JSON.stringify({ version: '7', dialect: 'postgresql', entries: [] }, null, 2)]]))

/** A branch merged into what has landed. */
export const merged = (
  base: SideFolder,
  landed: SideFolder,
  mine: SideFolder,
  choices: Choices,
): { readonly folder: SideFolder; readonly found: Resolution } => {
  const found = resolution(questionOf(base, landed, mine, choices))
  // What stays as it is comes with the branch, as git brings it.
  const kept = (found.rebase?.moves ?? []).filter(({ untouched }) => untouched).flatMap(({ from }) => [from.path, from.snapshot?.path ?? ''])
  const stays = [...mine.texts].filter(([path]) => kept.includes(path))
  return { folder: folderOf(new Map([...landed.texts, ...stays, ...(found.rebase?.files ?? [])])), found }
}

/** Draws numbers from a list, over and over. */
export const drawing = (numbers: readonly number[]): ((below: number) => number) => {
  let at = 0
  return (below) => {
    const drawn = numbers[at % Math.max(1, numbers.length)] ?? 0
    at += 1
    return (drawn + Math.floor(at / Math.max(1, numbers.length)) * 7) % below
  }
}

type Model = { readonly tables: Map<string, Set<string>>; readonly labels: Set<string>; readonly indexes: Set<string> }

const copyOf = ({ tables, labels, indexes }: Model): Model => ({
  tables: new Map([...tables].map(([name, columns]) => [name, new Set(columns)])),
  labels: new Set(labels),
  indexes: new Set(indexes),
})

/** What all branches start from. */
export const startStatements: readonly string[] = [
  `CREATE TYPE mood AS ENUM ('a', 'b')`,
  'CREATE TABLE t0 (id integer PRIMARY KEY, c0 text, c1 integer)',
  'CREATE TABLE t1 (id integer PRIMARY KEY, c0 text, c1 integer)',
]

export const startModel = (): Model => ({
  tables: new Map(['t0', 't1'].map((name) => [name, new Set(['c0', 'c1'])])),
  labels: new Set(['a', 'b']),
  indexes: new Set(),
})

const pick = <T>(items: readonly T[], draw: (below: number) => number): T | undefined => items[draw(Math.max(1, items.length))]

/** Names are few, so that branches meet. */
const statement = (model: Model, draw: (below: number) => number): string | undefined => {
  const table = pick([...model.tables.keys()], draw) ?? 't0'
  const columns = model.tables.get(table) ?? new Set<string>()
  const name = `n${draw(6)}`
  switch (draw(8)) {
    case 0: {
      const made = `t${draw(6)}`
      if (model.tables.has(made)) return undefined
      model.tables.set(made, new Set(['c0']))
      return `CREATE TABLE ${made} (id integer PRIMARY KEY, c0 text)`
    }
    case 1:
    case 2:
    case 3:
      if (columns.has(name)) return undefined
      columns.add(name)
      return `ALTER TABLE ${table} ADD COLUMN ${name} ${draw(4) === 0 ? 'bigint' : 'text'}`
    case 4: {
      const column = pick([...columns], draw)
      const index = `i${draw(8)}`
      if (column === undefined || model.indexes.has(index)) return undefined
      model.indexes.add(index)
      return `CREATE INDEX ${index} ON ${table} (${column})`
    }
    case 5: {
      const label = `l${draw(5)}`
      if (model.labels.has(label)) return undefined
      model.labels.add(label)
      return `ALTER TYPE mood ADD VALUE '${label}'`
    }
    case 6: {
      const column = pick(
        [...columns].filter((each) => each.startsWith('n')),
        draw,
      )
      if (column === undefined) return undefined
      columns.delete(column)
      return `ALTER TABLE ${table} DROP COLUMN ${column} CASCADE`
    }
    default: {
      const column = pick([...columns], draw)
      return column === undefined ? undefined : `ALTER TABLE ${table} ALTER COLUMN ${column} SET NOT NULL`
    }
  }
}

/** A branch of one to four migrations, from the model of where it left. */
export const drawBranch = (number: number, model: Model, draw: (below: number) => number): { readonly branch: Branch; readonly model: Model } => {
  const own = copyOf(model)
  const migrations = Array.from({ length: 1 + draw(4) }, (_, at): DraftMigration => {
    const statements = Array.from({ length: 1 + draw(3) }, () => statement(own, draw)).flatMap((sql) => sql ?? [])
    return { name: `b${number}_${at}`, statements: statements.length > 0 ? statements : [`CREATE TABLE only_${number}_${at} (id integer)`] }
  })
  return { branch: { migrations }, model: own }
}
