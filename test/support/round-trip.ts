/** The rollbacks of a whole history of the corpora, tried in PostgreSQL. */
import { expect } from 'vitest'
import { createWorld } from '../../src/cli/world.ts'
import { rollback } from '../../src/operations/rollback.ts'
import { plainFlags } from '../operations/rollback-flags.ts'
import { corpus } from './corpus.ts'

export type Pass = { readonly pass: string; readonly state: string; readonly rows: number; readonly announced?: boolean; readonly why?: string }

export type Told = {
  readonly tag: string
  readonly class: string
  readonly road: string
  readonly reordered: readonly { readonly table: string }[]
  readonly proof: { readonly schema: string; readonly stopped?: readonly string[]; readonly rows: readonly Pass[] }
  readonly archive?: { readonly up: string; readonly class: string; readonly proof: { readonly schema: string; readonly rows: readonly Pass[] } }
}

/** Of every migration; a history is walked twice, plain and with archives where rows are lost. `rebuild`: columns come back in their old order. */
export const rollbacksOf = async (name: string, rebuild = false): Promise<readonly Told[]> => {
  await using world = await createWorld({ cwd: corpus, folder: name })
  const flags = { ...plainFlags, all: true, archive: true, rebuild }
  const report = await rollback.run(world, { arguments: [], flags })
  expect(report.unknown).toEqual([])
  expect(report.findings).toEqual([])
  return (report.data as { readonly migrations: readonly Told[] }).migrations
}

/** With rebuild 100 % exact, those that have an archive too, and of the classes that they have without. */
export const expectExact = async (name: string, told: readonly Told[]): Promise<void> => {
  const rebuilt = await rollbacksOf(name, true)
  expect(rebuilt).toHaveLength(told.length)
  expect(
    rebuilt.filter(
      ({ proof, reordered, archive }) => [proof, ...(archive ? [archive.proof] : [])].some(({ schema }) => schema !== 'exact') || reordered.length > 0,
    ),
  ).toEqual([])
  expect(rebuilt.map((each) => each.class)).toEqual(told.map((each) => each.class))
}

/** Of these the walks with rebuild take longer than all others' together: they are in `test:long`. */
export const large = ['sim', 'ctrlplane', 'dokploy'] as const
