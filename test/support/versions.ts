/** The classes of all migrations of the corpus. */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { readHistoryFolder } from '../../src/adapters/folder/index.ts'
import { opaqueMigrations, replay } from '../../src/changes/replay.ts'
import { plainStartOf } from '../../src/changes/start.ts'
import type { Classified } from '../../src/features/version/numbers.ts'
import { classifyScripts } from '../../src/features/version.ts'
import type { Migration } from '../../src/model/history.ts'
import { loadSql } from '../../src/sql/parser.ts'
import { readScript } from '../../src/sql/script.ts'

export type Sample = { readonly history: string; readonly migration: Migration; readonly classified: Classified; readonly opaque: boolean }

/** Throws when there is no corpus. */
export const corpusClasses = async (corpus: string): Promise<readonly Sample[]> => {
  if (!existsSync(corpus)) throw new Error(`There is no corpus at ${corpus}: set PGSTRATA_CORPUS.`)
  await loadSql()
  const samples: Sample[] = []
  for (const name of readdirSync(corpus, { withFileTypes: true })
    .flatMap((entry) => (entry.isDirectory() ? [entry.name] : []))
    .sort()) {
    const { migrations } = await readHistoryFolder(join(corpus, name), { snapshots: false, name })
    const scripts = migrations.map(({ sql }) => readScript(sql ?? ''))
    const opaque = opaqueMigrations(replay(scripts, plainStartOf(scripts).catalog).steps)
    const classes = classifyScripts(migrations, scripts)
    samples.push(...migrations.map((migration, at) => ({ history: name, migration, classified: classes[at] as Classified, opaque: opaque.has(at) })))
  }
  return samples
}

/** Numbers from 0 to 1, the same ones for a seed (mulberry32). */
const randomFrom = (seed: number): (() => number) => {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** Some of all, drawn by chance and yet the same ones each time; in the order in which they stand. */
export const drawn = <T>(all: readonly T[], count: number, seed: number): readonly T[] => {
  const random = randomFrom(seed)
  const left = all.map((_, at) => at)
  const chosen: number[] = []
  while (chosen.length < count && left.length > 0) chosen.push(...left.splice(Math.floor(random() * left.length), 1))
  return chosen.toSorted((a, b) => a - b).flatMap((at) => all[at] ?? [])
}

export const sampleKey = ({ history, migration }: Sample): string => `${history}/${migration.tag}`
